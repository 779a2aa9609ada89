"""The graphs inside a graph: those that its nodes are, and those that their functions name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from stepgraph.graph.calls import is_runnable
from stepgraph.graph.compiled import CompiledStateGraph


def subgraphs(
    graph: CompiledStateGraph, namespace: str | None = None, recurse: bool = False
) -> Iterator[tuple[str, CompiledStateGraph]]:
    """The graphs that nodes are or call, by node name; with `recurse`, those within as `outer|inner`.

    `namespace` asks for one of them.
    """
    wanted, _, within = (namespace or "").partition("|")
    known: dict[int, CompiledStateGraph | None] = {}  # thousands of nodes may share a function
    for name, spec in graph.builder.nodes.items():
        if namespace is not None and name != wanted:
            continue
        if (action := id(spec.action)) not in known:
            known[action] = find_graph(spec.action)
        inner = known[action]
        if inner is None:
            continue
        if not within:
            yield name, inner
        if recurse and (within or namespace is None):
            for inside, found in subgraphs(inner, within or None, recurse):
                yield f"{name}|{inside}", found


def find_graph(action: Any) -> CompiledStateGraph | None:
    """The graph that a node is, that is a step of its chain, or that its function names."""
    if isinstance(action, CompiledStateGraph):
        return action
    if is_runnable(action):
        for step in getattr(action, "steps", ()):
            if isinstance(step, CompiledStateGraph):
                return step
    while isinstance(action, functools.partial):
        action = action.func
    function = inspect.unwrap(getattr(action, "func", None) or getattr(action, "afunc", None) or action)
    return _graph_named_in(function) if inspect.isfunction(function) else None


def _graph_named_in(function: FunctionType) -> CompiledStateGraph | None:
    """The first graph among what a function takes from outside, or takes as an attribute of that."""
    names = inspect.getclosurevars(function)
    outside = [*names.nonlocals.values(), *names.globals.values()]
    for value in outside:
        if isinstance(value, CompiledStateGraph):
            return value
    for value in outside:
        attributes = getattr(value, "__dict__", {})
        for name in function.__code__.co_names:
            if isinstance(attributes.get(name), CompiledStateGraph):
                return attributes[name]  # type: ignore[no-any-return]
    return None
