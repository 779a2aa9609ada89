"""Plain values as JSON to edit: marks become what JSON can say, and come back as the graph's own types."""

from __future__ import annotations

from stepscope.model.cut import rest
from stepscope.model.events import Plain

_ROLES = {"HumanMessage": "human", "AIMessage": "ai", "SystemMessage": "system", "ToolMessage": "tool"}


def is_whole(value: Plain) -> bool:
    """False when something was cut from a value, or from what is in it."""
    if isinstance(value, list):
        return all(map(is_whole, value))
    if not isinstance(value, dict):
        return True
    return not rest(value) and all(map(is_whole, value.values()))


def json_of(value: Plain) -> Plain:
    """A value without marks: messages by their type, objects as their fields, sets as lists."""
    if isinstance(value, list):
        return [json_of(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$type" not in value:
        return {key: json_of(item) for key, item in value.items()}
    if "$fields" in value:
        fields = {name: json_of(part) for name, part in value["$fields"].items()}
        role = _ROLES.get(str(value["$type"]).removesuffix("Chunk"))
        return {"type": role, **fields} if role and "content" in fields else fields
    if "$items" in value:
        return [json_of(item) for item in value["$items"]]
    if "$entries" in value:
        return {str(key): json_of(item) for key, item in value["$entries"]}
    return value.get("$text", None)
