"""Values of the user's program as bounded plain data: what JSON can carry, and marks for the rest.

A plain value is None, bool, int, float, str, a list, a dictionary with string keys, or a *marked*
dictionary: one with a ``"$type"`` key. `stepscope.model.events` lists the marks.

Three rules keep this safe on any object while the user's code goes on in another thread:

- Work is bounded: a walk looks at `Limits.items` parts of a container and `Limits.nodes` of all, so
  50 MB take no longer than 50 kB.
- No code of the user runs except ``__repr__`` (and ``str()`` of an exception), and that is guarded:
  fields are read from ``__dict__`` and slots, never through properties.
- A container is copied in one C call before its parts are looked at, so that a writer in another
  thread cannot disturb the walk.
"""

from __future__ import annotations

import enum
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

Plain = Any
"""A value as described at the top of this file."""


@dataclass(frozen=True)
class Limits:
    """How much of a value is kept.

    `string`: characters of one string; `text`: characters of one repr; `items`: parts of one
    container; `depth`: containers inside each other; `nodes`: values in all; `characters`: of all
    strings together.
    """

    string: int = 20_000
    text: int = 2_000
    items: int = 1_000
    depth: int = 24
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
_ARRAY_MODULES = {"numpy", "torch", "jax", "jaxlib", "tensorflow", "cupy"}
_TABLE_MODULES = {"pandas", "polars"}
_MAPPINGS = (dict, MappingProxyType)
_SEQUENCES = (list, tuple, set, frozenset, deque)
_MESSAGE_FIELDS = ("content", "tool_calls", "tool_call_chunks", "name", "id")


def plain(value: Any, limits: Limits = DEFAULT) -> Plain:
    """`value` as plain data of bounded size. Never raises, whatever the value is."""
    kind = type(value)
    if kind is dict:  # what most nodes and writers emit: a small dictionary of small scalars
        if len(value) <= min(_QUICK_ITEMS, limits.items) and limits.string >= _QUICK_STRING:
            quick = _quick_dict(value)
            if quick is not None:
                return quick
    elif kind is str and len(value) <= limits.string:
        return value
    return _Walk(limits).convert(value)


def type_name(value: Any) -> str:
    """The name of a value's class."""
    try:
        return str(type(value).__name__)
    except Exception:  # a metaclass of the user may do anything
        return "object"


def text_of(value: Any, limit: int = DEFAULT.text) -> str:
    """The value's repr, guarded and cut."""
    return _guarded(repr, value)[:limit]


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


class _Walk:
    """One conversion: what is left of the budget, and which containers are being walked."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._nodes = limits.nodes
        self._characters = limits.characters
        self._open: set[int] = set()

    def convert(self, value: Any) -> Plain:
        self._nodes -= 1
        kind = type(value)
        if kind is str:
            return self._string(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return self._int(value)
        if kind is float:
            return value if math.isfinite(value) else {"$type": "float", "$text": repr(value)}
        reader = _reader(kind)
        if reader is None:
            return self._text(value, _guarded(repr, value))
        if id(value) in self._open:
            return {"$type": type_name(value), "$cycle": True}
        if len(self._open) >= self._limits.depth or self._nodes <= 0:
            return self._unopened(value)
        self._open.add(id(value))
        try:
            return reader(self, value)
        except Exception:  # an odd subclass: what it is can still be told
            return self._text(value, _guarded(repr, value))
        finally:
            self._open.discard(id(value))

    def _string(self, value: str) -> Plain:
        room = max(0, min(self._limits.string, self._characters))
        if len(value) <= room:
            self._characters -= len(value)
            return value
        self._characters -= room
        return {"$type": "str", "$text": value[:room], "$size": len(value)}

    def _int(self, value: int) -> Plain:
        if -_LARGEST_INT < value < _LARGEST_INT:
            return value
        bits = value.bit_length()
        sign, head = "-" if value < 0 else "", abs(value) >> (bits - 128)
        return {"$type": "int", "$text": f"{sign}0x{head:x}…", "$size": bits}

    def _text(self, value: Any, text: str) -> Plain:
        marked: dict[str, Any] = {"$type": type_name(value), "$text": text}
        room = max(0, min(self._limits.text, self._characters))
        if len(text) > room:
            marked["$text"], marked["$size"] = text[:room], len(text)
        self._characters -= min(len(text), room)
        return marked

    def _unopened(self, value: Any) -> Plain:
        """Too deep, or the budget is spent: its type and length only."""
        marked: dict[str, Any] = {"$type": type_name(value)}
        if isinstance(value, _MAPPINGS):
            marked["$entries"], marked["$size"] = [], len(value)
        elif isinstance(value, _SEQUENCES):
            marked["$items"], marked["$size"] = [], len(value)
        else:
            marked["$text"] = "…"
        return marked

    def _parts(self, value: Iterable[Any]) -> list[Any]:
        """The first parts, taken in one C call."""
        return list(islice(value, max(0, min(self._limits.items, self._nodes))))

    # Readers: one for each kind of value that has parts.

    def mapping(self, value: Mapping[Any, Any]) -> Plain:
        entries = self._parts(dict.items(value) if isinstance(value, dict) else value.items())
        size = len(value)
        is_whole = len(entries) >= size
        if is_whole and type(value) is dict and all(type(key) is str for key, _ in entries):
            converted = {key: self.convert(item) for key, item in entries}
            # A user's own "$type" would read as a mark.
            if "$type" not in converted and all(len(key) <= self._limits.string for key in converted):
                return converted
        marked: dict[str, Any] = {
            "$type": type_name(value),
            "$entries": [[self.convert(key), self.convert(item)] for key, item in entries],
        }
        if not is_whole:
            marked["$size"] = size
        return marked

    def sequence(self, value: Any) -> Plain:
        base: Any = next(base for base in _SEQUENCES if isinstance(value, base))
        parts = self._parts(base.__iter__(value))
        size = base.__len__(value)
        items = [self.convert(part) for part in parts]
        if type(value) is list and len(items) >= size:
            return items
        marked: dict[str, Any] = {"$type": type_name(value), "$items": items}
        if len(items) < size:
            marked["$size"] = size
        return marked

    def namedtuple(self, value: Any) -> Plain:
        return self._fields(value, dict(zip(type(value)._fields, value, strict=False)))

    def stored(self, value: Any) -> Plain:
        """Named parts that an object stores: the attributes of pydantic models and dataclasses."""
        names = getattr(type(value), "__dataclass_fields__", None) or type(value).model_fields
        own = dict(getattr(value, "__dict__", {}))
        parts = {name: own[name] if name in own else _slot(value, name) for name in names}
        extra = _slot(value, "__pydantic_extra__")
        if type(extra) is dict:
            parts.update(extra)
        return self._fields(value, {k: v for k, v in parts.items() if v is not _ABSENT})

    def message(self, value: Any) -> Plain:
        """A chat message: what it says first, and no field that says nothing."""
        own = dict(value.__dict__)
        parts = {name: own.pop(name) for name in _MESSAGE_FIELDS if name in own}
        parts |= {name: own[name] for name in type(value).model_fields if name in own and name != "type"}
        return self._fields(
            value, {k: v for k, v in parts.items() if k == "content" or not (v is None or v == {} or v == [])}
        )

    def array(self, value: Any) -> Plain:
        shape = [int(length) for length in value.shape]
        if not shape:
            return self.convert(value.item())
        head = value
        for _ in shape[:-1]:
            head = head[0]
        parts = head[: min(self._limits.items, 100)].tolist()
        marked = self._fields(value, {"shape": shape, "dtype": str(value.dtype), "head": parts})
        marked["$size"] = math.prod(shape)
        return marked

    def number(self, value: Any) -> Plain:
        """A scalar of an array library."""
        item = value.item()
        return self._text(value, _guarded(str, value)) if type(item) is type(value) else self.convert(item)

    def table(self, value: Any) -> Plain:
        rows, *columns = (int(length) for length in value.shape)
        parts: dict[str, Any] = {"shape": [rows, *columns]}
        if columns:
            parts["columns"] = [str(name) for name in islice(value.columns, 100)]
        parts["head"] = str(value.head(10))
        return self._fields(value, parts) | {"$size": rows}

    def raised(self, value: BaseException) -> Plain:
        return self._text(value, _guarded(str, value))

    def enumerated(self, value: enum.Enum) -> Plain:
        return self._text(value, f"{type(value).__name__}.{value._name_}")

    def spoken(self, value: Any) -> Plain:
        """A value of the standard library whose str() is how people write it."""
        return self._text(value, _guarded(str, value))

    def bytes(self, value: bytes | bytearray | memoryview) -> Plain:
        size = value.nbytes if isinstance(value, memoryview) else len(value)
        head = bytes(value[: self._limits.text])
        marked: dict[str, Any] = {"$type": type_name(value), "$text": repr(head)}
        if size > len(head):
            marked["$size"] = size
        return marked

    def subclass_of_scalar(self, value: Any) -> Plain:
        """A user's own str, int or float: the plain one, without its class's methods."""
        self._nodes += 1
        if isinstance(value, str):
            return self.convert(str.__str__(value))
        return self.convert(int.__add__(value, 0) if isinstance(value, int) else float.__add__(value, 0.0))

    def _fields(self, value: Any, parts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "$type": type_name(value),
            "$fields": {str(name): self.convert(part) for name, part in parts.items()},
        }


_Reader = Callable[[_Walk, Any], Plain]
_ABSENT = object()
_readers: dict[type, _Reader | None] = {}
"""Which reader suits a class, found once a class."""


def _reader(kind: type) -> _Reader | None:
    """How values of this class are read; None when only their repr can tell."""
    try:
        return _readers[kind]
    except KeyError:
        pass
    if len(_readers) > 10_000:  # classes made in a loop
        _readers.clear()
    try:
        found = _choose_reader(kind)
    except Exception:  # a metaclass of the user may do anything
        found = None
    _readers[kind] = found
    return found


def _choose_reader(kind: type) -> _Reader | None:
    module = str(getattr(kind, "__module__", "")).partition(".")[0]
    if issubclass(kind, type):
        return None
    if issubclass(kind, enum.Enum):
        return _Walk.enumerated
    if module in _ARRAY_MODULES and hasattr(kind, "dtype"):
        return _Walk.array if hasattr(kind, "tolist") and hasattr(kind, "__setitem__") else _Walk.number
    if module in _TABLE_MODULES and hasattr(kind, "shape") and hasattr(kind, "head"):
        return _Walk.table
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _Walk.namedtuple
    if issubclass(kind, _MAPPINGS):
        return _Walk.mapping
    if issubclass(kind, _SEQUENCES):
        return _Walk.sequence
    if issubclass(kind, BaseException):
        return _Walk.raised
    model_fields = getattr(kind, "model_fields", None)
    if isinstance(model_fields, dict):
        return _Walk.message if {"content", "type"} <= model_fields.keys() else _Walk.stored
    if isinstance(getattr(kind, "__dataclass_fields__", None), dict):
        return _Walk.stored
    if issubclass(kind, bytes | bytearray | memoryview):
        return _Walk.bytes
    if issubclass(kind, str | int | float):
        return _Walk.subclass_of_scalar
    if module in {"datetime", "uuid", "decimal", "fractions", "pathlib", "ipaddress", "zoneinfo"}:
        return _Walk.spoken
    return None


def _slot(value: Any, name: str) -> Any:
    """What a slot holds, without running a property."""
    for kind in type(value).__mro__:
        member = vars(kind).get(name, _ABSENT)
        if member is not _ABSENT:
            if type(member).__name__ != "member_descriptor":
                return _ABSENT
            try:
                return member.__get__(value)
            except AttributeError:  # never set
                return _ABSENT
    return _ABSENT


def _guarded(speak: Callable[[Any], str], value: Any) -> str:
    try:
        text = speak(value)
        return text if type(text) is str else str.__str__(text)
    except Exception as problem:
        return f"<{type_name(value)}, whose {speak.__name__}() raises {type_name(problem)}>"
