"""Values of the user's program as bounded plain data: what JSON can carry, and marks for the rest.

A plain value is None, bool, int, float, str, a list, a dictionary with string keys, or a *marked*
dictionary: one with a ``"$type"`` key. `stepscope.model.events` lists the marks.

Three rules keep this safe on any object while the user's code goes on in another thread:

- Work is bounded: a walk looks at `Limits.items` parts of a container and `Limits.nodes` of all, so
  50 MB take no longer than 50 kB.
- No code of the user runs but ``__repr__`` and ``str()`` of an exception, after the walk and in little time
  (`speaking`): fields are read from ``__dict__`` and slots, never through properties.
- A container is copied in one C call before its parts are looked at, so that a writer in another
  thread cannot disturb the walk.

What is cut can be kept for later: `keep` takes the value and the function that reads on, and gives a name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stepscope_host.showing import speaking
from stepscope_host.showing.classes import type_name
from stepscope_host.showing.containers import MAPPINGS, SEQUENCES, size_of
from stepscope_host.showing.readers import LEAVES, reader_of
from stepscope_host.showing.speaking import Speak

Plain = Any
"""A value as described at the top of this file."""

More = Callable[["Walk", Any, int], Plain]
"""Reads a value on from a place: a character, or a part."""

Keep = Callable[[Any, More, int], str]
"""Keeps a value for later, with how to read it and from where; returns its handle."""


@dataclass(frozen=True)
class Limits:
    """How much of a value is kept.

    `string`: characters of one string; `text`: characters of one repr; `items`: parts of one
    container; `depth`: containers inside each other; `objects`: objects inside each other of which only
    their attributes can tell; `nodes`: values in all; `characters`: of all strings together.
    """

    string: int = 20_000
    text: int = 2_000
    items: int = 1_000
    depth: int = 24
    objects: int = 3
    nodes: int = 20_000
    characters: int = 1_000_000


DEFAULT = Limits()
GENEROUS = Limits(
    string=10_000_000, text=100_000, items=1_000_000, depth=60, nodes=5_000_000, characters=100_000_000
)
"""For lines that a program reads rather than a person."""

_QUICK_ITEMS = 16
_QUICK_STRING = 1_000
_LARGEST_INT = 1 << 256  # a longer one shows its first bits: decimal digits cost quadratic time


def plain(value: Any, limits: Limits = DEFAULT, keep: Keep | None = None) -> Plain:
    """`value` as plain data of bounded size. Never raises, whatever the value is."""
    kind = type(value)
    if kind is dict:  # what most nodes and writers emit: a small dictionary of small scalars
        if len(value) <= min(_QUICK_ITEMS, limits.items) and limits.string >= _QUICK_STRING:
            quick = _quick_dict(value)
            if quick is not None:
                return quick
    elif kind is str and len(value) <= limits.string:
        return value
    walk = Walk(limits, keep)
    return walk.finish(walk.convert(value))


def more(value: Any, read: More, start: int, limits: Limits = DEFAULT, keep: Keep | None = None) -> Plain:
    """What follows of a value that was cut at `start`, as `keep` was told. Never raises."""
    walk = Walk(limits, keep)
    return walk.finish(walk.guarded(value, read, start))


def _quick_dict(value: dict[Any, Any]) -> dict[str, Any] | None:
    """A copy, when all keys are strings and all values small scalars; else None."""
    try:
        copy = dict(value)
    except RuntimeError:
        return None
    for key, item in copy.items():
        kind = type(item)
        if type(key) is not str or len(key) > _QUICK_STRING:
            return None
        if kind is str:
            if len(item) > _QUICK_STRING:
                return None
        elif kind is int:
            if not -_LARGEST_INT < item < _LARGEST_INT:
                return None
        elif kind is float:
            if not math.isfinite(item):
                return None
        elif item is not None and kind is not bool:
            return None
    return None if "$type" in copy else copy


class Walk:
    """One conversion: what is left of the budget, which containers are being walked, whom to ask."""

    def __init__(self, limits: Limits, keep: Keep | None = None) -> None:
        self.limits = limits
        self._depth, self._string = limits.depth, limits.string
        self.objects = 0  # how many objects are being walked of which only their attributes can tell
        self._keep = keep
        self._nodes = limits.nodes
        self._characters = limits.characters
        self._open: set[int] = set()
        self._asked: list[tuple[dict[str, Any], str, Speak, Any]] = []

    def convert(self, value: Any) -> Plain:
        self._nodes -= 1
        kind = type(value)
        if kind is str:
            return self.string(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return self._int(value)
        if kind is float:
            return value if math.isfinite(value) else {"$type": "float", "$text": repr(value)}
        reader = reader_of(kind)
        identity = id(value)
        if identity in self._open:
            return {"$type": type_name(value), "$cycle": True}
        if (len(self._open) >= self._depth or self._nodes <= 0) and reader not in LEAVES:
            return self.unopened(value)
        self._open.add(identity)
        try:
            return reader(self, value)
        except Exception:  # an odd subclass, or a container that another thread changes just now
            return self._in_short(value)
        finally:
            self._open.discard(identity)

    def guarded(self, value: Any, read: Callable[..., Plain], *start: int) -> Plain:
        """What `read` makes of a value; when that goes wrong, what can be told of it all the same."""
        try:
            return read(self, value, *start)
        except Exception:
            return self._in_short(value)

    def finish(self, shown: Plain) -> Plain:
        """Ask the objects that only they can tell of themselves, and put what they say into `shown`."""
        while self._asked:
            asked, self._asked = self._asked, []
            said = speaking.texts([(speak, value) for _, _, speak, value in asked])
            for (place, key, _, _), text in zip(asked, said, strict=True):
                if key == "$text":
                    self._tell(place, text)
                else:
                    place[key] = self.string(text)
        return shown

    # What readers are given.

    @property
    def room(self) -> int:
        """How many parts of a container can be taken in."""
        return max(0, min(self.limits.items, self._nodes))

    @property
    def text_room(self) -> int:
        """How many characters of a text can be taken in."""
        return max(0, min(self.limits.text, self._characters))

    def spend(self, characters: int) -> None:
        self._characters -= characters

    def string(self, value: str, start: int = 0) -> Plain:
        rest = len(value) - start
        if rest <= self._string and rest <= self._characters:
            self._characters -= rest
            return value[start:] if start else value
        stop = start + max(0, min(self._string, self._characters))
        self._characters -= stop - start
        return self.cut({"$type": "str", "$text": value[start:stop]}, len(value), value, Walk.string, stop)

    def text(self, value: Any, text: str) -> Plain:
        """A value that a text tells."""
        marked: dict[str, Any] = {"$type": type_name(value)}
        self._tell(marked, text)
        return marked

    def ask(self, value: Any, speak: Speak = repr) -> Plain:
        """A value of which only its own code can tell, which is called when the walk is over."""
        marked: dict[str, Any] = {"$type": type_name(value)}
        self.ask_later(marked, "$text", speak, value)
        return marked

    def ask_later(self, place: dict[str, Any], key: str, speak: Speak, value: Any) -> None:
        """Put what a value says of itself into this place, when the walk is over."""
        place[key] = ""
        self._asked.append((place, key, speak, value))

    def has_room_for(self, characters: int) -> bool:
        """True when so many characters of names fit, which are of no use in part; they are spent then."""
        if characters > min(self.limits.string, self._characters):
            return False
        self._characters -= characters
        return True

    def cut(self, marked: dict[str, Any], size: int, value: Any, read: More, start: int) -> dict[str, Any]:
        """Mark what was cut with the size of the whole, and keep the value to be read on from `start`."""
        marked["$size"] = size
        return self.hold(marked, value, read, start)

    def hold(self, marked: dict[str, Any], value: Any, read: More, start: int = 0) -> dict[str, Any]:
        if self._keep is not None:
            marked["$handle"] = self._keep(value, read, start)
        return marked

    def unopened(self, value: Any) -> dict[str, Any]:
        """Too deep, or the budget is spent: its type and length only."""
        kind = type(value)
        marked: dict[str, Any] = {"$type": type_name(value)}
        if issubclass(kind, MAPPINGS):
            marked |= {"$entries": [], "$size": size_of(value)}
        elif issubclass(kind, SEQUENCES):
            marked |= {"$items": [], "$size": size_of(value)}
        else:
            marked["$text"] = "…"
        return self.hold(marked, value, _whole)

    def _in_short(self, value: Any) -> Plain:
        is_container = issubclass(type(value), SEQUENCES + MAPPINGS)
        return self.unopened(value) if is_container else self.ask(value)

    def _int(self, value: int) -> Plain:
        if -_LARGEST_INT < value < _LARGEST_INT:
            return value
        bits = value.bit_length()
        sign, head = "-" if value < 0 else "", abs(value) >> (bits - 128)
        return {"$type": "int", "$text": f"{sign}0x{head:x}…", "$size": bits}

    def _tell(self, marked: dict[str, Any], text: str) -> None:
        room = self.text_room
        marked["$text"] = text[:room]
        self._characters -= min(len(text), room)
        if len(text) > room:
            self.cut(marked, len(text), text, Walk.string, room)


def _whole(walk: Walk, value: Any, start: int) -> Plain:
    return walk.convert(value)
