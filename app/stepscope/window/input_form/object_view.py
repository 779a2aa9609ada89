"""An object: a row for each key that its schema knows, and for each other key that it has."""

from __future__ import annotations

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, with_key
from stepscope.model.form_check import at_key
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.row import Row
from stepscope.window.input_form.rows import Rows


class ObjectView(Rows):
    """With `may_lack` the object needs none of its keys."""

    def __init__(self, place: Place, maker: Maker, may_lack: bool = False) -> None:
        super().__init__(place, maker)
        self._may_lack = may_lack
        self._names: list[str] = list(self.field.properties)

    def show_value(self, value: Plain | Absent) -> None:
        known = self.field.properties
        others = [name for name in value if name not in known] if isinstance(value, dict) else []
        self._names = [*known, *others]
        super().show_value(value)

    def length(self) -> int:
        return len(self._names)

    def part(self, index: int) -> tuple[Place, Plain | Absent, str]:
        name = self._names[index]
        field = self.field.properties.get(name) or self.field.others
        place = Place(name, field, f"{self.place.name}.{name}".removeprefix("."))
        value = self._value.get(name, ABSENT) if isinstance(self._value, dict) else ABSENT
        return place, value, self._note(name)

    def on_changed(self, row: Row, value: Plain | Absent) -> None:
        name = str(row.place.key)
        was_given = isinstance(self._value, dict)
        self._value = with_key(self.field, self._value, name, value)
        if value is ABSENT and name not in self.field.properties:
            self.show_value(self._value)
        elif not was_given:
            self._renote()
        else:
            row.set_note(self._note(name))
        self.changed.emit(self._value)

    def _renote(self) -> None:
        """The object is there now, and its other keys may be needed."""
        for row in self.made_rows:
            row.set_note(self._note(str(row.place.key)))

    def _note(self, name: str) -> str:
        # What is not there at all lacks nothing.
        if not isinstance(self._value, dict):
            return ""
        return at_key(self.field, self._value, name, self._may_lack)
