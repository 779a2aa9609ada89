"""Reads what a state is made of from a TypedDict, a dataclass, a pydantic model or a bare type."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from stepgraph.channels import (
    MISSING,
    BinaryOperatorAggregate,
    Channel,
    LastValue,
    check_reducer,
)
from stepgraph.constants import ROOT
from stepgraph.errors import InvalidGraph
from stepgraph.managed import MANAGED

Kind = Literal["mapping", "dataclass", "pydantic", "bare"]

Reader = Callable[[Mapping[str, Any], int], Any]
"""From all values of the state and the supersteps that remain, to what a node or a path gets."""


@dataclass(frozen=True)
class Schema:
    """One schema class, read, in the order of declaration. `optional` keys may be left out of an input."""

    source: Any
    kind: Kind
    channels: Mapping[str, Channel]
    managed: Mapping[str, type]
    optional: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return getattr(self.source, "__name__", str(self.source))

    @functools.cached_property
    def read(self) -> Reader:
        """Reads this schema's part of the state; one function for all the nodes that do."""
        if self.kind == "bare":
            return _read_bare
        fields = _field_reader(self)
        if self.kind == "mapping":
            return fields
        make = self.source
        return lambda values, remaining: make(**fields(values, remaining))


def read_schema(source: Any) -> Schema:
    """Read a schema class. Raises InvalidGraph for a reducer that does not take two values."""
    hints = field_hints(source)
    if not hints:
        hash(source)  # Refuses an instance, such as {} for dict, the way a type annotation would.
        return Schema(source, "bare", {ROOT: _channel(ROOT, source)}, {})
    channels: dict[str, Channel] = {}
    managed: dict[str, type] = {}
    optional = set(getattr(source, "__optional_keys__", ()))
    for key, wrapped in hints.items():
        needed, hint = requirement(wrapped)
        # A class whose annotations are strings does not know which of its keys are optional.
        if needed == "NotRequired":
            optional.add(key)
        elif needed == "Required":
            optional.discard(key)
        marker = _managed_marker(hint)
        if marker is None:
            channels[key] = _channel(key, hint)
        else:
            managed[key] = marker
    return Schema(source, _kind(source), channels, managed, frozenset(optional))


def field_hints(source: Any) -> dict[str, Any]:
    """The annotations of a class with the wrappers around its types, in order; empty for a bare type."""
    if get_origin(source) is Annotated or not isinstance(source, type):
        return {}
    if is_pydantic(source):
        fields: Mapping[str, Any] = source.model_fields  # type: ignore[attr-defined]
        hints = get_type_hints(source, include_extras=True)
        return {name: hints.get(name, field.annotation) for name, field in fields.items()}
    if dataclasses.is_dataclass(source):
        hints = get_type_hints(source, include_extras=True)
        return {field.name: hints[field.name] for field in dataclasses.fields(source)}
    if any("__annotations__" in vars(base) for base in source.__mro__):
        return get_type_hints(source, include_extras=True)
    return {}


def merge_channels(into: dict[str, Channel], schema: Schema) -> None:
    """Add a schema's channels to a graph's. Raises InvalidGraph when two declarations of a key disagree."""
    for key, channel in schema.channels.items():
        known = into.get(key)
        if known is None:
            into[key] = channel
        elif type(channel) is not LastValue and not known.agrees_with(channel):
            raise InvalidGraph(
                f"Channel {key!r} already exists with a different type: schema {schema.name} declares it "
                "again, with another reducer. Give it the same reducer in both, or none in the second."
            )


def _field_reader(schema: Schema) -> Reader:
    keys = tuple(schema.channels)
    managed = tuple((key, MANAGED[marker]) for key, marker in schema.managed.items())

    def read(values: Mapping[str, Any], remaining: int) -> dict[str, Any]:
        return {key: value for key in keys if (value := values[key]) is not MISSING}

    def read_with_managed(values: Mapping[str, Any], remaining: int) -> dict[str, Any]:
        found = read(values, remaining)
        found.update((key, value(remaining)) for key, value in managed)
        return found

    return read_with_managed if managed else read


def read_fields(value: Any) -> list[tuple[str, Any]] | None:
    """The fields of a dataclass or pydantic instance that count as written, or None for anything else."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    if is_pydantic(type(value)):
        return [
            (name, found)
            for name in type(value).model_fields
            if _is_written(value, name, found := getattr(value, name))
        ]
    return None


def is_pydantic(typ: Any) -> bool:
    """Whether `typ` is a pydantic model, without importing pydantic."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(typ, type) and issubclass(typ, pydantic.BaseModel)


def _is_written(model: Any, name: str, value: Any) -> bool:
    # A field left at its default of None says nothing; one set to None says None.
    if value is not None or name in model.model_fields_set:
        return True
    return type(model).model_fields[name].get_default(call_default_factory=True) is not None


def _read_bare(values: Mapping[str, Any], remaining: int) -> Any:
    value = values[ROOT]
    return None if value is MISSING else value


def _kind(source: Any) -> Kind:
    if is_pydantic(source):
        return "pydantic"
    return "dataclass" if dataclasses.is_dataclass(source) else "mapping"


def _channel(key: str, hint: Any) -> Channel:
    if get_origin(hint) is not Annotated:
        return LastValue(hint)
    typ, *markers = get_args(hint)
    for marker in markers:
        if isinstance(marker, type) and issubclass(marker, Channel):
            return _checked(key, marker(typ))
        if isinstance(marker, Channel):
            return _checked(key, marker.of(typ))
    reducer = markers[-1]
    if callable(reducer) and not isinstance(reducer, type):
        check_reducer(key, reducer)
        return BinaryOperatorAggregate(typ, reducer)
    return LastValue(typ)


def _checked(key: str, channel: Channel) -> Channel:
    if type(channel).apply is Channel.apply:
        raise InvalidGraph(
            f"The channel of {key!r}, {type(channel).__name__}, does not say how it takes writes. Give it a "
            "method apply(self, key, current, writes) that returns the new value."
        )
    return channel


def _managed_marker(hint: Any) -> type | None:
    if get_origin(hint) is not Annotated:
        return None
    marker = get_args(hint)[-1]
    return marker if isinstance(marker, type) and marker in MANAGED else None


def requirement(hint: Any) -> tuple[str, Any]:
    """Required, NotRequired, ReadOnly or nothing, and the type inside."""
    origin = get_origin(hint)
    name = (getattr(origin, "__name__", None) or str(origin)).rpartition(".")[2]
    if name in ("Required", "NotRequired", "ReadOnly"):
        return name, get_args(hint)[0]
    return "", hint
