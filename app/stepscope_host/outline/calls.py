"""What a call gives: a builder's, one of the file's own functions, or one from elsewhere."""

from __future__ import annotations

import ast
from typing import Protocol

from stepscope_host.outline import building, prebuilt
from stepscope_host.outline.annotations import Annotations
from stepscope_host.outline.arguments import Given, given
from stepscope_host.outline.draft import Draft
from stepscope_host.outline.expressions import LONGEST, Expressions, of_class
from stepscope_host.outline.values import (
    UNKNOWN,
    Bound,
    Class,
    Compiled,
    Function,
    Imported,
    Instance,
    Scope,
    Unknown,
    Value,
)

DEEPEST = 12
"""Calls within calls that are followed."""


class Body(Protocol):
    """Walks the body of a function; `is_certain` while what is walked is surely run."""

    @property
    def is_certain(self) -> bool: ...

    def walk_function(self, function: Function, scope: Scope) -> Value: ...


class Calls:
    """Follows calls; the bodies of functions are walked by `body`."""

    def __init__(self, body: Body, expressions: Expressions, annotations: Annotations) -> None:
        self._body = body
        self._expressions = expressions
        self._annotations = annotations
        self._open: list[ast.AST] = []

    def call(self, function: Value, node: ast.Call, scope: Scope) -> Value:
        """What a call gives; Unknown, with the expression, where only running can tell."""
        arguments = given(node, scope, self._expressions)
        found = self._outcome(function, arguments, ast.unparse(node.func) if _is_short(node.func) else "it")
        return Unknown(node) if isinstance(found, Unknown) else found

    def make(self, function: Function) -> Value:
        """What a function gives that is called without arguments, or with ones nobody knows here."""
        return self._follow(function, Given(function.node.lineno))

    def _outcome(self, function: Value, arguments: Given, called: str) -> Value:
        match function:
            case Bound(Draft() as draft, method):
                if not self._body.is_certain and building.adds(method):
                    draft.miss("condition", arguments.line)
                return building.build(draft, method, arguments, self._annotations)
            case Bound(Compiled() as graph, method):
                return graph if method == "with_config" else UNKNOWN
            case Bound():
                return _of_python(function, arguments)
            case Function() if self._can_follow(function):
                return self._follow(function, arguments)
            case Class():
                return self._instance(function, arguments)
            case Imported():
                found = prebuilt.outcome(function, arguments)
                if not isinstance(found, Draft | Compiled) and function.package != "builtins":
                    _hand_over(arguments, called)
                return found
        _hand_over(arguments, called)
        return UNKNOWN

    def _can_follow(self, function: Function) -> bool:
        return len(self._open) < DEEPEST and not any(function.node is node for node in self._open)

    def _follow(self, function: Function, arguments: Given) -> Value:
        scope = Scope(outer=function.scope)
        _bind(function, arguments, scope, self._expressions)
        self._open.append(function.node)
        try:
            if isinstance(function.node, ast.Lambda):
                return self._expressions.read(function.node.body, scope)
            return self._body.walk_function(function, scope)
        finally:
            self._open.pop()

    def _instance(self, of: Class, arguments: Given) -> Value:
        if base := _builder_of(of):
            return building.begin(arguments, base)
        made = Instance(of)
        begin = of_class(of, "__init__")
        if isinstance(begin, Function) and self._can_follow(begin):
            self._follow(begin.bound_to(made), arguments)
        else:  # a dataclass, a pydantic model
            made.attributes |= arguments.named
        return made


def _bind(function: Function, arguments: Given, scope: Scope, expressions: Expressions) -> None:
    """Give the parameters of a function what it is called with, else their defaults."""
    wanted = function.node.args
    parameters = [*wanted.posonlyargs, *wanted.args]
    positional = arguments.positional if function.owner is None else [function.owner, *arguments.positional]
    defaults = dict(zip([p.arg for p in reversed(parameters)], reversed(wanted.defaults), strict=False))
    defaults |= {
        p.arg: d for p, d in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True) if d is not None
    }
    for place, parameter in enumerate([*parameters, *wanted.kwonlyargs]):
        name = parameter.arg
        if place < min(len(positional), len(parameters)):
            scope.names[name] = positional[place]
        elif name in arguments.named:
            scope.names[name] = arguments.named[name]
        elif name in defaults and arguments.is_whole:
            scope.names[name] = expressions.read(defaults[name], function.scope)
        else:
            scope.names[name] = UNKNOWN
    if wanted.vararg is not None:
        scope.names[wanted.vararg.arg] = (
            list(positional[len(parameters) :]) if arguments.is_whole else UNKNOWN
        )
    if wanted.kwarg is not None:
        scope.names[wanted.kwarg.arg] = UNKNOWN


def _builder_of(of: Class, depth: int = DEEPEST) -> Imported | None:
    """The engine's builder that a class is a kind of."""
    for base in of.bases if depth else ():
        if isinstance(base, Imported) and base.name in building.BUILDERS:
            return base
        if isinstance(base, Class) and (found := _builder_of(base, depth - 1)):
            return found
    return None


def _hand_over(arguments: Given, called: str) -> None:
    """Note of every builder that somebody else gets it, who may add to it."""
    for value in arguments.all():
        if isinstance(value, Draft):
            value.miss("helper", arguments.line, called)


def _of_python(method: Bound, arguments: Given) -> Value:
    """The methods of lists, dicts and texts that loops are made with."""
    of, first = method.of, arguments.get(0, "")
    match of, method.name:
        case list(), "append" if len(of) < LONGEST:
            of.append(first)
        case list(), "extend" if isinstance(first, list | tuple) and len(of) + len(first) < LONGEST:
            of.extend(first)
        case dict(), "items":
            return [(key, value) for key, value in of.items()]
        case dict(), "keys":
            return list(of)
        case dict(), "values":
            return list(of.values())
        case dict(), "get" if isinstance(first, str | int):
            return of.get(first, arguments.get(1, ""))
        case str(), "join" if isinstance(first, list) and all(isinstance(part, str) for part in first):
            found = of.join(first)
            return found if len(found) <= LONGEST else UNKNOWN
        case str(), "lower" | "upper" | "strip" | "title" if not arguments.all():
            return getattr(of, method.name)()
    return UNKNOWN


def _is_short(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )
