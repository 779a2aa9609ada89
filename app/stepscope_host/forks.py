"""A copy of the worker that a node forks: it may do what it likes, but not go on with the run.

The copy has the loop of the original, down to the same descriptors: were it to wait in it, it would take what
is meant for the original, which then waits for ever. So a copy ends with the node that forked it, or where
that would wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import traceback
import weakref
from collections.abc import Iterable
from typing import Protocol

_is_copy = False


class Passage(Protocol):
    """What tasks go through unasked while it is free."""

    is_free: bool


_passages: weakref.WeakSet[Passage] = weakref.WeakSet()


def close_in_copies(passage: Passage) -> None:
    """Have every task ask in a copy: at its end, the node that has forked ends the copy."""
    _passages.add(passage)


def end_in_child(loop: asyncio.AbstractEventLoop) -> None:
    """From now on let each forked process of this one end where it would go on with this loop."""

    def in_child() -> None:
        global _is_copy
        _is_copy = True
        for passage in list(_passages):
            passage.is_free = False
        task = asyncio.current_task(loop)
        if task is not None:
            asyncio._set_running_loop(loop)  # it is forgotten in a copy, which could not even return then
            loop.call_soon(_end_at_a_wait, task)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)


def is_copy() -> bool:
    """True in a copy of a worker."""
    return _is_copy


def end(error: BaseException | None) -> None:
    """End a copy whose node has returned, or raised this. Never returns."""
    with contextlib.suppress(BaseException):
        if error is not None:
            traceback.print_exception(type(error), error, error.__traceback__)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0 if error is None else 1)


def _end_at_a_wait(task: asyncio.Task[object]) -> None:
    """End a copy that gives way to its loop, in the middle of a task or as its end."""
    if not task.done():
        end(RuntimeError("A forked copy of the program has no event loop to wait in."))
    end(None if task.cancelled() else task.exception())


def end_if_raised(told: Iterable[object]) -> None:
    """End a copy whose node has raised, as a thread tells its loop in vain."""
    for one in told:
        if isinstance(one, BaseException):
            end(one)
