"""What belongs to one node: those that an edge joins to it, what is in it, and the frames around them."""

from __future__ import annotations

from stepscope.model.topology import EdgeShape, NodeKey, Topology


def neighbourhood(topology: Topology, key: NodeKey, learnt: tuple[EdgeShape, ...] = ()) -> set[NodeKey]:
    """The node and all that is to be seen with it, `learnt` edges counting as those that are declared."""
    near = {key}
    for edge in (*topology.edges, *learnt):
        if edge.source == key:
            near.add(edge.target)
        elif edge.target == key:
            near.add(edge.source)
    inside = {node for node in topology.nodes if len(node) > len(key) and node[: len(key)] == key}
    around = {each[:length] for each in near for length in range(1, len(each))}
    return near | inside | around


def is_near(edge: EdgeShape, key: NodeKey) -> bool:
    """Whether an edge is one of the node's own, or lies inside it."""
    return key in (edge.source, edge.target) or edge.source[: len(key)] == key
