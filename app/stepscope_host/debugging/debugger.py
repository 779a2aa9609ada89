"""When a task may begin and when a run stands still: decisions alone, nothing waits here.

A task that has not begun is *held* while the debugger does not admit it; one that has ended *lingers* while
it is kept from reporting that. A run *stands* when something is held or lingers and nothing runs: a task
counts as running from its gate's opening to its end, except while its own subgraph's tasks stand, as it only
waits for them.

Where a run stands there is a *frame* for each graph of which a task is held or lingers. A step lets these
tasks go, with everything further in, and holds the next superstep of the frame and of each graph around it:
so the last step in a subgraph comes out of it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

Namespace = tuple[str, ...]


class Task(NamedTuple):
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


def node_path(namespace: Namespace) -> tuple[str, ...]:
    """The names of the nodes whose subgraphs a namespace lies in, outermost first."""
    return tuple(segment.partition(":")[0] for segment in namespace if not segment.isdigit())


def path_of(task: Task) -> tuple[str, ...]:
    """Where a task's node lies: the names of the nodes around it, outermost first, and its own."""
    return (*node_path(task.namespace), task.name) if task.namespace else (task.name,)


class Start(Enum):
    """How far a run goes by itself."""

    FREE = "free"
    STEP = "step"
    """Its first superstep runs."""
    PAUSED = "paused"
    """Nothing runs."""


class _Mode(Enum):
    RUN = auto()
    STEP = auto()
    PAUSE = auto()


class Debugger:
    """Knows all tasks of a run that have not ended, and who may begin."""

    def __init__(self, start: Start = Start.FREE, inside: Namespace = ()) -> None:
        self._inside = inside  # a graph to stand in: the tasks around it begin whatever the mode
        self._mode = {Start.FREE: _Mode.RUN, Start.STEP: _Mode.STEP, Start.PAUSED: _Mode.PAUSE}[start]
        # While stepping: the last superstep that may run in each graph listed; None: the first to come.
        self._limits: dict[Namespace, int | None] = {(): None}
        self._steps: dict[Namespace, int] = {}
        self._waiting: dict[str, Task] = {}  # announced, or held at its gate
        self._running: dict[str, Task] = {}
        self._lingering: dict[str, Task] = {}
        self._admitted: set[str] = set()  # by name, whatever the mode
        self._kept: set[str] = set()  # by the person, whatever the mode
        self._reason = ""
        self._causes: set[str] = set()  # the tasks that are held for this reason, if it is one of tasks
        self._went_into: Task | None = None  # the pause is one that follows a step into this task

    @property
    def running(self) -> list[Task]:
        """The tasks whose code has begun and not ended."""
        return list(self._running.values())

    @property
    def lingering(self) -> list[Task]:
        """The tasks that have ended and are kept from reporting it."""
        return list(self._lingering.values())

    @property
    def waiting(self) -> list[Task]:
        """The tasks that have not begun."""
        return list(self._waiting.values())

    # -- what the engine reports

    def announce(self, task: Task) -> None:
        """The engine says that a task belongs to its graph's current superstep."""
        self._see(task)
        if task.id not in self._running and task.id not in self._lingering:
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
        if task.id in self._admitted:
            return True
        if task.id in self._kept:
            return False
        if self._inside and task.contains(self._inside):
            return True
        if self._mode is _Mode.STEP and task.namespace in self._limits:
            limit = self._limits[task.namespace]
            return limit is None or task.step <= limit
        return self._mode is not _Mode.PAUSE

    def runs(self, task_id: str) -> bool:
        """True for a task that has begun and not ended."""
        return task_id in self._running

    def linger(self, task: Task, reason: str) -> None:
        """A task has ended and is kept: the run is to stop there, for the reason given."""
        self._running.pop(task.id, None)
        self._lingering[task.id] = task
        self.stop(reason, task.id)

    def lingers(self, task_id: str) -> bool:
        """True until it is let go."""
        return task_id in self._lingering

    def again(self, task: Task) -> None:
        """A task that had ended runs once more, or one runs of which nothing was known."""
        self._see(task)
        self._waiting.pop(task.id, None)
        self._running[task.id] = task

    def ended(self, task_id: str) -> None:
        """A task is over, and with it whatever its subgraph has left behind."""
        self._lingering.pop(task_id, None)
        self._forget(task_id)
        task = self._running.pop(task_id, None)
        if task is not None and self._waiting:
            left = [inner.id for inner in self._waiting.values() if task.contains(inner.namespace)]
            for inner_id in left:
                self._forget(inner_id)

    @property
    def is_needless(self) -> bool:
        """True while it admits whatever comes, and keeps nothing."""
        return self._mode is _Mode.RUN and not (self._admitted or self._kept or self._lingering)

    def forget(self) -> None:
        """Know of no task any more: somebody else sees to them, for a while."""
        self._waiting.clear()
        self._running.clear()

    # -- what the person asks for

    def resume(self) -> None:
        """Let everything go but what the person keeps; that, too, when nothing else is held."""
        self._release_what_alone_is_kept()
        self._go(_Mode.RUN)

    def step(self) -> None:
        """Let what is held go, and stop at the next superstep of the graphs in which the run stands."""
        held = [*self._waiting.values(), *self._lingering.values()]
        frames = {task.namespace for task in held} if self.stands else {()}
        self._release_what_alone_is_kept()
        self._go(_Mode.STEP, *frames)

    def out(self) -> None:
        """Leave the graphs in which the run stands: stop at the next superstep of those around them."""
        self._release_what_alone_is_kept()
        held = [*self._waiting.values(), *self._lingering.values()]
        deepest = max((len(task.namespace) for task in held), default=0)
        if deepest == 0:
            self.resume()
            return
        self._go(_Mode.STEP, *{task.namespace[:-1] for task in held if len(task.namespace) == deepest})

    def into(self, task_id: str | None = None) -> None:
        """Start one held task and nothing else: stop at the first superstep inside, or when it has ended."""
        chosen = task_id if task_id in self._waiting else next(iter(self._waiting), None)
        if chosen is None:
            self.step()
            return
        self._go(_Mode.PAUSE)
        self._went_into = self._waiting[chosen]
        self._kept.discard(chosen)
        self._admitted.add(chosen)

    def pause(self) -> None:
        """Let no further task begin, at any depth."""
        self.stop("")

    def stop(self, reason: str, task_id: str = "") -> None:
        """The same, for a reason: a breakpoint, an exception. It is that of a task while this is held."""
        self._mode, self._reason, self._went_into = _Mode.PAUSE, reason, None
        if task_id:
            self._causes.add(task_id)
        else:
            self._causes.clear()

    def keep(self, task_id: str) -> None:
        """Hold one task until it is released, whatever else goes on."""
        self._admitted.discard(task_id)
        self._kept.add(task_id)

    def release(self, task_id: str) -> None:
        """Let one task begin, or end, while the others stay as they are."""
        self._kept.discard(task_id)
        if self._lingering.pop(task_id, None) is None:
            self._admitted.add(task_id)

    # -- where it stands

    @property
    def stands(self) -> bool:
        """True when something is held or lingers and nothing runs but graphs around that."""
        held = self._waiting.values()
        if not (held or self._lingering) or any(self.may_begin(task) for task in held):
            return False
        held_in = {task.namespace for task in (*held, *self._lingering.values())}
        return all(any(task.contains(inside) for inside in held_in) for task in self._running.values())

    def why(self) -> tuple[int, tuple[str, ...], str]:
        """The root superstep, the names of the nodes that are held, and the reason in words."""
        held = sorted(self._waiting.values(), key=lambda task: len(task.namespace))
        names = tuple(dict.fromkeys(task.name for task in (*held, *self._lingering.values())))
        step = self._steps.get((), 0)
        if self._reason and (
            not self._causes or self._causes & (self._waiting.keys() | self._lingering.keys())
        ):
            return step, names, self._reason
        has, are = ("has", "is") if len(names) == 1 else ("have", "are")
        if self._mode is _Mode.RUN:
            return step, names, f"{_listed(names)} {are} held by you"
        if self._mode is _Mode.PAUSE and not self._went_into and not self._reason:
            return step, names, f"{_listed(names)} {has} not begun"
        return step, names, self._next(held, step)

    def _next(self, held: list[Task], step: int) -> str:
        """What is next in the innermost graph of which a task is held, and what is held beside it."""
        if not held:
            return f"superstep {step} has ended"
        inner = held[-1]
        first = tuple(dict.fromkeys(task.name for task in held if task.namespace == inner.namespace))
        rest = tuple(dict.fromkeys(task.name for task in held if task.namespace != inner.namespace))
        gone = self._went_into
        if gone is not None and (inner.namespace, inner.step) == (gone.namespace, gone.step):
            return f"{gone.name} has ended, {_listed(first)} {'is' if len(first) == 1 else 'are'} held"
        beside = f", {_listed(rest)} {'is' if len(rest) == 1 else 'are'} held" if rest else ""
        if not inner.namespace:
            return f"superstep {step} is next: {_listed(first)}"
        graph = next(part for part in reversed(inner.namespace) if not part.isdigit()).partition(":")[0]
        if self._went_into and inner.step <= 1:
            return f"inside {graph}: {_listed(first)} {'is' if len(first) == 1 else 'are'} next{beside}"
        return f"superstep {inner.step} of {graph} is next: {_listed(first)}{beside}"

    # --

    def _release_what_alone_is_kept(self) -> None:
        """Who wants the run to go on, and keeps all that could, means that."""
        if self.stands and not self._lingering and self._kept.issuperset(self._waiting):
            self._kept.clear()

    def _go(self, mode: _Mode, *frames: Namespace) -> None:
        self._mode, self._reason, self._went_into = mode, "", None
        self._causes.clear()
        self._lingering.clear()
        self._admitted.clear()
        self._limits = {frame[:depth]: None for frame in frames for depth in range(len(frame) + 1)}
        for namespace in self._limits:
            self._limits[namespace] = self._steps.get(namespace)

    def _see(self, task: Task) -> None:
        if self._steps.get(task.namespace) != task.step:
            self._steps[task.namespace] = task.step
            # What was announced for an earlier superstep and never began (its result was cached) never will.
            stale = [old.id for old in self._waiting.values() if old.namespace == task.namespace]
            for old_id in stale:
                self._forget(old_id)
        if self._mode is _Mode.STEP and self._limits.get(task.namespace, 0) is None:
            self._limits[task.namespace] = task.step

    def _forget(self, task_id: str) -> None:
        self._waiting.pop(task_id, None)
        self._admitted.discard(task_id)
        self._kept.discard(task_id)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
