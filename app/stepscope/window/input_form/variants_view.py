"""A value that may be of several kinds: a box to choose the kind, and under it the value."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Kind, blank
from stepscope.model.form_check import chosen
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.combo import Combo
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View


class VariantsView(View):
    is_block = True

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._combo = Combo(f"Kind of {place.name}")
        self._combo.addItems([option.words for option in self.field.options])
        self._combo.activated.connect(self._on_activated)
        self._inner: View | None = None
        self._shown: tuple[int, Kind] | None = None
        self._is_open = True
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_value(self, value: Plain | Absent) -> None:
        is_given = value is not ABSENT and value is not None
        index = chosen(self.field, value) if is_given else None
        self._combo.setCurrentIndex(-1 if index is None else index)
        self._combo.setPlaceholderText(stand_in(self.field, value))
        self._show_inner(index, value)

    @property
    def entry(self) -> QWidget:
        return self._combo

    @property
    def problem(self) -> str:
        return "" if self._inner is None else self._inner.problem

    @property
    def unreadable(self) -> View | None:
        return None if self._inner is None else self._inner.unreadable

    @property
    def head(self) -> QWidget:
        return self._combo

    @property
    def can_fold(self) -> bool:
        return self._inner is not None and self._inner.can_fold

    def set_open(self, is_open: bool) -> None:
        self._is_open = is_open
        if self._inner is not None:
            self._inner.set_open(is_open)

    def _show_inner(self, index: int | None, value: Plain | Absent) -> None:
        if index is None:
            self._drop_inner()
            return
        field = self.field.options[index]
        kind = self.maker.kind(field, value)
        if self._shown != (index, kind):
            self._drop_inner()
            self._inner = self.maker.make(kind, replace(self.place, field=field, can_lack=False))
            self._inner.changed.connect(self.changed)
            self._inner.problem_changed.connect(self.problem_changed)
            self._inner.open_wanted.connect(self.open_wanted)
            self._layout.addWidget(self._inner.under_its_label())
            self._shown = (index, kind)
        assert self._inner is not None
        self._inner.show_value(value)
        self._inner.set_open(self._is_open)

    def _drop_inner(self) -> None:
        if self._inner is not None:
            self._inner.hide()
            self._inner.deleteLater()
        self._inner = self._shown = None

    def _on_activated(self, index: int) -> None:
        value = blank(self.field.options[index])
        self._is_open = True
        self._show_inner(index, value)
        self.changed.emit(value)
