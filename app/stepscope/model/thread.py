"""Threads and their checkpoints as plain things, and how a history with forks is drawn as rows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stepscope.model.events import Plain

START = "__start__"


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

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Checkpoint:
        return Checkpoint(
            plain["id"],
            plain["parent"],
            plain["step"],
            plain["source"],
            plain["when"],
            tuple(plain["next"]),
            tuple(plain["writers"]),
            len(plain["interrupts"]),
        )

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
        due = ", ".join(name for name in self.next if name != START)
        return f"{due} asks" if self.asks and due else due


@dataclass(frozen=True)
class Edited:
    """A state as a person wants it saved: after which checkpoint, in which graph, as which node."""

    checkpoint: str
    namespace: str
    values: Plain
    as_node: str


@dataclass(frozen=True)
class Looked:
    """A checkpoint that is looked at: the `place`th of `count` in its thread, from the oldest."""

    thread: str
    checkpoint: Checkpoint
    place: int
    count: int
    values: Plain
    before: Plain
    has_parent: bool

    def __str__(self) -> str:
        return f"checkpoint {self.place} of {self.count}"


@dataclass(frozen=True)
class HistoryRow:
    """One row of a history: in which lane its dot is, and which lines go through, join it and leave it."""

    checkpoint: Checkpoint
    lane: int
    is_led_to: bool  # a line comes from above, in its own lane
    through: tuple[int, ...]
    joins: tuple[int, ...]  # lanes of forks that began here, and end in its dot
    leads_down: bool  # its line goes on to the checkpoint that it came of

    @property
    def lanes(self) -> int:
        """How many lanes there must be room for."""
        return max(self.lane, *self.through, *self.joins, 0) + 1


def history_rows(checkpoints: Iterable[Checkpoint]) -> list[HistoryRow]:
    """Checkpoints, the newest first, each in a lane: those of the newest line are in the first one."""
    listed = list(checkpoints)
    known = {each.id for each in listed}
    awaited: list[str] = []  # by lane, the checkpoint that its line leads to; "" for a lane that is free
    rows = []
    for each in listed:
        mine = [lane for lane, id in enumerate(awaited) if id == each.id]
        lane = mine[0] if mine else next((free for free, id in enumerate(awaited) if not id), len(awaited))
        if lane == len(awaited):
            awaited.append("")
        for other in mine:
            awaited[other] = ""
        through = tuple(other for other, id in enumerate(awaited) if id and other != lane)
        awaited[lane] = each.parent if each.parent in known else ""
        rows.append(HistoryRow(each, lane, bool(mine), through, tuple(mine[1:]), bool(awaited[lane])))
    return rows


def moment(when: float, now: float) -> str:
    """A time of today, or a day."""
    then, today = time.localtime(when), time.localtime(now)
    is_today = then[:3] == today[:3]
    return time.strftime("%H:%M" if is_today else "%d %b %Y", then)
