"""Instruments: code that is awaited around every task of a run, at every depth. A debugger is one."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stepgraph.types import Namespace

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task, as an instrument sees it.

    `namespace` is the graph that runs it, `()` for the root. `step` counts that graph's supersteps from 1.
    `input` is the very object the node gets.
    """

    id: str
    name: str
    namespace: Namespace
    step: int
    input: Any
    triggers: tuple[str, ...]


class Instrument(Protocol):
    """Awaited on the run's event loop. While it waits, the task waits and its siblings go on.

    An exception raised here fails the task, as if the node had raised it.
    """

    async def before_task(self, task: TaskInfo) -> None:
        """Before the node's function starts, and after the task was reported to have started."""

    async def after_task(self, task: TaskInfo, error: BaseException | None) -> None:
        """After the task's outcome was reported. A Command that leaves for the parent graph is no `error`."""


class Gate:
    """An instrument together with the event loop that it lives on."""

    def __init__(
        self, instrument: Instrument, loop: asyncio.AbstractEventLoop, thread: int | None = None
    ) -> None:
        self.instrument = instrument
        self._loop = loop
        self._thread = threading.get_ident() if thread is None else thread
        self._waiting: set[concurrent.futures.Future[None]] = set()
        self._is_open = False

    def before(self, info: TaskInfo) -> None:
        """`before_task`, for a task in a thread: blocks that thread."""
        self._wait(self.instrument.before_task(info))

    def after(self, info: TaskInfo, error: BaseException | None) -> None:
        """`after_task`, for a task in a thread: blocks that thread."""
        self._wait(self.instrument.after_task(info, error))

    def for_instrument(self, instrument: Instrument) -> Gate:
        """A gate on the same loop, for a graph inside that has an instrument of its own."""
        return Gate(instrument, self._loop, self._thread)

    def open(self) -> None:
        """Let go of every thread that waits or will, with a CancelledError: the run is over."""
        self._is_open = True
        for future in list(self._waiting):
            future.cancel()

    @property
    def is_out_of_reach(self) -> bool:
        """True on the loop's own thread: whoever waits there keeps the instrument from answering."""
        return threading.get_ident() == self._thread

    def _wait(self, call: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        self._waiting.add(future)
        # Open may have been called before the future was there to be seen: then it is for us to cancel it.
        if self._is_open:
            future.cancel()
        try:
            future.result()
        finally:
            self._waiting.discard(future)


def task_info(task: Task) -> TaskInfo:
    """What an instrument is told about a task."""
    return TaskInfo(task.id, task.node.name, task.run.namespace, task.step, task.input, task.triggers)
