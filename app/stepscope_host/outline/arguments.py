"""What a call is given."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from stepscope_host.outline.expressions import Expressions
from stepscope_host.outline.values import UNKNOWN, Scope, Value


@dataclass
class Given:
    """The arguments of a call. Not `is_whole` when a ``*`` or ``**`` hides some."""

    line: int
    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    is_whole: bool = True

    def get(self, position: int, name: str, default: Value = None) -> Value:
        """An argument by its place or its name; Unknown where a star may hide it."""
        if position < len(self.positional):
            return self.positional[position]
        return self.named.get(name, default if self.is_whole else UNKNOWN)

    def all(self) -> list[Value]:
        return [*self.positional, *self.named.values()]


def given(node: ast.Call, scope: Scope, expressions: Expressions) -> Given:
    """Read the arguments of a call."""
    found = Given(node.lineno)
    positional = expressions.items(node.args, scope)
    if positional is None:
        found.is_whole = False
        before = next(i for i, part in enumerate(node.args) if isinstance(part, ast.Starred))
        positional = [expressions.read(part, scope) for part in node.args[:before]]
    found.positional = positional
    for keyword in node.keywords:
        value = expressions.read(keyword.value, scope)
        if keyword.arg is not None:
            found.named[keyword.arg] = value
        elif isinstance(value, dict):
            found.named |= {str(name): item for name, item in value.items()}
        else:
            found.is_whole = False
    return found
