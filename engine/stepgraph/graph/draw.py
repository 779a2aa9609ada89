"""The graph to look at: which nodes there are, which ways lead where, and which subgraphs are inside.

Drawn is what can be reached from START by ways that are known beforehand. A path function that does not say
where it may lead adds none.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stepgraph.constants import END, START
from stepgraph.graph.compiled import CompiledStateGraph

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from stepgraph.graph.state_graph import StateGraph


@dataclass(frozen=True)
class Way:
    """A drawn edge. `label` is shown where it says more than the target's name."""

    source: str
    target: str
    conditional: bool = False
    label: str | None = None


def draw(graph: CompiledStateGraph, xray: int | bool = False) -> Graph:
    """The graph as langchain-core's drawing tools take it; with `xray`, subgraphs are opened that deep."""
    from langchain_core.runnables.graph import Graph

    drawn = Graph()
    ways = ways_of(graph.builder)
    opened = _opened(graph, xray)
    names = [START, *graph.builder.nodes]
    if any(way.target == END for way in ways):
        names.append(END)
    for name in names:
        if name not in opened:
            drawn.add_node(_data_of(graph, name), name, metadata=_metadata_of(graph, name))
    first = {name: name for name in names}
    last = dict(first)
    inner_edges = []
    for name, inside in opened.items():
        outer_edges, drawn.edges = drawn.edges, []
        entry, finish = drawn.extend(inside, prefix=name)
        first[name] = entry.id if entry else name
        last[name] = finish.id if finish else name
        inner_edges += drawn.edges
        drawn.edges = outer_edges
    for way in ways:
        source, target = drawn.nodes[last[way.source]], drawn.nodes[first[way.target]]
        drawn.add_edge(source, target, data=way.label, conditional=way.conditional)
    drawn.edges += inner_edges
    return drawn


def ways_of(builder: StateGraph[Any]) -> list[Way]:
    """The known ways, sorted by source and target; then those to END out of nodes that lead nowhere else."""
    known = _known_ways(builder)
    reached = {START}
    found: list[Way] = []
    fresh = True
    while fresh:
        fresh = False
        for way in known:
            if way not in found and way.source in reached and _may_go(builder, way, reached):
                found.append(way)
                reached.add(way.target)
                fresh = True
    ways = sorted(_one_each(found), key=lambda way: (way.source, way.target))
    leading = {way.source for way in ways}
    return ways + [Way(name, END, conditional=name == START) for name in sorted(reached - leading - {END})]


def _known_ways(builder: StateGraph[Any]) -> list[Way]:
    ways = []
    for source, branches in builder.branches.items():
        for branch in branches.values():
            for answer, target in (branch.ends or {}).items():
                ways.append(Way(source, target, True, None if str(answer) == target else str(answer)))
    for spec in builder.nodes.values():
        for target, label in (spec.ends or {}).items():
            ways.append(Way(spec.name, target, True, label))
    # Plain edges to END are left out here: nodes that lead nowhere else get theirs at the end.
    ways += [Way(source, target) for source, target in builder.edges if target != END]
    ways += [
        Way(s, barrier.target)
        for barrier in builder.barriers
        if barrier.target != END
        for s in barrier.sources
    ]
    return ways


def _may_go(builder: StateGraph[Any], way: Way, reached: set[str]) -> bool:
    """A barrier opens only when each of its sources can be reached."""
    if way.conditional or (way.source, way.target) in builder.edges:
        return True
    barriers = [b for b in builder.barriers if b.target == way.target and way.source in b.sources]
    return any(reached.issuperset(barrier.sources) for barrier in barriers)


def _one_each(ways: list[Way]) -> list[Way]:
    """One way between any two nodes: a conditional one says more than a plain one, and the first most."""
    best: dict[tuple[str, str], Way] = {}
    for way in sorted(ways, key=lambda way: not way.conditional):
        best.setdefault((way.source, way.target), way)
    return list(best.values())


def _opened(graph: CompiledStateGraph, xray: int | bool) -> dict[str, Graph]:
    """The drawings of the subgraphs to open, without START and END where they would only be in the way."""
    if not xray:
        return {}
    deeper = xray if isinstance(xray, bool) else xray - 1
    opened = {}
    for name, subgraph in subgraphs(graph):
        inside = draw(subgraph, deeper)
        inside.trim_first_node()
        inside.trim_last_node()
        if inside.nodes:
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
    prebuilt = sys.modules.get("stepgraph.prebuilt.tool_node")
    if prebuilt is not None and isinstance(spec.action, prebuilt.ToolNode):
        metadata["__tools"] = list(spec.action.tools_by_name)
    return metadata or None


# -- subgraphs


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
