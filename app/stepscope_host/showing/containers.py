"""Containers of the standard library, read by their base class's own methods, whatever a subclass does."""

from __future__ import annotations

import array
from collections import OrderedDict, deque
from collections.abc import Iterator
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stepscope_host.showing.classes import type_name

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk

MAPPINGS: tuple[type, ...] = (dict, MappingProxyType)
SEQUENCES: tuple[type, ...] = (
    list,
    tuple,
    set,
    frozenset,
    deque,
    array.array,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_ALL = MAPPINGS + SEQUENCES
_SETS = (set, frozenset)
_ORDERED = (str, int, float)


def size_of(value: Any) -> int:
    """The number of parts of a value of one of these classes."""
    size: int = _base(value).__len__(value)
    return size


def mapping(walk: Walk, value: Any, start: int = 0) -> Plain:
    return entries(walk, value, value, start)


def entries(walk: Walk, value: Any, parts: Any, start: int = 0) -> Plain:
    """A value with these parts by key, a mapping of one of the classes above."""
    size = _base(parts).__len__(parts)
    found = list(islice(_items(parts), start, start + walk.room))
    end = start + len(found)
    if start == 0 and end >= size and type(value) is dict:
        whole = _as_it_is(walk, found)
        if whole is not None:
            return whole
    marked: dict[str, Any] = {
        "$type": type_name(value),
        "$entries": [[walk.convert(key), walk.convert(item)] for key, item in found],
    }
    if end < size:
        walk.cut(marked, size, parts, mapping, end)
    return marked


def sequence(walk: Walk, value: Any, start: int = 0) -> Plain:
    return items(walk, value, value, start)


def items(walk: Walk, value: Any, parts: Any, start: int = 0) -> Plain:
    """A value with these parts, a sequence of one of the classes above."""
    base = _base(parts)
    size = base.__len__(parts)
    stop = start + walk.room
    if base in (list, tuple):
        found = list(base.__getitem__(parts, slice(start, stop)))
    else:
        found = list(islice(base.__iter__(parts), start, stop))
    end = start + len(found)
    if base in _SETS and start == 0 and end >= size:
        found = _in_order(found)
    convert = walk.convert
    converted = [convert(part) for part in found]
    if type(value) is list and start == 0 and end >= size:
        return converted
    marked: dict[str, Any] = {"$type": type_name(value), "$items": converted}
    return marked if end >= size else walk.cut(marked, size, parts, sequence, end)


def _base(value: Any) -> Any:
    kind = type(value)
    if kind in _ALL:
        return kind
    return next(base for base in _ALL if issubclass(kind, base))


def _items(parts: Any) -> Iterator[tuple[Any, Any]]:
    # Only an OrderedDict itself: of a subclass it would call methods.
    if type(parts) in (OrderedDict, MappingProxyType):
        return iter(parts.items())
    return iter(dict.items(parts))


def _as_it_is(walk: Walk, found: list[tuple[Any, Any]]) -> dict[str, Any] | None:
    """The dictionary itself, when JSON has it and no key of the user's own would read as a mark."""
    characters = 0
    for key, _ in found:
        if type(key) is not str or key == "$type":
            return None
        characters += len(key)
    if not walk.has_room_for(characters):
        return None
    convert = walk.convert
    return {key: convert(item) for key, item in found}


def _in_order(found: list[Any]) -> list[Any]:
    """A set's parts so that those of the next superstep stand in the same places."""
    kind = type(found[0]) if found else None
    return sorted(found) if kind in _ORDERED and all(type(part) is kind for part in found) else found
