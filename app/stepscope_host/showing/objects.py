"""Objects by the parts that they store: read from ``__dict__`` and slots, so that no property runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

from stepscope_host.showing.classes import bases_of, member, members_of, type_name
from stepscope_host.showing.containers import entries

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk

_FIELDS = ("__pydantic_fields__", "model_fields", "__fields__", "__dataclass_fields__")
"""Where pydantic 2, its first versions, pydantic 1 and dataclasses keep a dictionary of their fields."""

_FIRST_OF_MESSAGE = ("content", "tool_calls", "tool_call_chunks", "name", "id")


def own(value: Any) -> dict[Any, Any]:
    """A copy of an object's ``__dict__``."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return dict(found) if type(found) is dict else {}


def fields(walk: Walk, value: Any, parts: Mapping[str, Any]) -> Plain:
    """A value with named parts."""
    if len(parts) > walk.limits.items or not walk.has_room_for(sum(map(len, parts))):
        return entries(walk, value, parts)
    convert = walk.convert
    return {"$type": type_name(value), "$fields": {name: convert(part) for name, part in parts.items()}}


def attributes(walk: Walk, value: Any) -> Plain:
    """An object of which its attributes alone tell; few inside each other, since they lead everywhere."""
    slots = {name: _held(slot, value) for name, slot in _slots(type(value)).items()}
    parts = {name: part for name, part in (own(value) | slots).items() if part is not _ABSENT}
    if not parts:
        return walk.text(value, f"<{type_name(value)}>")
    if walk.objects >= walk.limits.objects:
        return walk.unopened(value)
    walk.objects += 1
    try:
        return fields(walk, value, {name: part for name, part in parts.items() if type(name) is str})
    finally:
        walk.objects -= 1


def reader_of(kind: type) -> Callable[[Walk, Any], Plain] | None:
    """How a model of pydantic, a dataclass or a class of attrs is read: by the fields that it declares,
    without what is private or computed. None for a class that declares none.
    """
    names = _field_names(kind)
    if names is None:
        return None
    is_message = {"content", "type"} <= set(names)
    if is_message:  # what it says comes first, and its class tells its type
        names = [*dict.fromkeys(name for name in (*_FIRST_OF_MESSAGE, *names) if name in names)]
        names.remove("type")
    slots = _slots(kind)
    extra = slots.get("__pydantic_extra__")

    def declared(walk: Walk, value: Any) -> Plain:
        inside = own(value)
        parts = {name: inside[name] if name in inside else _held(slots.get(name), value) for name in names}
        if extra is not None and type(more := _held(extra, value)) is dict:
            parts |= more
        return fields(walk, value, {name: part for name, part in parts.items() if part is not _ABSENT})

    def message(walk: Walk, value: Any) -> Plain:
        inside = own(value)
        told = {
            name: part
            for name in names
            if (part := inside.get(name)) is not None and (name == "content" or not _is_nothing(part))
        }
        return fields(walk, value, told)

    return message if is_message else declared


def namedtuple(walk: Walk, value: Any) -> Plain:
    names = member(type(value), "_fields")
    return fields(walk, value, dict(zip(names, tuple.__iter__(value), strict=False)))


def partial(walk: Walk, value: Any) -> Plain:
    return fields(walk, value, {"func": value.func, "args": value.args, "keywords": value.keywords})


def _field_names(kind: type) -> list[str] | None:
    for name in _FIELDS:
        declared = member(kind, name)
        if type(declared) is dict:
            return list(declared)
    declared = member(kind, "__attrs_attrs__")
    return [field.name for field in declared] if isinstance(declared, tuple) else None


def _is_nothing(part: Any) -> bool:
    kind = type(part)
    return (kind is dict or kind is list) and not part


def _slots(kind: type) -> dict[str, MemberDescriptorType]:
    """The slots of a class and its bases, the bases' first."""
    return {
        name: found
        for base in reversed(bases_of(kind))
        if "__slots__" in members_of(base)
        for name, found in members_of(base).items()
        if type(found) is MemberDescriptorType
    }


def _held(slot: MemberDescriptorType | None, value: Any) -> Any:
    if slot is None:
        return _ABSENT
    try:
        return slot.__get__(value)
    except AttributeError:  # never set
        return _ABSENT


_ABSENT = object()
