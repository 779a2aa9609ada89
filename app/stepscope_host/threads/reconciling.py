"""Values as JSON to edit, and what was edited joined with the values that it was made of.

JSON has no words for many objects. So what was not edited stays the object that it is, at any depth; an
object with fields of which some were edited becomes `Remade`, which remembers its class.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterator, Mapping
from typing import Any


class Absent:
    """Where there was no value."""


ABSENT = Absent()

_OF_A_MESSAGE = ("id", "name", "tool_calls", "tool_call_id", "additional_kwargs")


class Remade(dict[str, Any]):
    """The fields of an object, some of which were edited."""

    def __init__(self, kind: type, parts: Mapping[str, Any]) -> None:
        super().__init__(parts)
        self.kind = kind


def as_edited(value: Any) -> Any:
    """A value as JSON that `reconciled` can join with it again."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, enum.Enum):
        return as_edited(value.value)
    if isinstance(value, Mapping):
        return {str(key): as_edited(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_edited(item) for item in value]
    if (parts := parts_of(value)) is not None:
        return {name: as_edited(part) for name, part in parts.items()}
    return _leaf(value)


def parts_of(value: Any) -> dict[str, Any] | None:
    """The fields that a model, a dataclass or a message was made of, None for any other object."""
    kind = type(value)
    if is_message(value):
        parts = {"type": value.type, "content": value.content}
        return parts | {name: part for name in _OF_A_MESSAGE if (part := getattr(value, name, None))}
    if isinstance(fields := getattr(kind, "model_fields", None), Mapping):
        return {name: getattr(value, name) for name in fields} | (getattr(value, "model_extra", None) or {})
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
    return None


def is_message(value: Any) -> bool:
    """True for a message of LangChain's."""
    return any(
        base.__name__ == "BaseMessage" and base.__module__.startswith("langchain_core.")
        for base in type(value).__mro__
    )


def reconciled(original: Any, before: Any, after: Any) -> Any:
    """`after` with all that is as it was in `before` put back as it is in `original`."""
    if before is not ABSENT and same(before, after):
        return original
    if isinstance(after, dict) and isinstance(before, dict):
        was = parts_of(original)
        if was is not None:
            return Remade(type(original), _entries(was, before, after))
        if isinstance(original, Mapping):
            return _entries(original, before, after)
    if isinstance(after, list) and isinstance(before, list) and isinstance(original, list | tuple):
        items = list(_items(original, before, after))
        return tuple(items) if type(original) is tuple else items
    if isinstance(after, list) and type(original) in (set, frozenset):
        return _as_set(original, before, after)
    return after


def _as_set(original: Any, before: Any, after: list[Any]) -> Any:
    """A set with its own elements where they were left as they were, or the list that is no set."""
    was = list(zip(map(as_edited, original), original, strict=True)) if isinstance(before, list) else []
    try:
        return type(original)(next((own for shown, own in was if shown == item), item) for item in after)
    except TypeError:
        return after


def same(one: Any, other: Any) -> bool:
    """True for the same JSON: for Python 1 and True are equal."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _entries(original: Mapping[Any, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[Any, Any]:
    keys = {str(key): key for key in original}
    return {
        keys.get(key, key): reconciled(original[keys[key]], before.get(key, ABSENT), item)
        if key in keys
        else item
        for key, item in after.items()
    }


def _items(original: Any, before: list[Any], after: list[Any]) -> Iterator[Any]:
    """Items are known by their id, or by standing where they stood, from the front or from the end."""
    ids = {item["id"]: place for place, item in enumerate(before) if _has_id(item)}
    shift = len(before) - len(after)
    alike = next(
        (n for n, (one, two) in enumerate(zip(before, after, strict=False)) if not same(one, two)), len(after)
    )
    for place, item in enumerate(after):
        if _has_id(item) and item["id"] in ids:
            was = ids[item["id"]]
        else:
            # After an item that was taken out or put in, all stand elsewhere.
            is_moved = place >= alike and 0 <= place + shift < len(before) and before[place + shift] == item
            was = place + shift if is_moved else place
        yield reconciled(original[was], before[was], item) if was < len(before) else item


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _leaf(value: Any) -> Any:
    try:
        import pydantic_core

        return pydantic_core.to_jsonable_python(value)
    except Exception:  # none there, or nothing that it knows
        return str(value)
