"""Threads that run the user's sync functions, kept for a while because starting one costs more than a node.

There is no limit to them here: a node may start a graph that needs threads of its own, and would wait for
itself if it had to share. Each run limits how many it uses.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import queue
import threading
from collections.abc import Callable
from typing import Any, Final

Job = Callable[[], None]

IDLE_SECONDS: Final = 5.0
"""How long a thread waits for more to do."""


class Workers:
    """Runs each job in a thread that is idle, or in a new one. A job must not raise."""

    def __init__(self) -> None:
        self._forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def submit(self, job: Job) -> None:
        """Run a job soon."""
        with self._lock:
            # An idle thread is taken by counting it out; it then finds the job in the queue.
            taken = self._idle > 0
            if taken:
                self._idle -= 1
        if taken:
            self._jobs.put(job)
        else:
            threading.Thread(target=self._work, args=(job,), name="stepgraph", daemon=True).start()

    def _forget(self) -> None:
        """Start without threads: a forked process has none of its parent's."""
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0

    def _work(self, job: Job | None) -> None:
        jobs = self._jobs
        while job is not None:
            job()
            if self._jobs is not jobs:
                return  # The job forked: this is the copy, which nobody will give another.
            job = None  # What the job refers to is not to be kept alive while this thread waits.
            with self._lock:
                self._idle += 1
            job = self._next()

    def _next(self) -> Job | None:
        try:
            return self._jobs.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with self._lock:
                if self._idle:
                    self._idle -= 1
                    return None
        return self._jobs.get()  # Counted out a moment ago: a job is on its way.


WORKERS: Final = Workers()


_running: dict[int, contextvars.Context] = {}


def contexts() -> dict[int, contextvars.Context]:
    """The contexts of all sync functions that `astream()` and `ainvoke()` have running, by thread.

    A run that was cancelled leaves its threads behind: this tells whose they are.
    """
    return dict(_running)


_USUAL_LIMIT: Final = min(32, (os.cpu_count() or 1) + 4)  # Asked once: it reads a file each time.


def thread_limit(max_concurrency: int | None) -> int:
    """How many threads one run may use at a time."""
    return max_concurrency or _USUAL_LIMIT


async def in_thread(limit: asyncio.Semaphore, function: Callable[..., Any], *args: Any) -> Any:
    """Call a sync function in a thread, in a copy of the present context, and wait for it."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: Any, error: BaseException | None) -> None:
        if answer.done():  # Cancelled: no one waits any more.
            return
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)

    def job() -> None:
        result: Any = None
        error: BaseException | None = None
        thread = threading.get_ident()
        _running[thread] = context
        try:
            result = context.run(function, *args)
        except StopIteration as stop:  # A future cannot carry it.
            error = RuntimeError(f"A node raised StopIteration: {stop}")
            error.__cause__ = stop
        except BaseException as raised:
            error = raised
        del _running[thread]
        with contextlib.suppress(RuntimeError):  # The loop may have been closed meanwhile.
            loop.call_soon_threadsafe(settle, result, error)

    async with limit:
        WORKERS.submit(job)
        return await answer
