"""From an expression to what it stands for."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from stepscope_host.outline.draft import END, START, Draft
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
    is_known,
)

LONGEST = 10_000
"""Characters of a text, items of a list, and the number, that are put together at most."""
ENGINES = {"langgraph", "stepgraph"}
_CONSTANTS = {"START": START, "END": END}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


class Caller(Protocol):
    """Knows what a call gives. `spend` counts what is done, and ends it all when it was too much."""

    def call(self, function: Value, node: ast.Call, scope: Scope) -> Value: ...

    def spend(self) -> None: ...


class Expressions:
    """Reads expressions; calls are `caller`'s."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def read(self, node: ast.expr, scope: Scope) -> Value:
        """What an expression stands for; Unknown when only running can tell."""
        self._caller.spend()
        method = _METHODS.get(type(node))
        return Unknown(node) if method is None else method(self, node, scope)

    def items(self, nodes: list[ast.expr], scope: Scope) -> list[Value] | None:
        """The items of a list that is written out, stars included; None when one of these is not known."""
        found: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inner = listed(self.read(node.value, scope))
                if inner is None:
                    return None
                found += inner
            else:
                found.append(self.read(node, scope))
        return found

    def truth(self, node: ast.expr, scope: Scope) -> bool | None:
        """Whether a condition holds; None when only running can tell."""
        value = self.read(node, scope)
        return bool(value) if is_known(value) else None

    def _constant(self, node: ast.Constant, scope: Scope) -> Value:
        return node.value if is_known(node.value) else UNKNOWN

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        return constant_of(scope.find(node.id))

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        found = attribute(self.read(node.value, scope), node.attr)
        return Unknown(node) if found is None else found

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        return self._caller.call(self.read(node.func, scope), node, scope)

    def _list(self, node: ast.List | ast.Set, scope: Scope) -> Value:
        items = self.items(node.elts, scope)
        return Unknown(node) if items is None else items

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Value:
        items = self.items(node.elts, scope)
        return Unknown(node) if items is None else tuple(items)

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        found: dict[Any, Value] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.read(item, scope)
            if key is None:
                if not isinstance(value, dict):
                    return Unknown(node)
                found |= value
                continue
            name = self.read(key, scope)
            if isinstance(name, list | dict) or not is_known(name):
                return Unknown(node)
            found[name] = value
        return found

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts: list[str] = []
        for part in node.values:
            value = self.read(part.value if isinstance(part, ast.FormattedValue) else part, scope)
            is_formatted = isinstance(part, ast.FormattedValue) and (
                part.format_spec or part.conversion not in (-1, 115)
            )
            if is_formatted or not isinstance(value, str | int):
                return Unknown(node)
            parts.append(str(value))
        return _short("".join(parts))

    def _operation(self, node: ast.BinOp, scope: Scope) -> Value:
        left, right = self.read(node.left, scope), self.read(node.right, scope)
        compute = _OPERATORS.get(type(node.op))
        if compute is None or not isinstance(left, str | int | list | tuple):
            return Unknown(node)
        try:
            return _short(compute(left, right))
        except (TypeError, ValueError):
            return Unknown(node)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.read(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return not value if is_known(value) else Unknown(node)
        return -value if isinstance(node.op, ast.USub) and isinstance(value, int | float) else Unknown(node)

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        values = [self.read(part, scope) for part in (node.left, *node.comparators)]
        if not all(map(is_known, values)):
            return Unknown(node)
        try:
            pairs = zip(node.ops, values, values[1:], strict=False)
            return all(_COMPARISONS[type(op)](left, right) for op, left, right in pairs)
        except (TypeError, ValueError):
            return Unknown(node)

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Value:
        decides = isinstance(node.op, ast.Or)
        value: Value = UNKNOWN
        for part in node.values:
            value = self.read(part, scope)
            if not is_known(value):
                return Unknown(node)
            if bool(value) is decides:
                break
        return value

    def _choice(self, node: ast.IfExp, scope: Scope) -> Value:
        holds = self.truth(node.test, scope)
        if holds is None:
            return Unknown(node)
        return self.read(node.body if holds else node.orelse, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        value = self.read(node.value, scope)
        if isinstance(value, Unknown | Imported | Class):
            return Unknown(node)  # most are annotations under a name, which are read another way
        try:
            if isinstance(node.slice, ast.Slice):
                ends = [None if end is None else self.read(end, scope) for end in _ends(node.slice)]
                return value[slice(*ends)] if isinstance(value, list | tuple | str) else Unknown(node)
            key = self.read(node.slice, scope)
            return value[key] if isinstance(value, dict | list | tuple | str) else Unknown(node)
        except (LookupError, TypeError, ValueError):
            return Unknown(node)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        return Function(node, scope)

    def _named(self, node: ast.NamedExpr, scope: Scope) -> Value:
        value = scope.names[node.target.id] = self.read(node.value, scope)
        return value

    def _inner(self, node: ast.Await | ast.Starred, scope: Scope) -> Value:
        return self.read(node.value, scope)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
        rows = self._rows(node.generators, Scope(outer=scope))
        return Unknown(node) if rows is None else [self.read(node.elt, row) for row in rows]

    def _dict_comprehension(self, node: ast.DictComp, scope: Scope) -> Value:
        rows = self._rows(node.generators, Scope(outer=scope))
        if rows is None:
            return Unknown(node)
        pairs = [(self.read(node.key, row), self.read(node.value, row)) for row in rows]
        hashable = all(isinstance(key, str | int) for key, _ in pairs)
        return dict(pairs) if hashable else Unknown(node)

    def _rows(self, generators: list[ast.comprehension], scope: Scope) -> list[Scope] | None:
        """The scopes in which a comprehension's element is read, one a round."""
        rows = [scope]
        for generator in generators:
            following: list[Scope] = []
            for row in rows:
                items = listed(self.read(generator.iter, row))
                if items is None:
                    return None
                for item in items:
                    inner = Scope(outer=row)
                    assign(generator.target, item, inner)
                    holds = [self.truth(test, inner) for test in generator.ifs]
                    if None in holds:
                        return None
                    if all(holds):
                        following.append(inner)
                    self._caller.spend()
            rows = following
        return rows


_METHODS: dict[type[ast.expr], Callable[[Expressions, Any, Scope], Value]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Call: Expressions._call,
    ast.List: Expressions._list,
    ast.Set: Expressions._list,
    ast.Tuple: Expressions._tuple,
    ast.Dict: Expressions._dict,
    ast.JoinedStr: Expressions._joined,
    ast.BinOp: Expressions._operation,
    ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare,
    ast.BoolOp: Expressions._boolean,
    ast.IfExp: Expressions._choice,
    ast.Subscript: Expressions._subscript,
    ast.Lambda: Expressions._lambda,
    ast.NamedExpr: Expressions._named,
    ast.Await: Expressions._inner,
    ast.Starred: Expressions._inner,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._dict_comprehension,
}


def constant_of(value: Value) -> Value:
    """START and END as what they stand for; anything else as it is."""
    if isinstance(value, Imported) and value.package in ENGINES:
        return _CONSTANTS.get(value.name, value)
    return value


def attribute(value: Value, name: str) -> Value | None:
    """An attribute, None where only running can tell."""
    match value:
        case Imported(path):
            return constant_of(Imported(f"{path}.{name}"))
        case Instance(of, attributes):
            if name in attributes:
                return attributes[name]
            found = of_class(of, name) if isinstance(of, Class) else None
            return found.bound_to(value) if isinstance(found, Function) else found
        case Class():
            return of_class(value, name)
        case str() if name == "value":  # of a member of an Enum, which stands for its value here
            return value
        case str() | list() | dict() | Draft() | Compiled():
            return Bound(value, name)
    return None


def listed(value: Value) -> list[Value] | None:
    """The items that a loop over a value meets, or None."""
    return list(value) if isinstance(value, list | tuple | dict) else None


def assign(target: ast.expr, value: Value, scope: Scope) -> None:
    """Give a value to the names of a target; what does not fit is unknown."""
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif isinstance(target, ast.Starred):
        assign(target.value, UNKNOWN, scope)
    elif isinstance(target, ast.Tuple | ast.List):
        items = listed(value)
        fits = items is not None and len(items) == len(target.elts)
        for part, item in zip(
            target.elts, items if items is not None and fits else [UNKNOWN] * len(target.elts), strict=True
        ):
            assign(part, item, scope)


def of_class(of: Class, name: str, depth: int = 20) -> Value | None:
    """What a class or one of its bases defines under a name."""
    if name in of.scope.names:
        return of.scope.names[name]
    inherited = (of_class(base, name, depth - 1) for base in of.bases if isinstance(base, Class) and depth)
    return next((value for value in inherited if value is not None), None)


def _ends(part: ast.Slice) -> Iterator[ast.expr | None]:
    return iter((part.lower, part.upper, part.step))


def _short(value: Any) -> Value:
    size = abs(value) if isinstance(value, int) else len(value)
    return UNKNOWN if size > LONGEST else value
