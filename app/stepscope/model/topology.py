"""The shape of a graph: its nodes, its subgraphs and the edges it declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import networkx

NodeKey = tuple[str, ...]
"""A node's path of names, outermost graph first: ``("researcher", "query")``."""

Namespace = tuple[str, ...]
"""Where a graph runs: ``"node:task_id"`` segments, outermost first; ``()`` is the root graph."""

NodeKind = Literal["start", "end", "node", "subgraph", "task"]
"""A task is one of the functional API: a function that a node's code calls."""

EdgeKind = Literal["declared", "undeclared", "learnt"]
"""Undeclared: drawn only because it is not known where else its source leads. Learnt: seen to be taken."""

START = "__start__"
END = "__end__"
_ENDS = {START: "START", END: "END"}


@dataclass(frozen=True)
class Source:
    """Where a node's function stands: its lines `line` to `last` of a file."""

    file: str
    line: int
    last: int
    function: str

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Source:
        return Source(str(plain["file"]), int(plain["line"]), int(plain["last"]), str(plain["function"]))


@dataclass(frozen=True)
class NodeShape:
    """One node as it is drawn. A subgraph's own nodes are its children: their keys begin with its key."""

    key: NodeKey
    name: str
    kind: NodeKind = "node"
    metadata: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    source: Source | None = None
    is_open: bool = False  # it may lead where nothing says
    doc: str = ""  # what its function says of itself, in short
    reads: str = ""  # the schema that it is given, in short
    inside: int = 0  # how many nodes are folded away in it
    is_caller: bool = False  # a run has shown that its code calls the graph that is drawn inside


@dataclass(frozen=True)
class EdgeShape:
    """A way from one node to a sibling; a conditional one may carry the label of its choice."""

    source: NodeKey
    target: NodeKey
    conditional: bool = False
    label: str | None = None
    kind: EdgeKind = "declared"


@dataclass(frozen=True)
class Topology:
    """All nodes at every depth, in the order of their declaration, and the edges between siblings.

    `reducers` are the names of what joins writes, by the key of each graph's node and that of its state.
    """

    nodes: Mapping[NodeKey, NodeShape]
    edges: tuple[EdgeShape, ...]
    reducers: Mapping[NodeKey, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def _children(self) -> dict[NodeKey, list[NodeShape]]:
        children: dict[NodeKey, list[NodeShape]] = {}
        for node in self.nodes.values():
            children.setdefault(node.key[:-1], []).append(node)
        return children

    @cached_property
    def _siblings(self) -> dict[NodeKey, list[tuple[int, EdgeShape]]]:
        siblings: dict[NodeKey, list[tuple[int, EdgeShape]]] = {}
        for index, edge in enumerate(self.edges):
            siblings.setdefault(edge.source[:-1], []).append((index, edge))
        return siblings

    def children(self, prefix: NodeKey = ()) -> list[NodeShape]:
        """The nodes of one graph: the root's for ``()``, a subgraph's for its key."""
        return self._children.get(prefix, [])

    def edges_in(self, prefix: NodeKey = ()) -> list[tuple[int, EdgeShape]]:
        """The edges of one graph, each with its index in `edges`."""
        return self._siblings.get(prefix, [])

    def graph(self, prefix: NodeKey = ()) -> networkx.MultiDiGraph[NodeKey]:
        """One graph as networkx sees it: node keys joined by edges whose key is their index in `edges`."""
        import networkx

        graph: networkx.MultiDiGraph[NodeKey] = networkx.MultiDiGraph()
        graph.add_nodes_from(node.key for node in self.children(prefix))
        for index, edge in self.edges_in(prefix):
            graph.add_edge(edge.source, edge.target, key=index, shape=edge)
        return graph

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Topology:
        """Read what the host sends: ``{"nodes": [{key, name, ...}], "edges": [{source, target, ...}]}``."""
        nodes = [
            NodeShape(
                tuple(node["key"]),
                node["name"],
                node["kind"],
                node.get("metadata") or {},
                Source.from_plain(node["source"]) if node.get("source") else None,
                bool(node.get("is_open")),
                str(node.get("doc", "")),
                str(node.get("reads", "")),
            )
            for node in plain["nodes"]
        ]
        edges = tuple(
            EdgeShape(
                tuple(edge["source"]),
                tuple(edge["target"]),
                edge["conditional"],
                edge.get("label"),
                edge.get("kind", "declared"),
            )
            for edge in plain["edges"]
        )
        reducers = {tuple(graph["graph"]): dict(graph["keys"]) for graph in plain.get("reducers", ())}
        return Topology({node.key: node for node in nodes}, edges, reducers)

    @staticmethod
    def from_columns(plain: Mapping[str, Any]) -> Topology:
        """The same, as it comes from another process: see `stepscope_host.serving.columns`."""
        keys: list[NodeKey] = []
        for name, around in zip(plain["names"], plain["around"], strict=True):
            keys.append((*keys[around], name) if around >= 0 else (name,))
        of, read = plain["nodes"], partial(_column, rows=len(keys))
        columns = (
            read(of["kind"]),
            read(of["metadata"], make=lambda found: found or {}),
            read(of["source"], make=lambda found: Source.from_plain(found) if found else None),
            read(of["is_open"], make=bool),
            read(of["doc"], make=_text),
            read(of["reads"], make=_text),
        )
        nodes = map(NodeShape, keys, plain["names"], *columns)
        ends, of = map(keys.__getitem__, plain["ends"]), plain["edges"]
        pairs = list(zip(ends, ends, strict=True))
        read = partial(_column, rows=len(pairs))
        is_choice, labels = read(of["conditional"]), read(of["label"])
        kinds = read(of["kind"], make=lambda found: found or "declared")
        edges = (EdgeShape(*pair, *more) for pair, *more in zip(pairs, is_choice, labels, kinds, strict=True))
        reducers = {tuple(graph["graph"]): dict(graph["keys"]) for graph in plain["reducers"]}
        return Topology({node.key: node for node in nodes}, tuple(edges), reducers)


def _column(
    plain: Mapping[str, Any] | None, rows: int, make: Callable[[Any], Any] = lambda found: found
) -> Iterable[Any]:
    """The values of a column, each made once of what was told."""
    if plain is None:
        return [make(None)] * rows
    each = [make(found) for found in plain["each"]]
    return [each[at] for at in plain["at"]]


def _text(found: Any) -> str:
    return str(found or "")


EMPTY = Topology({}, ())


def graph_key(namespace: Namespace) -> NodeKey:
    """The key of the node whose subgraph runs in this namespace; ``()`` for the root graph."""
    # A second call of a subgraph in one task adds a bare counter: that is the same node.
    return tuple(segment.partition(":")[0] for segment in namespace if not segment.isdigit())


def node_key(namespace: Namespace, name: str) -> NodeKey:
    """The key of a node that runs in a namespace."""
    return (*graph_key(namespace), name)


def name_text(name: str) -> str:
    """A node's name as a person reads it: the two ends are called as they are written in code."""
    return _ENDS.get(name, name)


def path_text(key: NodeKey) -> str:
    """A node's path as a person reads it: ``researcher › query``."""
    return " › ".join(map(name_text, key))
