"""Results of nodes with a CachePolicy: kept in the graph's cache, and taken from there instead of a run.

What is kept is what a saver would keep, in the same form, and under the names that LangGraph keeps it.
"""

from __future__ import annotations

import functools
import inspect
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from stepgraph.constants import ANSWERED
from stepgraph.graph.calls import is_runnable
from stepgraph.pregel.foreign import foreign, own
from stepgraph.pregel.pending import outcome_writes, take_up

if TYPE_CHECKING:
    from stepgraph.graph.nodes import Node
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.tasks import Task

Namespace = tuple[str, ...]
FullKey = tuple[Namespace, str]

_ROOT: Final = "__pregel_ns_writes"
_UNNAMED: Final = "__dynamic__"


def take_known(run: Run, tasks: Iterable[Task]) -> None:
    """Give tasks the outcome that the cache has for their input, and report them."""
    wanted = _wanted(tasks)
    if wanted:
        _take(run, wanted, run.cache.get(_distinct(wanted)))


async def atake_known(run: Run, tasks: Iterable[Task]) -> None:
    """`take_known()` on the event loop."""
    wanted = _wanted(tasks)
    if wanted:
        _take(run, wanted, await run.cache.aget(_distinct(wanted)))


def keep(task: Task) -> None:
    """Keep a task's outcome for the next time."""
    task.run.cache.set(_entry(task))


async def akeep(task: Task) -> None:
    """`keep()` on the event loop."""
    await task.run.cache.aset(_entry(task))


def namespace_of(node: Node) -> Namespace:
    """Where a node's results are kept: by its function and its name."""
    return (*function_namespace(node), node.name)


def function_namespace(node: Node) -> Namespace:
    """Where the results of a function are kept that is called as a task."""
    return (_ROOT, _function_name(node.action))


def _function_name(action: Any) -> str:
    while isinstance(action, functools.partial):
        action = action.func
    if is_runnable(action) or not inspect.isroutine(action):
        return _UNNAMED
    module, name = getattr(action, "__module__", None), getattr(action, "__qualname__", None)
    return f"{module}.{name}" if module and name else _UNNAMED


def _wanted(tasks: Iterable[Task]) -> dict[Task, FullKey]:
    wanted = {}
    for task in tasks:
        policies = task.node.policies
        if policies is not None and policies.cache is not None and not task.is_done:
            args, kwargs = task.arguments
            digest = _digest(policies.cache.key_func(*args, **kwargs))
            space = namespace_of(task.node) if task.parent is None else function_namespace(task.node)
            task.cache_key = wanted[task] = (space, digest)
    return wanted


def _digest(key: str | bytes) -> str:
    from xxhash import xxh3_128_hexdigest

    return xxh3_128_hexdigest(key.encode() if isinstance(key, str) else key)


def _distinct(wanted: Mapping[Task, FullKey]) -> list[FullKey]:
    return list(dict.fromkeys(wanted.values()))


def _take(run: Run, wanted: Mapping[Task, FullKey], found: Mapping[FullKey, Any]) -> None:
    for task, key in wanted.items():
        if key in found:
            writes = [(channel, own(channel, value)) for channel, value in found[key]]
            if task.parent is None:
                take_up(task, writes)
            else:
                task.writes, task.is_done = writes, True
            run.report_known(task, writes)


def _entry(task: Task) -> dict[FullKey, Any]:
    policies = task.node.policies
    assert policies is not None
    assert policies.cache is not None
    # Answers belong to the thread in which they were given.
    writes = deque(
        (channel, foreign(channel, value)) for channel, value in outcome_writes(task) if channel != ANSWERED
    )
    return {task.cache_key: (writes, policies.cache.ttl)}
