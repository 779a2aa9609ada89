"""A graph as far as the source tells it: what was added to a builder, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

START, END = "__start__", "__end__"


class TooLong(Exception):
    """A source says more than is read, or more than is drawn."""


Ends = tuple[tuple[str, "str | None"], ...]
"""Where something may lead, each with the label that is shown on the way."""

Kind = Literal["node", "edge", "path", "helper", "condition"]


@dataclass(frozen=True)
class Gap:
    """Something of a graph that only running can tell, and where it stands.

    Of a "path", `name` is where it starts from; of a "helper" (a function that is handed the graph and may
    add to it), what it is called.
    """

    kind: Kind
    line: int
    name: str = ""


@dataclass(frozen=True)
class Way:
    """A drawn edge. `label` is shown where it says more than the target's name."""

    source: str
    target: str
    conditional: bool = False
    label: str | None = None


@dataclass(frozen=True)
class Node:
    """One node: what runs in it, where its Commands may lead, what the drawing shows besides."""

    action: Any
    ends: Ends = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Draft:
    """What has been added so far. `state` is the class of what goes in; `ways` replaces all edges at once."""

    engine: str = ""
    state: Any = None
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)
    joins: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    branches: dict[str, list[Ends]] = field(default_factory=dict)
    gaps: dict[Gap, None] = field(default_factory=dict)
    ways: tuple[Way, ...] | None = None

    def miss(self, kind: Kind, line: int, name: str = "") -> None:
        """Note what could not be read; of one place it is noted once, however often it is passed."""
        self.gaps[Gap(kind, line, name)] = None

    @property
    def is_complete(self) -> bool:
        """True when every node and every edge could be read."""
        return not any(gap.kind in ("node", "edge", "helper") for gap in self.gaps)
