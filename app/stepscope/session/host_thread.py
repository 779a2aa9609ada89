"""A host in a thread of its own: jobs go in, futures and queues of events come out."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future

from stepscope.model.topology import Namespace
from stepscope.session.run_queue import Plain, RunQueue
from stepscope.session.session import RunRequest
from stepscope_host.host import Host
from stepscope_host.loading.loader import Loader
from stepscope_host.serving.service import Service


class HostThread:
    """A host's service in a thread of this process."""

    def __init__(self, loader: Loader) -> None:
        self._run: RunQueue | None = None
        self._numbers = itertools.count(1)
        self._service = Service(self._emit, self._relief, loader)
        threading.Thread(target=self._service.serve, name="stepscope-host", daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """True while a load or a run has not ended."""
        return self._service.is_busy

    @property
    def is_clean(self) -> bool:
        """False when async code of a run goes on, and would go on beside the next one."""
        return self._service.host.is_clean

    @property
    def still_running(self) -> tuple[str, ...]:
        return self._service.host.still_running

    def load(self, target: str, folder: str) -> Future[Plain]:
        return self._service.load(target, folder)

    def start(self, request: RunRequest) -> RunQueue:
        """Begin a run; its events come out of the queue that is returned."""
        run = RunQueue(asyncio.get_running_loop(), next(self._numbers))
        self._service.post(lambda: setattr(self, "_run", run))
        self._service.run(run.number, vars(request)).add_done_callback(lambda _: run.end())
        return run

    def fetch(self, handle: str) -> Future[Plain]:
        """More of a value that was cut, also while a run is on."""
        return self._service.fetch(handle)

    def evaluate(self, expression: str, namespace: Namespace, step: int | None) -> Future[Plain]:
        """The value of an expression over a graph's state, also while a run is on."""
        return self._service.evaluate(expression, namespace, step)

    def ask(self, what: str, parts: Mapping[str, Plain]) -> Future[Plain]:
        """Ask something of the threads, also while a run is on."""
        return self._service.ask(what, parts)

    def steer(self, run: RunQueue, how: Callable[[Host], None]) -> None:
        """Call a method of the host on its loop, between two steps of what runs there."""
        self._service.steer(run.number, how)

    def close(self) -> None:
        """End the thread when its job is done; a job that hangs is left behind."""
        self._service.close()

    def _emit(self, event: Plain) -> None:
        if self._run is not None:
            self._run.put(event)

    def _relief(self) -> Awaitable[None] | None:
        return None if self._run is None else self._run.relief()
