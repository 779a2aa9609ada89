"""What all channels have in common."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

from stepgraph.errors import InvalidUpdateError


class Missing:
    """The value of a key that nobody has written yet."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class Channel:
    """One key of the state. `typ` is what its annotation says, for schemas.

    An `ephemeral` one forgets its value after a superstep that does not write it. One that is not `saved` is
    left out of checkpoints.
    """

    ephemeral = False
    saved = True
    __slots__ = ("typ",)

    def __init__(self, typ: Any = Any) -> None:
        self.typ = typ

    def initial(self) -> Any:
        """The value before any write, or MISSING."""
        return MISSING

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        """The value after one superstep's writes, which stand in task order.

        Raises InvalidUpdateError when the channel cannot take them together.
        """
        raise NotImplementedError

    def of(self, typ: Any) -> Channel:
        """This channel for a key of another type: what stands in an annotation may not know the key's."""
        other = copy.copy(self)
        other.typ = typ
        return other

    def agrees_with(self, other: Channel) -> bool:
        """Whether two declarations of one key mean the same."""
        return type(self) is type(other)


BaseChannel = Channel
"""LangGraph's name for it."""


def only_one(key: str, writes: Sequence[Any], remedy: str) -> Any:
    """The single write of a superstep. Raises InvalidUpdateError, with a remedy, when there are several."""
    if len(writes) != 1:
        raise InvalidUpdateError(
            f"At key {key!r}: {len(writes)} values were written in one superstep, but the key has no "
            f"reducer to join them. {remedy}"
        )
    return writes[0]
