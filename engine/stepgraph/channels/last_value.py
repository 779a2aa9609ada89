"""The channel of a key without a reducer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepgraph.channels.base import Channel, only_one


class LastValue(Channel):
    """Holds what was written last; takes one write a superstep."""

    __slots__ = ()

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        if len(writes) == 1:
            return writes[0]
        remedy = f"Annotate it, for example `{key}: Annotated[list, operator.add]`, or let one node write it."
        return only_one(key, writes, remedy)
