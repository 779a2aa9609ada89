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
import queue
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any

from stepscope import assets
from stepscope.model.events import (
    Event,
    Failure,
    Outcome,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskStarted,
    parse,
)
from stepscope.model.program import OpenFailed, Program
from stepscope.session.session import RunRequest
from stepscope_host.host import Host
from stepscope_host.loader import Loader
from stepscope_host.running import run_until_complete

STOP_SECONDS = 0.5
"""How long a stop waits for the host before it abandons it."""
SLICE_SECONDS = 0.004
"""How long events are read at a stretch before the loop gets a turn."""
MOST_QUEUED = 20_000
"""More waiting events than this make the host wait before it asks the graph for more."""

_Plain = dict[str, Any]


class LocalSession:
    """Implements `Session`. All methods belong to the loop that reads the events."""

    def __init__(self) -> None:
        self._host: _HostThread | None = None
        self._target: str | None = None
        self._run: _RunQueue | None = None
        self._loader = Loader()
        self._abandoned: list[str] = []

    async def open(self, target: str) -> Program:
        """Load a target.

        Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
        """
        try:
            target = assets.resolve(target)
        except assets.UnknownExample as unknown:
            raise OpenFailed(Failure("UnknownExample", str(unknown))) from unknown
        program = await self._load(target)
        self._target = program.target
        return program

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

    def step(self) -> None:
        """Let the next superstep's tasks run, then pause again."""
        self._steer(Host.step)

    def resume(self) -> None:
        """Run on without pausing."""
        self._steer(Host.resume)

    def pause(self) -> None:
        """Start no new task; what runs, finishes."""
        self._steer(Host.pause)

    def stop(self) -> None:
        """End the run now. RunFinished follows within about half a second and names what still runs."""
        if self._run is not None:
            self._steer(Host.stop)
            self._run.give_up_after(STOP_SECONDS)

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
            self._host = _HostThread(self._loader)
        reply = await asyncio.wrap_future(self._host.load(target))
        if "failure" in reply:
            raise OpenFailed(Failure.from_plain(reply["failure"]), tuple(reply["choices"]))
        return Program.from_plain(reply["opened"])

    async def _end(self, run: _RunQueue) -> None:
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


class _HostThread:
    """A host, its loop and its thread. Jobs run one after the other, the loop only during a run.

    While a file is imported the loop stands still: a module may call `asyncio.run()`.
    """

    def __init__(self, loader: Loader) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._pending = 0
        self._loop = asyncio.new_event_loop()
        self._run: _RunQueue | None = None
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

    def load(self, target: str) -> Future[_Plain]:
        return self._post(lambda: self._host.load(target))

    def start(self, request: RunRequest) -> _RunQueue:
        """Begin a run; its events come out of the queue that is returned."""
        run = _RunQueue(asyncio.get_running_loop(), self._loop)
        plain = {"input": request.input, "stepping": request.stepping}

        def job() -> None:
            self._run = run
            run_until_complete(self._loop, self._host.run(plain))

        self._post(job).add_done_callback(lambda _: run.end())
        return run

    def steer(self, run: _RunQueue, how: Callable[[Host], None]) -> None:
        """Call a method of the host on its loop, between two steps of what runs there."""
        self._loop.call_soon_threadsafe(self._steer, run, how)

    def close(self) -> None:
        """End the thread when its job is done; a job that hangs is left behind."""
        self._jobs.put(None)

    def _steer(self, run: _RunQueue, how: Callable[[Host], None]) -> None:
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
            self._loop.run_until_complete(asyncio.wait(left, timeout=STOP_SECONDS))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _emit(self, event: _Plain) -> None:
        if self._run is not None:
            self._run.put(event)

    def _relief(self) -> Awaitable[None] | None:
        return None if self._run is None else self._run.relief()


class _RunQueue:
    """A run's events between two threads: put in by the host's, read by the session's loop."""

    def __init__(self, reader: asyncio.AbstractEventLoop, writer: asyncio.AbstractEventLoop) -> None:
        self._reader = reader
        self._writer = writer
        self._events: deque[_Plain] = deque()
        self._news = asyncio.Event()
        self._is_woken = False
        self._room: asyncio.Event | None = None  # the writer waits for it
        self._seq = -1
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._host_free = asyncio.Event()
        self._is_over = False
        self._unfinished: dict[str, str] = {}
        self.host_is_done = False  # the host has put its last event in

    # The host's side.

    def put(self, event: _Plain) -> None:
        if event["event"] == "run_finished":
            self.host_is_done = True
        self._events.append(event)
        self._wake()

    def end(self) -> None:
        """The host's job is over, with or without a last event."""
        self.host_is_done = True
        self._call_reader(self._host_free.set)
        self._wake()

    def relief(self) -> Awaitable[None] | None:
        """Something to wait for while too many events are queued, else None."""
        if len(self._events) <= MOST_QUEUED:
            return None
        self._room = asyncio.Event()
        return self._wait_for_room(self._room)

    async def _wait_for_room(self, room: asyncio.Event) -> None:
        if len(self._events) > MOST_QUEUED // 2:
            await room.wait()

    def _wake(self) -> None:
        # One wake-up a burst: the reader clears the flag before it empties the queue.
        if not self._is_woken:
            self._is_woken = True
            self._call_reader(self._news.set)

    def _call_reader(self, what: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the reader's loop is closed: nobody will read
            self._reader.call_soon_threadsafe(what)

    # The session's side.

    @property
    def queued(self) -> int:
        return len(self._events)

    @property
    def is_over(self) -> bool:
        """True when the last event has been read."""
        return self._is_over

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The nodes that were running at the last event."""
        return tuple(dict.fromkeys(self._unfinished.values()))

    def give_up_after(self, seconds: float) -> None:
        """Do not wait for the host any longer than this."""
        if self._deadline is None and not self._is_over:
            self._deadline = time.monotonic() + seconds
            self._alarm = self._reader.call_later(seconds, self._news.set)

    async def skip(self) -> None:
        """Read what is left, unseen, to the end of the run."""
        async for _ in self.events():
            pass

    async def host_is_free(self, seconds: float) -> bool:
        """Wait for the host to be ready for another run; False when it is not within `seconds`."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._host_free.wait(), seconds if self.host_is_done else 0.0)
        return self._host_free.is_set()

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events in order, RunFinished last; between slices other tasks of the loop get a turn."""
        while not self.is_over:
            await self._news.wait()
            self._news.clear()
            self._is_woken = False
            turn_ends = time.monotonic() + SLICE_SECONDS
            while self._events:
                event = parse(self._events.popleft())
                self._note(event)
                yield event
                if time.monotonic() > turn_ends:
                    await asyncio.sleep(0)
                    turn_ends = time.monotonic() + SLICE_SECONDS
                self._make_room()
            if not self.is_over and self._is_given_up():
                last = self._lost()
                self._note(last)
                yield last

    def _is_given_up(self) -> bool:
        if self.host_is_done:
            return not self._events
        # The alarm may come a clock's tick early.
        return self._deadline is not None and time.monotonic() >= self._deadline - 0.02

    def _make_room(self) -> None:
        room = self._room
        if room is not None and len(self._events) <= MOST_QUEUED // 2:
            self._room = None
            self._writer.call_soon_threadsafe(room.set)

    def _note(self, event: Event) -> None:
        self._seq = event.seq
        match event:
            case TaskStarted() | TaskReleased():
                self._unfinished[event.task] = event.node
            case TaskFinished() | TaskHeld():
                self._unfinished.pop(event.task, None)
            case RunFinished():
                self._is_over = True
                if self._alarm is not None:
                    self._alarm.cancel()

    def _lost(self) -> RunFinished:
        """The end of a run whose host does not answer any more, or ended without a word."""
        outcome, failure, reason = Outcome.STOPPED, None, "stopped; its code could not be ended"
        if self._deadline is None:
            outcome, reason = Outcome.FAILED, "the run's thread ended"
            failure = Failure("HostEnded", "The run's thread ended without a report.")
        return RunFinished(self._seq + 1, time.time(), outcome, failure, reason, self.unfinished)


def _stillborn(request: RunRequest, failure: Failure) -> Iterator[Event]:
    """A run whose program could not be loaded again."""
    yield RunStarted(0, time.time(), "", request.input)
    yield RunFinished(1, time.time(), Outcome.FAILED, failure, "the program could not be loaded again", ())
