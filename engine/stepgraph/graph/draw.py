"""The picture of a graph, as langchain-core's drawing tools take it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from stepgraph.constants import END, START
from stepgraph.graph.nested import subgraphs
from stepgraph.graph.ways import Way, ways_of

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from stepgraph.graph.compiled import CompiledStateGraph


def draw(graph: CompiledStateGraph, xray: int | bool = False) -> Graph:
    """The graph as langchain-core's drawing tools take it; with `xray`, subgraphs are opened that deep."""
    from langchain_core.runnables.graph import Graph

    drawn = Graph()
    nodes, ways = outline(graph)
    opened = _opened(graph, xray)
    for name, metadata in nodes.items():
        if name not in opened:
            drawn.add_node(_data_of(graph, name), name, metadata=metadata)
    first = {name: name for name in nodes}
    last = dict(first)
    inner_edges = []
    for name, inside in opened.items():
        outer_edges, drawn.edges = drawn.edges, []
        entry, finish = drawn.extend(inside, prefix=name)
        if entry is not None and finish is not None:
            first[name], last[name] = entry.id, finish.id
        inner_edges += drawn.edges
        drawn.edges = outer_edges
    for way in ways:
        source, target = drawn.nodes[last[way.source]], drawn.nodes[first[way.target]]
        drawn.add_edge(source, target, data=way.label, conditional=way.conditional)
    drawn.edges += inner_edges
    return drawn


def outline(graph: CompiledStateGraph) -> tuple[dict[str, dict[str, Any] | None], list[Way]]:
    """The nodes with their metadata, and the ways: without langchain-core, whose import takes long."""
    ways = ways_of(graph.builder)
    names = [START, *graph.builder.nodes]
    if any(way.target == END for way in ways):
        names.append(END)
    return {name: _metadata_of(graph, name) for name in names}, ways


def _opened(graph: CompiledStateGraph, xray: int | bool) -> dict[str, Graph]:
    """The drawings of the subgraphs to open, without START and END where they would only be in the way.

    One that has not exactly one node to come in by and one to leave from stays closed.
    """
    if not xray:
        return {}
    deeper = xray if isinstance(xray, bool) else xray - 1
    opened = {}
    for name, subgraph in subgraphs(graph):
        inside = draw(subgraph, deeper)
        inside.trim_first_node()
        inside.trim_last_node()
        if inside.first_node() and inside.last_node():
            opened[name] = inside
    return opened


def _data_of(graph: CompiledStateGraph, name: str) -> Any:
    return graph.builder.nodes[name].action if name in graph.builder.nodes else None


def _metadata_of(graph: CompiledStateGraph, name: str) -> dict[str, Any] | None:
    spec = graph.builder.nodes.get(name)
    if spec is None:
        return None
    metadata = dict(spec.metadata or {})
    if spec.defer:
        metadata["defer"] = True
    stops = {"before": graph.interrupt_before_nodes, "after": graph.interrupt_after_nodes}
    if shown := ",".join(when for when, names in stops.items() if name in names):
        metadata["__interrupt"] = shown
    prebuilt = sys.modules.get("stepgraph.prebuilt.tool_node")
    if prebuilt is not None and isinstance(spec.action, prebuilt.ToolNode):
        metadata["__tools"] = list(spec.action.tools_by_name)
    return metadata or None
