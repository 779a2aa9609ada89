"""Which edges a running graph took: inferred, because no event tells it.

A task's triggers are all the channels its node listens to, not those that fired, so they only tell a
`Send` and the members of a barrier. What is known besides is which node started and finished in which
superstep. From that:

- A plain edge is taken when its target starts and its source has finished since an edge last started
  the target (later than the superstep just before only when the target is a deferred node).
- The edges of a barrier are taken when that is true of all its members.
- A conditional edge is taken when its target starts and its source finished in the superstep before.
  Two reasons to start at once cannot be told apart: then both edges count as taken.
- START has finished in the superstep before a graph's first.
- An edge to END is taken when the graph ends, if its source has finished and, for a conditional edge,
  the source's last superstep led along no other conditional edge. An undeclared one is taken only when its
  source finished in the last superstep of all.
- A node that starts though no known edge has led to it was led to by what is not declared: an edge is learnt
  from each open node that finished in the superstep before; else from the one node that ran in it, if it was
  one alone. START is never taken for the source unless it is open: a run that goes on starts anywhere.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from stepscope.model.topology import END, START, EdgeShape, NodeKey, Topology

SEND_TRIGGER = "__pregel_push"
"""The trigger of a task that a `Send` started."""

JOIN_TRIGGER = "join:"
"""How the trigger of a barrier begins: ``join:a+b:target``."""


def edges_by_target(topology: Topology) -> dict[NodeKey, list[EdgeShape]]:
    """The edges into each node that has any."""
    edges: dict[NodeKey, list[EdgeShape]] = {}
    for edge in topology.edges:
        edges.setdefault(edge.target, []).append(edge)
    return edges


class Path:
    """The path through one running graph; `prefix` is its key, `first_step` that of its first superstep."""

    def __init__(
        self,
        edges_into: Mapping[NodeKey, Sequence[EdgeShape]],
        prefix: NodeKey,
        first_step: int,
        open_nodes: Container[NodeKey] = (),
    ) -> None:
        self._edges_into = edges_into
        self._prefix = prefix
        self._open_nodes = open_nodes
        start = (*prefix, START)
        # All numbers are supersteps.
        self._finished: dict[NodeKey, int] = {start: first_step - 1}  # in which a node last finished
        self._began: dict[NodeKey, int] = {}  # in which a node last started
        self._moved: dict[NodeKey, int] = {}  # in which a person said where a node leads
        self._pulled: dict[NodeKey, int] = {}  # in which an edge last started a node
        self._joined: dict[str, int] = {}  # in which a barrier last let its target start
        self._chosen: dict[NodeKey, int] = {}  # after which a conditional edge of a node was last taken

    def started(self, key: NodeKey, step: int, triggers: Sequence[str]) -> list[EdgeShape]:
        """A task of a node has started: the edges that led to it."""
        is_sent = SEND_TRIGGER in triggers
        through, members = self._barriers(step, triggers)
        since = self._pulled.get(key, -1)
        taken = []
        for edge in self._edges_into.get(key, ()):
            finished = self._finished.get(edge.source)
            if finished is None:
                continue
            if edge.conditional:
                is_taken = finished == step - 1
                if is_taken:
                    self._chosen[edge.source] = finished
            elif edge.source in members:
                is_taken = edge.source in through
            else:
                is_taken = not is_sent and finished >= since
            if is_taken:
                taken.append(edge)
        if not is_sent:
            self._pulled[key] = step
        if not taken and not members:
            taken = self._learnt(key, step)
        self._began[key] = step
        return taken

    def finished(self, key: NodeKey, step: int) -> None:
        """A task of a node has finished well."""
        self._finished[key] = step

    def moved(self, key: NodeKey, step: int) -> None:
        """A person has said where a task of a node leads: that tells nothing about the graph."""
        self._moved[key] = step

    def ended(self) -> list[EdgeShape]:
        """The graph has ended well: the edges that led to its END."""
        return [
            edge
            for edge in self._edges_into.get((*self._prefix, END), ())
            if edge.source in self._finished
            and (edge.kind != "undeclared" or self._finished[edge.source] == max(self._finished.values()))
            and not (edge.conditional and self._chosen.get(edge.source) == self._finished[edge.source])
        ]

    def _learnt(self, key: NodeKey, step: int) -> list[EdgeShape]:
        """The edges that are not declared and must have led to a node."""
        before = [source for source, finished in self._finished.items() if finished == step - 1]
        sources = [source for source in before if source in self._open_nodes]
        if not sources:
            ran = [source for source, began in self._began.items() if began == step - 1]
            sources = [source for source in before if ran == [source]]
        return [
            EdgeShape(source, key, conditional=True, kind="learnt")
            for source in sources
            if self._moved.get(source) != step - 1
        ]

    def _barriers(self, step: int, triggers: Sequence[str]) -> tuple[set[NodeKey], set[NodeKey]]:
        """The sources whose barrier has just opened, and those of all barriers among the triggers."""
        through: set[NodeKey] = set()
        members: set[NodeKey] = set()
        for trigger in triggers:
            if not trigger.startswith(JOIN_TRIGGER):
                continue
            names = trigger[len(JOIN_TRIGGER) :].rpartition(":")[0].split("+")
            sources = {(*self._prefix, name) for name in names}
            members |= sources
            since = self._joined.get(trigger, 0)
            if all(self._finished.get(source, -1) >= since for source in sources):
                self._joined[trigger] = step
                through |= sources
        return through, members
