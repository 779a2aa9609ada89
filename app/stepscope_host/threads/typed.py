"""Values as annotations want them: JSON is made into the user's classes, or said not to fit, with the place.

pydantic does it, which comes with langchain-core. Without it values are taken as they are.
"""

from __future__ import annotations

import importlib
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any

from stepscope_host.threads.reconciling import Remade

Path = tuple[Any, ...]

_WRAPPERS = {"NotRequired", "Required", "ReadOnly"}


class Problem(Exception):
    """What does not fit, and where in the value."""

    def __init__(self, found: list[tuple[Path, str]]) -> None:
        super().__init__("; ".join(words for _, words in found))
        self.found = found


def bare(hint: Any) -> Any:
    """An annotation of a key without what it says of the key's being there."""
    while getattr(typing.get_origin(hint), "_name", "") in _WRAPPERS:
        hint = typing.get_args(hint)[0]
    return hint


def adds_messages(hint: Any) -> bool:
    """True for a list of messages to which a write adds."""
    names = ("add_messages", "_add_messages")  # in stepgraph, and in LangGraph
    return any(getattr(note, "__name__", "") in names for note in getattr(hint, "__metadata__", ()))


def made(hint: Any, value: Any) -> Any:
    """The value as the annotation wants it. Raises Problem."""
    value = _remade(value)
    if isinstance(value, list) and (adds_messages(hint) or _takes_messages(hint)):
        value = [_message(item, (place,)) for place, item in enumerate(value)]
    value = _fitted(hint, value)
    if left := [problem for path, remade in _left(value, ()) for problem in _problems(remade, path)]:
        raise Problem(left)
    return value


def _remade(value: Any) -> Any:
    """Edited objects made anew of their own class; one that this fails for may become another's."""
    if isinstance(value, Remade):
        parts = Remade(value.kind, {name: _remade(part) for name, part in value.items()})
        try:
            return _fitted(value.kind, parts)
        except Problem:
            return parts
    if type(value) is dict:
        return {key: _remade(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_remade(item) for item in value)
    return value


def _fitted(hint: Any, value: Any) -> Any:
    adapter = _adapter(hint)
    if adapter is None:
        return value
    try:
        return _validated(adapter, value)
    except Exception as error:
        told: Any = error
        if not callable(getattr(told, "errors", None)):
            raise Problem([((), f"{type(error).__name__}: {error}")]) from error
        found = [(_place(each["loc"], value), each["msg"]) for each in told.errors(include_url=False)]
        raise Problem(found) from error


def _validated(adapter: Any, value: Any) -> Any:
    """Fields of objects are known by their own names here, whatever aliases they have elsewhere."""
    try:
        return adapter.validate_python(value, by_alias=True, by_name=True)
    except TypeError:  # an older pydantic
        return adapter.validate_python(value)


def _adapter(hint: Any) -> Any:
    """What pydantic makes of an annotation; None where there is none, or it makes nothing of it."""
    if hint is Any:
        return None
    try:
        pydantic = importlib.import_module("pydantic")
    except ImportError:
        return None
    for known in (lambda: hint, lambda: _with_newer_typed_dicts(hint)):
        for config in ({}, {"config": {"arbitrary_types_allowed": True}}):
            try:
                return pydantic.TypeAdapter(known(), **config)
            except Exception:  # an annotation may be anything
                continue
    return None


def _with_newer_typed_dicts(hint: Any) -> Any:
    """Before Python 3.12 pydantic refuses the TypedDict of typing, at any depth."""
    if typing.is_typeddict(hint) and type(hint).__module__ == "typing":
        newer: Any = importlib.import_module("typing_extensions")
        parts = typing.get_type_hints(hint, include_extras=True)
        required = getattr(hint, "__required_keys__", parts)
        wrapped = {
            name: _with_newer_typed_dicts(bare(part)) if name in required
            else newer.NotRequired[_with_newer_typed_dicts(bare(part))]
            for name, part in parts.items()
        }  # fmt: skip
        return newer.TypedDict(hint.__name__, wrapped)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is None or origin is typing.Literal or not arguments:
        return hint
    if origin is typing.Annotated:
        return _with_newer_typed_dicts(arguments[0])
    inner = tuple(_with_newer_typed_dicts(argument) for argument in arguments)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[inner]  # noqa: UP007 - of as many as there are
    try:
        return origin[inner]
    except TypeError:
        return hint


def _place(location: Path, value: Any) -> Path:
    """Where an error is, without the names of classes and options that pydantic puts in between."""
    place: list[Any] = []
    for step in location:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]
        elif hasattr(type(value), "model_fields") and step in type(value).model_fields:
            value = getattr(value, step)
        elif step != location[-1] or not isinstance(value, dict):
            continue
        place.append(step)
    return tuple(place)


def _takes_messages(hint: Any) -> bool:
    """True for a list or sequence of LangChain's messages."""
    if typing.get_origin(hint) is typing.Annotated:
        return _takes_messages(typing.get_args(hint)[0])
    arguments = typing.get_args(hint)
    is_sequence = isinstance(origin := typing.get_origin(hint), type) and not issubclass(origin, dict)
    return is_sequence and bool(arguments) and _is_message_type(arguments[0])


def _is_message_type(hint: Any) -> bool:
    if typing.get_origin(hint) is typing.Annotated:
        return _is_message_type(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return all(_is_message_type(option) for option in typing.get_args(hint))
    return isinstance(hint, type) and any(base.__name__ == "BaseMessage" for base in hint.__mro__)


def _message(item: Any, path: Path) -> Any:
    """A message of what stands for one: a dictionary with a role or a type, or a text."""
    if not isinstance(item, dict | str):
        return item
    try:
        importlib.import_module("langchain_core.messages")
        (message,) = sys.modules["langchain_core.messages"].convert_to_messages([item])
    except Exception as error:
        words = str(error).partition("\nFor troubleshooting")[0]
        raise Problem([(path, f"This is no message: {words}")]) from error
    return message


def _left(value: Any, path: Path) -> Iterator[tuple[Path, Remade]]:
    if isinstance(value, Remade):
        yield path, value
    elif type(value) is dict:
        for key, item in value.items():
            yield from _left(item, (*path, key))
    elif type(value) in (list, tuple):
        for place, item in enumerate(value):
            yield from _left(item, (*path, place))


def _problems(remade: Remade, path: Path) -> list[tuple[Path, str]]:
    try:
        _fitted(remade.kind, remade)
    except Problem as problem:
        return [((*path, *place), words) for place, words in problem.found]
    return []
