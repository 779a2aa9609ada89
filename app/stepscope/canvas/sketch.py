"""What a graph is written down from as text: its shape, how each node stands and which ways were taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stepscope.model.layout import Direction
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.model.topology import EdgeShape, NodeKey, NodeShape, Topology

NAMELESS = "(no name)"
"""What stands in place of a name of blanks."""


@dataclass(frozen=True)
class Sketch:
    """`direction` is where the graph flows, `runs` counts a node's tasks, `taken` how often a way was.

    Without a run nothing has run and nothing was taken.
    """

    topology: Topology
    phases: Mapping[NodeKey, Phase] = field(default_factory=dict)
    runs: Mapping[NodeKey, int] = field(default_factory=dict)
    taken: Mapping[EdgeShape, int] = field(default_factory=dict)
    direction: Direction = "down"

    @staticmethod
    def of(state: RunState, direction: Direction = "down") -> Sketch:
        """A graph as its run has left it, or has it now."""
        nodes = [node for node in state.nodes.values() if node.key in state.topology.nodes]
        known = dict.fromkeys((*state.topology.edges, *state.taken))
        edges = tuple(edge for edge in known if {edge.source, edge.target} <= state.topology.nodes.keys())
        return Sketch(
            Topology(state.topology.nodes, edges),
            {node.key: node.phase for node in nodes if node.phase is not Phase.IDLE},
            {node.key: node.runs for node in nodes if node.runs > 1},
            dict(state.taken),
            direction,
        )

    def identifiers(self) -> dict[NodeKey, str]:
        """A short name for each node that no language of graphs minds."""
        return {key: f"n{number}" for number, key in enumerate(self.topology.nodes)}

    def caption(self, node: NodeShape) -> tuple[str, ...]:
        """The lines on a node: its name, and how often it ran if more than once."""
        name = node.kind.upper() if node.kind in ("start", "end") else _tidy(node.name) or NAMELESS
        count = self.runs.get(node.key)
        return (name, f"×{count}") if count else (name,)

    def label(self, edge: EdgeShape) -> str:
        """The words on a way: its choice, and how often it was taken if more than once."""
        count = self.taken.get(edge, 0)
        told = (_tidy(edge.label or ""), f"×{count}" if count > 1 else "")
        return " ".join(filter(None, told))

    def stands(self) -> Iterator[tuple[Phase, list[NodeKey]]]:
        """The nodes that have run, by how they stand."""
        for phase in Phase:
            keys = [key for key, at in self.phases.items() if at is phase]
            if keys:
                yield phase, keys


def _tidy(text: str) -> str:
    """Text in one line, without the signs that the readers of graphs stumble over."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
