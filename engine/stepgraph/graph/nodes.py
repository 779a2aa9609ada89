"""A node, as its author added it and as the compiled graph runs it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stepgraph.graph.branches import Branch
from stepgraph.graph.calls import Call
from stepgraph.graph.schema import Reader, Schema
from stepgraph.policies import Policies, TimeoutPolicy

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph


@dataclass(frozen=True)
class NodeSpec:
    """A node as it was added. `ends` are drawn, with their labels, and have no effect on a run.

    A node that `is_handler` is there to take over when another one fails.
    """

    name: str
    action: Any
    call: Call
    input_schema: Schema
    metadata: Mapping[str, Any] | None = None
    defer: bool = False
    ends: Mapping[str, str | None] | None = None
    policies: Policies | None = None
    is_handler: bool = False


@dataclass(frozen=True)
class Barrier:
    """A list edge: `target` is due once every one of `sources` has run."""

    sources: tuple[str, ...]
    target: str

    @property
    def name(self) -> str:
        """The channel that says in a checkpoint who has arrived."""
        return f"join:{'+'.join(self.sources)}:{self.target}"

    @functools.cached_property
    def size(self) -> int:
        """How many have to arrive; a source that is named twice comes once."""
        return len(set(self.sources))


@dataclass(frozen=True, eq=False)
class Node:
    """A node as it runs.

    `call` is None for START, which copies the input. `successors`, `barriers` and `branches` lead out of
    the node; `waits_for` are the barriers that lead in. `writes` is what a return value writes, where
    that is no update of a state. `policies` is None for a node that has none: it is then run without a
    further look.
    """

    name: str
    call: Call | None
    read: Reader
    successors: tuple[str, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    branches: tuple[Branch, ...] = ()
    waits_for: tuple[Barrier, ...] = ()
    triggers: tuple[str, ...] = ()
    metadata: Mapping[str, Any] | None = None
    defer: bool = False
    action: Any = None
    writes: Callable[[Any], list[tuple[str, Any]]] | None = None
    policies: Policies | None = None

    def within(self, timeout: TimeoutPolicy) -> Node:
        """The same node under another timeout."""
        return replace(self, policies=replace(self.policies or Policies(), timeout=timeout))

    def without_exits(self) -> Node:
        """The same node, leading nowhere."""
        return replace(self, successors=(), barriers=(), branches=())

    @functools.cached_property
    def subgraph(self) -> CompiledStateGraph | None:
        """The graph that the node is, or that its function calls."""
        from stepgraph.graph.nested import find_graph

        return find_graph(self.action)
