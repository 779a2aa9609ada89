"""Calls of a saver, in their order: at once, or beside the run, in a thread or on its event loop.

With durability `async` a run goes on while it is saved. What fails there is raised when the run next looks.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from stepgraph.pregel.threads import WORKERS


def is_in_memory(saver: Any) -> bool:
    """Whether a saver's calls have nothing to wait for: then a hop to a thread, or a task, costs more than
    they do.

    With langgraph-checkpoint's own, a superstep costs two thirds of what it does with a thread.
    """
    memory = sys.modules.get("langgraph.checkpoint.memory")
    if memory is None:
        return False
    kind, own = type(saver), memory.InMemorySaver
    return kind.put is own.put and kind.aput is own.aput and kind.put_writes is own.put_writes


Call = tuple[Callable[..., Any], tuple[Any, ...]]


class Saving:
    """For `stream()` and `invoke()`. `is_beside`: calls are made in a thread, one after another."""

    def __init__(self, *, is_beside: bool) -> None:
        self._is_beside = is_beside
        self._todo: deque[Call] = deque()
        self._state = threading.Condition(threading.RLock())
        self._is_busy = False
        self._failure: BaseException | None = None

    def call(self, function: Callable[..., Any], *args: Any) -> None:
        """Call the saver, now or soon; from any thread."""
        with self._state:
            if not self._is_beside:
                function(*args)
                return
            self._todo.append((function, args))
            if not self._is_busy:
                self._is_busy = True
                WORKERS.submit(self._work)

    def check(self) -> None:
        """Raise what a call beside the run has raised."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def wait(self) -> None:
        """Return when all calls are done."""
        with self._state:
            while self._is_busy:
                self._state.wait()

    def _work(self) -> None:
        while True:
            with self._state:
                if not self._todo or self._failure is not None:
                    self._todo.clear()
                    self._is_busy = False
                    self._state.notify_all()
                    return
                function, args = self._todo.popleft()
            try:
                function(*args)
            except BaseException as error:
                self._failure = error


class AsyncSaving:
    """For `astream()` and `ainvoke()`: calls are awaited by a task of their own, one after another."""

    def __init__(self) -> None:
        self._todo: deque[tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    def call(self, function: Callable[..., Awaitable[Any]], *args: Any) -> None:
        """Call the saver soon; on the run's event loop."""
        self._todo.append((function, args))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    def check(self) -> None:
        """Raise what a call has raised."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    async def wait(self) -> None:
        """Return when all calls are done."""
        while self._task is not None:
            # A run that is cancelled while it waits here is still saved to its end.
            await asyncio.shield(self._task)

    async def _work(self) -> None:
        try:
            while self._todo and self._failure is None:
                function, args = self._todo.popleft()
                await function(*args)
        except BaseException as error:
            self._failure = error
        finally:
            self._todo.clear()
            self._task = None
