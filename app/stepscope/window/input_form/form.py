"""The form of a value: its fields by its schema, all that is in it, and what cannot be read of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Field, Kind, Path, field_of, same
from stepscope.model.form_check import written
from stepscope.window.input_form.object_view import ObjectView
from stepscope.window.input_form.place import Place
from stepscope.window.input_form.row import Row
from stepscope.window.input_form.rows import Rows
from stepscope.window.input_form.view import View
from stepscope.window.input_form.views import Views

Problems = Sequence[tuple[Path, str]]
"""What is wrong, each with the path to it."""

_ITEM_KEYS = {"Alt+Up": "up", "Alt+Down": "down", "Alt+Ins": "insert", "Alt+Del": "remove"}


class InputForm(QWidget):
    """Shows one value, and tells how the person changed it with `edited(value)`.

    With `may_lack` the outermost object needs none of its keys.
    """

    edited = Signal(object)

    def __init__(self, name: str, may_lack: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._may_lack = may_lack
        self._maker = Views()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._field = field_of({})
        self._value: Plain | Absent = ABSENT
        self._root: ObjectView | Row | None = None
        for keys, word in _ITEM_KEYS.items():
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(keys), self, lambda word=word: self._ask_list(word), context=context)

    def set_field(self, field: Field) -> None:
        """Begin anew, for another schema."""
        self._field = field
        self._make_root(ABSENT)

    def show_value(self, value: Plain | Absent) -> None:
        """Show a value; fields that already have what is in it keep their focus and their cursor.

        What could not be read is gone.
        """
        if self._root is None or not same(value, self._value) or self.unreadable is not None:
            if self._root is not None and isinstance(self._root, ObjectView) is self._wants_bare_root(value):
                self._value = value
                self._root.show_value(value)
            else:
                self._make_root(value)

    @property
    def unreadable(self) -> View | None:
        """The first field with something in it that is no value."""
        if isinstance(self._root, Row):
            return self._root.view.unreadable
        return None if self._root is None else self._root.unreadable

    @property
    def entry(self) -> QWidget | None:
        """What takes the focus first."""
        return None if self._root is None else self._root.entry

    def reveal(self, view: View) -> None:
        """Open all that a part of the form is folded into."""
        widget: QWidget | None = view
        while widget is not None and widget is not self:
            widget = widget.parentWidget()
            if isinstance(widget, Row) and widget.view.can_fold and not widget.is_open:
                widget.set_open(True)

    def show_problems(self, problems: Problems) -> Problems:
        """Say what is wrong at the rows that it is about, and go to the first; returns what has no row."""
        left, first = [], None
        for path, words in problems:
            row, rest = self._row_at(path)
            if row is None:
                left.append((path, words))
                continue
            row.set_note(f"{written(rest)}: {words}" if rest else words)
            self.reveal(row.view)
            first = first or row
        if first is not None:
            first.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        return left

    def _row_at(self, path: Path) -> tuple[Row | None, Path]:
        """The innermost row on a path, and what of the path lies inside it."""
        row = self._root if isinstance(self._root, Row) else None
        rows = self._root if row is None else row.view
        for depth, step in enumerate(path):
            found = rows.index_of(step) if isinstance(rows, Rows) else None
            if found is None or not isinstance(rows, Rows):
                return row, path[depth:]
            row = rows.row(found)
            if row.view.can_fold:
                row.set_open(True)
            rows = row.view
        return row, ()

    def _wants_bare_root(self, value: Plain | Absent) -> bool:
        """True when the value's keys are the rows of the form, instead of one row for all of it."""
        is_object = value is ABSENT or value is None or isinstance(value, dict)
        return is_object and self._field.kind is Kind.OBJECT

    def _make_root(self, value: Plain | Absent) -> None:
        if self._root is not None:
            self._root.hide()
            self._root.deleteLater()
        if self._wants_bare_root(value):
            self._root = ObjectView(Place(self._name, self._field, ""), self._maker, self._may_lack)
        else:
            self._root = Row(Place(self._name, self._field, self._name, can_lack=False), self._maker)
        self._root.changed.connect(self._on_changed)
        self._layout.addWidget(self._root)
        self._value = value
        self._root.show_value(value)
        self._root.set_open(True)

    def _on_changed(self, value: Plain | Absent) -> None:
        self._value = value
        self.edited.emit(value)

    def _ask_list(self, word: str) -> None:
        """Let the innermost item that has the focus be moved, or taken away."""
        widget: QWidget | None = self.focusWidget()
        while widget is not None and widget is not self:
            if isinstance(widget, Row) and widget.place.is_item:
                widget.asked.emit(word)
                return
            widget = widget.parentWidget()
