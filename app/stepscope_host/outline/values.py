"""What an expression stands for, as far as the text tells.

Texts, numbers, lists, tuples and dicts stand for themselves. What only running can tell is Unknown. Classes,
functions and graphs are known by their definition; nothing of them is ever called for real.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from stepscope_host.outline.draft import Draft

Value = Any


@dataclass(frozen=True)
class Unknown:
    """What only running can tell. `expression` is where it came from, for annotations under a name."""

    expression: ast.expr | None = None


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Imported:
    """A module, or a name in one, by its dotted path: ``langgraph.graph.StateGraph``."""

    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def package(self) -> str:
        return self.path.partition(".")[0]


@dataclass(eq=False)
class Scope:
    """Names and what they stand for; what is not in it may be in the one around it."""

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    starred: str = ""  # a module of which all names were imported
    is_class: bool = False  # the body of a class, into which its methods do not see

    def find(self, name: str) -> Value:
        """What a name stands for; one that is nowhere is a builtin, or came with a star."""
        scope: Scope | None = self
        starred = ""
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            starred = starred or scope.starred
            scope = scope.outer
        return Imported(f"{starred}.{name}") if starred else Imported(f"builtins.{name}")


@dataclass(eq=False)
class Function:
    """A function or a lambda of the file; `owner` is the instance that a method belongs to."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Instance | None = None

    def bound_to(self, owner: Instance) -> Function:
        """The method of an instance."""
        is_static = not isinstance(self.node, ast.Lambda) and any(
            isinstance(decorator, ast.Name) and decorator.id == "staticmethod"
            for decorator in self.node.decorator_list
        )
        return self if is_static else Function(self.node, self.scope, owner)

    @property
    def name(self) -> str:
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name

    @property
    def returns(self) -> ast.expr | None:
        return None if isinstance(self.node, ast.Lambda) else self.node.returns


@dataclass(eq=False)
class Class:
    """A class of the file, with what its body defines, and its bases."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Value, ...] = ()

    @property
    def name(self) -> str:
        return self.node.name


@dataclass(eq=False)
class Instance:
    """What calling a class gave."""

    of: Class | Imported
    attributes: dict[str, Value] = field(default_factory=dict)
    given_name: str = ""

    @property
    def name(self) -> str:
        return self.given_name or self.of.name


@dataclass(eq=False)
class Compiled:
    """A graph that can be run."""

    draft: Draft
    name: str = "LangGraph"


@dataclass(frozen=True)
class Bound:
    """A method of a value of Python's own, of a builder or of a graph."""

    of: Value
    name: str


def is_known(value: Value) -> bool:
    """True for what stands for itself through and through: a constant, or a collection of these."""
    if isinstance(value, list | tuple):
        return all(map(is_known, value))
    if isinstance(value, dict):
        return all(is_known(key) and is_known(item) for key, item in value.items())
    return value is None or isinstance(value, str | int | float | bytes)


def name_of(value: Value) -> str | None:
    """The name that a node made of a value gets by itself, where the text tells it."""
    match value:
        case Function() | Class() | Compiled() | Instance() | Imported():
            return value.name
    return None
