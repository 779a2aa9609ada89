"""When a task may begin and when a run stands still: decisions alone, nothing waits here.

A *superstep* of the root graph is what a person steps over: a step lets all root tasks of one
superstep run, with everything inside their subgraphs, and holds those of the next. A pause holds
every task that has not begun, at any depth.

A run *stands* when some task is held and nothing runs: a task counts as running from its gate's
opening to its end, except while its own subgraph's tasks stand (it only waits for them).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

Namespace = tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A task of a superstep; `namespace` is that of the graph that runs it."""

    id: str
    name: str
    namespace: Namespace
    step: int

    def contains(self, namespace: Namespace) -> bool:
        """True for the namespace of its subgraph, and for those further in."""
        depth = len(self.namespace)
        if namespace[:depth] != self.namespace or len(namespace) == depth:
            return False
        # A subgraph with a history of its own has a namespace without the task's id.
        return namespace[depth] in (f"{self.name}:{self.id}", self.name)


class _Mode(Enum):
    RUN = auto()
    STEP = auto()
    PAUSE = auto()


class Debugger:
    """Knows all tasks of a run that have not ended, and who may begin."""

    def __init__(self, stepping: bool = False) -> None:
        self._mode = _Mode.STEP if stepping else _Mode.RUN
        # The last root superstep that may run while stepping; None: the first to come.
        self._limit: int | None = None
        self._root_step: int | None = None
        self._waiting: dict[str, Task] = {}  # announced, or held at its gate
        self._running: dict[str, Task] = {}
        self._steps: dict[Namespace, int] = {}

    @property
    def running(self) -> list[Task]:
        """The tasks whose code has begun and not ended."""
        return list(self._running.values())

    @property
    def waiting(self) -> list[Task]:
        """The tasks that have not begun."""
        return list(self._waiting.values())

    def announce(self, task: Task) -> None:
        """The engine says that a task belongs to its graph's current superstep."""
        self._see(task)
        if task.id not in self._running:
            self._waiting.setdefault(task.id, task)

    def admits(self, task: Task) -> bool:
        """May this task begin? If so it counts as running from now on."""
        self._see(task)
        if self.may_begin(task):
            self._waiting.pop(task.id, None)
            self._running[task.id] = task
            return True
        self._running.pop(task.id, None)
        self._waiting.setdefault(task.id, task)
        return False

    def may_begin(self, task: Task) -> bool:
        """Would this task be admitted now?"""
        if self._mode is _Mode.STEP:
            return bool(task.namespace) or self._limit is None or task.step <= self._limit
        return self._mode is _Mode.RUN

    def ended(self, task_id: str) -> None:
        """A task is over, and with it whatever its subgraph has left behind."""
        self._waiting.pop(task_id, None)
        task = self._running.pop(task_id, None)
        if task is not None and self._waiting:
            left = [inner.id for inner in self._waiting.values() if task.contains(inner.namespace)]
            for inner_id in left:
                del self._waiting[inner_id]

    def step(self) -> None:
        """Let the current root superstep run, or the one whose tasks are held; then hold the next."""
        self._mode, self._limit = _Mode.STEP, self._root_step

    def resume(self) -> None:
        self._mode = _Mode.RUN

    def pause(self) -> None:
        self._mode = _Mode.PAUSE

    @property
    def stands(self) -> bool:
        """True when some task is held and nothing runs but graphs around held tasks."""
        held = self._waiting.values()
        if not held or any(self.may_begin(task) for task in held):
            return False
        held_in = {task.namespace for task in held}
        return all(any(task.contains(inside) for inside in held_in) for task in self._running.values())

    def why(self) -> tuple[int, tuple[str, ...], str]:
        """The root superstep, the names of the nodes that are held, and the reason in words."""
        held = sorted(self._waiting.values(), key=lambda task: len(task.namespace))
        names = tuple(dict.fromkeys(task.name for task in held))
        step = self._root_step or 0
        if self._mode is _Mode.PAUSE:
            return step, names, f"paused: {_listed(names)} {'has' if len(names) == 1 else 'have'} not begun"
        return step, names, f"superstep {step} is next: {_listed(names)}"

    def _see(self, task: Task) -> None:
        if self._steps.get(task.namespace) != task.step:
            self._steps[task.namespace] = task.step
            # What was announced for an earlier superstep and never began (its result was cached) never will.
            stale = [old.id for old in self._waiting.values() if old.namespace == task.namespace]
            for old_id in stale:
                del self._waiting[old_id]
        if not task.namespace:
            self._root_step = task.step
            if self._mode is _Mode.STEP and self._limit is None:
                self._limit = task.step


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
