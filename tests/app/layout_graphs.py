"""Graphs to lay out, written as arrows: `a>b`, conditional `a?b`, labelled `a?b:yes`, nested `t/a>t/b`."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from stepscope.model.topology import END, START, EdgeShape, NodeKey, NodeShape, Topology

_ENDS = {"S": START, "E": END}


def graph(arrows: Iterable[str], nodes: Iterable[str] = ()) -> Topology:
    """A topology from arrows; S and E are START and END, `nodes` come first."""
    keys: dict[NodeKey, None] = {}

    def key(path: str) -> NodeKey:
        found = tuple(_ENDS.get(name, name) for name in path.split("/"))
        for depth in range(1, len(found) + 1):
            keys.setdefault(found[:depth])
        return found

    for path in nodes:
        key(path)
    edges = []
    for arrow in arrows:
        ends, _, label = arrow.partition(":")
        source, target = ends.replace("?", ">").split(">")
        edges.append(EdgeShape(key(source), key(target), "?" in ends, label or None))
    parents = {found[:-1] for found in keys}
    return Topology({found: _shape(found, found in parents) for found in keys}, tuple(edges))


def _shape(key: NodeKey, is_parent: bool) -> NodeShape:
    if key[-1] == START:
        return NodeShape(key, START, "start")
    if key[-1] == END:
        return NodeShape(key, END, "end")
    return NodeShape(key, key[-1], "subgraph" if is_parent else "node")


def size(node: NodeShape) -> tuple[float, float]:
    return (36, 36) if node.kind in ("start", "end") else (max(96, 8 * len(node.name) + 32), 44)


def label_sizes(topology: Topology) -> dict[int, tuple[float, float]]:
    return {index: (7 * len(edge.label) + 16, 20) for index, edge in enumerate(topology.edges) if edge.label}


@st.composite
def topologies(draw: st.DrawFn, depth: int = 2) -> Topology:
    """Any graph: cycles, self-loops, parallel edges, lonely nodes, with or without both ends, nested."""
    arrows: list[str] = []
    nodes: list[str] = []

    def grow(prefix: str, depth: int) -> None:
        names = [f"{prefix}n{number}" for number in range(draw(st.integers(0 if not prefix else 1, 9)))]
        if draw(st.booleans()):
            names = [f"{prefix}S", *names]
        if draw(st.booleans()):
            names.append(f"{prefix}E")
        nodes.extend(names)
        if not names:
            return
        one = st.sampled_from(names)
        kinds = st.sampled_from([">", "?"])
        labels = st.sampled_from(["", "", ":yes", ":not relevant"])
        for source, kind, target, label in draw(st.lists(st.tuples(one, kinds, one, labels), max_size=18)):
            arrows.append(source + kind + target + label)
        if depth:
            for name in names:
                if name[-1] not in "SE" and draw(st.integers(0, 5)) == 0:
                    grow(f"{name}/", depth - 1)

    grow("", depth)
    return graph(arrows, nodes)
