"""The shape of a graph as the wire carries it: in columns, where what many nodes have in common is said once.

That is a fifth of the text. To decode ten thousand nodes one by one, the window would stand still for a tenth
of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def in_columns(shape: dict[str, Any]) -> dict[str, Any]:
    """As `Topology.from_columns` reads it.

    ``names`` of nodes, ``around`` each the number of the node that it is in, or -1, ``ends`` of edges by the
    numbers of their nodes, and a column for everything else.
    """
    nodes, edges = shape["nodes"], shape["edges"]
    number = {tuple(node["key"]): at for at, node in enumerate(nodes)}
    number[()] = -1
    return {
        "names": [node["name"] for node in nodes],
        "around": [number[tuple(node["key"][:-1])] for node in nodes],
        "nodes": {
            name: _column(node.get(name) or None for node in nodes)
            for name in ("kind", "metadata", "source", "is_open", "doc", "reads")
        },
        "ends": [number[tuple(edge[end])] for edge in edges for end in ("source", "target")],
        "edges": {
            name: _column(edge.get(name) for edge in edges) for name in ("conditional", "label", "kind")
        },
        "reducers": shape.get("reducers", []),
    }


def _column(values: Iterable[Any]) -> dict[str, list[Any]] | None:
    """``each`` of the values, and ``at`` which of them every row has; nothing when there are none."""
    numbers: dict[int, int] = {}
    each: list[Any] = []
    at = []
    for value in values:
        if id(value) not in numbers:
            numbers[id(value)] = len(each)
            each.append(value)
        at.append(numbers[id(value)])
    return {"each": each, "at": at} if any(value is not None for value in each) else None
