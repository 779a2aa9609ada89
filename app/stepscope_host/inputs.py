"""What a graph takes: schemas of its input and context, a value to start from, whether a given one can do."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from stepscope_host import class_schema
from stepscope_host.failures import did_you_mean, failure

Schema = Mapping[str, Any]
"""A JSON schema."""

_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool"}
_EMPTY: dict[str, Any] = {
    "string": "", "integer": 0, "number": 0.0, "boolean": False, "array": [], "object": {}, "null": None,
}  # fmt: skip


class InputError(Exception):
    """An input that the graph cannot mean; `failure` is plain."""

    def __init__(self, failure: dict[str, Any]) -> None:
        super().__init__(failure["message"])
        self.failure = failure


def schema(graph: Any) -> dict[str, Any]:
    """The JSON schema of a graph's input; ``{}`` when nothing is known."""
    builder = getattr(graph, "builder", None)
    declared = getattr(builder, "input_schema", None) or getattr(builder, "state_schema", None)
    return _schema_told_by(graph, "get_input_jsonschema", declared)


def state_schema(graph: Any) -> dict[str, Any]:
    """The JSON schema of a graph's state; ``{}`` when nothing is known."""
    builder = getattr(graph, "builder", None)
    declared = getattr(builder, "state_schema", None)
    if declared is None or getattr(builder, "input_schema", None) in (None, declared):
        return schema(graph)
    return schema_of(declared)


def schema_of(declared: Any) -> dict[str, Any]:
    """The JSON schema of a class that a graph or a node reads its input as; ``{}`` when nothing is known."""
    return _schema_told_by(declared, "model_json_schema", declared)


def context_schema(graph: Any) -> dict[str, Any]:
    """The JSON schema of a graph's context; ``{}`` when it has none."""
    declared = getattr(graph, "context_schema", None)
    return _schema_told_by(graph, "get_context_jsonschema", declared) if declared is not None else {}


def _schema_told_by(graph: Any, method: str, declared: Any) -> dict[str, Any]:
    try:
        found = getattr(graph, method)()
        if isinstance(found, dict):
            return dict(json.loads(json.dumps(found, default=str)))
    except Exception:
        pass
    try:
        found = class_schema.schema_of_class(declared) if isinstance(declared, type) else {}
        return dict(json.loads(json.dumps(found, default=str)))
    except Exception:  # an annotation may be anything
        return {}


def state_keys(graph: Any) -> tuple[str, ...]:
    """The keys of a graph's state."""
    channels = getattr(graph, "channels", None)
    names = channels if isinstance(channels, Mapping) else ()
    return tuple(str(name) for name in names if not str(name).startswith("__") and ":" not in str(name))


def skeleton(of: Schema) -> Any:
    """A value with the schema's shape, to be filled in."""
    return _skeleton(of, of, depth=0)


def given(module: Any) -> Any:
    """A module's own `inputs` as JSON can carry it, or None."""
    value = getattr(module, "inputs", None)
    return as_json(value) if isinstance(value, dict) else None


def as_json(value: Any, depth: int = 20) -> Any:
    """A value as somebody would write it in JSON and the graph would read it back."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if depth <= 0:
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item, depth - 1) for item in value]
    kind = getattr(value, "type", None)
    if hasattr(value, "content") and isinstance(kind, str):
        return {"role": _ROLES.get(kind, kind), "content": as_json(value.content, depth - 1)}
    if callable(getattr(value, "model_dump", None)):
        return as_json(value.model_dump(mode="json"), depth - 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: as_json(getattr(value, field.name), depth - 1) for field in dataclasses.fields(value)
        }
    return str(value)


def check(value: Any, of: Schema) -> None:
    """Refuse an input that cannot be meant for this schema.

    An input may leave keys out: state schemas mark all keys as required, though only some are needed
    at the start. It is refused when it is not an object, or when the graph knows none of its keys.

    Raises InputError.
    """
    known = list(_properties(of, of))
    if not known:
        return
    if not isinstance(value, dict):
        raise _wrong_kind("input", value, _example(known))
    if value and not any(key in known for key in value):
        strange = ", ".join(repr(key) for key in list(value)[:5])
        one = len(value) == 1
        message = (
            f"The input has no key that this graph knows: {strange}."
            if one
            else f"None of the input's keys is known to this graph: {strange}."
        )
        hint = next((text for key in value if (text := did_you_mean(key, known))), "")
        raise InputError(failure("InputError", message + hint, f"It knows: {', '.join(known)}."))


def check_context(value: Any, graph: Any) -> None:
    """Refuse a context from which the graph's context class cannot be made.

    Raises InputError.
    """
    declared = getattr(graph, "context_schema", None)
    is_class_of_its_own = dataclasses.is_dataclass(declared) or hasattr(declared, "model_validate")
    known = list(_properties(of := context_schema(graph), of))
    if known and not isinstance(value, dict):
        raise _wrong_kind("context", value, _example(known))
    if is_class_of_its_own and isinstance(value, dict):
        assert callable(declared)
        try:
            declared(**value)  # as both engines do
        except Exception as error:
            name = getattr(declared, "__name__", "its class")
            message = f"No {name} can be made of the context: {error}"
            strange = next((key for key in value if key not in known), "")
            hint = did_you_mean(strange, known) if strange else ""
            remedy = f"It knows: {', '.join(known)}." if known else ""
            raise InputError(failure("ContextError", message + hint, remedy)) from error


def check_config(config: Any) -> None:
    """Refuse a config whose parts are of the wrong kind, which engines tell late and obscurely.

    Raises InputError.
    """
    if not isinstance(config, Mapping):
        raise _wrong_kind("config", config, _CONFIG_EXAMPLE)
    for name, kind in _CONFIG_KINDS.items():
        value = config.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            message = f"{name!r} in the config is {_json_word(value)}, but it must be {_KIND_WORDS[kind]}."
            raise InputError(failure("ConfigError", message, f"A config looks like this: {_CONFIG_EXAMPLE}"))


_CONFIG_EXAMPLE = '{"configurable": {"thread_id": "1"}, "tags": ["try"], "recursion_limit": 25}'
_CONFIG_KINDS: dict[str, type] = {
    "configurable": dict, "metadata": dict, "tags": list, "recursion_limit": int, "max_concurrency": int,
    "run_name": str,
}  # fmt: skip
_KIND_WORDS: dict[type, str] = {dict: "an object", list: "a list", int: "a whole number", str: "a text"}


def _wrong_kind(what: str, value: Any, example: str) -> InputError:
    message = f"The {what} is {_json_word(value)}, but this graph takes an object."
    return InputError(failure(f"{what.capitalize()}Error", message, f"Write it like this: {example}"))


def _example(known: list[str]) -> str:
    return "{" + ", ".join(f'"{key}": ...' for key in known[:3]) + (", ..." if len(known) > 3 else "") + "}"


def _json_word(value: Any) -> str:
    words: tuple[tuple[type, str], ...] = (
        (type(None), "null"), (bool, "true or false"), (str, "a text"), (list, "a list"), (dict, "an object"),
    )  # fmt: skip
    return next((word for kind, word in words if isinstance(value, kind)), "a number")


def _resolved(part: Any, root: Schema) -> Schema:
    """Follow references and single-choice wrappers to what they mean."""
    for _ in range(20):
        if not isinstance(part, Mapping):
            return {}
        if "$ref" in part:
            target: Any = root
            for step in str(part["$ref"]).lstrip("#/").split("/"):
                target = target.get(step, {}) if isinstance(target, Mapping) else {}
            part = {**target, **{key: item for key, item in part.items() if key != "$ref"}}
        elif len(part.get("allOf", ())) == 1:
            part = {**part["allOf"][0], **{key: item for key, item in part.items() if key != "allOf"}}
        else:
            return part
    return {}


def _properties(part: Any, root: Schema) -> Mapping[str, Any]:
    found = _resolved(part, root).get("properties")
    return found if isinstance(found, Mapping) else {}


def _skeleton(part: Any, root: Schema, depth: int) -> Any:
    part = _resolved(part, root)
    if "default" in part:
        return part["default"]
    if "const" in part:
        return part["const"]
    if part.get("enum"):
        return part["enum"][0]
    if part.get("examples"):
        return part["examples"][0]
    choices = part.get("anyOf") or part.get("oneOf")
    if choices:
        if any(_is_null(choice) for choice in choices):
            return None
        return _skeleton(choices[0], root, depth + 1)
    kind = part.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if isinstance(part.get("properties"), Mapping) and depth < 6:
        return {
            name: [{"role": "user", "content": ""}]
            if name == "messages" and _is_array(inner, root)
            else _skeleton(inner, root, depth + 1)
            for name, inner in part["properties"].items()
        }
    empty = _EMPTY.get(kind) if isinstance(kind, str) else None
    return type(empty)() if isinstance(empty, list | dict) else empty


def _is_null(choice: Any) -> bool:
    return isinstance(choice, Mapping) and choice.get("type") == "null"


def _is_array(part: Any, root: Schema) -> bool:
    return _resolved(part, root).get("type") == "array"
