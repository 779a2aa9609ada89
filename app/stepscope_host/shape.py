"""The shape of a graph as plain data: its nodes at every depth and the edges between siblings.

Each graph is asked for its own picture, not the root for a flattened one: flattening joins a
subgraph's edges to its first and last node, and loses inner edges of nested ones.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import platform
import sys
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, TypeVar

from stepscope_host import routes
from stepscope_host.failures import location
from stepscope_host.loading.finding import subgraph_at, subgraphs
from stepscope_host.showing.values import Plain, plain

Told = TypeVar("Told")

_DISTRIBUTIONS = {"langgraph": "langgraph", "stepgraph": "stepscope"}
"""What carries an engine's version."""
_KINDS = {"__start__": "start", "__end__": "end"}
_MOST_DOC = 300
_MOST_KEYS = 8
_DEEPEST = 16  # a graph that contains itself through a function would go on for ever


def topology(graph: Any) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """``{"nodes", "edges", "reducers"}`` as `Topology.from_plain` reads it, and warnings in words."""
    shape: dict[str, list[dict[str, Any]]] = {"nodes": [], "edges": [], "reducers": []}
    warnings: list[str] = []
    _collect(graph, (), shape, warnings)
    return shape, warnings


def engine(graph: Any) -> str:
    """The engine's name and version: ``"langgraph 1.2.22"``."""
    for kind in type(graph).__mro__:
        name = kind.__module__.partition(".")[0]
        if name in _DISTRIBUTIONS:
            return f"{name} {_version(name)}".strip()
    return f"{type(graph).__module__.partition('.')[0]}.{type(graph).__name__}"


def versions(graph: Any) -> dict[str, str]:
    """The versions of Python and of the engine, by name."""
    name, _, version = engine(graph).partition(" ")
    return {"Python": platform.python_version(), **({name: version} if version else {})}


def node_names(graph: Any) -> list[str]:
    """The names of a graph's own nodes, without its start."""
    try:
        return [str(name) for name in graph.nodes if name not in _KINDS]
    except Exception:
        return []


def _version(engine: str) -> str:
    """A loaded engine's version, "" when it is not known: a checkout need not be installed."""
    distribution = _DISTRIBUTIONS[engine]
    for module in (engine, distribution):
        version = getattr(sys.modules.get(module), "__version__", None)
        if isinstance(version, str):
            return version
    import importlib.metadata  # a fifth of what the worker's start would take

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _collect(
    graph: Any,
    prefix: tuple[str, ...],
    shape: dict[str, list[dict[str, Any]]],
    warnings: list[str],
) -> None:
    inner = dict(subgraphs(graph)) if len(prefix) < _DEEPEST else {}
    try:
        own_nodes, own_edges = _drawn(graph)
    except Exception as error:
        where = f" inside {'.'.join(prefix)}" if prefix else ""
        warnings.append(
            f"The edges{where} cannot be drawn: get_graph() raises {type(error).__name__}: {error}"
        )
        own_nodes, own_edges = [(name, None) for name in node_names(graph)], []
    functions = {
        name: _function(graph, name) for name, _ in own_nodes if name not in _KINDS and name not in inner
    }
    codes = {name: function and function.__code__ for name, function in functions.items()}
    open_names = routes.undeclared(graph, codes)
    own_edges += routes.left_out(graph, own_edges, open_names)
    if not any(name == "__end__" for name, _ in own_nodes) and any(
        edge[1] == "__end__" for edge in own_edges
    ):
        own_nodes.append(("__end__", None))
    extent_of, doc_of, reads_of = _once_each(_extent), _once_each(_doc), _once_each(_reads)
    for name, metadata in own_nodes:
        kind = _KINDS.get(name, "subgraph" if name in inner else "node")
        node = {"key": [*prefix, name], "name": name, "kind": kind, "metadata": metadata or {}}
        if (code := codes.get(name)) is not None:
            node["source"] = extent_of(code)
            if doc := doc_of(functions[name]):
                node["doc"] = doc
        if name not in _KINDS and (reads := reads_of(_schema_of(graph, name))):
            node["reads"] = reads
        if name in open_names:
            node["is_open"] = True
        shape["nodes"].append(node)
        if name in inner:
            _collect(inner[name], (*prefix, name), shape, warnings)
    for edge in own_edges:
        source, target, is_conditional, label = edge
        shape["edges"].append(
            {
                "source": [*prefix, source],
                "target": [*prefix, target],
                "conditional": is_conditional,
                "label": label,
                **({"kind": "undeclared"} if routes.is_guessed(graph, edge, open_names) else {}),
            }
        )
    if reducers := _reducers(graph):
        shape["reducers"].append({"graph": [*prefix], "keys": reducers})


def _reducers(graph: Any) -> dict[str, str]:
    """What joins the writes of a superstep, by the key of the state: ``{"log": "add"}``."""
    channels = getattr(graph, "channels", None)
    if not isinstance(channels, Mapping):
        return {}
    joining = ((key, getattr(channel, "operator", None)) for key, channel in channels.items())
    return {str(key): _name(function) for key, function in joining if callable(function)}


def _name(function: Callable[..., Any]) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    name = str(getattr(function, "__name__", type(function).__name__))
    return "a lambda" if name == "<lambda>" else name.lstrip("_")


_Edge = tuple[str, str, bool, "str | None"]


def _drawn(graph: Any) -> tuple[list[tuple[str, Plain]], list[_Edge]]:
    """The nodes of a graph with their metadata, and its edges."""
    own = getattr(graph.get_graph, "__module__", None) == "stepgraph.graph.introspection"
    if own and callable(outline := getattr(graph, "_outline", None)):
        nodes, ways = outline()  # the same without the import of a drawing library
        edges = [(way.source, way.target, way.conditional, way.label) for way in ways]
    else:
        drawn = graph.get_graph()
        nodes = {name: getattr(node, "metadata", None) for name, node in drawn.nodes.items()}
        edges = [(edge.source, edge.target, edge.conditional, edge.data) for edge in drawn.edges]
    return (
        [(str(name), plain(found) if isinstance(found, dict) else None) for name, found in nodes.items()],
        [
            (str(source), str(target), bool(conditional), None if label is None else str(label))
            for source, target, conditional, label in edges
        ],
    )


def function_location(graph: Any, path: tuple[str, ...]) -> dict[str, Any] | None:
    """Where a node's function is defined, by the names of the nodes around it and its own."""
    code = _code(subgraph_at(graph, path[:-1]), path[-1])
    return None if code is None else location(code.co_filename, code.co_firstlineno, code.co_name)


def _once_each(tell: Callable[[Any], Told]) -> Callable[[Any], Told]:
    """The same, told once of each object, as long as these live: thousands of nodes may share a function."""
    known: dict[int, Told] = {}

    def tell_once(of: Any) -> Told:
        if id(of) not in known:
            known[id(of)] = tell(of)
        return known[id(of)]

    return tell_once


def _doc(function: Any) -> str:
    """The first paragraph of what a node's function says of itself."""
    paragraph = (inspect.getdoc(function) or "").partition("\n\n")[0]
    words = " ".join(paragraph.split())
    return words if len(words) <= _MOST_DOC else f"{words[:_MOST_DOC].rstrip()} …"


def _schema_of(graph: Any, name: str) -> Any:
    """The schema that a node is given, or None."""
    builder_nodes = getattr(getattr(graph, "builder", None), "nodes", None)
    node = builder_nodes.get(name) if isinstance(builder_nodes, Mapping) else None
    schema = getattr(node, "input_schema", None)
    return getattr(schema, "source", schema)  # one engine keeps the class itself, the other a reading of it


def _reads(schema: Any) -> str:
    """A schema's name and first keys: ``State: topic str, notes list``."""
    annotations: dict[str, Any] = {}
    for kind in reversed(getattr(schema, "__mro__", ())):
        with contextlib.suppress(Exception):  # they may be computed by code of the person's own
            annotations |= inspect.get_annotations(kind)
    if not annotations:
        return ""
    keys = [f"{key} {_type_name(kind)}".strip() for key, kind in annotations.items()]
    more = [f"{len(keys) - _MOST_KEYS} more"] if len(keys) > _MOST_KEYS else []
    return f"{getattr(schema, '__name__', 'its state')}: {', '.join((*keys[:_MOST_KEYS], *more))}"


def _type_name(kind: Any) -> str:
    """``list`` for ``Annotated[list[str], add]``; the words themselves where annotations are text."""
    text = kind if isinstance(kind, str) else str(getattr(kind, "__forward_arg__", "")) or ""
    if text:
        text = text.removeprefix("typing.").removeprefix("Annotated[")
        return text.partition("[")[0].partition(",")[0].strip(" ]")
    origin = getattr(kind, "__origin__", None)
    if origin is not None and getattr(kind, "__metadata__", None):
        return _type_name(origin)
    named = origin if isinstance(origin, type) else kind
    return str(getattr(named, "__name__", "")) or str(kind).replace("typing.", "")


def _code(graph: Any, name: str) -> CodeType | None:
    """The code that a node runs, where it is Python's."""
    function = _function(graph, name)
    return None if function is None else function.__code__


def _function(graph: Any, name: str) -> Any:
    """The function that a node runs, where it is Python's; else None."""
    try:
        node = graph.nodes[name]
    except (AttributeError, KeyError, TypeError):
        return None
    bound = getattr(node, "bound", node)
    functions = (getattr(bound, name, None) for name in ("func", "afunc", "function", "action"))
    found = (_unwrapped(function) for function in functions if callable(function))
    return next((function for function in found if function is not None), None)


def _unwrapped(function: Callable[..., Any]) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    if not hasattr(function, "__code__"):  # an object with a `__call__`
        function = getattr(type(function), "__call__", function)  # noqa: B004
    return function if isinstance(getattr(function, "__code__", None), CodeType) else None


def _extent(code: CodeType) -> dict[str, Any]:
    """Where code stands, from its first line to its last, as `Source.from_plain` reads it."""
    file = code.co_filename
    if not file.startswith("<"):
        file = os.path.abspath(file)  # noqa: PTH100 - a path that the person knows, links and all
    return {
        "file": file,
        "line": code.co_firstlineno,
        "last": _last_line(code),
        "function": code.co_name,
    }


def _last_line(code: CodeType) -> int:
    inner = [_last_line(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    own = (line for _, _, line in code.co_lines() if line is not None)
    return max([code.co_firstlineno, *inner, *own])
