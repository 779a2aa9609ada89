"""A session whose graph runs in this process, in a thread and on a loop of its own.

The window's loop only takes events from a queue, so no node can freeze it: neither one that blocks
a thread, nor an async one that never gives way, nor an import. Python runs one thread at a time
though: `sys.setswitchinterval(0.001)`, set once by the application, keeps a busy node from holding
the window up for longer than it shows.

Code that hangs cannot be ended in Python. After a stop the host's thread gets half a second; then it
is abandoned together with what it runs, and the next run loads its target anew in a new thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Iterator

from stepscope.model.events import Event, Failure, Outcome, Plain, RunFinished, RunStarted
from stepscope.model.program import OpenFailed, Program
from stepscope.model.topology import Namespace
from stepscope.session import examples
from stepscope.session.host_thread import HostThread
from stepscope.session.run_queue import RunQueue
from stepscope.session.session import RunRequest
from stepscope_host.host import Host
from stepscope_host.loading.loader import Loader
from stepscope_host.showing.handles import GONE

STOP_SECONDS = 0.5
"""How long a stop waits for the host before it abandons it."""


class LocalSession:
    """Implements `Session`. All methods belong to the loop that reads the events."""

    def __init__(self, loader: Loader | None = None, folder: str = "") -> None:
        """Threads are kept in a file of the folder; in memory without one, until another target is loaded."""
        self._host: HostThread | None = None
        self._target: str | None = None
        self._run: RunQueue | None = None
        self._loader = loader or Loader()
        self._folder = folder
        self._abandoned: list[str] = []

    async def open(self, target: str, python: str | None = None) -> Program:
        """Load a target into this process, whatever `python` says.

        Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
        """
        program = await self._load(examples.resolved(target))
        self._target = program.target
        return program

    def has_choice_of_python(self, target: str) -> bool:
        """False: a target is loaded into this process."""
        return False

    async def astream(self, request: RunRequest) -> AsyncGenerator[Event, None]:
        """Run the opened graph. The first event is RunStarted, the last RunFinished, whatever happens."""
        assert self._target is not None, "astream() needs a program: open() one first"
        if self._host is None or self._host.is_busy:
            try:
                await self._load(self._target)
            except OpenFailed as problem:
                for event in _stillborn(request, problem.failure):
                    yield event
                return
        assert self._host is not None
        run = self._run = self._host.start(request)
        try:
            async with contextlib.aclosing(run.events()) as events:
                async for event in events:
                    yield event
        finally:
            await self._end(run)

    @property
    def queued(self) -> int:
        """How many events have been told and not yet read."""
        return 0 if self._run is None else self._run.queued

    def order(self, kind: str, **parts: Plain) -> None:
        """Steer the run."""
        self._steer(lambda host: host.order(kind, parts))

    def stop(self) -> None:
        """End the run now. RunFinished follows within about half a second and names what still runs."""
        if self._run is not None:
            self._steer(Host.stop)
            self._run.give_up_after(STOP_SECONDS)

    async def fetch(self, handle: str) -> Plain:
        """More of a value that was cut. Raises LookupError with the reason why there is none."""
        if self._host is None:
            raise LookupError(GONE)
        reply = await asyncio.wrap_future(self._host.fetch(handle))
        if "gone" in reply:
            raise LookupError(reply["gone"])
        return reply["value"]

    async def evaluate(self, expression: str, namespace: Namespace = (), step: int | None = None) -> Plain:
        """What an expression is worth. Raises LookupError with the reason why it has no value."""
        if self._host is None:
            raise LookupError(GONE)
        reply = await asyncio.wrap_future(self._host.evaluate(expression, namespace, step))
        if "failure" in reply:
            raise LookupError(reply["failure"])
        return reply["value"]

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        """Ask something of the graph's threads. Raises LookupError with the reason why there is no answer."""
        if self._host is None:
            raise LookupError(GONE)
        reply = await asyncio.wrap_future(self._host.ask(what, parts))
        if "problem" in reply:
            raise LookupError(reply["problem"])
        return reply

    def listen(self, hear: Callable[[Event], None]) -> None:
        """In this process nothing happens between two runs: what is printed goes where it went before."""

    async def close(self) -> tuple[str, ...]:
        """Let go of everything; returns the nodes whose code still runs in a thread."""
        if self._run is not None:
            await self._end(self._run)
        still_running = list(self._abandoned)
        if self._host is not None:
            still_running += self._host.still_running
            self._host.close()
            self._host = None
        return tuple(dict.fromkeys(still_running))

    def _steer(self, how: Callable[[Host], None]) -> None:
        if self._host is not None and self._run is not None:
            self._host.steer(self._run, how)

    async def _load(self, target: str) -> Program:
        if self._host is not None and self._host.is_busy:  # an import or a run that never ended
            self._host.close()
            self._host = None
        if self._host is None:
            self._host = HostThread(self._loader)
        reply = await asyncio.wrap_future(self._host.load(target, self._folder))
        if "failure" in reply:
            raise OpenFailed.from_plain(reply)
        return await asyncio.to_thread(Program.from_plain, reply["opened"])  # a big graph takes a while

    async def _end(self, run: RunQueue) -> None:
        """Nobody reads this run any more: see that it is over in the host too, or abandon that."""
        if not run.is_over:
            self.stop()
            await run.skip()
        if self._run is not run:
            return
        self._run = None
        is_free = await run.host_is_free(STOP_SECONDS)
        if self._host is not None and not (is_free and self._host.is_clean):
            self._abandoned += [name for name in run.unfinished if name not in self._abandoned]
            self._host.close()
            self._host = None


def _stillborn(request: RunRequest, failure: Failure) -> Iterator[Event]:
    """A run whose program could not be loaded again."""
    yield RunStarted(0, time.time(), "", request.input)
    yield RunFinished(1, time.time(), Outcome.FAILED, failure, "the program could not be loaded again", ())
