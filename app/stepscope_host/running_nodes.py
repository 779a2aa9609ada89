"""Whose code runs: the node, and the run that it belongs to, in this context or in a thread."""

from __future__ import annotations

import contextvars
import sys
from typing import Any, NamedTuple


class RunningNode(NamedTuple):
    """A node whose code runs, and on whose behalf: `run` is the gate of its task."""

    name: str
    run: object


NOBODY = RunningNode("", None)
current_node: contextvars.ContextVar[RunningNode] = contextvars.ContextVar("current_node", default=NOBODY)
"""The node whose code runs in this context, where a gate says so: stepgraph says it itself."""


def running_node() -> RunningNode:
    """The node whose code runs in this context."""
    node = current_node.get()
    runtime = sys.modules.get("stepgraph.runtime")
    return _of_task(runtime.current_task.get()) if node is NOBODY and runtime is not None else node


def in_engine_threads() -> dict[int, RunningNode]:
    """The nodes whose code runs in threads of the engine's own, by thread: stepgraph has such."""
    threads = sys.modules.get("stepgraph.pregel.threads")
    if threads is None:
        return {}
    current_task = sys.modules["stepgraph.runtime"].current_task
    tasks = {thread: context.get(current_task) for thread, context in threads.contexts().items()}
    return {thread: _of_task(task) for thread, task in tasks.items() if task is not None}


def _of_task(task: Any) -> RunningNode:
    """The node of a task of stepgraph's. The one that takes the input is none."""
    while task is not None and task.name == "__start__":
        task = task.run.parent
    if task is None:
        return NOBODY
    gate = task.run.gate
    return RunningNode(task.name, None if gate is None else getattr(gate.instrument, "gate", None))
