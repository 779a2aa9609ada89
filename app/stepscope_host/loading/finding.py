"""Which graphs a module has: compiled ones, ones to be compiled, and functions that return one."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from stepscope_host.loading.arguments import arguments

FACTORY_NAMES = re.compile(r"^((make|build|create|get|compile)_)?(graph|app|agent|workflow)$")
"""Functions without annotation that are called when a file has no graph at hand."""


def is_graph(value: Any) -> bool:
    """True for a compiled graph of any engine: something that streams and has nodes."""
    kind = type(value)
    return (
        not isinstance(value, type | ModuleType)
        and all(callable(getattr(kind, name, None)) for name in ("astream", "get_graph"))
        and _has(value, "nodes")
    )


def is_builder(value: Any) -> bool:
    """True for a graph that has yet to be compiled."""
    kind = type(value)
    return not isinstance(value, type | ModuleType) and all(
        callable(getattr(kind, name, None)) for name in ("compile", "add_node", "add_edge")
    )


def graphs(module: ModuleType) -> dict[str, Any]:
    """What can be opened in a module by name: its graphs and builders, or its objects', or factories."""
    named = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    return _graphs(named) or _graphs(_held(named)) or _factories(module)


def value_of(module: ModuleType, name: str, default: Any) -> Any:
    """What a name means in a module: ``graph``, an object's ``agent.graph``, a dictionary's ``all.first``."""
    value: Any = module
    for part in name.split("."):
        value = value.get(part, default) if isinstance(value, dict) else getattr(value, part, default)
        if value is default:
            break
    return value


def outermost(found: dict[str, Any]) -> dict[str, Any]:
    """Those that are no subgraph of another: the parent is what a person means to open."""
    inner: set[int] = set()
    for value in found.values():
        if is_graph(value):
            inner.update(id(graph) for _, graph in subgraphs(value, recurse=True))
    return {name: value for name, value in found.items() if id(value) not in inner} or found


def subgraphs(graph: Any, recurse: bool = False) -> list[tuple[str, Any]]:
    """The subgraphs of a graph by node name; none when it cannot say."""
    try:
        return list(graph.get_subgraphs(recurse=recurse))
    except Exception:
        return []


def subgraph_at(graph: Any, path: Iterable[str]) -> Any:
    """The graph inside the last node of a path, itself for an empty path; None where there is none."""
    for name in path:
        graph = dict(subgraphs(graph)).get(name)
    return graph


def _held(named: dict[str, Any]) -> dict[str, Any]:
    """What objects store and dictionaries hold: a graph may be built by an object that is made for it."""
    return {
        f"{name}.{part}": each
        for name, value in named.items()
        if not isinstance(value, type | ModuleType)
        for part, each in _parts(value).items()
        if isinstance(part, str) and part.isidentifier()
    }


def _parts(value: Any) -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    try:
        return vars(value)
    except Exception:  # it stores nothing by name, or says so in a way of its own
        return {}


def _graphs(named: dict[str, Any]) -> dict[str, Any]:
    """Compiled graphs and builders by name, each object once, a builder only if not compiled."""
    graphs: dict[str, Any] = {}
    for name, value in named.items():
        if is_graph(value):
            known = next((other for other, graph in graphs.items() if graph is value), None)
            if known is None:
                graphs[name] = value
            elif name == "graph":  # one graph under two names goes by the plainest
                graphs = {("graph" if other == known else other): graph for other, graph in graphs.items()}
    compiled = {id(getattr(graph, "builder", None)) for graph in graphs.values()}
    for name, value in named.items():
        if is_builder(value) and not is_graph(value) and id(value) not in compiled:
            compiled.add(id(value))
            graphs[name] = value
    return graphs


def _factories(module: ModuleType) -> dict[str, Any]:
    """Functions of the module itself that return a graph, by annotation or by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and (FACTORY_NAMES.match(name) or _returns_graph(value))
        and not arguments(value).unknown
    }


def _returns_graph(function: Any) -> bool:
    annotation = getattr(function, "__annotations__", {}).get("return")
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return hasattr(annotation, "astream") or (
            hasattr(annotation, "compile") and hasattr(annotation, "add_node")
        )
    return bool(re.search(r"\b(\w*StateGraph|CompiledGraph|Pregel)\b", str(annotation or "")))


def _has(value: Any, name: str) -> bool:
    try:
        return hasattr(value, name)
    except Exception:
        return False
