"""What a state looks like: the JSON schema of a class, as good as its annotations tell it."""

from __future__ import annotations

import ast
from typing import Any

from stepscope_host.outline.annotations import DEEPEST, Annotations, Read, first
from stepscope_host.outline.values import Class, Imported, Scope, Value, is_known

WITH_MESSAGES = {"MessagesState", "AgentState", "AgentStatePydantic"}
"""The engines' own states; what else they have is the engine's to fill in."""
_MESSAGES = {"title": "messages", "type": "array", "items": {}}
_SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "None": "null"}
_ARRAYS = {
    "list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable",
}  # fmt: skip
_OBJECTS = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"}
_WRAPPERS = {"Annotated", "NotRequired", "Required", "ReadOnly"}


class Schemas:
    """Reads classes with the help of `annotations`; `read` reads their defaults."""

    def __init__(self, annotations: Annotations, read: Read) -> None:
        self._annotations = annotations
        self._read = read

    def of(self, state: Value) -> dict[str, Any]:
        """The schema of a state class; ``{}`` when nothing is known."""
        if isinstance(state, Imported) and state.name in WITH_MESSAGES:
            return {"title": state.name, "type": "object", "properties": {"messages": _MESSAGES}}
        return self._of_class(state, 0) if isinstance(state, Class) else {}

    def _of_class(self, of: Class, depth: int) -> dict[str, Any]:
        if any(isinstance(base, Imported) and base.name.endswith("Enum") for base in of.bases):
            members = [value for name, value in of.scope.names.items() if not name.startswith("_")]
            return {"enum": [value for value in members if isinstance(value, str | int)]}
        properties, required = self._fields(of, depth)
        if not properties:
            return {}
        return {"title": of.name, "type": "object", "properties": properties, "required": required}

    def _fields(self, of: Class, depth: int) -> tuple[dict[str, Any], list[str]]:
        properties: dict[str, Any] = {}
        required: dict[str, None] = {}
        for base in of.bases if depth < DEEPEST else ():
            if isinstance(base, Class):
                inherited, needed = self._fields(base, depth + 1)
                properties |= inherited
                required |= dict.fromkeys(needed)
            elif isinstance(base, Imported) and base.name in WITH_MESSAGES:
                properties["messages"] = _MESSAGES
        for line in of.node.body:
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                continue
            name, word = line.target.id, self._outer_word(line.annotation, of.scope)
            if name.startswith("_") or word == "ClassVar":
                continue
            properties[name] = {"title": name, **self._of(line.annotation, of.scope, depth + 1)}
            if line.value is not None:
                default = self._read(line.value, of.scope)
                if is_known(default) and not isinstance(default, bytes):
                    properties[name]["default"] = default
            elif word != "NotRequired" and not _is_partial(of.node):
                required[name] = None
        return properties, list(required)

    def _of(self, annotation: ast.expr | None, scope: Scope, depth: int) -> dict[str, Any]:
        annotation = self._annotations.resolved(annotation, scope)
        if annotation is None or depth > DEEPEST:
            return {}
        members = self._annotations.members(annotation, scope)
        if len(members) > 1:
            return {"anyOf": [self._of(member, scope, depth + 1) for member in members]}
        if isinstance(annotation, ast.Subscript):
            return self._of_subscript(annotation, scope, depth)
        word = self._annotations.word(annotation, scope)
        if word in _SCALARS:
            return {"type": _SCALARS[word]}
        if word in _ARRAYS:
            return {"type": "array", "items": {}}
        if word in _OBJECTS:
            return {"type": "object"}
        named = scope.find(annotation.id) if isinstance(annotation, ast.Name) else None
        return self._of_class(named, depth) if isinstance(named, Class) else {}

    def _of_subscript(self, annotation: ast.Subscript, scope: Scope, depth: int) -> dict[str, Any]:
        word, inner = self._annotations.word(annotation.value, scope), first(annotation.slice)
        if word in _WRAPPERS:
            return self._of(inner, scope, depth)
        if word == "Literal":
            return {"enum": self._annotations.literals(annotation, scope)}
        if word in _ARRAYS:
            return {"type": "array", "items": self._of(inner, scope, depth + 1)}
        return {"type": "object"} if word in _OBJECTS else {}

    def _outer_word(self, annotation: ast.expr, scope: Scope) -> str:
        return (
            self._annotations.word(annotation.value, scope) if isinstance(annotation, ast.Subscript) else ""
        )


def _is_partial(node: ast.ClassDef) -> bool:
    """True for ``class State(TypedDict, total=False)``."""
    return any(
        keyword.arg == "total" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in node.keywords
    )
