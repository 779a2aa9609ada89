"""What each item shows: the state of the run in, frozen looks out. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from stepscope.canvas.barrier import SHORT, Barrier, barriers
from stepscope.model import inspection
from stepscope.model.breakpoint import Sign
from stepscope.model.duration import duration
from stepscope.model.message import Message
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.run_state import RunState
from stepscope.model.task_state import NodeState, TaskState
from stepscope.model.topology import EdgeShape, NodeKey, graph_key, path_text
from stepscope.theme import GLYPHS, KIND_GLYPHS

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

Kind = Literal["", "asks", "cached", "skipped"]
"""What a state is more exactly: held by a question, done from a cache, done without being run."""


@dataclass(frozen=True, slots=True)
class NodeLook:
    """One node or subgraph: `facts` is its second line, `runs` its count (``×2``), `story` its tooltip.

    The `briefs` are said in place of the facts where there is no room for these, the first that fits.
    `is_by_hand` when the person has done something to one of its tasks in this run.
    """

    phase: Phase = Phase.IDLE
    kind: Kind = ""
    facts: str = ""
    runs: str = ""
    story: str = ""
    is_by_hand: bool = False
    briefs: tuple[str, ...] = ()

    @property
    def glyph(self) -> str:
        """The mark of its state, as it is drawn."""
        return KIND_GLYPHS.get(self.kind, GLYPHS[self.phase])


@dataclass(frozen=True, slots=True)
class BreakLook:
    """The breakpoints of one node: their mark, and in words what they do."""

    sign: Sign
    words: str


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """One edge: how often it was taken."""

    taken: int = 0


class Looks:
    """Answers what to show of one run. `now` is in seconds since the epoch, as in the events."""

    def __init__(self, state: RunState, shows_numbers: bool = True) -> None:
        self._state = state
        self.shows_numbers = shows_numbers  # how long nodes took, and how fast their models spoke
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

    def node(self, key: NodeKey, now: float, is_folded: bool = False) -> NodeLook:
        """How a node or subgraph looks; a folded one tells how it stands inside."""
        node = self._state.nodes.get(key)
        if node is None or node.phase is Phase.IDLE:
            return NodeLook()
        told = self._facts(node, now, has_numbers=True)
        facts = told if self.shows_numbers else self._facts(node, now, has_numbers=False)
        if is_folded and (inside := self._inside(node)) is not None:
            facts = inside.note(now)
        runs = f"×{node.runs}" if node.runs > 1 else ""
        story = self._story(node, told, now)
        briefs = (node.failure.message.strip().partition("\n")[0], node.failure.type) if node.failure else ()
        return NodeLook(node.phase, self._kind(node), facts, runs, story, bool(node.acted), briefs)

    def edge(self, edge: EdgeShape) -> EdgeLook:
        """How an edge looks."""
        return EdgeLook(self._state.taken.get(edge, 0))

    def summary(self, selected: NodeKey | None) -> str:
        """The whole picture in a few sentences, for who cannot see it."""
        state = self._state
        parts = [_RUN_SENTENCES[state.phase]]
        if (root := barriers(state).get(())) is not None:
            # Without how long: it would be said anew several times a second.
            sentence = root.sentence(now=None)
            parts.append(f"{sentence[0].upper()}{sentence[1:]}.")
        failed = [node for node in state.nodes.values() if node.failure is not None]
        parts += [
            f"{path_text(node.key)} failed: {node.failure.headline}." for node in failed if node.failure
        ]
        if selected is not None:
            node = state.nodes.get(selected, NodeState(selected))
            parts.append(f"Selected: {path_text(selected)}, {WORDS[node.phase]}.")
        return " ".join(parts)

    def _inside(self, node: NodeState) -> Barrier | None:
        """Where the graph that runs in a node stands."""
        inner = (space for task in node.live for space in self._state.inner_graphs(task))
        spaces = [space for space in inner if graph_key(space) == node.key]
        tasks = [task for space in spaces for task in self._state.step_tasks(space)]
        return Barrier(self._state, spaces, tasks) if tasks else None

    def _kind(self, node: NodeState) -> Kind:
        tasks = self._fans.get(node.key, ())
        if node.phase is Phase.HELD and any(task.asks for task in tasks):
            return "asks"
        if node.phase is not Phase.DONE or not tasks:
            return ""
        if all(task.is_cached for task in tasks):
            return "cached"
        if all(any(act.what == "skipped" for act in task.acts) for task in tasks):
            return "skipped"
        return ""

    def _facts(self, node: NodeState, now: float, has_numbers: bool) -> str:
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
        took = by_hand or (duration(seconds) if has_numbers else "")
        speed = self._speed(node, tasks) if has_numbers else ""
        if node.phase is Phase.STOPPED:
            return "stopped"
        if node.phase is Phase.RUNNING and len(tasks) > 1:
            arrived = sum(task.ended is not None for task in tasks)
            return " · ".join(filter(None, (f"{arrived} of {len(tasks)}", took)))
        if node.phase is Phase.RUNNING:
            if seconds < SHORT or not took:
                return "running"
            return f"{took} · {speed}" if speed else f"running {took}"
        count = f"{len(tasks)} tasks" if len(tasks) > 1 else ""
        cached = sum(task.is_cached for task in tasks)
        if cached:
            took = "cached" if cached == len(tasks) else f"{cached} cached"
        return " · ".join(part for part in (count, took, speed) if part)

    def _speed(self, node: NodeState, tasks: list[TaskState]) -> str:
        message = self._messages.get(node.key)
        if message is None or message.namespace != tasks[-1].namespace or message.step != tasks[-1].step:
            return ""
        per_second = message.tokens_per_second
        return f"{per_second:,.0f} tok/s" if per_second is not None else ""

    def _story(self, node: NodeState, facts: str, now: float) -> str:
        times = "" if node.runs < 2 else f", run {node.runs} times"
        lines = [f"{path_text(node.key)}: {WORDS[node.phase]}{times}"]
        kept = [task for task in self._fans.get(node.key, ()) if task.kept]
        failure = node.failure or next((task.failure for task in kept if task.failure), None)
        if failure is not None:
            lines.append(failure.headline)
            lines += [failure.remedy] if failure.remedy else []
        elif facts:
            lines.append(facts)
        if inside := self._inside(node):
            lines.append(f"Inside: {inside.sentence(now)}.")
        if kept:
            lines.append("It is kept: choose in Tasks what is to become of it.")
        if node.acted:
            words = inspection.WORDS.get(node.acted, node.acted)
            lines.append(f"{words[:1].upper()}{words[1:]}.")
        return "\n".join(lines)
