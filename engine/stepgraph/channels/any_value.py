"""The channel of a key that several nodes write alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepgraph.channels.base import Channel


class AnyValue(Channel):
    """Takes any number of writes, which are taken to be equal; the value is there for the next superstep."""

    ephemeral = True
    __slots__ = ()

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        return writes[-1]
