"""Reads a module from top to bottom, as Python would run it, and runs nothing.

Conditions that only running can tell are taken both ways, loops over what is not known once; what is added to
a graph meanwhile is noted as uncertain.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any

from stepscope_host.outline import prebuilt
from stepscope_host.outline.annotations import Annotations
from stepscope_host.outline.calls import Calls
from stepscope_host.outline.draft import Draft, TooLong
from stepscope_host.outline.expressions import Expressions, assign, listed
from stepscope_host.outline.values import (
    UNKNOWN,
    Class,
    Compiled,
    Function,
    Imported,
    Instance,
    Scope,
    Value,
)

MOST_STEPS = 200_000
"""Expressions and statements that are read; a few hundred nodes take some thousands."""


class Flow(Enum):
    """How a statement is left."""

    NEXT = auto()
    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()


class Walk:
    """Walks a module named `name`: `scope` holds its names afterwards, `tasks` those of its ``@task``.

    Not `is_whole` when it was left before its end. What is asked for afterwards may raise TooLong, too.
    """

    def __init__(self, name: str) -> None:
        self.scope = Scope({"__name__": name})
        self.tasks: list[str] = []
        self.is_whole = True
        self.expressions = Expressions(self)
        self.annotations = Annotations(self.expressions.read)
        self.calls = Calls(self, self.expressions, self.annotations)
        self._steps = 0
        self._uncertain = 0
        self._returned: list[Value] = []

    def run(self, module: ast.Module) -> None:
        """Walk a module."""
        try:
            self._block(module.body, self.scope)
        except (TooLong, RecursionError):
            self.is_whole = False
        self._steps = 0

    # For expressions and calls

    def spend(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooLong

    def call(self, function: Value, node: ast.Call, scope: Scope) -> Value:
        return self.calls.call(function, node, scope)

    @property
    def is_certain(self) -> bool:
        return not self._uncertain

    def walk_function(self, function: Function, scope: Scope) -> Value:
        """What a function returns, or yields."""
        assert not isinstance(function.node, ast.Lambda)
        before, self._returned = self._returned, []
        try:
            self._block(function.node.body, scope)
            found = self._returned
        finally:
            self._returned = before
        graphs = [value for value in found if isinstance(value, Draft | Compiled)]
        return (graphs or found or [None])[0]

    # Statements

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> Flow:
        for line in body:
            self.spend()
            method = _METHODS.get(type(line))
            flow = Flow.NEXT if method is None else method(self, line, scope)
            if flow is not Flow.NEXT:
                return flow
        return Flow.NEXT

    @contextmanager
    def _maybe(self) -> Iterator[None]:
        self._uncertain += 1
        try:
            yield
        finally:
            self._uncertain -= 1

    def _maybe_block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Walk what may not be run; whatever leaves it early, the other way goes on."""
        with self._maybe():
            self._block(body, scope)

    def _expression(self, line: ast.Expr, scope: Scope) -> Flow:
        if isinstance(line.value, ast.Yield) and line.value.value is not None:
            self._returned.append(self.expressions.read(line.value.value, scope))
        else:
            self.expressions.read(line.value, scope)
        return Flow.NEXT

    def _assignment(self, line: ast.Assign, scope: Scope) -> Flow:
        value = self.expressions.read(line.value, scope)
        for target in line.targets:
            self._assign(target, value, scope)
        return Flow.NEXT

    def _annotated(self, line: ast.AnnAssign, scope: Scope) -> Flow:
        if line.value is not None:
            self._assign(line.target, self.expressions.read(line.value, scope), scope)
        return Flow.NEXT

    def _augmented(self, line: ast.AugAssign, scope: Scope) -> Flow:
        if isinstance(line.target, ast.Name):
            sum = ast.BinOp(ast.Name(line.target.id, ast.Load()), line.op, line.value)
            self._assign(line.target, self.expressions.read(sum, scope), scope)
        return Flow.NEXT

    def _assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        if isinstance(target, ast.Attribute):
            owner = self.expressions.read(target.value, scope)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
        elif isinstance(target, ast.Subscript):
            owner, key = (self.expressions.read(part, scope) for part in (target.value, target.slice))
            if isinstance(owner, dict):
                if isinstance(key, str | int):
                    owner[key] = value
                else:
                    owner.clear()
        else:
            assign(target, value, scope)

    def _if(self, line: ast.If, scope: Scope) -> Flow:
        holds = self.expressions.truth(line.test, scope)
        if holds is not None:
            return self._block(line.body if holds else line.orelse, scope)
        self._maybe_block(line.body, scope)
        self._maybe_block(line.orelse, scope)
        return Flow.NEXT

    def _for(self, line: ast.For | ast.AsyncFor, scope: Scope) -> Flow:
        items = listed(self.expressions.read(line.iter, scope))
        if items is None:
            assign(line.target, UNKNOWN, scope)
            self._maybe_block(line.body, scope)
            self._maybe_block(line.orelse, scope)
            return Flow.NEXT
        for item in items:
            self.spend()
            assign(line.target, item, scope)
            flow = self._block(line.body, scope)
            if flow is Flow.RETURN:
                return flow
            if flow is Flow.BREAK:
                return Flow.NEXT
        return self._block(line.orelse, scope)

    def _while(self, line: ast.While, scope: Scope) -> Flow:
        self._maybe_block(line.body, scope)
        return self._block(line.orelse, scope)

    def _try(self, line: Any, scope: Scope) -> Flow:
        # As if nothing went wrong: what handlers do is seldom to build a graph.
        flow = self._block(line.body, scope)
        if flow is Flow.NEXT:
            flow = self._block(line.orelse, scope)
        last = self._block(line.finalbody, scope)
        return flow if last is Flow.NEXT else last

    def _with(self, line: ast.With | ast.AsyncWith, scope: Scope) -> Flow:
        for item in line.items:
            self.expressions.read(item.context_expr, scope)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, UNKNOWN, scope)
        return self._block(line.body, scope)

    def _match(self, line: ast.Match, scope: Scope) -> Flow:
        for case in line.cases:
            self._maybe_block(case.body, scope)
        return Flow.NEXT

    def _return(self, line: ast.Return, scope: Scope) -> Flow:
        self._returned.append(None if line.value is None else self.expressions.read(line.value, scope))
        return Flow.RETURN

    def _function(self, line: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Flow:
        outer = scope.outer if scope.is_class and scope.outer is not None else scope
        value: Value = Function(line, outer)
        for decorator in line.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            known = self.expressions.read(called, scope)
            if isinstance(known, Imported) and known.name == "entrypoint":
                value = prebuilt.functional(line.name, known.package)
            elif isinstance(known, Imported) and known.name == "task":
                self.tasks.append(line.name)
        scope.names[line.name] = value
        return Flow.NEXT

    def _class(self, line: ast.ClassDef, scope: Scope) -> Flow:
        inner = Scope(outer=scope, is_class=True)
        bases = tuple(self._base(base, scope) for base in line.bases)
        scope.names[line.name] = Class(line, inner, bases)
        self._block(line.body, inner)
        return Flow.NEXT

    def _base(self, base: ast.expr, scope: Scope) -> Value:
        """What a class is a kind of; ``Generic[T]`` is a kind of ``Generic``."""
        return self.expressions.read(base.value if isinstance(base, ast.Subscript) else base, scope)

    def _import(self, line: ast.Import, scope: Scope) -> Flow:
        for alias in line.names:
            if alias.asname:
                scope.names[alias.asname] = Imported(alias.name)
            else:
                top = alias.name.partition(".")[0]
                scope.names[top] = Imported(top)
        return Flow.NEXT

    def _import_from(self, line: ast.ImportFrom, scope: Scope) -> Flow:
        module = "." * line.level + (line.module or "")
        for alias in line.names:
            if alias.name == "*":
                scope.starred = module
            else:
                scope.names[alias.asname or alias.name] = Imported(f"{module}.{alias.name}")
        return Flow.NEXT


_METHODS: dict[type[ast.stmt], Callable[[Walk, Any, Scope], Flow]] = {
    ast.Expr: Walk._expression,
    ast.Assign: Walk._assignment,
    ast.AnnAssign: Walk._annotated,
    ast.AugAssign: Walk._augmented,
    ast.If: Walk._if,
    ast.For: Walk._for,
    ast.AsyncFor: Walk._for,
    ast.While: Walk._while,
    ast.Try: Walk._try,
    ast.With: Walk._with,
    ast.AsyncWith: Walk._with,
    ast.Match: Walk._match,
    ast.Return: Walk._return,
    ast.Raise: lambda walk, line, scope: Flow.RETURN,
    ast.Break: lambda walk, line, scope: Flow.BREAK,
    ast.Continue: lambda walk, line, scope: Flow.CONTINUE,
    ast.FunctionDef: Walk._function,
    ast.AsyncFunctionDef: Walk._function,
    ast.ClassDef: Walk._class,
    ast.Import: Walk._import,
    ast.ImportFrom: Walk._import_from,
}
if hasattr(ast, "TryStar"):
    _METHODS[ast.TryStar] = Walk._try
