"""Runs a loop to a coroutine's end, through the exits that a node may call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_complete(
    loop: asyncio.AbstractEventLoop,
    coroutine: Coroutine[Any, Any, T],
    is_ours: Callable[[BaseException], bool] = lambda error: False,
) -> T:
    """The coroutine's result.

    A SystemExit or KeyboardInterrupt inside a task leaves the loop and is also the task's outcome. The
    loop is entered again, so that whoever waits for that task hears of it like of any error. An exit
    that `is_ours` (Ctrl+C at the terminal) is raised at once. What else leaves the loop tells that it
    cannot go on, its descriptors closed or its modules changed; that is raised, too.
    """
    task = loop.create_task(coroutine)
    while True:
        try:
            return loop.run_until_complete(task)
        except (SystemExit, KeyboardInterrupt, RuntimeError) as error:  # a node's exit, or its loop.stop()
            is_its_own = task.done() and (task.cancelled() or task.exception() is error)
            if is_ours(error) or loop.is_closed() or is_its_own:
                raise
