"""The channel of a key that lives as long as its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepgraph.channels.base import Channel, only_one


class UntrackedValue(Channel):
    """Holds what was written last, and is never saved.

    Takes one write a superstep; without `guard` any number, and keeps the last of them.
    """

    saved = False
    __slots__ = ("guard",)

    def __init__(self, typ: Any = Any, guard: bool = True) -> None:
        super().__init__(typ)
        self.guard = guard

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        if self.guard:
            name = type(self).__name__
            remedy = f"Use {name}(type, guard=False) to keep any one of them, or let one node write it."
            return only_one(key, writes, remedy)
        return writes[-1]

    def agrees_with(self, other: Channel) -> bool:
        return super().agrees_with(other) and self.guard == getattr(other, "guard", None)
