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
        is_extra = name not in self.field.properties
        place = Place(name, field, f"{self.place.name}.{name}".removeprefix("."), is_extra=is_extra)
        value = self._value.get(name, ABSENT) if isinstance(self._value, dict) else ABSENT
        return place, value, self._note(name)

    def on_changed(self, row: Row, value: Plain | Absent) -> None:
        name = str(row.place.key)
        was_given = isinstance(self._value, dict)
        if value is ABSENT and not was_given:
            return
        self._value = with_key(self.field, self._value, name, value)
        for changed in (
            [row] if was_given else self.made_rows
        ):  # an object that comes to be may need more keys
            changed.set_note(self._note(str(changed.place.key)))
        self.changed.emit(self._value)

    def on_asked(self, row: Row, word: str) -> None:
        if word == "remove":
            self.show_value(with_key(self.field, self._value, str(row.place.key), ABSENT))
            self.changed.emit(self._value)

    def _note(self, name: str) -> str:
        # What is not there at all lacks nothing.
        if not isinstance(self._value, dict):
            return ""
        return at_key(self.field, self._value, name, self._may_lack)
