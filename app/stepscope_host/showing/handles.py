"""What was cut of the values that a run has told, kept so that more can be told when it is asked for.

The values themselves are kept, not copies: one that the program changes afterwards is told as it is then.
So that this holds no memory for long, the oldest go first, and all go when the next run begins.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

from stepscope_host.showing import arrays, values
from stepscope_host.showing.containers import MAPPINGS, SEQUENCES
from stepscope_host.showing.values import DEFAULT, More, Plain

MOST = 2_000
"""Values that are kept."""

MOST_BYTES = 256_000_000
"""How large they may be together, as far as can be told without looking inside them."""

PAGE = replace(DEFAULT, string=100_000, text=20_000)
"""How much is told at a time when more is asked for."""

GONE = (
    "The program that held this value has moved on: more can be had of the newest run, and of what it told "
    "last. Run it again to see more."
)

_SIZED: tuple[type, ...] = (str, bytes, bytearray, *MAPPINGS, *SEQUENCES)


class Handles:
    """Keeps what was cut. All methods belong to the thread that tells the values."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: dict[str, _Kept] = {}  # the oldest first
        self._names: dict[tuple[int, More, int], str] = {}
        self._bytes = 0
        # Never again from 0: what an earlier run's handle named must not be found in this one.
        self._numbers = itertools.count(1)

    def plain(self, value: Any) -> Plain:
        """The value as plain data; what is cut has a handle."""
        return values.plain(value, keep=self._keep)

    def fetch(self, handle: str) -> dict[str, Any]:
        """More of what was cut: ``{"value": plain}``, or in words why there is none: ``{"gone": words}``.

        Of a string, bytes or a container that is what follows, itself cut after a page; of an array or a
        table its elements; of a part that was left out all of it.
        """
        kept = self._kept.get(handle)
        if kept is None:
            return {"gone": GONE}
        self._refresh(handle)
        return {"value": values.more(kept.value, kept.read, kept.start, PAGE, self._keep)}

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._names.clear()
        self._bytes = 0

    def _keep(self, value: Any, read: More, start: int) -> str:
        # One object in many events is kept once; its id is its own for as long as it is kept.
        key = (id(value), read, start)
        handle = self._names.get(key)
        if handle is not None:
            self._refresh(handle)
            return handle
        handle = self._names[key] = str(next(self._numbers))
        self._kept[handle] = kept = _Kept(value, read, start, _size(value))
        self._bytes += kept.size
        while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
            oldest = next(iter(self._kept))
            gone = self._kept.pop(oldest)
            del self._names[id(gone.value), gone.read, gone.start]
            self._bytes -= gone.size
        return handle

    def _refresh(self, handle: str) -> None:
        self._kept[handle] = self._kept.pop(handle)


@dataclass(frozen=True, eq=False)
class _Kept:
    value: Any
    read: More
    start: int
    size: int


def _size(value: Any) -> int:
    """What a value takes by itself, without what it refers to."""
    kind = type(value)
    base: Any = next((base for base in _SIZED if issubclass(kind, base)), None)
    try:
        return int(base.__sizeof__(value)) if base is not None else arrays.bytes_in(value)
    except Exception:
        return 0
