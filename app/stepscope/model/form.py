"""What a form shows of a JSON schema: fields in fields, each looked up when it is asked for.

A schema may contain itself, so nothing here walks through all of it: a field knows the fields under it, and a
form asks for those of the values that are there. A value is plain JSON; a key that is not given has the value
ABSENT, which is neither null nor empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

from stepscope.model.events import Plain
from stepscope.model.json_schema import Schema, listed, mapping, options_of, resolved

Path = tuple[str | int, ...]


class Absent(Enum):
    """The one value of what is not given."""

    ABSENT = "not given"


ABSENT: Final = Absent.ABSENT


class Kind(Enum):
    """How a field is shown."""

    OBJECT = "object"
    LIST = "list"
    TEXT = "text"
    INTEGER = "whole number"
    NUMBER = "number"
    BOOLEAN = "true or false"
    CHOICE = "choice"
    VARIANTS = "variants"
    MESSAGE = "message"
    JSON = "JSON"
    """Whatever a form has no better field for."""

    # Enum's own is written in Python: a third of the time that it takes to check a value.
    __hash__ = object.__hash__


ROLES = {"role": ("user", "assistant", "system", "tool"), "type": ("human", "ai", "system", "tool")}
"""Who speaks in a message, by the key that says so: people write the one, messages print the other."""

_KINDS = {
    "string": Kind.TEXT, "integer": Kind.INTEGER, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN,
    "array": Kind.LIST, "object": Kind.OBJECT,
}  # fmt: skip
_TYPES: Mapping[Kind, frozenset[type]] = {
    Kind.OBJECT: frozenset({dict}),
    Kind.LIST: frozenset({list}),
    Kind.TEXT: frozenset({str}),
    Kind.INTEGER: frozenset({int, float}),
    Kind.NUMBER: frozenset({int, float}),
    Kind.BOOLEAN: frozenset({bool}),
}


@dataclass(frozen=True, eq=False)
class Field:
    """One part of a schema. `options` are the fields that VARIANTS choose from; null is none of them."""

    kind: Kind
    schema: Schema
    root: Schema
    is_nullable: bool = False
    options: tuple[Field, ...] = ()

    @property
    def title(self) -> str:
        return str(self.schema.get("title", ""))

    @property
    def description(self) -> str:
        return str(self.schema.get("description", ""))

    @property
    def default(self) -> Plain | Absent:
        return self.schema.get("default", ABSENT)

    @property
    def choices(self) -> tuple[Plain, ...]:
        """What a CHOICE chooses from."""
        chosen = [self.schema["const"]] if "const" in self.schema else listed(self.schema.get("enum"))
        return tuple(choice for choice in chosen if choice is not None)

    @cached_property
    def properties(self) -> Mapping[str, Field]:
        """The fields of an object's known keys."""
        known = mapping(self.schema.get("properties"))
        return {str(name): field_of(part, self.root, str(name)) for name, part in known.items()}

    @cached_property
    def others(self) -> Field:
        """The field of a key that the object's schema does not name."""
        return field_of(mapping(self.schema.get("additionalProperties")), self.root)

    @property
    def takes_others(self) -> bool:
        """True when the schema says that further keys are welcome."""
        return bool(self.schema.get("additionalProperties"))

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name in listed(self.schema.get("required")) if isinstance(name, str))

    @cached_property
    def _items(self) -> tuple[tuple[Field, ...], Field]:
        first = tuple(field_of(part, self.root) for part in listed(self.schema.get("prefixItems")))
        return first, field_of(mapping(self.schema.get("items")), self.root)

    def item(self, index: int) -> Field:
        """The field of a list's item."""
        first, rest = self._items
        return first[index] if index < len(first) else rest

    @property
    def has_fixed_length(self) -> bool:
        """True for a list in which each place has its own meaning."""
        return bool(self.schema.get("prefixItems"))

    @property
    def words(self) -> str:
        """What it takes, in a word or two."""
        if self.kind is Kind.CHOICE:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.kind is Kind.VARIANTS:
            return " or ".join(option.words for option in self.options)
        is_class = self.kind is Kind.OBJECT and self.title
        return self.title if is_class else self.kind.value


def field_of(schema: Schema, root: Schema | None = None, name: str = "", depth: int = 0) -> Field:
    """The field for a schema, or for a part of the schema `root`; `name` is the key that it stands under.

    `depth` counts the choices that it is an option of.
    """
    root = schema if root is None else root
    part = resolved(schema, root)
    options = [resolved(option, root) for option in options_of(part)]
    if not options or depth > _MOST_CHOICES:
        if _is_conversation(part, root, name):
            part = {**part, "items": _ANY_MESSAGE}
        return Field(_kind_of(part), part, root, _allows_null(part))
    real = [option for option in options if option.get("type") != "null"]
    is_nullable = len(real) < len(options)
    around = {key: part[key] for key in ("title", "description", "default") if key in part}
    if real and all(_is_message(option) for option in real):
        return Field(Kind.MESSAGE, {**_ANY_MESSAGE, **around}, root, is_nullable)
    if len(real) == 1:
        inner = field_of({**real[0], **around}, root, name, depth + 1)
        return Field(inner.kind, inner.schema, root, is_nullable or inner.is_nullable, inner.options)
    fields = tuple(field_of(option, root, name, depth + 1) for option in real)
    return Field(Kind.VARIANTS if fields else Kind.JSON, part, root, is_nullable, fields)


def blank(field: Field, depth: int = 0) -> Plain:
    """A value to begin with, as empty as the schema allows; `depth` counts what it lies in."""
    if depth > _DEEPEST_BLANK:
        return None  # a schema that needs itself
    if field.default is not ABSENT:
        return field.default
    schema = field.schema
    match field.kind:
        case Kind.CHOICE:
            return field.choices[0] if field.choices else None
        case Kind.VARIANTS:
            return blank(field.options[0], depth + 1)
        case Kind.OBJECT:
            inner = field.properties
            return {name: blank(inner[name], depth + 1) for name in field.required if name in inner}
        case Kind.LIST:
            length = max(len(listed(schema.get("prefixItems"))), _whole(schema.get("minItems")))
            return [blank(field.item(index), depth + 1) for index in range(min(length, _MOST_ITEMS))]
        case Kind.MESSAGE:
            return {"role": "user", "content": ""}
        case Kind.INTEGER:
            return _within(schema, 0)
        case Kind.NUMBER:
            return _within(schema, 0.0)
        case Kind.TEXT:
            return ""
        case Kind.BOOLEAN:
            return False
    return {} if schema.get("type") == "object" else None


def suits(kind: Kind, value: Plain) -> bool:
    """True when a field of this kind can show the value at all, whatever else is wrong with it."""
    if kind is Kind.MESSAGE:
        return isinstance(value, dict) and isinstance(value.get(speaker_key(value)), str)
    return type(value) in _TYPES[kind] if kind in _TYPES else True


def speaker_key(message: Mapping[str, Plain]) -> str:
    """The key of a message that says who speaks."""
    return "type" if "type" in message and "role" not in message else "role"


def same(one: Plain | Absent, other: Plain | Absent) -> bool:
    """Equal, and written the same way in JSON: 1, 1.0 and true are not."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def with_key(field: Field, value: Plain, key: str, new: Plain | Absent) -> dict[str, Plain]:
    """The object with one key changed, or taken out; a key that comes in stands where the schema has it."""
    old: dict[str, Plain] = value if isinstance(value, dict) else {}
    if new is ABSENT:
        return {name: item for name, item in old.items() if name != key}
    if key in old:
        return {name: new if name == key else item for name, item in old.items()}
    order = list(field.properties)
    later = set(order[order.index(key) + 1 :]) if key in field.properties else set()
    result: dict[str, Plain] = {}
    for name, item in old.items():
        if name in later and key not in result:
            result[key] = new
        result[name] = item
    result.setdefault(key, new)
    return result


_MOST_ITEMS = 100
_MOST_CHOICES = 3
"""How deep choices of choices are looked into: a schema may be a choice of itself."""
_DEEPEST_BLANK = 8
_ANY_MESSAGE: Schema = {"title": "message", "x-is-message": True}


def _kind_of(part: Schema) -> Kind:
    if "x-is-message" in part or _is_message(part):
        return Kind.MESSAGE
    if "const" in part or isinstance(part.get("enum"), list):
        return Kind.CHOICE
    kind = part.get("type")
    if kind is None:
        kind = "object" if "properties" in part else "array" if "items" in part else None
    if kind == "object" and not mapping(part.get("properties")):
        return Kind.JSON
    return _KINDS.get(str(kind), Kind.JSON)


def _allows_null(part: Schema) -> bool:
    if isinstance(part.get("enum"), list):
        return None in part["enum"]
    return part.get("type", "null") == "null" and "const" not in part and _kind_of(part) is Kind.JSON


def _is_message(part: Schema) -> bool:
    """True for the schema of a LangChain message."""
    properties = mapping(part.get("properties"))
    is_named_so = str(part.get("title", "")).removesuffix("Chunk").endswith("Message")
    return is_named_so and {"content", "type"} <= properties.keys()


def _is_conversation(part: Schema, root: Schema, name: str) -> bool:
    """True for a list called `messages` of which nothing more is known."""
    is_list = part.get("type") == "array" and "prefixItems" not in part
    return is_list and name == "messages" and not resolved(part.get("items", {}), root)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _within(schema: Schema, value: float) -> float:
    """The number that the limits allow and that is nearest to this one."""
    step = 1 if isinstance(value, int) else 0.5
    for limit, beyond in (("minimum", 0), ("exclusiveMinimum", step)):
        if isinstance(low := schema.get(limit), int | float):
            value = max(value, low + beyond)
    for limit, beyond in (("maximum", 0), ("exclusiveMaximum", step)):
        if isinstance(high := schema.get(limit), int | float):
            value = min(value, high - beyond)
    return value
