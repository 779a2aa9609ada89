"""A host in a thread of its own: jobs go in, futures and queues of events come out."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

from stepscope.session.run_queue import Plain, RunQueue
from stepscope.session.session import RunRequest
from stepscope_host.host import Host
from stepscope_host.loader import Loader
from stepscope_host.running import run_until_complete

LAST_SECONDS = 0.5
"""How long what is left on the loop of a closed host may take to end."""


class HostThread:
    """A host, its loop and its thread. Jobs run one after the other, the loop only during a run.

    While a file is imported the loop stands still: a module may call `asyncio.run()`.
    """

    def __init__(self, loader: Loader) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._pending = 0
        self._loop = asyncio.new_event_loop()
        self._run: RunQueue | None = None
        self._host = Host(self._emit, self._loop, self._relief, loader)
        threading.Thread(target=self._work, name="stepscope-host", daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """True while a load or a run has not ended."""
        return self._pending > 0

    @property
    def is_clean(self) -> bool:
        """False when async code of a run goes on, and would go on beside the next one."""
        return self._host.is_clean

    @property
    def still_running(self) -> tuple[str, ...]:
        return self._host.still_running

    def load(self, target: str) -> Future[Plain]:
        return self._post(lambda: self._host.load(target))

    def start(self, request: RunRequest) -> RunQueue:
        """Begin a run; its events come out of the queue that is returned."""
        run = RunQueue(asyncio.get_running_loop(), self._loop)
        plain = vars(request)

        def job() -> None:
            self._run = run
            run_until_complete(self._loop, self._host.run(plain))

        self._post(job).add_done_callback(lambda _: run.end())
        return run

    def steer(self, run: RunQueue, how: Callable[[Host], None]) -> None:
        """Call a method of the host on its loop, between two steps of what runs there."""
        self._loop.call_soon_threadsafe(self._steer, run, how)

    def close(self) -> None:
        """End the thread when its job is done; a job that hangs is left behind."""
        self._jobs.put(None)

    def _steer(self, run: RunQueue, how: Callable[[Host], None]) -> None:
        if self._run is not run or run.host_is_done:
            return  # asked too late: it is not meant for the next run
        if self._host.is_running:
            how(self._host)
        else:
            self._loop.call_soon(self._steer, run, how)

    def _post(self, job: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._pending += 1
        self._jobs.put((job, future))
        return future

    def _work(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, future = entry
            if not future.set_running_or_notify_cancel():
                self._pending -= 1
                continue
            result, error = None, None
            try:
                result = job()
            except BaseException as raised:
                error = raised
            self._pending -= 1  # before anybody hears of the end
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
            del entry, job, future, result, error
        self._close_loop()

    def _close_loop(self) -> None:
        # What goes on after its cancellation is lost with the loop, and was named when the run ended.
        self._loop.set_exception_handler(lambda loop, context: None)
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=LAST_SECONDS))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _emit(self, event: Plain) -> None:
        if self._run is not None:
            self._run.put(event)

    def _relief(self) -> Awaitable[None] | None:
        return None if self._run is None else self._run.relief()
