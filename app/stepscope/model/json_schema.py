"""Reading a JSON schema: references followed, parts put together, and nothing taken for granted.

A schema is what the user's program says: any part of it may be missing, or of another kind than it should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_NULL = {"type": "null"}
_MOST_STEPS, _DEEPEST = 20, 4
"""A reference may lead back to where it stands."""


def resolved(part: Any, root: Schema, depth: int = 0) -> Schema:
    """Follow references, and put together what `allOf` says; `depth` counts those that this lies in."""
    for _ in range(_MOST_STEPS if depth <= _DEEPEST else 0):
        if not isinstance(part, Mapping):
            return {}
        if "$ref" in part:
            rest = {key: item for key, item in part.items() if key != "$ref"}
            part = {**mapping(_found(str(part["$ref"]), root)), **rest}
        elif isinstance(parts := part.get("allOf"), list) and parts:
            rest = {key: item for key, item in part.items() if key != "allOf"}
            part = _all_of([*(resolved(each, root, depth + 1) for each in parts), rest])
        else:
            return part
    return {}


def options_of(part: Schema) -> list[Any]:
    """What a value may be one of; nothing when there is no choice."""
    for key in ("anyOf", "oneOf"):
        if isinstance(part.get(key), list):
            return list(part[key])
    kinds = part.get("type")
    if isinstance(kinds, list) and "enum" not in part:
        return [{**part, "type": kind} if kind != "null" else _NULL for kind in kinds]
    return []


def _found(reference: str, root: Schema) -> Any:
    target: Any = root
    for step in reference.lstrip("#").split("/")[1:]:
        target = mapping(target).get(step.replace("~1", "/").replace("~0", "~"))
    return target


def _all_of(parts: list[Schema]) -> Schema:
    result: dict[str, Any] = {}
    for part in parts:
        properties = {**mapping(result.get("properties")), **mapping(part.get("properties"))}
        required = [*listed(result.get("required")), *listed(part.get("required"))]
        result.update(part)
        if properties:
            result["properties"], result["required"] = properties, required
    return result


def mapping(value: Any) -> Schema:
    """A value that should be an object."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """A value that should be a list."""
    return value if isinstance(value, list) else []
