"""Subgraphs that are folded: each is one node, and what is inside it is not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from stepscope.model.topology import NodeKey, Topology


def folded(topology: Topology, keys: Collection[NodeKey]) -> Topology:
    """The graph without what is inside these subgraphs; each of them says how many nodes that is."""
    if not keys:
        return topology
    hidden = {key: around for key in topology.nodes if (around := seen(key, keys)) != key}
    if not hidden:
        return topology
    inside = Counter(
        around for key, around in hidden.items() if topology.nodes[key].kind not in ("start", "end")
    )
    nodes = {
        key: replace(node, inside=inside[key]) if key in inside else node
        for key, node in topology.nodes.items()
        if key not in hidden
    }
    edges = tuple(edge for edge in topology.edges if edge.source not in hidden and edge.target not in hidden)
    return Topology(nodes, edges, topology.reducers)


def seen(key: NodeKey, keys: Collection[NodeKey]) -> NodeKey:
    """What is seen in place of a node: the outermost folded subgraph around it, or the node itself."""
    for depth in range(1, len(key)):
        if key[:depth] in keys:
            return key[:depth]
    return key
