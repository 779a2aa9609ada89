"""What a node's code calls: nothing declares it, a run shows it, and it is drawn from then on.

A graph is drawn inside its caller. A task of the functional API belongs to the same graph as its caller, and
stands beside it: a learnt edge leads there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from stepscope.model.topology import EdgeShape, NodeKey, NodeShape, Topology


def with_called(topology: Topology, key: NodeKey, called: Topology) -> Topology:
    """The graph with another one drawn inside a node whose code calls it.

    What several graphs have in common that one node calls is drawn once. Nothing changes where there is no
    such node, or where the node is a declared subgraph.
    """
    node = topology.nodes.get(key)
    if node is None or node.kind in ("start", "end") or (topology.children(key) and not node.is_caller):
        return topology
    nodes = {**topology.nodes, key: replace(node, kind="subgraph", is_caller=True)}
    for inner in called.nodes.values():
        nodes.setdefault((*key, *inner.key), replace(inner, key=(*key, *inner.key)))
    inner_edges = (
        replace(edge, source=(*key, *edge.source), target=(*key, *edge.target)) for edge in called.edges
    )
    known = set(topology.edges)
    edges = (*topology.edges, *(edge for edge in inner_edges if edge not in known))
    reducers = {(*key, *graph): names for graph, names in called.reducers.items()}
    return Topology(nodes, edges, {**reducers, **topology.reducers})


def without_called(topology: Topology, key: NodeKey) -> Topology:
    """The graph as it was before it was known what a node's code calls."""
    node = topology.nodes.get(key)
    if node is None or not node.is_caller:
        return topology
    nodes = {each: shape for each, shape in topology.nodes.items() if not _is_inside(each, key)}
    nodes[key] = replace(node, kind="node", is_caller=False)
    edges = tuple(edge for edge in topology.edges if not _is_inside(edge.source, key))
    reducers = {graph: names for graph, names in topology.reducers.items() if graph[: len(key)] != key}
    return Topology(nodes, edges, reducers)


def with_task(topology: Topology, key: NodeKey, callers: Collection[NodeKey]) -> Topology:
    """The graph with a task that was called while these nodes ran; itself, where it is not known by whom.

    A task that another task calls is drawn like those that the node itself calls: no event tells them apart.
    """
    callers = [each for each in callers if each in topology.nodes and topology.nodes[each].kind != "task"]
    if key in topology.nodes or len(callers) != 1:
        return topology
    edge = EdgeShape(callers[0], key, conditional=True, kind="learnt")
    nodes = {**topology.nodes, key: NodeShape(key, key[-1], "task")}
    return Topology(nodes, (*topology.edges, edge), topology.reducers)


def as_seen_in(topology: Topology, earlier: Topology) -> Topology:
    """A graph that was read again, with all that runs of the earlier reading have shown its nodes to call."""
    callers = (key for key, node in earlier.nodes.items() if node.is_caller)
    for key in sorted(callers, key=len):  # what is called in a called graph comes with that one
        topology = with_called(topology, key, _inside(earlier, key))
    for edge in earlier.edges:
        if earlier.nodes[edge.target].kind == "task":
            topology = with_task(topology, edge.target, [edge.source])
    return topology


def _inside(topology: Topology, key: NodeKey) -> Topology:
    """The graph that is drawn inside a node, by itself."""
    depth = len(key)
    nodes = {
        each[depth:]: replace(shape, key=each[depth:])
        for each, shape in topology.nodes.items()
        if _is_inside(each, key)
    }
    edges = tuple(
        replace(edge, source=edge.source[depth:], target=edge.target[depth:])
        for edge in topology.edges
        if _is_inside(edge.source, key)
    )
    reducers = {graph[depth:]: names for graph, names in topology.reducers.items() if graph[:depth] == key}
    return Topology(nodes, edges, reducers)


def _is_inside(key: NodeKey, around: NodeKey) -> bool:
    return len(key) > len(around) and key[: len(around)] == around
