"""Refuses graphs that cannot work, at the latest at compile(), saying where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from stepgraph.constants import END, NAMESPACE_END, NAMESPACE_SEPARATOR, START
from stepgraph.errors import InvalidGraph, UnknownNode, did_you_mean, listing
from stepgraph.types import Durability

if TYPE_CHECKING:
    from stepgraph.graph.state_graph import StateGraph


def check_new_node(name: str, known: Iterable[str]) -> None:
    """Raise InvalidGraph for a name that a node cannot have."""
    if name in known:
        raise InvalidGraph(
            f"Node {name!r} already present. Give the second one a name of its own: add_node('name', fn)."
        )
    if name in (START, END):
        raise InvalidGraph(
            f"Node {name!r} is reserved: every graph has its START and END already. Choose another name."
        )
    for sign in (NAMESPACE_SEPARATOR, NAMESPACE_END):
        if sign in name:
            raise InvalidGraph(
                f"Node {name!r} has {sign!r} in its name, which separates namespaces. Use '_' or '-'."
            )


def check_edge_ends(source: str, target: str) -> None:
    """Raise InvalidGraph for an edge out of END or into START."""
    if source == END:
        raise InvalidGraph(f"Edge END -> {target!r}: END cannot be a start node. A run is over there.")
    if target == START:
        raise InvalidGraph(
            f"Edge {source!r} -> START: START cannot be an end node. To loop, lead to the first node."
        )


def check_joined(sources: Iterable[str], target: str, known: Mapping[str, Any]) -> None:
    """Raise UnknownNode unless every node of a list edge was added before it."""
    for name in [*sources, target]:
        if name not in known and not (name == END and name == target):
            todo = f"Add it first: add_node({name!r}, ...). START cannot be waited for."
            raise UnknownNode(f"Edge {list(sources)!r} -> {target!r}", name, known, todo)


def check_known(where: str, names: Iterable[str], nodes: Iterable[str]) -> None:
    """Raise UnknownNode unless all these names are nodes'."""
    known = list(nodes)
    for name in names:
        if name not in known:
            raise UnknownNode(where, name, known)


def check_new_branch(source: str, name: str, known: Mapping[str, Any]) -> None:
    """Raise InvalidGraph when a node has a path of that name already."""
    if name in known:
        raise InvalidGraph(
            f"Branch with name {name!r} already exists for node {source!r}. Two paths of one node need two "
            "names: make the second a function with a name of its own."
        )


def check_graph(graph: StateGraph[Any]) -> None:
    """Raise InvalidGraph unless every edge and path joins two nodes, and START leads somewhere."""
    nodes = list(graph.nodes)
    for source, target in sorted(graph.edges):
        where = f"Edge {_shown(source)} -> {_shown(target)}"
        if source != START and source not in graph.nodes:
            raise UnknownNode(where, source, nodes, _constant(source, "START"))
        if target != END and target not in graph.nodes:
            raise UnknownNode(where, target, nodes, _constant(target, "END"))
    for source, branches in graph.branches.items():
        for branch in branches.values():
            where = f"The path {branch.name!r} of node {_shown(source)}"
            if source != START and source not in graph.nodes:
                raise UnknownNode(where, source, nodes)
            for target in (branch.ends or {}).values():
                if target != END and target not in graph.nodes:
                    raise UnknownNode(where, target, nodes, _constant(target, "END"))
    for spec in graph.nodes.values():
        for target in spec.ends or {}:
            if target != END and target not in graph.nodes:
                raise UnknownNode(f"A destination of node {spec.name!r}", target, nodes)
    if not any(source == START for source, _ in graph.edges) and not graph.branches.get(START):
        first = next(iter(nodes), "node")
        raise InvalidGraph(
            "Graph must have an entrypoint: add at least one edge from START to another node, for example "
            f"add_edge(START, {first!r})."
        )


def check_keys(keys: Iterable[str], known: Iterable[str]) -> None:
    """Raise ValueError for an output key that the state does not have."""
    names = list(known)
    for key in keys:
        if key not in names:
            hint = did_you_mean(key, names) or listing("Keys", names)
            raise ValueError(f"Key {key!r} in output_keys is not in the state. {hint}")


def _constant(name: str, constant: str) -> str:
    """What to do about a name that is one of the constants', in quotes."""
    if name.strip("_").upper() != constant:
        return ""
    return f"Write {constant} without quotes: from stepgraph.graph import {constant}."


def check_durability(durability: object) -> None:
    """Raise ValueError for a durability that there is not."""
    known = get_args(Durability)
    if durability not in known:
        hint = did_you_mean(durability, known) or listing("There are", known)
        raise ValueError(f"durability {durability!r} does not exist. {hint}")


def _shown(name: str) -> str:
    return {START: "START", END: "END"}.get(name, repr(name))
