"""Which reader suits a class: each tells a value in parts that are there, and runs no code of the user."""

from __future__ import annotations

import datetime
import enum
import functools
import re
import types
from collections import UserDict, UserList, UserString
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stepscope_host.showing import arrays, objects, places
from stepscope_host.showing.classes import bases_of, member, members_of, module_of, name_of, type_name
from stepscope_host.showing.containers import MAPPINGS, SEQUENCES, entries, items, mapping, sequence
from stepscope_host.showing.raised import raised

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk

Reader = Callable[["Walk", Any], "Plain"]

_SPOKEN_MODULES = {"datetime", "uuid", "decimal", "fractions", "pathlib", "ipaddress", "zoneinfo"}
_PLAIN_ZONES = {"builtins", "datetime", "zoneinfo"}  # None is of the first
_LAZY_MODULES = {"django", "sqlalchemy", "peewee", "tortoise", "mongoengine"}
"""Libraries whose objects may ask a database for what they say of themselves."""

_MOST_KNOWN = 10_000


def reader_of(kind: type) -> Reader:
    """How values of this class are read, found once a class."""
    try:
        return _known[kind]
    except KeyError:
        pass
    except Exception:  # a metaclass may even refuse to be hashed
        return asked
    if len(_known) > _MOST_KNOWN:  # classes made in a loop
        _known.clear()
    try:
        found = _choose(kind)
    except Exception:
        found = asked
    _known[kind] = found
    return found


def _choose(kind: type) -> Reader:
    family = bases_of(kind)
    for base in family:
        if base in _FIRST:
            return _FIRST[base]
    modules = {module_of(base).partition(".")[0] for base in family}
    found = arrays.reader_of(kind)
    if found is not None:
        return found
    if tuple in family and isinstance(member(kind, "_fields"), tuple):
        return objects.namedtuple
    for base in family:
        if base in _BY_BASE:
            return _BY_BASE[base]
    found = objects.reader_of(kind)
    if found is not None:
        return found
    is_timestamp = datetime.datetime in family and "pandas" in modules
    if is_timestamp or module_of(kind) in _SPOKEN_MODULES or module_of(kind).startswith("pathlib."):
        return spoken
    if modules & _LAZY_MODULES or member(kind, "__repr__") is object.__repr__ or _is_send(kind):
        return objects.attributes
    return asked


def _is_send(kind: type) -> bool:
    """A task to send holds the state that it is sent with: its repr would write all of that out."""
    return name_of(kind) == "Send" and "__slots__" in members_of(kind) and member(kind, "arg") is not None


def asked(walk: Walk, value: Any) -> Plain:
    """Only the value itself can tell."""
    return walk.ask(value)


def enumerated(walk: Walk, value: Any) -> Plain:
    inside = objects.own(value)
    name = inside.get("_name_")
    if type(name) is not str:  # flags together, in Python 3.10
        name = repr(inside["_value_"]) if type(inside.get("_value_")) is int else "?"
    return walk.text(value, f"{type_name(value)}.{name}")


def spoken(walk: Walk, value: Any) -> Plain:
    """A value of the standard library whose str() is how people write it."""
    zone = module_of(type(getattr(value, "tzinfo", None)))
    return walk.text(value, str(value)) if zone in _PLAIN_ZONES else walk.ask(value, str)


def represented(walk: Walk, value: Any) -> Plain:
    """A value of Python's own whose repr() is short and calls nothing else."""
    return walk.text(value, repr(value))


def scalar(walk: Walk, value: Any) -> Plain:
    """A user's own str, int or float: the plain one, without its class's methods."""
    kind = type(value)
    if issubclass(kind, str):
        return walk.convert(str.__str__(value))
    return walk.convert(int.__add__(value, 0) if issubclass(kind, int) else float.__add__(value, 0.0))


def bytes_(walk: Walk, value: Any, start: int = 0) -> Plain:
    base: Any = bytes if issubclass(type(value), bytes) else bytearray
    stop, size = start + walk.text_room, base.__len__(value)
    marked = _written(walk, value, base.__getitem__(value, slice(start, stop)))
    return walk.cut(marked, size, value, bytes_, stop) if size > stop else marked


def memory(walk: Walk, value: memoryview, start: int = 0) -> Plain:
    stop = start + walk.text_room
    marked = _written(walk, value, value.cast("B")[start:stop])
    return walk.cut(marked, value.nbytes, value, memory, stop) if value.nbytes > stop else marked


def _written(walk: Walk, value: Any, part: Any) -> dict[str, Any]:
    # With a double quote inside, Python always chooses the single one around: so parts can be put together.
    text = repr(bytes(part) + b'"')[:-2] + "'"
    walk.spend(len(text))
    return {"$type": type_name(value), "$text": text}


def user_container(walk: Walk, value: Any) -> Plain:
    """UserDict, UserList and UserString keep a real one."""
    inside = objects.own(value)
    data = inside.get("data")
    if issubclass(type(data), MAPPINGS):
        return entries(walk, value, data)
    return items(walk, value, data) if issubclass(type(data), SEQUENCES) else walk.convert(data)


_FIRST: dict[type, Reader] = {
    type: places.named_class,
    enum.Enum: enumerated,
    BaseException: raised,
    types.FunctionType: places.function,
    types.MethodType: places.method,
    types.GeneratorType: places.generator,
    types.CoroutineType: places.generator,
    types.AsyncGeneratorType: places.generator,
    types.ModuleType: places.module,
    functools.partial: objects.partial,
    **dict.fromkeys((UserDict, UserList, UserString), user_container),
    types.SimpleNamespace: objects.attributes,
    **dict.fromkeys((types.BuiltinFunctionType, re.Pattern, range, complex, type(...)), represented),
    type(NotImplemented): represented,
}
"""By the class or the nearest of its bases; before all else, since these are what they are."""

_BY_BASE: dict[type, Reader] = {
    **dict.fromkeys(MAPPINGS, mapping),
    **dict.fromkeys(SEQUENCES, sequence),
    **dict.fromkeys((str, int, float), scalar),
    **dict.fromkeys((bytes, bytearray), bytes_),
    memoryview: memory,
}

LEAVES: frozenset[Reader] = frozenset(
    {
        *(asked, enumerated, spoken, represented, scalar, bytes_, memory, arrays.number),
        *(places.named_class, places.function, places.method, places.generator, places.module),
    }
)
"""Readers of values that have no parts."""

_known: dict[type, Reader] = {}
