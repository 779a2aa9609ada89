"""Where a run stands at every depth: its graphs, and the tasks in them that have not ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.model.task_state import TaskState
from stepscope.model.tool_call import with_tool
from stepscope.model.topology import Namespace, NodeKey

MOST_SIBLINGS = 100
"""Parallel tasks of one graph that are listed; of the others it is said how many they are."""

_DEEPEST = 16


@dataclass(frozen=True)
class Frame:
    """One line of the stack: a graph that runs, or a task in it; a task with a graph inside is both.

    `namespace` is that of the graph whose state tells where this stands. `number` tells a task from others
    of its node in the same superstep; it is 0 when there are none.
    """

    depth: int
    name: str
    number: int
    phase: Phase
    words: str
    node: NodeKey | None
    task: str | None
    namespace: Namespace

    @property
    def label(self) -> str:
        return f"{self.name} #{self.number}" if self.number else self.name


def call_stack(state: RunState, graph: str) -> list[Frame]:
    """The frames of a run that is on, outermost first, parallel tasks one below the other."""
    tasks = state.step_tasks()
    if not state.phase.is_live or not tasks:
        return []
    phase = Phase.HELD if all(task.phase is Phase.HELD for task in _live(tasks)) else Phase.RUNNING
    root = Frame(0, graph, 0, phase, f"superstep {state.step}", None, None, ())
    return [root, *_tasks(state, (), 1)]


def _tasks(state: RunState, namespace: Namespace, depth: int) -> Iterator[Frame]:
    tasks = state.step_tasks(namespace)
    counts = Counter(task.key for task in tasks)
    numbers: Counter[NodeKey] = Counter()
    shown = 0
    for task in tasks:
        numbers[task.key] += 1
        if _is_live(task) and shown < MOST_SIBLINGS:
            shown += 1
            yield from _task(state, task, numbers[task.key] if counts[task.key] > 1 else 0, depth)
    left = len(_live(tasks)) - shown
    if left:
        yield Frame(depth, "…", 0, Phase.IDLE, f"and {left:,} more", None, None, namespace)


def _task(state: RunState, task: TaskState, number: int, depth: int) -> Iterator[Frame]:
    graphs = state.inner_graphs(task.id) if depth < _DEEPEST else ()
    live = [graph for graph in graphs if _live(state.step_tasks(graph))] or list(graphs[-1:])
    words = with_tool(task.input, _standing(task))
    if len(live) == 1:
        step = f"superstep {state.step_tasks(live[0])[0].step}"
        is_running = task.phase is Phase.RUNNING
        words = with_tool(task.input, step) if is_running else f"{words} · {step}"
    where = live[0] if len(live) == 1 else task.namespace
    yield Frame(depth, task.key[-1], number, task.phase, words, task.key, task.id, where)
    if len(live) == 1:
        yield from _tasks(state, live[0], depth + 1)
        return
    for graph in live:
        tasks = state.step_tasks(graph)
        call = f"call {graphs.index(graph) + 1}"
        words = f"superstep {tasks[0].step}"
        yield Frame(depth + 1, call, 0, Phase.RUNNING, words, task.key, task.id, graph)
        yield from _tasks(state, graph, depth + 2)


def _live(tasks: list[TaskState]) -> list[TaskState]:
    return list(filter(_is_live, tasks))


def _is_live(task: TaskState) -> bool:
    return task.ended is None or task.phase is Phase.HELD


def _standing(task: TaskState) -> str:
    if task.asks:
        return "asks a question"
    if task.kept:
        return "failed, kept" if task.failure else "ended, kept"
    return "held" if task.phase is Phase.HELD else "running"
