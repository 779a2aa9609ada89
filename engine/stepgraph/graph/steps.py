"""A Runnable as a node: called step by step, so that callbacks hear of each, and part by part if they ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.graph.calls import Call, is_runnable, parallel, read_call

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task

Steps = tuple[Any, ...]


def node_call(action: Any, name: str) -> Call:
    """Read what may be a node. Raises TypeError for what cannot be called."""
    from stepgraph.graph.compiled import CompiledStateGraph

    if isinstance(action, Mapping):
        action = parallel(action)
    if isinstance(action, CompiledStateGraph) or not is_runnable(action):
        return read_call(action, name)
    steps = _steps_of(action)
    return Call(
        name,
        lambda value, task: _invoke(steps, value, task),
        lambda value, task: _ainvoke(steps, value, task),
        steps,
    )


def _steps_of(runnable: Any) -> Steps:
    from langchain_core.runnables import RunnableSequence

    return tuple(runnable.steps) if isinstance(runnable, RunnableSequence) else (runnable,)


def _invoke(steps: Steps, value: Any, task: Task) -> Any:
    for number, step in enumerate(steps, 1):
        value = step.invoke(value, _put_config(task, number))
    return value


async def _ainvoke(steps: Steps, value: Any, task: Task) -> Any:
    if task.trace is not None and task.trace.is_streamed:
        parts = steps[0].astream(value, task.config)
        for number, step in enumerate(steps[1:], 2):
            parts = step.atransform(parts, _config(task, number))
        return _sum([part async for part in parts])
    for number, step in enumerate(steps, 1):
        value = await step.ainvoke(value, _put_config(task, number))
    return value


def _config(task: Task, number: int) -> dict[str, Any]:
    if number == 1 or task.trace is None:
        return task.config
    return {**task.config, "callbacks": task.trace.at_step(number)}


def _put_config(task: Task, number: int) -> dict[str, Any]:
    from stepgraph.pregel.tracing import put_config  # Not with the graph: a program may only look at one.

    config = _config(task, number)
    put_config(config)
    return config


def _sum(parts: Sequence[Any]) -> Any:
    """Parts of one value, put together; the last one where they cannot be added."""
    whole = parts[0] if parts else None
    for part in parts[1:]:
        try:
            whole = whole + part
        except TypeError:
            whole = part
    return whole
