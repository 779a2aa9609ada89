"""From a builder's nodes, edges and paths to the form that a run needs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from stepgraph.constants import END, START
from stepgraph.graph.branches import Branch, BranchSpec
from stepgraph.graph.node_policies import effective_policies
from stepgraph.graph.nodes import Barrier, Node, NodeSpec
from stepgraph.graph.schema import Schema
from stepgraph.pregel.superstep import Topology

if TYPE_CHECKING:
    from stepgraph.graph.state_graph import StateGraph


def make_topology(builder: StateGraph[Any]) -> Topology:
    """What the runs of a graph share; a later change to the builder does not touch it."""
    ways = _Ways(builder)
    nodes = {START: _start_node(builder, ways)}
    for spec in builder.nodes.values():
        nodes[spec.name] = _node(builder, spec, ways)
    channels = dict(builder.channels)
    ephemeral = tuple(key for key, channel in channels.items() if channel.ephemeral)
    barriers = tuple(barrier for barrier in builder.barriers if barrier.target != END)
    return Topology(channels, nodes, frozenset(builder.input.channels), ephemeral, barriers)


class _Ways:
    """What leads out of each node, and in; gathered once, so that a node more costs no look at all others."""

    def __init__(self, builder: StateGraph[Any]) -> None:
        self.successors: dict[str, list[str]] = defaultdict(list)
        self.barriers: dict[str, list[Barrier]] = defaultdict(list)
        self.waits_for: dict[str, list[Barrier]] = defaultdict(list)
        for source, target in sorted(builder.edges):
            if target != END:
                self.successors[source].append(target)
        for barrier in builder.barriers:
            self.waits_for[barrier.target].append(barrier)
            if barrier.target != END:
                for source in dict.fromkeys(barrier.sources):
                    self.barriers[source].append(barrier)


def _start_node(builder: StateGraph[Any], ways: _Ways) -> Node:
    branches = _branches(builder, START, builder.state)
    return Node(START, None, builder.input.read, tuple(ways.successors[START]), branches=branches)


def _node(builder: StateGraph[Any], spec: NodeSpec, ways: _Ways) -> Node:
    waits_for = tuple(ways.waits_for[spec.name])
    return Node(
        spec.name,
        spec.call,
        spec.input_schema.read,
        tuple(ways.successors[spec.name]),
        tuple(ways.barriers[spec.name]),
        _branches(builder, spec.name, spec.input_schema),
        waits_for,
        tuple(sorted([f"branch:to:{spec.name}", *(barrier.name for barrier in waits_for)])),
        spec.metadata,
        spec.defer,
        spec.action,
        policies=effective_policies(spec, builder.defaults),
    )


def _branches(builder: StateGraph[Any], source: str, schema: Schema) -> tuple[Branch, ...]:
    return tuple(_branch(builder, source, spec, schema) for spec in builder.branches.get(source, {}).values())


def _branch(builder: StateGraph[Any], source: str, spec: BranchSpec, schema: Schema) -> Branch:
    """`schema` is what the source node reads: a path without annotations gets the same kind of object."""
    if spec.input_schema is not None:
        return Branch(source, spec.call, spec.ends, spec.input_schema.read, sees_returned=False)
    return Branch(source, spec.call, spec.ends, schema.read, sees_returned=True)
