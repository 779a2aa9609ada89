"""Which graphs a module defines, as far as its source tells, and which of them is meant."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, did_you_mean, failure
from stepscope_host.loading.finding import FACTORY_NAMES
from stepscope_host.outline.building import BUILDERS
from stepscope_host.outline.draft import Draft
from stepscope_host.outline.drawing import nested
from stepscope_host.outline.values import Bound, Class, Compiled, Function, Imported, Instance, Unknown, Value
from stepscope_host.outline.walk import Walk


@dataclass(frozen=True)
class Choice:
    """A graph under its name; `names` are all that could have been chosen.

    Not `is_called` when it is only built in a function or a class that nothing at the top level calls.
    """

    name: str
    draft: Draft
    names: tuple[str, ...]
    is_called: bool


def choose(walk: Walk, wanted: str | None, path: Path) -> Choice:
    """The graph with a name, or the one that can be meant. Raises LoadFailed."""
    called = _graphs(walk.scope.names) or _graphs(_held(walk)) or _factories(walk)
    found = called or _uncalled(walk)
    if wanted is None:
        candidates = _outermost(found)
        if len(candidates) > 1:
            raise LoadFailed(_several(path, candidates), tuple(found))
        if not candidates:
            raise LoadFailed(_nothing_found(walk, path))
        wanted = candidates[0]
    draft = found.get(wanted) or _draft_of(walk, {**_held(walk), **walk.scope.names}.get(wanted))
    if draft is None:
        raise LoadFailed(_no_graph(walk, wanted, path, found), tuple(found))
    names = tuple(found) if wanted in found else (wanted, *found)
    return Choice(wanted, draft, names, is_called=bool(called))


def inner_graph(action: Value) -> Draft | None:
    """The graph that a node is, or that its function calls."""
    if isinstance(action, Compiled):
        return action.draft
    if not isinstance(action, Function):
        return None
    for node in ast.walk(action.node):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = action.scope.find(node.id)
        elif isinstance(node, ast.Attribute) and action.owner is not None and _is_self(node.value, action):
            value = action.owner.attributes.get(node.attr)
        else:
            continue
        if isinstance(value, Compiled):
            return value.draft
    return None


def _is_self(node: ast.expr, method: Function) -> bool:
    parameters = method.node.args.args
    return isinstance(node, ast.Name) and bool(parameters) and node.id == parameters[0].arg


def _held(walk: Walk) -> dict[str, Value]:
    """What objects at the top level hold."""
    return {
        f"{name}.{part}": held
        for name, value in walk.scope.names.items()
        if isinstance(value, Instance)
        for part, held in value.attributes.items()
    }


def _graphs(named: Mapping[str, Value]) -> dict[str, Draft]:
    """Compiled graphs by name, each once, and builders that are not compiled."""
    graphs: dict[str, Draft] = {}
    for kind in (Compiled, Draft):
        for name, value in named.items():
            draft = value.draft if isinstance(value, Compiled) else value
            if not isinstance(value, kind) or not isinstance(draft, Draft):
                continue
            known = next((other for other, graph in graphs.items() if graph is draft), None)
            if known is None:
                graphs[name] = draft
            elif name == "graph" and kind is Compiled:  # one graph under two names goes by the plainest
                graphs = {("graph" if other == known else other): graph for other, graph in graphs.items()}
    return graphs


def _factories(walk: Walk) -> dict[str, Draft]:
    """What functions of the module give that return a graph, by annotation or by name."""
    found: dict[str, Draft] = {}
    for name, value in list(walk.scope.names.items()):
        if isinstance(value, Function) and (FACTORY_NAMES.match(name) or _returns_graph(value)):
            draft = _draft_of(walk, value)
            if draft is not None:
                found[name] = draft
    return found


def _uncalled(walk: Walk) -> dict[str, Draft]:
    """What functions and classes build that nothing calls. Few of it can be loaded, but all be looked at."""
    found: dict[str, Draft] = {}
    for name, value in list(walk.scope.names.items()):
        if isinstance(value, Function) and _builds(value):
            draft = _draft_of(walk, value)
        elif isinstance(value, Class):
            draft = _draft_of_class(walk, value)
        else:
            draft = None
        if draft is not None:
            found[name] = draft
    return found


def _draft_of_class(walk: Walk, of: Class) -> Draft | None:
    for method in [value for value in of.scope.names.values() if isinstance(value, Function)]:
        if _builds(method):
            made = Instance(of)
            given = walk.calls.make(method.bound_to(made))
            for value in (given, *made.attributes.values()):
                if (draft := _draft_of(walk, value)) is not None:
                    return draft
    return None


def _builds(function: Function) -> bool:
    """True when a builder is made somewhere in a function."""
    calls = (node.func for node in ast.walk(function.node) if isinstance(node, ast.Call))
    names = (
        called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "") for called in calls
    )
    return not BUILDERS.isdisjoint(names)


def _returns_graph(function: Function) -> bool:
    words = ast.unparse(function.returns) if function.returns is not None else ""
    return any(word in words for word in ("StateGraph", "CompiledGraph", "Pregel"))


def _draft_of(walk: Walk, value: Value) -> Draft | None:
    made = walk.calls.make(value) if isinstance(value, Function) else value
    draft = made.draft if isinstance(made, Compiled) else made
    return draft if isinstance(draft, Draft) else None


def _outermost(found: dict[str, Draft]) -> list[str]:
    inner: set[int] = set()
    for draft in found.values():
        inner.update(id(graph) for graph in nested(draft, inner_graph) if graph is not draft)
    return [name for name, draft in found.items() if id(draft) not in inner] or list(found)


def _several(path: Path, names: list[str]) -> dict[str, Any]:
    return failure(
        "SeveralGraphs",
        f"There are {len(names)} graphs in {path.name}: {', '.join(names)}.",
        f"Say which: {path.name}:{names[0]}",
    )


def _nothing_found(walk: Walk, path: Path) -> dict[str, Any]:
    for name, value in walk.scope.names.items():
        if FACTORY_NAMES.match(name) and isinstance(value, Imported | Unknown):
            return failure("NoGraph", f"{_made_elsewhere(name, value)}, which only running can tell.", LOAD)
    names = [name for name in walk.scope.names if not name.startswith("_")]
    has = f"It has: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}." if names else "It is empty."
    return failure(
        "NoGraph",
        f"The source of {path.name} shows no graph.",
        f"Looked at its top level for a StateGraph, and for a function that returns one. {has}",
    )


def _no_graph(walk: Walk, name: str, path: Path, found: dict[str, Draft]) -> dict[str, Any]:
    value = walk.scope.names.get(name)
    if isinstance(value, Imported | Unknown):
        return failure("NoGraph", f"{_made_elsewhere(name, value)}, which only running can tell.", LOAD)
    if isinstance(value, Function | Class | Instance | Bound):
        return failure("NoGraph", f"The source of {path.name} does not show what graph {name!r} gives.", LOAD)
    graphs = f" Graphs in it: {', '.join(found)}." if found else ""
    hint = did_you_mean(name, found or walk.scope.names).strip()
    return failure("UnknownName", f"There is no graph {name!r} in {path.name}.", f"{hint}{graphs}".strip())


LOAD = "Trust it and load it, if you know where it comes from."


def _made_elsewhere(name: str, value: Imported | Unknown) -> str:
    if isinstance(value, Imported):
        return f"{name!r} comes from {value.path.rpartition('.')[0]}"
    called = value.expression.func if isinstance(value.expression, ast.Call) else None
    if isinstance(called, ast.Name | ast.Attribute):
        return f"{name!r} is made by {ast.unparse(called)[:80]}()"
    return f"{name!r} is made by code"
