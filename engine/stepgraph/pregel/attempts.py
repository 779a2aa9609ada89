"""One task tried as often, and for as long, as its node's policies allow."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from stepgraph.errors import GraphBubbleUp, NodeCancelledError, add_note
from stepgraph.policies import Policies, RetryPolicy
from stepgraph.pregel.cache import akeep, keep
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.timeouts import within

_log = logging.getLogger("stepgraph")


def attempts(task: Task, policies: Policies, attempt: Callable[[Task], Any]) -> Any:
    """What the first attempt to succeed returns. Raises what the last one raises.

    A signal that leaves the graph, such as an interrupt, is no failure, and a cancellation no reason to try
    again.
    """
    if policies.timeout is not None:
        raise ValueError(
            f"Node {task.name!r} has a timeout, and only an async node can be stopped. Run the graph with "
            "ainvoke() or astream()."
        )
    while True:
        try:
            result = attempt(task)
            break
        except (GraphBubbleUp, NodeCancelledError):
            raise
        except Exception as error:
            pause = _pause_before_next(task, policies.retry, error)
            if pause is None:
                raise
            add_task_note(error, task)
        task.try_again()
        time.sleep(pause)
    if policies.cache is not None and task.run.cache is not None:
        keep(task)
    return result


async def aattempts(
    task: Task, policies: Policies, attempt: Callable[[Task], Coroutine[Any, Any, Any]]
) -> Any:
    """`attempts()` on the event loop, each under the node's timeout."""
    while True:
        try:
            running = attempt(task) if policies.timeout is None else within(policies.timeout, task, attempt)
            result = await running
            break
        except (GraphBubbleUp, NodeCancelledError):
            raise
        except Exception as error:
            pause = _pause_before_next(task, policies.retry, error)
            if pause is None:
                raise
            add_task_note(error, task)
        task.try_again()
        await asyncio.sleep(pause)
    if policies.cache is not None and task.run.cache is not None:
        await akeep(task)
    return result


def _pause_before_next(task: Task, retry: Sequence[RetryPolicy], error: Exception) -> float | None:
    """How many seconds to wait for the next attempt, None when there is to be none."""
    made, _ = task.attempt
    policy = next((policy for policy in retry if _matches(policy, error)), None)
    if policy is None or made >= policy.max_attempts:
        return None
    pause = min(policy.max_interval, policy.initial_interval * policy.backoff_factor ** (made - 1))
    if policy.jitter:
        pause += random.uniform(0, 1)
    _log.info(
        "Node %r failed in attempt %d with %s, and is tried again in %.2f s.",
        task.name,
        made,
        type(error).__name__,
        pause,
        exc_info=error,
    )
    return pause


def _matches(policy: RetryPolicy, error: Exception) -> bool:
    retry_on = policy.retry_on
    if isinstance(retry_on, type):
        return isinstance(error, retry_on)
    return isinstance(error, tuple(retry_on)) if isinstance(retry_on, Sequence) else bool(retry_on(error))


def add_task_note(error: BaseException, task: Task) -> None:
    """Let an error say where it was raised."""
    add_note(error, f"During task with name {task.name!r} and id {task.id!r}")


def own_cancellation(task: Task, error: asyncio.CancelledError) -> BaseException:
    """What to raise for a cancellation on the event loop: the node's own error if nobody asked for it."""
    running = asyncio.current_task()
    # Before Python 3.11 a task does not tell whether it was cancelled, and is believed to have been.
    if running is None or not hasattr(running, "cancelling") or running.cancelling():
        return error
    failure = NodeCancelledError(task.name)
    failure.__cause__ = error
    return failure
