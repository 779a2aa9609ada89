"""A superstep's tasks side by side: in threads for `stream()`, on the event loop for `astream()`.

Each task runs in a copy of the caller's context, so that what a node sets in context variables stays with it.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import queue
import time
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stepgraph.pregel.handlers import HandlerTask
from stepgraph.pregel.runner import aperform, perform
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import WORKERS


@types.coroutine
def in_context(context: contextvars.Context, coroutine: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """Await a coroutine here, in no asyncio task of its own, but in a context of its own.

    A direct await costs a fraction of a microsecond where a task costs six; a node that runs alone needs no
    more.
    """
    resume: Callable[..., Any] = coroutine.send
    value: Any = None
    while True:
        try:
            awaited = context.run(resume, value)
        except StopIteration as end:
            return end.value
        try:
            value = yield awaited
            resume = coroutine.send
        except GeneratorExit:
            context.run(coroutine.close)
            raise
        except BaseException as error:
            resume, value = coroutine.throw, error


class Crew:
    """Threads that take a superstep's tasks, each one after another until none is left, or one has failed.

    What tasks report comes to `arrivals`, then a CREW_LEAVES for each thread.
    """

    def __init__(self, tasks: Sequence[Task], limit: int, arrivals: queue.SimpleQueue[Any]) -> None:
        self._limit = limit
        self._waiting = deque(tasks[limit:])
        self._arrivals = arrivals
        self._working = min(limit, len(tasks))
        for task in tasks[:limit]:
            self._start(task)

    def chunks(self, timeout: float | None = None) -> Generator[Any, None, None]:
        """What the tasks report. After a failure the rest is waited for, but what it reports is not news.

        Taking longer than `timeout` seconds is one: a TimeoutError.
        """
        failure: BaseException | None = None
        end = time.monotonic() + timeout if timeout else None
        try:
            while self._working:
                try:
                    item = self._arrivals.get(timeout=None if end is None else max(0, end - time.monotonic()))
                except queue.Empty:
                    failure, end = failure or _took_too_long(timeout), None
                    self._waiting.clear()
                    continue
                if item is CREW_LEAVES:
                    self._working -= 1
                    # A handler may have come to wait just when this thread found no one waiting.
                    if (task := self._next()) is not None:
                        self._begin(task)
                elif isinstance(item, Failed):
                    failure = failure or item.error
                elif isinstance(item, HandlerTask):
                    if failure is None:
                        self._begin(item)
                elif failure is None:
                    yield item
        finally:
            self._waiting.clear()
            while self._working:
                if self._arrivals.get() is CREW_LEAVES:
                    self._working -= 1
        if failure is not None:
            raise failure

    def _begin(self, task: Task) -> None:
        """Find someone for a task that came up while others ran."""
        if self._working < self._limit:
            self._working += 1
            self._start(task)
        else:
            self._waiting.append(task)

    def _start(self, task: Task) -> None:
        WORKERS.submit(functools.partial(self._work, contextvars.copy_context(), task))

    def _work(self, context: contextvars.Context, task: Task | None) -> None:
        while task is not None:
            try:
                context.copy().run(perform, task, self._arrivals.put)
            except BaseException as error:
                self._waiting.clear()
                self._arrivals.put(Failed(error))
            if task.calls is not None:
                task.calls.family.wait()
            task = self._next()
        self._arrivals.put(CREW_LEAVES)

    def _next(self) -> Task | None:
        try:
            return self._waiting.popleft()
        except IndexError:
            return None


CREW_LEAVES: Final = object()


@dataclass(frozen=True)
class Failed:
    """What a task raised, in its place among what tasks report."""

    error: BaseException


class SideBySide:
    """Asyncio tasks of one superstep. The first failure cancels the rest, as does a timeout."""

    def __init__(
        self,
        tasks: Sequence[Task],
        limit: int | None,
        on_end: Callable[[], None],
        timeout: float | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._failure: BaseException | None = None
        self._left = len(tasks)
        self._on_end = on_end
        self._cancelling = False
        self._turns = asyncio.Semaphore(limit) if limit and limit < len(tasks) else None
        self._running = {loop.create_task(self._perform(task)): task for task in tasks}
        self._begun: set[Task] = set()
        self._alarm = loop.call_later(timeout, self._expire, timeout) if timeout else None

    @property
    def is_over(self) -> bool:
        return self._left == 0

    def check(self) -> None:
        """Raise what the first task to fail raised."""
        if self._failure is not None:
            raise self._failure

    async def stop(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._left:
            self._cancel()
            await asyncio.wait(self._running)

    async def _perform(self, task: Task) -> None:
        self._begun.add(task)
        try:
            if self._turns is None:
                await aperform(task)
            else:
                async with self._turns:
                    await aperform(task)
        except BaseException:
            self._watch(asyncio.current_task())
            raise
        # Said from within: a callback of each asyncio task would cost a turn of the event loop.
        self._count_out()

    def _watch(self, running: asyncio.Task[None] | None) -> None:
        assert running is not None
        running.add_done_callback(self._failed)

    def _failed(self, running: asyncio.Task[None]) -> None:
        if running.cancelled():
            if self._failure is not None:
                task = self._running[running]
                task.run.report_cancelled(task)
            elif not self._cancelling:
                self._failure = asyncio.CancelledError()
        elif (error := running.exception()) is not None and self._failure is None:
            self._failure = error
        if self._failure is not None:
            self._cancel()
        self._count_out()

    def _count_out(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._on_end()

    def _expire(self, timeout: float) -> None:
        if self._left and self._failure is None:
            self._failure = _took_too_long(timeout)
            self._cancel()

    def _cancel(self) -> None:
        if not self._cancelling:
            self._cancelling = True
            for running, task in self._running.items():
                if task not in self._begun:  # It will never run, and so cannot count itself out.
                    self._watch(running)
                running.cancel()


def _took_too_long(timeout: float | None) -> TimeoutError:
    # asyncio's is another class before Python 3.11; this one is what everybody can catch.
    return TimeoutError(
        f"A superstep took longer than the {timeout:g} s of step_timeout. Raise it, or find what its nodes "
        "wait for."
    )
