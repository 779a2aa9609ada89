"""Threads and their checkpoints as plain things."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepscope.model.events import Plain
from stepscope.model.topology import graph_key, path_text

START = "__start__"

Place = tuple[str, str]
"""Which checkpoint of a thread: the namespace of its graph, and its id."""


@dataclass(frozen=True)
class Thread:
    """A thread: what the person calls it, the words that it began with, when its newest checkpoint is of."""

    id: str
    title: str = ""
    words: str = ""
    when: float = 0.0
    steps: int = 0

    @property
    def name(self) -> str:
        """What to call it."""
        return self.title or self.words or f"Thread {self.id[:8]}"

    def told(self, now: float) -> str:
        """How long it is and how old."""
        steps = f"{self.steps} step" if self.steps == 1 else f"{self.steps} steps"
        return f"{steps} · {moment(self.when, now)}"


@dataclass(frozen=True)
class Beneath:
    """A subgraph's history beneath the checkpoint that it began at; without a namespace, that of several."""

    began_at: Place
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint of a thread: what made it, and which nodes are due after it."""

    id: str
    parent: str = ""
    step: int = -1
    source: str = ""
    when: float = 0.0
    next: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    asks: int = 0
    namespace: str = ""
    inside: tuple[Beneath, ...] = ()

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Checkpoint:
        place = plain["namespace"], plain["id"]
        subgraphs = [task for task in plain["tasks"] if task["namespace"]]
        names = [task["name"] for task in subgraphs]
        return Checkpoint(
            plain["id"],
            plain["parent"],
            plain["step"],
            plain["source"],
            plain["when"],
            tuple(plain["next"]),
            tuple(plain["writers"]),
            len(plain["interrupts"]),
            plain["namespace"],
            tuple(
                Beneath(place, task["namespace"], f"{names[at]} #{at + 1}" if len(names) > 1 else names[at])
                for at, task in enumerate(subgraphs)
            ),
        )

    @property
    def place(self) -> Place:
        return self.namespace, self.id

    @property
    def graph(self) -> str:
        """What the subgraph is called whose checkpoint it is, "" for the outermost graph."""
        return path_text(graph_key(tuple(self.namespace.split("|")))) if self.namespace else ""

    @property
    def beneath(self) -> Beneath | None:
        """What can be unfolded beneath it: a subgraph's history, or the list of those of several."""
        return Beneath(self.place) if len(self.inside) > 1 else next(iter(self.inside), None)

    @property
    def made_by(self) -> str:
        """What it is the state after."""
        nodes = ", ".join(name for name in self.writers if name != START)
        match self.source:
            case "input":
                return "input"
            case "update":
                return f"edited as {nodes}" if nodes else "edited"
            case "fork":
                return "forked"
        return nodes or "begin"

    @property
    def words(self) -> str:
        """What it is the state of, as a sentence."""
        match self.source:
            case "input":
                return "The input, before it was taken in."
            case "update" | "fork":
                return f"{self.made_by.capitalize()} from the checkpoint before it."
        return f"After {self.made_by}." if self.writers else "Before the first node."

    @property
    def leads_to(self) -> str:
        """What comes after it: the nodes that are due, or a question that they ask."""
        counts = Counter(name for name in self.next if name != START)
        due = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in counts.items())
        return f"{due} asks" if self.asks and due else due


@dataclass(frozen=True)
class Edited:
    """A state as a person wants it saved: after which checkpoint of which graph, as which node."""

    checkpoint: str
    namespace: str
    values: Plain
    as_node: str


@dataclass(frozen=True)
class Looked:
    """A checkpoint that is looked at: the `place`th of `count` in its graph's history, from the oldest."""

    thread: str
    checkpoint: Checkpoint
    place: int
    count: int
    values: Plain
    before: Plain
    has_parent: bool

    def __str__(self) -> str:
        of = f" of {self.checkpoint.graph}" if self.checkpoint.namespace else ""
        return f"checkpoint {self.place} of {self.count}{of}"


def moment(when: float, now: float) -> str:
    """A time of today, or a day."""
    then, today = time.localtime(when), time.localtime(now)
    is_today = then[:3] == today[:3]
    return time.strftime("%H:%M" if is_today else "%d %b %Y", then)
