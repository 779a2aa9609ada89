"""What a part of a form stands for, and who makes the parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stepscope.model.events import Plain
from stepscope.model.form import Absent, Field, Kind

if TYPE_CHECKING:
    from stepscope.window.input_form.view import View


@dataclass(frozen=True)
class Place:
    """A key of an object, or an item of a list. `name` tells it from all others: ``inner.items[2]``.

    `can_lack`: it need not be given. `is_extra`: its schema does not know it, so that it is gone once it is
    not given. `is_item`: it can be moved within its list.
    """

    key: str | int
    field: Field
    name: str
    can_lack: bool = True
    is_extra: bool = False
    is_item: bool = False


class Maker(Protocol):
    """Makes the views of a form; views of objects and lists hold rows, which have views of their own."""

    def kind(self, field: Field, value: Plain | Absent) -> Kind:
        """The kind of view that can show a value: JSON when the field's own cannot."""

    def make(self, kind: Kind, place: Place) -> View:
        """A view of this kind, for this place."""
