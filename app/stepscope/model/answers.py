"""How a question can be answered: as the graph says, as its kind is known to want it, or by its value's kind.

What a graph asks is any value, and only its node knows what it does with the answer. So the likeliest way
comes first, and the others are offered too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from stepscope.model import plain
from stepscope.model.editable import json_of
from stepscope.model.events import Asked, Plain
from stepscope.model.form import blank, field_of
from stepscope.model.json_schema import listed, mapping

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """One way to answer. `quick` are answers that can be given at once, each with the word for it."""

    words: str
    schema: Schema
    suggested: Plain
    quick: tuple[tuple[str, Plain], ...] = ()


YES_NO = Way("yes or no", {"type": "boolean"}, None, (("Reject", False), ("Approve", True)))
TEXT = Way("a text", {"type": "string"}, "")
NUMBER = Way("a number", {"type": "number"}, 0)
JSON = Way("JSON", {}, None)

AROUND = frozenset(
    {"description", "instruction", "instructions", "message", "prompt", "question", "task", "title"}
)
"""Keys that tell of what is asked about; what stands beside them is what it is about."""
_CONSENT = re.compile(
    r"\b(approv|accept|allow|authori[sz]|confirm|proceed|permi|sure|agree|correct\?|ok\?|okay|y/n|yes/no)",
    re.IGNORECASE,
)


def ways(question: Asked) -> tuple[Way, ...]:
    """The ways to answer a question, the likeliest first."""
    if question.schema:
        return (_as_asked(question.schema),)
    value = json_of(question.value)
    known = _decisions(value) or _responses(value)
    if known is not None:
        return (known, JSON)
    if isinstance(value, dict | list):
        edited = Way("the value, edited", schema_like(value), value)
        return _each_once(_for_parts(value, edited), edited, YES_NO, TEXT, NUMBER, JSON)
    first = YES_NO if isinstance(value, bool) or _asks_for_consent(str(value)) else TEXT
    return _each_once(first, TEXT, YES_NO, NUMBER, JSON)


def asked_words(value: Plain) -> str:
    """What is asked, to be read: of an object each part in a line, of actions what is to be done."""
    said = plain.string(value)
    if said is not None:
        return said
    if not isinstance(value, dict) or "$type" in value or not value:
        return plain.text(value)
    if requests := _objects(json_of(value.get("action_requests"))):
        return "\n\n".join(str(each.get("description") or _call(each)) for each in requests)
    return "\n".join(f"{name}: {plain.string(part) or plain.text(part)}" for name, part in value.items())


def _call(request: Schema) -> str:
    args = ", ".join(f"{name}={part!r}" for name, part in mapping(request.get("args")).items())
    return f"{request.get('name')}({args})"


def schema_like(value: Plain) -> Schema:
    """The schema of values of the same kind as this one."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case dict() if value:
            parts = {name: schema_like(part) for name, part in value.items()}
            return {"type": "object", "properties": parts, "additionalProperties": True}
    return {}


def _each_once(*found: Way) -> tuple[Way, ...]:
    """The ways in their order, of each name the first."""
    first = {way.words: way for way in reversed(found)}
    return tuple(first[words] for words in dict.fromkeys(way.words for way in found))


def _as_asked(schema: Schema) -> Way:
    if schema.get("type") == "boolean":
        return replace(YES_NO, schema=schema)
    return Way("as the graph asks", schema, blank(field_of(schema)))


def _for_parts(value: Plain, edited: Way) -> Way:
    """For an object with words around what it is about: its text edited, a consent, or all of it edited."""
    if not isinstance(value, dict) or "action" in value:
        return edited
    said = [part for name, part in value.items() if name in AROUND and isinstance(part, str)]
    about = [part for name, part in value.items() if name not in AROUND]
    if any(map(_asks_for_consent, said)):
        return YES_NO
    if said and len(about) == 1 and isinstance(about[0], str):
        return replace(TEXT, suggested=about[0])
    return TEXT if said and not about else edited


def _asks_for_consent(said: str) -> bool:
    return _CONSENT.search(said) is not None


# -- the shapes of LangChain's requests for a person's decision


def _decisions(value: Plain) -> Way | None:
    """The answer to LangChain's HumanInTheLoopMiddleware: a decision for each action that it asks about."""
    if not isinstance(value, dict) or not (requests := _objects(value.get("action_requests"))):
        return None
    configs = {config.get("action_name"): config for config in _objects(value.get("review_configs"))}
    choices = [_decisions_on(request, mapping(configs.get(request.get("name")))) for request in requests]
    named = zip(requests, choices, strict=True)
    items = [{"title": str(request.get("name", "")), "oneOf": each} for request, each in named]
    listed_schema = {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    schema = {"type": "object", "properties": {"decisions": listed_schema}, "required": ["decisions"]}
    suggested = {"decisions": [blank(field_of(each[0])) for each in choices]}
    every = "" if len(requests) == 1 else " All"
    quick = []
    for word, kind in (("Reject", "reject"), ("Approve", "approve")):
        if all(any(_kind(choice) == kind for choice in each) for each in choices):
            quick.append((f"{word}{every}", {"decisions": [{"type": kind} for _ in choices]}))
    return Way("a decision" if len(requests) == 1 else "decisions", schema, suggested, tuple(quick))


def _decisions_on(request: Schema, config: Schema) -> list[Schema]:
    allowed = [kind for kind in listed(config.get("allowed_decisions")) if kind in _DECISIONS]
    action = {"name": request.get("name", ""), "args": request.get("args", {})}
    args = config.get("args_schema") or schema_like(action["args"]) or {"type": "object"}
    changed = _object({"name": {"type": "string"}, "args": args}) | {"default": action}
    parts: Mapping[str, Mapping[str, Schema]] = {
        "approve": {},
        "edit": {"edited_action": changed},
        "reject": {"message": {"type": "string", "default": ""}},
        "respond": {"message": {"type": "string", "default": ""}},
    }
    return [_choice(kind, parts[kind]) for kind in allowed or ("approve", "edit", "reject")]


_DECISIONS = ("approve", "edit", "reject", "respond")


def _responses(value: Plain) -> Way | None:
    """The answer to LangGraph's earlier HumanInterrupt, of which there may be a list."""
    requests = [value] if isinstance(value, dict) else _objects(value)
    if not requests or not all({"action_request", "config"} <= set(request) for request in requests):
        return None
    choices = [_responses_on(request) for request in requests]
    items = [{"oneOf": each} for each in choices]
    schema = {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    return Way("a response", schema, [blank(field_of(each[0])) for each in choices])


def _responses_on(request: Schema) -> list[Schema]:
    action, config = mapping(request.get("action_request")), mapping(request.get("config"))
    changed = {"action": action.get("action", ""), "args": action.get("args", {})}
    args = _object({"action": {"type": "string"}, "args": schema_like(changed["args"]) or {"type": "object"}})
    parts: Mapping[str, Mapping[str, Schema]] = {
        "accept": {"args": {"type": "null", "default": None}},
        "edit": {"args": args | {"default": changed}},
        "response": {"args": {"type": "string", "default": ""}},
        "ignore": {"args": {"type": "null", "default": None}},
    }
    allowed = {
        "accept": "allow_accept",
        "edit": "allow_edit",
        "response": "allow_respond",
        "ignore": "allow_ignore",
    }
    kinds = [kind for kind, name in allowed.items() if config.get(name)]
    return [_choice(kind, parts[kind]) for kind in kinds or allowed]


def _choice(kind: str, parts: Mapping[str, Schema]) -> Schema:
    return _object({"type": {"const": kind}, **parts}) | {"title": kind}


def _object(parts: Mapping[str, Schema]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(parts), "required": list(parts)}


def _kind(choice: Schema) -> str:
    return str(choice["properties"]["type"]["const"])


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """A list of objects; nothing for any other value."""
    items = listed(value)
    return items if all(isinstance(item, Mapping) for item in items) else []
