"""What the barrier of a superstep says: which tasks have arrived, which are awaited and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stepscope.model.duration import duration
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.model.task_state import TaskState
from stepscope.model.topology import Namespace, NodeKey, graph_key

SHORT = 0.1
"""Seconds below which no elapsed time is told: it would stand still until the clock is next looked at."""

MOST_NAMES = 3
"""How many nodes a sentence names before it only counts the rest."""


@dataclass(frozen=True, slots=True)
class BandLook:
    """The superstep that a graph is in, by its key: the nodes of its tasks, and in words who has arrived."""

    graph: NodeKey
    nodes: tuple[NodeKey, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Barrier:
    """The tasks of one graph's superstep; of several graphs when one node runs its graph more than once."""

    state: RunState
    namespaces: Sequence[Namespace]
    tasks: Sequence[TaskState]

    def sentence(self, now: float | None) -> str:
        """Where it stands; `now`, in seconds since the epoch, also tells for how long it has been awaited."""
        where = self._where if len(self.namespaces) > 1 else f"superstep {self._where}"
        return " · ".join((where, *_arrivals(self.tasks, now)))

    def note(self, now: float) -> str:
        """The same for where there is little room, as in the frame of a subgraph."""
        arrived = sum(task.ended is not None for task in self.tasks)
        return " · ".join((self._where, f"{arrived} of {len(self.tasks)}", *_awaited(self.tasks, now)))

    @property
    def _where(self) -> str:
        if len(self.namespaces) > 1:
            return f"{len(self.namespaces)} at once"
        return self.state.step_text(self.namespaces[0], self.tasks[0].step)


def barriers(state: RunState) -> dict[NodeKey, Barrier]:
    """Where each graph that is under way stands, by the key of its node."""
    graphs: dict[NodeKey, list[Namespace]] = {}
    for namespace in state.live_graphs():
        graphs.setdefault(graph_key(namespace), []).append(namespace)
    found = {
        key: Barrier(state, spaces, [task for space in spaces for task in state.step_tasks(space)])
        for key, spaces in graphs.items()
    }
    return {key: barrier for key, barrier in found.items() if barrier.tasks}


def bands(state: RunState, now: float) -> list[BandLook]:
    """The root graph's superstep, and those of subgraphs in which tasks wait for one another."""
    return [
        BandLook(
            key,
            tuple(dict.fromkeys(task.key for task in barrier.tasks)),
            barrier.note(now) if key else barrier.sentence(now),
        )
        for key, barrier in barriers(state).items()
        if not key or len(barrier.tasks) > 1
    ]


def _arrivals(tasks: Sequence[TaskState], now: float | None) -> Iterable[str]:
    """Who has arrived, who is awaited, who is held: the parts of a sentence."""
    arrived = sum(task.ended is not None for task in tasks)
    is_begun = any(task.phase is Phase.RUNNING for task in tasks)
    if arrived == len(tasks):
        yield "its task has arrived" if arrived == 1 else f"all {arrived} tasks have arrived"
    elif len(tasks) > 1 and (arrived or is_begun):
        yield f"{arrived} of {len(tasks)} tasks {'has' if arrived == 1 else 'have'} arrived"
    yield from _awaited(tasks, now)


def _awaited(tasks: Sequence[TaskState], now: float | None) -> Iterable[str]:
    running = [task for task in tasks if task.phase is Phase.RUNNING]
    held = [task for task in tasks if task.phase is Phase.HELD]
    if running:
        waited = 0.0 if now is None else now - min(task.started for task in running)
        how_long = f" {duration(waited)}" if waited >= SHORT else ""
        yield f"waiting{how_long} for {_names(running)}"
    if held:
        yield f"held: {_names(held)}"


def _names(tasks: Sequence[TaskState]) -> str:
    counts = Counter(task.key[-1] for task in tasks)
    names = [name if count == 1 else f"{name} ×{count}" for name, count in counts.items()]
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
    return ", ".join(names)
