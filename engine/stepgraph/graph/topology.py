"""From a builder's nodes, edges and paths to the form that a run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepgraph.constants import END, START
from stepgraph.graph.branches import Branch, BranchSpec
from stepgraph.graph.nodes import Node, NodeSpec
from stepgraph.graph.schema import Schema, reader
from stepgraph.pregel.superstep import Topology

if TYPE_CHECKING:
    from stepgraph.graph.state_graph import StateGraph


def make_topology(builder: StateGraph[Any]) -> Topology:
    """What the runs of a graph share; a later change to the builder does not touch it."""
    nodes = {START: _start_node(builder)}
    for spec in builder.nodes.values():
        nodes[spec.name] = _node(builder, spec)
    channels = dict(builder.channels)
    ephemeral = tuple(key for key, channel in channels.items() if channel.ephemeral)
    return Topology(channels, nodes, frozenset(builder.input_schema.channels), ephemeral)


def _start_node(builder: StateGraph[Any]) -> Node:
    branches = _branches(builder, START, builder.state_schema)
    return Node(START, None, reader(builder.input_schema), _successors(builder, START), branches=branches)


def _node(builder: StateGraph[Any], spec: NodeSpec) -> Node:
    waits_for = tuple(barrier for barrier in builder.barriers if barrier.target == spec.name)
    return Node(
        spec.name,
        spec.call,
        reader(spec.input_schema),
        _successors(builder, spec.name),
        tuple(b for b in builder.barriers if spec.name in b.sources and b.target != END),
        _branches(builder, spec.name, spec.input_schema),
        waits_for,
        tuple(sorted([f"branch:to:{spec.name}", *(barrier.name for barrier in waits_for)])),
        spec.metadata,
        spec.defer,
        spec.action,
    )


def _successors(builder: StateGraph[Any], source: str) -> tuple[str, ...]:
    return tuple(sorted(target for start, target in builder.edges if start == source and target != END))


def _branches(builder: StateGraph[Any], source: str, schema: Schema) -> tuple[Branch, ...]:
    return tuple(_branch(builder, source, spec, schema) for spec in builder.branches.get(source, {}).values())


def _branch(builder: StateGraph[Any], source: str, spec: BranchSpec, schema: Schema) -> Branch:
    """`schema` is what the source node reads: a path without annotations gets the same kind of object."""
    if spec.input_schema is not None:
        return Branch(source, spec.call, spec.ends, reader(spec.input_schema), sees_returned=False)
    return Branch(source, spec.call, spec.ends, reader(schema), sees_returned=True)
