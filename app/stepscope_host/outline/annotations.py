"""What an annotation says, behind its quotes, its aliases and its unions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from stepscope_host.outline.draft import Ends
from stepscope_host.outline.values import Function, Scope, Unknown, Value, name_of

Read = Callable[[ast.expr, Scope], Value]
"""Reads an expression in a scope."""

DEEPEST = 6
LONGEST = 10_000
"""Characters of an annotation that is written as a text."""


class Annotations:
    """Reads annotations with the names of the scope that they stand in."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def path_ends(self, function: Function) -> Ends | None:
        """Where a path function may lead by its ``-> Literal[...]``; None when it does not say."""
        return _ends(self.literals(function.returns, function.scope)) or None

    def command_ends(self, function: Function) -> Ends:
        """Where a node's Commands may lead by its ``-> Command[Literal[...]]``, also within a union."""
        found: list[Any] = []
        for part in self.members(function.returns, function.scope):
            if isinstance(part, ast.Subscript) and self.word(part.value, function.scope) == "Command":
                found += self.literals(first(part.slice), function.scope)
        return _ends(found)

    def literals(self, annotation: ast.expr | None, scope: Scope, depth: int = DEEPEST) -> list[Any]:
        """The values of a ``Literal[...]``; none of any other annotation."""
        annotation = self.resolved(annotation, scope)
        is_literal = isinstance(annotation, ast.Subscript) and self.word(annotation.value, scope) == "Literal"
        if not is_literal or depth <= 0:
            return []
        assert isinstance(annotation, ast.Subscript)
        found: list[Any] = []
        for choice in (
            annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        ):
            value = self._read(choice, scope)
            found += [value] if isinstance(value, str | int) else self.literals(choice, scope, depth - 1)
        return found

    def members(self, annotation: ast.expr | None, scope: Scope, depth: int = DEEPEST) -> list[ast.expr]:
        """What a union is made of, ``None`` for the one of ``Optional``; any other annotation by itself."""
        annotation = self.resolved(annotation, scope)
        if annotation is None or depth <= 0:
            return []
        inner = [annotation]
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            inner = [annotation.left, annotation.right]
        elif isinstance(annotation, ast.Subscript) and self.word(annotation.value, scope) in (
            "Union",
            "Optional",
        ):
            inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            if self.word(annotation.value, scope) == "Optional":
                inner = [*inner, ast.Constant(None)]
        if inner == [annotation]:
            return inner
        return [member for part in inner for member in self.members(part, scope, depth - 1)]

    def resolved(self, annotation: ast.expr | None, scope: Scope) -> ast.expr | None:
        """An annotation behind its quotes and behind a name that it was given."""
        for _ in range(DEEPEST):
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                annotation = _parsed(annotation.value)
            elif isinstance(annotation, ast.Name):
                value = scope.find(annotation.id)
                if not isinstance(value, Unknown) or value.expression is None:
                    break
                annotation = value.expression
            else:
                break
        return annotation

    def word(self, annotation: ast.expr, scope: Scope) -> str:
        """The last name of what an annotation names: ``Literal`` for ``typing.Literal``, and for `as L`."""
        if isinstance(annotation, ast.Attribute):
            return annotation.attr
        if isinstance(annotation, ast.Name):
            return name_of(scope.find(annotation.id)) or annotation.id
        return "None" if isinstance(annotation, ast.Constant) and annotation.value is None else ""


def first(part: ast.expr) -> ast.expr:
    """The first of what stands between brackets."""
    return part.elts[0] if isinstance(part, ast.Tuple) and part.elts else part


def _ends(names: list[Any]) -> Ends:
    return tuple((name, None) for name in dict.fromkeys(names) if isinstance(name, str))


def _parsed(text: str) -> ast.expr | None:
    if len(text) > LONGEST:
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
