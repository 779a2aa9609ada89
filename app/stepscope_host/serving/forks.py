"""A copy of the worker that a node forks: it may do what it likes, but not go on with the run.

The copy has the loop of the original, down to the same descriptors: were it to wait in it, it would take what
is meant for the original, which then waits for ever. So a copy that comes back from the user's code ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import traceback
from collections.abc import Iterable


def end_in_child(loop: asyncio.AbstractEventLoop) -> None:
    """From now on let each forked process end where it would go on with this loop."""

    def in_child() -> None:
        task = asyncio.current_task(loop)
        loop.call_soon(lambda: end(_error(task)))

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)


def end(error: BaseException | None) -> None:
    """End a forked process whose node has returned, or raised this. Never returns."""
    with contextlib.suppress(BaseException):
        if error is not None:
            traceback.print_exception(type(error), error, error.__traceback__)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0 if error is None else 1)


def end_if_raised(told: Iterable[object]) -> None:
    """End a forked process whose node has raised, as a thread tells its loop in vain."""
    for one in told:
        if isinstance(one, BaseException):
            end(one)


def _error(task: asyncio.Task[object] | None) -> BaseException | None:
    return task.exception() if task is not None and task.done() and not task.cancelled() else None
