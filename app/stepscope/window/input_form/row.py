"""A row of a form: a key, its value, a menu of what else can be done to it, and words for what is wrong."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Kind, blank
from stepscope.model.form_check import count, problem, problems, written
from stepscope.model.form_words import summary
from stepscope.window.input_form.elided_label import ElidedLabel
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View, monospace
from stepscope.window.restyle import set_look
from stepscope.window.sign_button import SignButton

GUTTER = 14
"""Pixels before a key, where the sign to fold it stands; what is inside is indented by as much."""
FIELD_PADDING = 10
"""How much higher a line is than its letters."""


class Row(QWidget):
    """One key and its value.

    Signals
        changed(value): the person changed the value; ABSENT when it is no longer given.
        asked(word): the person asked for what its list or object must do: up, down, insert, remove.
    """

    changed = Signal(object)
    asked = Signal(str)

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self._maker = maker
        self._value: Plain | Absent = ABSENT
        self._note = ""
        self._is_open = False
        self._kind: Kind | None = None
        self._view: View | None = None
        self._is_block: bool | None = None  # how the view was placed
        self._fold: SignButton | None = None
        self._words: QLabel | None = None
        self._summary: ElidedLabel | None = None
        self._build()

    def show_value(self, value: Plain | Absent, note: str = "", is_open: bool = False) -> None:
        """`note` is what is wrong with the key's being there; `is_open` counts for what was not there."""
        was_there = self._value is not ABSENT and self._value is not None
        self._value, self._note = value, note
        kind = self._maker.kind(self.place.field, value)
        if kind is not self._kind:
            self._kind, was_there = kind, False
            self._replace_view(self._maker.make(kind, self.place))
        if not was_there:
            self._is_open = is_open or (self._is_open and value is not ABSENT)
        self.view.show_value(value)
        if self._is_block is not self.view.is_block:
            self._place_view()
        self.view.set_open(self._is_open)
        self._refresh()

    def set_note(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self._refresh()

    def set_label_width(self, width: int) -> None:
        """Let the fields of a form begin below one another."""
        if not self.view.is_block:
            self._label.setFixedWidth(width)

    @property
    def label_width(self) -> int:
        """How wide the key is; nothing counts that stands in a line of its own."""
        return 0 if self.view.is_block else self._label.sizeHint().width()

    @property
    def view(self) -> View:
        assert self._view is not None, "show_value() comes first"
        return self._view

    @property
    def entry(self) -> QWidget:
        """What takes the focus first."""
        entry = None if self.view.can_fold and not self._is_open else self.view.head or self.view.entry
        return entry or self._fold or self._more

    @property
    def words(self) -> str:
        """What is wrong here; "" when nothing is."""
        field, value = self.place.field, self._value
        if self.view.problem or self._note:
            return self.view.problem or self._note
        if self._kind is Kind.JSON:
            return next((_at(written(path), words) for path, words in problems(field, value)), "")
        if own := problem(field, value):
            return own
        inside = 0
        if self.view.can_fold and not self._is_open:
            inside = count(field, value) + (self.view.unreadable is not None)
        return f"{inside} {'problem' if inside == 1 else 'problems'} inside." if inside else ""

    @property
    def is_open(self) -> bool:
        return self._is_open

    def set_open(self, is_open: bool) -> None:
        """Show what is inside, or not."""
        self._is_open = is_open
        self.view.set_open(is_open)
        self._refresh()

    def give(self, value: Plain | Absent) -> None:
        """Take another value, as if the person had typed it."""
        self.show_value(value, self._note)
        self._on_changed(value)

    def show_menu(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if self._value is ABSENT or self._value is None:
            menu.addAction("Give a Value", lambda: self._give_and_enter(blank(self.place.field)))
        if self.place.field.is_nullable and self._value is not None:
            menu.addAction("null", lambda: self._give_and_enter(None))
        if self.place.is_extra:
            menu.addAction("Take Out", lambda: self.asked.emit("remove"))
        elif self.place.can_lack and self._value is not ABSENT:
            menu.addAction("Not Given", lambda: self._give_and_enter(ABSENT))
        if self.place.is_item:
            menu.addSeparator()
            for text, word in ITEM_COMMANDS.items():
                menu.addAction(text).triggered.connect(partial(self.asked.emit, word))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _give_and_enter(self, value: Plain | Absent) -> None:
        self.give(value)
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self, value: Plain | Absent) -> None:
        self._value = value
        self._refresh()
        self.changed.emit(value)

    def _refresh(self) -> None:
        """Bring everything around the view up to date."""
        can_fold, words = self.view.can_fold, self.words
        if can_fold or self._fold is not None:
            self._show_fold(can_fold)
        if words or self._words is not None:
            self._show_words(words)
        if self._summary is not None:
            is_told_inside = not can_fold or (self._is_open and isinstance(self._value, dict))
            self._summary.setText("" if is_told_inside else summary(self.place.field, self._value))
        set_look(self._label, "words", "dim" if self._value is ABSENT else "key")
        holds_rows = self._kind in (Kind.OBJECT, Kind.LIST)  # whose first field has words of its own
        if not holds_rows and (entry := self.view.entry):
            entry.setAccessibleDescription(words)
            set_look(entry, "problem", bool(words))
        has_menu = self.place.is_item or self.place.can_lack or self.place.field.is_nullable
        self._more.setVisible(has_menu)

    def _replace_view(self, view: View) -> None:
        if self._view is not None:
            self._view.hide()
            self._view.deleteLater()
            for part in (self._view.head, self._view.tail):
                if part is not None:
                    part.hide()
                    part.deleteLater()
        self._view = view
        view.changed.connect(self._on_changed)
        view.problem_changed.connect(self._refresh)
        view.open_wanted.connect(lambda: self.set_open(True))
        self._is_block = None

    def _place_view(self) -> None:
        """Put the view beside its label, or under it."""
        view, self._is_block = self.view, self.view.is_block
        if view.is_block:
            right = self._more.sizeHint().width() + 4 if self._kind is Kind.JSON else 0
            view.setContentsMargins(GUTTER, 0, right, 0)
            self._column.insertWidget(1, view)
        else:
            view.setContentsMargins(0, 0, 0, 0)
        beside = view.head if view.is_block else view
        if self._summary is not None:
            self._summary.hide()
            self._summary.deleteLater()
        if beside is None:
            beside = self._summary = self._make_summary()
        else:
            self._summary = None
        self._line.insertWidget(self._line.count() - 1, beside, 1)
        if view.tail is not None:
            view.tail.setFixedHeight(self._more.height())
            self._line.insertWidget(self._line.count() - 1, view.tail, 0, Qt.AlignmentFlag.AlignTop)

    def _build(self) -> None:
        self._label = ElidedLabel(str(self.place.key))
        self._label.setFont(monospace(self.font().pointSizeF()))
        self._label.setToolTip(self._tip())
        self._more = SignButton("more", f"What can be done to {self.place.name}")
        self._more.clicked.connect(self.show_menu)
        self._line = QHBoxLayout()
        self._line.setContentsMargins(GUTTER + 4, 0, 0, 0)
        self._line.setSpacing(4)
        keeps_its_room = self._more.sizePolicy()
        keeps_its_room.setRetainSizeWhenHidden(True)
        self._more.setSizePolicy(keeps_its_room)
        for widget in (self._label, self._more):
            widget.setFixedHeight(self._line_height)
            self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(self._line)

    # Most rows need none of these, so they are made when one does: widgets are what a long form waits for.

    def _show_fold(self, can_fold: bool) -> None:
        if self._fold is None:
            self._fold = SignButton("folded", "")
            self._fold.setFixedSize(GUTTER, self._line_height)
            self._fold.clicked.connect(lambda: self.set_open(not self._is_open))
            self._line.insertWidget(0, self._fold, 0, Qt.AlignmentFlag.AlignTop)
        self._line.setContentsMargins(0 if can_fold else GUTTER + 4, 0, 0, 0)
        self._fold.setVisible(can_fold)
        self._fold.set_sign("unfolded" if self._is_open else "folded")
        self._fold.set_name(f"{'Fold' if self._is_open else 'Unfold'} {self.place.name}")

    def _show_words(self, words: str) -> None:
        if self._words is None:
            self._words = QLabel()
            self._words.setObjectName("fieldWords")
            self._words.setTextFormat(Qt.TextFormat.PlainText)
            self._words.setWordWrap(True)
            self._words.setProperty("words", "failed")
            self._words.setContentsMargins(GUTTER, 0, 0, 2)
            self._column.addWidget(self._words)
        self._words.setText(f"✕ {words}")
        self._words.setVisible(bool(words))

    def _make_summary(self) -> ElidedLabel:
        label = ElidedLabel()
        label.setProperty("words", "faint")
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        label.setFixedHeight(self._line_height)
        return label

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + FIELD_PADDING

    def _tip(self) -> str:
        field = self.place.field
        return "\n".join(filter(None, (self.place.name, field.words, field.description[:_LONGEST_TIP])))


ITEM_COMMANDS = {
    "Move Up\tAlt+Up": "up",
    "Move Down\tAlt+Down": "down",
    "Insert One Before\tAlt+Ins": "insert",
    "Remove\tAlt+Del": "remove",
}
_LONGEST_TIP = 300


def _at(place: str, words: str) -> str:
    return f"{place}: {words}" if place else words
