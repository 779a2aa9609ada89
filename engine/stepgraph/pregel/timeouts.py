"""Timeouts: an attempt that takes too long is cancelled, waited for, and is then a NodeTimeoutError."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from stepgraph.config import with_handlers
from stepgraph.errors import NodeTimeoutError
from stepgraph.policies import TimeoutPolicy
from stepgraph.types import StreamWriter

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task


async def within(
    policy: TimeoutPolicy, task: Task, attempt: Callable[[Task], Coroutine[Any, Any, Any]]
) -> Any:
    """What an attempt returns. Raises NodeTimeoutError when its time is up, and what it wrote is forgotten.

    An attempt that does not end when it is cancelled is waited for all the same.
    """
    loop = asyncio.get_running_loop()
    watch = task.watch = Watch(policy, loop.time)
    running = loop.create_task(attempt(task))
    try:
        while not running.done() and (left := watch.left()) > 0:
            await asyncio.wait([running], timeout=left)
        if running.done():
            return running.result()
        failure = watch.error(task.name)
    finally:
        if not running.done():
            watch.is_over = True
            running.cancel()
            await asyncio.wait([running])
            # What it raised on its way out is not the reason.
            _ = running.cancelled() or running.exception()
    task.writes, task.targets = (), ()
    raise failure


class Watch:
    """Knows when an attempt began, when it last made progress, and so how long it may still take."""

    def __init__(self, policy: TimeoutPolicy, clock: Callable[[], float]) -> None:
        self._run, self._idle = policy.seconds()
        self._clock = clock
        self._began = self._progressed = clock()
        self._ear = Ear(self.restart) if self._idle is not None and policy.refresh_on == "auto" else None
        self.is_over = False
        """Then nothing that the attempt still writes comes out."""

    def restart(self) -> None:
        """There is progress; from any thread."""
        self._progressed = self._clock()

    def left(self) -> float:
        """How many seconds there are until the time may be up."""
        now = self._clock()
        run = math.inf if self._run is None else self._began + self._run - now
        idle = math.inf if self._idle is None else self._progressed + self._idle - now
        return min(run, idle)

    def error(self, node: str) -> NodeTimeoutError:
        """What to raise now that the time is up."""
        elapsed = self._clock() - self._began
        if self._run is not None and elapsed >= self._run:
            return NodeTimeoutError(node, elapsed, kind="run", run_timeout=self._run)
        return NodeTimeoutError(node, elapsed, kind="idle", idle_timeout=self._idle)

    def heard_by(self, callbacks: Any) -> Any:
        """These callbacks, and this watch's ear among them."""
        if self._ear is None or self._ear in getattr(callbacks, "handlers", callbacks or ()):
            return callbacks
        return with_handlers(callbacks, [self._ear])

    def writer(self, write: StreamWriter) -> StreamWriter:
        """A stream writer that counts as progress, and falls silent when the time is up."""

        def write_in_time(value: Any) -> None:
            if not self.is_over:
                if self._ear is not None:
                    self.restart()
                write(value)

        return write_in_time


class Ear:
    """A langchain-core callback handler, in all but name, to which whatever it hears of is progress."""

    raise_error = False
    run_inline = True
    ignore_llm = False
    ignore_chat_model = False
    ignore_chain = False
    ignore_agent = False
    ignore_retriever = False
    ignore_retry = False
    ignore_custom_event = False

    def __init__(self, on_progress: Callable[[], None]) -> None:
        self._on_progress = on_progress

    def __getattr__(self, name: str) -> Callable[..., None]:
        if not name.startswith("on_"):
            raise AttributeError(name)
        return self._hear

    def _hear(self, *args: Any, **kwargs: Any) -> None:
        self._on_progress()
