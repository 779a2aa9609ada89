"""A list: a row for each item, which can be moved and taken away, and a button to add one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from stepscope.model.events import Plain
from stepscope.model.form import Absent, blank
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.row import Row
from stepscope.window.input_form.rows import Rows
from stepscope.window.sign_button import SignButton


class ListView(Rows):
    """A list in which each place has its own meaning keeps its length."""

    def __init__(self, place: Place, maker: Maker) -> None:
        super().__init__(place, maker)
        self._add = SignButton("plus", f"Add an item to {place.name}", self)
        self._add.clicked.connect(lambda: self.insert(self.length()))
        if self.field.has_fixed_length:
            self._add.hide()

    @property
    def tail(self) -> QWidget | None:
        return None if self.field.has_fixed_length else self._add

    @property
    def items(self) -> list[Plain]:
        return self._value if isinstance(self._value, list) else []

    def length(self) -> int:
        return len(self.items)

    def part(self, index: int) -> tuple[Place, Plain | Absent, str]:
        is_item = not self.field.has_fixed_length
        place = Place(
            index, self.field.item(index), f"{self.place.name}[{index}]", can_lack=False, is_item=is_item
        )
        return place, self.items[index], ""

    def on_changed(self, row: Row, value: Plain | Absent) -> None:
        index = int(row.place.key)
        self._value = [*self.items[:index], value, *self.items[index + 1 :]]
        row.set_note("")
        self.changed.emit(self._value)

    def on_asked(self, row: Row, word: str) -> None:
        index = int(row.place.key)
        match word:
            case "up" if index > 0:
                self._swap(index, index - 1)
            case "down" if index + 1 < self.length():
                self._swap(index, index + 1)
            case "insert":
                self.insert(index)
            case "remove":
                items = self.items
                self._settle([*items[:index], *items[index + 1 :]], min(index, len(items) - 2))

    def insert(self, index: int) -> None:
        """Put a new item before this place, and go to it."""
        items = self.items
        self._settle([*items[:index], blank(self.field.item(index)), *items[index:]], index)

    def _swap(self, index: int, other: int) -> None:
        items = list(self.items)
        items[index], items[other] = items[other], items[index]
        self._settle(items, other)

    def _settle(self, items: list[Plain], index: int) -> None:
        """Show other items, and go to one of them."""
        self._value = items
        self.changed.emit(items)
        self.open_wanted.emit()
        self.show_value(items)
        entry = self.row(index).entry if index >= 0 else self._add
        if entry is not None:
            entry.setFocus(Qt.FocusReason.OtherFocusReason)
