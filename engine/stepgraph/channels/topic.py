"""The channel of a key that gathers whatever a superstep writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepgraph.channels.base import MISSING, Channel


class Topic(Channel):
    """A list of all that the last superstep wrote; with `accumulate`, of all that was ever written.

    A list is written item by item.
    """

    __slots__ = ("accumulate",)

    def __init__(self, typ: Any = Any, accumulate: bool = False) -> None:
        super().__init__(typ)
        self.accumulate = accumulate

    @property
    def ephemeral(self) -> bool:  # type: ignore[override]
        return not self.accumulate

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        gathered = [] if current is MISSING or not self.accumulate else list(current)
        for write in writes:
            if isinstance(write, list):
                gathered.extend(write)
            else:
                gathered.append(write)
        return gathered or MISSING

    def agrees_with(self, other: Channel) -> bool:
        return isinstance(other, Topic) and self.accumulate == other.accumulate
