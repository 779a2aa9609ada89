"""A JSON schema of a class as good as its annotations can be read, for when pydantic makes none.

It refuses typing.TypedDict before Python 3.12, for which LangGraph asks it, and most people write just that.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Iterable
from typing import Any

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_WRAPPERS = {"NotRequired", "Required", "ReadOnly"}


def schema_of_class(declared: type) -> dict[str, Any]:
    """A schema with the classes inside it under ``$defs``, which may contain one another; ``{}`` for none."""
    definitions: dict[str, Any] = {}
    found = _of_class(declared, definitions)
    return {**found, "$defs": definitions} if found and definitions else found


def _of_class(declared: type, definitions: dict[str, Any]) -> dict[str, Any]:
    try:
        hints = typing.get_type_hints(declared)
    except Exception:  # an annotation that cannot be resolved: its name still tells the key
        hints = dict(getattr(declared, "__annotations__", {}))
    if not hints:
        return {}
    required: Iterable[str] = getattr(declared, "__required_keys__", hints)
    if dataclasses.is_dataclass(declared):
        missing = dataclasses.MISSING
        required = [f.name for f in dataclasses.fields(declared) if f.default is f.default_factory is missing]
    return {
        "title": declared.__name__,
        "type": "object",
        "properties": {name: _titled(name, _of(hint, definitions)) for name, hint in hints.items()},
        "required": sorted(set(required) & set(hints), key=list(hints).index),
    }


def _titled(name: str, part: dict[str, Any]) -> dict[str, Any]:
    # A reference's own title says more than the key, which stands beside it.
    return part if "$ref" in part else {"title": name, **part}


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if origin is typing.Annotated or getattr(origin, "_name", "") in _WRAPPERS:
        return _of(arguments[0], definitions)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is typing.Union or origin is types.UnionType:
        options = [_of(argument, definitions) for argument in arguments]
        return {} if {} in options else {"anyOf": options}
    kind = origin or hint
    if not isinstance(kind, type):
        return {}
    if issubclass(kind, enum.Enum):
        values = [member.value for member in kind]
        return {"enum": values} if all(type(value) in _SCALARS for value in values) else {}
    if issubclass(kind, tuple) and arguments and arguments[-1] is not Ellipsis:
        return {"type": "array", "prefixItems": [_of(argument, definitions) for argument in arguments]}
    if issubclass(kind, list | tuple | set | frozenset):
        return {"type": "array", "items": _of(arguments[0], definitions) if arguments else {}}
    return _reference(kind, definitions) or ({"type": "object"} if issubclass(kind, dict) else {})


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A class with fields of its own, put among the definitions once."""
    name = kind.__name__
    if name not in definitions:
        if callable(model := getattr(kind, "model_json_schema", None)):
            definitions.update(_told_by_pydantic(name, model))
        elif dataclasses.is_dataclass(kind) or (issubclass(kind, dict) and kind is not dict):
            definitions[name] = {}  # it may contain itself
            definitions[name] = _of_class(kind, definitions)
    return {"$ref": f"#/$defs/{name}"} if definitions.get(name) is not None else {}


def _told_by_pydantic(name: str, model: Any) -> dict[str, Any]:
    try:
        found = dict(model())
    except Exception:  # a field of a type that has no schema
        return {}
    return {
        name: found,
        **found.pop("$defs", {}),
    }  # a model that contains itself defines itself
