"""What a class is, asked of Python itself: a metaclass of the user may answer anything, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_TYPE = vars(type)

name_of: Callable[[type], str] = _TYPE["__name__"].__get__
qualified_name_of: Callable[[type], str] = _TYPE["__qualname__"].__get__
bases_of: Callable[[type], tuple[type, ...]] = _TYPE["__mro__"].__get__
"""A class and all its bases, nearest first."""

members_of: Callable[[type], Mapping[str, Any]] = _TYPE["__dict__"].__get__
"""What stands in the body of a class."""


def type_name(value: Any) -> str:
    """The name of a value's class."""
    return name_of(type(value))


def module_of(kind: type) -> str:
    """The module that a class says it is from; empty when it says nothing of use."""
    try:
        module = _TYPE["__module__"].__get__(kind)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def member(kind: type, name: str) -> Any:
    """What a class or the nearest of its bases has by this name, as it stands there; None when none has."""
    for base in bases_of(kind):
        found = members_of(base).get(name)
        if found is not None:
            return found
    return None
