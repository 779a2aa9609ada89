"""What each item shows: the state of the run in, frozen looks out. No Qt here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from stepscope.model import inspection
from stepscope.model.breakpoint import Sign
from stepscope.model.duration import duration
from stepscope.model.message import Message
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.run_state import NodeState, RunState, TaskState
from stepscope.model.topology import EdgeShape, NodeKey

WORDS = {
    Phase.IDLE: "has not run",
    Phase.HELD: "held",
    Phase.RUNNING: "running",
    Phase.DONE: "done",
    Phase.FAILED: "failed",
    Phase.STOPPED: "stopped",
}
"""A phase as it is said in a tooltip and to a screen reader."""

_RUN_SENTENCES = {
    RunPhase.IDLE: "The graph has not run.",
    RunPhase.RUNNING: "The run goes on.",
    RunPhase.PAUSED: "The run is paused.",
    RunPhase.FINISHED: "The run has finished.",
    RunPhase.FAILED: "The run has failed.",
    RunPhase.STOPPED: "The run was stopped.",
    RunPhase.INTERRUPTED: "The run waits for an answer.",
}

SHORT = 0.1
"""Seconds below which no elapsed time is told: it would stand still until the clock is next looked at."""

MOST_NAMES = 3
"""How many nodes a sentence names before it only counts the rest."""


@dataclass(frozen=True, slots=True)
class NodeLook:
    """One node or subgraph: `facts` is its second line, `runs` its count (``×2``), `story` its tooltip.

    `is_by_hand` when the person has done something to one of its tasks in this run.
    """

    phase: Phase = Phase.IDLE
    facts: str = ""
    runs: str = ""
    story: str = ""
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class BreakLook:
    """The breakpoints of one node: their mark, and in words what they do."""

    sign: Sign
    words: str


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """One edge: how often it was taken."""

    taken: int = 0


@dataclass(frozen=True, slots=True)
class BandLook:
    """The superstep that runs now: the nodes of its tasks, and in words who has arrived."""

    nodes: tuple[NodeKey, ...]
    caption: str


class Looks:
    """Answers what to show of one run. `now` is in seconds since the epoch, as in the events."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._messages: dict[NodeKey, Message] = {}
        self._fans: dict[NodeKey, list[TaskState]] = {}  # a node's tasks of the superstep it last ran in
        self._noted = 0  # how many tasks of the run are in there, or were

    def note_messages(self, ids: Iterable[str]) -> None:
        """Remember the newest message of each node: its speed is one of the node's facts."""
        for message_id in ids:
            message = self._state.messages.get(message_id)
            if message is not None:
                self._messages[message.key] = message

    def note_tasks(self) -> None:
        """Sort in the tasks that have started since the last time: one node may have many in a superstep."""
        tasks = self._state.tasks
        new = list(islice(reversed(tasks.values()), len(tasks) - self._noted))
        self._noted = len(tasks)
        for task in reversed(new):
            fan = self._fans.get(task.key)
            if fan and (fan[0].namespace, fan[0].step) == (task.namespace, task.step):
                fan.append(task)
            else:
                self._fans[task.key] = [task]

    def node(self, key: NodeKey, now: float) -> NodeLook:
        """How a node or subgraph looks."""
        node = self._state.nodes.get(key)
        if node is None or node.phase is Phase.IDLE:
            return NodeLook()
        facts = self._facts(node, now)
        runs = f"×{node.runs}" if node.runs > 1 else ""
        return NodeLook(node.phase, facts, runs, self._story(node, facts), bool(node.acted))

    def edge(self, edge: EdgeShape) -> EdgeLook:
        """How an edge looks."""
        return EdgeLook(self._state.taken.get(edge, 0))

    def band(self) -> BandLook | None:
        """The root graph's superstep, or None while nothing runs."""
        tasks = self._state.step_tasks()
        if not tasks or not self._state.phase.is_live:
            return None
        caption = f"superstep {self._state.step} · {' · '.join(_arrivals(tasks))}"
        return BandLook(tuple(dict.fromkeys(task.key for task in tasks)), caption)

    def summary(self, selected: NodeKey | None) -> str:
        """The whole picture in a few sentences, for who cannot see it."""
        state = self._state
        parts = [_RUN_SENTENCES[state.phase]]
        band = self.band()
        if band is not None:
            parts.append(f"{band.caption[0].upper()}{band.caption[1:]}.")
        failed = [node for node in state.nodes.values() if node.failure is not None]
        parts += [f"{'.'.join(node.key)} failed: {node.failure.headline}." for node in failed if node.failure]
        if selected is not None:
            node = state.nodes.get(selected, NodeState(selected))
            parts.append(f"Selected: {'.'.join(selected)}, {WORDS[node.phase]}.")
        return " ".join(parts)

    def _facts(self, node: NodeState, now: float) -> str:
        tasks = self._fans.get(node.key)
        if not tasks:  # START and END
            return ""
        if node.failure is not None:
            return node.failure.headline
        if node.phase is Phase.HELD and any(task.asks for task in tasks):
            return "asks a question"
        kept = [task for task in tasks if task.kept]
        if kept:
            return "failed, kept" if any(task.failure for task in kept) else "ended, kept"
        if node.phase is Phase.HELD:
            return "held" if len(tasks) == 1 else f"{len(node.live)} of {len(tasks)} held"
        ended = max(now if task.ended is None else task.ended for task in tasks)
        seconds = ended - min(task.started for task in tasks)
        by_hand = inspection.short_deed(tasks[-1]) if len(tasks) == 1 else ""
        took = by_hand or duration(seconds)
        speed = self._speed(node, tasks)
        if node.phase is Phase.STOPPED:
            return "stopped"
        if node.phase is Phase.RUNNING and len(tasks) > 1:
            arrived = sum(task.ended is not None for task in tasks)
            return f"{arrived} of {len(tasks)} · {took}"
        if node.phase is Phase.RUNNING:
            if seconds < SHORT:
                return "running"
            return f"{took} · {speed}" if speed else f"running {took}"
        count = f"{len(tasks)} tasks" if len(tasks) > 1 else ""
        return " · ".join(part for part in (count, took, speed) if part)

    def _speed(self, node: NodeState, tasks: list[TaskState]) -> str:
        message = self._messages.get(node.key)
        if message is None or message.namespace != tasks[-1].namespace or message.step != tasks[-1].step:
            return ""
        per_second = message.tokens_per_second
        return f"{per_second:,.0f} tok/s" if per_second is not None else ""

    def _story(self, node: NodeState, facts: str) -> str:
        times = "" if node.runs < 2 else f", run {node.runs} times"
        lines = [f"{' › '.join(node.key)}: {WORDS[node.phase]}{times}"]
        kept = [task for task in self._fans.get(node.key, ()) if task.kept]
        failure = node.failure or next((task.failure for task in kept if task.failure), None)
        if failure is not None:
            lines.append(failure.headline)
            lines += [failure.remedy] if failure.remedy else []
        elif facts:
            lines.append(facts)
        if kept:
            lines.append("It is kept: choose in Tasks what is to become of it.")
        if node.acted:
            words = inspection.WORDS.get(node.acted, node.acted)
            lines.append(f"{words[:1].upper()}{words[1:]}.")
        return "\n".join(lines)


def _arrivals(tasks: list[TaskState]) -> Iterable[str]:
    """Who has arrived at the barrier, who is awaited, who is held: the parts of a sentence."""
    arrived = sum(task.ended is not None for task in tasks)
    running = [task for task in tasks if task.phase is Phase.RUNNING]
    held = [task for task in tasks if task.phase is Phase.HELD]
    if arrived == len(tasks):
        yield "its task has arrived" if arrived == 1 else f"all {arrived} tasks have arrived"
    elif len(tasks) > 1 and (arrived or running):
        yield f"{arrived} of {len(tasks)} tasks {'has' if arrived == 1 else 'have'} arrived"
    if running:
        yield f"waiting for {_names(running)}"
    if held:
        yield f"held: {_names(held)}"


def _names(tasks: list[TaskState]) -> str:
    counts = Counter(task.key[-1] for task in tasks)
    names = [name if count == 1 else f"{name} ×{count}" for name, count in counts.items()]
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
    return ", ".join(names)
