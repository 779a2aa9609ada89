"""A graph's shape is the same when it has been sent in columns."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from tests.app.layout_graphs import topologies

from stepscope.model.topology import Topology
from stepscope_host.serving.columns import in_columns

PLAIN: dict[str, Any] = {
    "nodes": [
        {"key": ["a"], "name": "a", "kind": "subgraph", "metadata": {"defer": True}, "reads": "State: x"},
        {"key": ["a", "__start__"], "name": "__start__", "kind": "start", "metadata": {}},
        {
            "key": ["a", "b"],
            "name": "b",
            "kind": "node",
            "metadata": {},
            "source": {"file": "/f.py", "line": 3, "last": 5, "function": "b"},
            "doc": "What b does.",
            "is_open": True,
        },
    ],
    "edges": [
        {"source": ["a", "__start__"], "target": ["a", "b"], "conditional": False, "label": None},
        {
            "source": ["a", "b"],
            "target": ["a", "b"],
            "conditional": True,
            "label": "again",
            "kind": "undeclared",
        },
    ],
    "reducers": [{"graph": ["a"], "keys": {"log": "add"}}],
}


def sent(plain: dict[str, Any]) -> Topology:
    return Topology.from_columns(json.loads(json.dumps(in_columns(plain))))


def test_all_that_is_told_of_nodes_and_edges_arrives() -> None:
    assert sent(PLAIN) == Topology.from_plain(PLAIN)


@given(topologies())
def test_every_graph_arrives_as_it_is(topology: Topology) -> None:
    nodes = [{"key": list(key), "name": node.name, "kind": node.kind} for key, node in topology.nodes.items()]
    edges = [
        {"source": list(edge.source), "target": list(edge.target), "conditional": edge.conditional}
        | ({"label": edge.label} if edge.label else {})
        for edge in topology.edges
    ]
    found = sent({"nodes": nodes, "edges": edges})
    assert found == topology
    assert list(found.nodes) == list(topology.nodes)
