"""The graphs inside a graph: those that its nodes are, and those that their functions name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

from stepgraph.graph.compiled import CompiledStateGraph


def subgraphs(
    graph: CompiledStateGraph, namespace: str | None = None, recurse: bool = False
) -> Iterator[tuple[str, CompiledStateGraph]]:
    """The graphs that nodes are or call, by node name; with `recurse`, those within as `outer|inner`.

    `namespace` asks for one of them.
    """
    wanted, _, within = (namespace or "").partition("|")
    for name, spec in graph.builder.nodes.items():
        if namespace is not None and name != wanted:
            continue
        inner = find_graph(spec.action)
        if inner is None:
            continue
        if not within:
            yield name, inner
        if recurse and (within or namespace is None):
            for inside, found in subgraphs(inner, within or None, recurse):
                yield f"{name}|{inside}", found


def find_graph(action: Any) -> CompiledStateGraph | None:
    """The graph that a node is, or that its function names."""
    if isinstance(action, CompiledStateGraph):
        return action
    while isinstance(action, functools.partial):
        action = action.func
    function = inspect.unwrap(getattr(action, "func", None) or getattr(action, "afunc", None) or action)
    if not inspect.isfunction(function):
        return None
    names = inspect.getclosurevars(function)
    for value in [*names.nonlocals.values(), *names.globals.values()]:
        if isinstance(value, CompiledStateGraph):
            return value
    return None
