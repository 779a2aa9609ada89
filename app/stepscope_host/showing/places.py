"""Code as values: functions, generators, modules and classes by their name and place."""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from stepscope_host.showing.classes import module_of, qualified_name_of
from stepscope_host.showing.objects import own

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk


def function(walk: Walk, value: Any) -> Plain:
    return walk.text(value, _at(value.__qualname__, value.__code__, value.__code__.co_firstlineno))


def method(walk: Walk, value: Any) -> Plain:
    """A function with the object that it is bound to, of which only the class is told."""
    bound = value.__func__
    if type(bound) is not FunctionType:
        return walk.ask(value)
    return walk.text(value, _at(bound.__qualname__, bound.__code__, bound.__code__.co_firstlineno))


def generator(walk: Walk, value: Any) -> Plain:
    """A generator or coroutine, sync or async: where it stands. It is never advanced."""
    kind = type(value).__name__
    prefix = {"generator": "gi", "coroutine": "cr", "async_generator": "ag"}[kind]
    code, frame = getattr(value, f"{prefix}_code"), getattr(value, f"{prefix}_frame")
    if frame is None:
        return walk.text(value, f"{_at(value.__qualname__, code, code.co_firstlineno)}, finished")
    state = "running" if getattr(value, f"{prefix}_running") else "waiting"
    return walk.text(value, f"{_at(value.__qualname__, code, frame.f_lineno)}, {state}")


def module(walk: Walk, value: ModuleType) -> Plain:
    """A module, without waking one that loads at the first look at an attribute."""
    inside = own(value)
    name, file = inside.get("__name__"), inside.get("__file__")
    told = name if type(name) is str else "?"
    return walk.text(value, f"{told} ({file})" if type(file) is str else told)


def named_class(walk: Walk, value: type) -> Plain:
    return walk.text(value, f"{module_of(value)}.{qualified_name_of(value)}".removeprefix("builtins."))


def _at(name: str, code: CodeType, line: int | None) -> str:
    return f"{name} ({code.co_filename}:{line})"
