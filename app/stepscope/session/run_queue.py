"""A run's events on their way between two threads: put in by the host's, read by the session's loop."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from stepscope.model.events import (
    Event,
    Failure,
    Outcome,
    RunFinished,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskStarted,
    parse,
)

MOST_QUEUED = 1_000
"""More waiting events than this make the host wait before it asks the graph for more.

A host that waits leaves the interpreter to the window: with 20,000 a flood of 50,000 events keeps it from
its 16 ms tick for up to 110 ms, with 1,000 for up to 40, and takes no longer.
"""

Plain = dict[str, Any]


class RunQueue:
    """A run's events between two threads: put in by the host's, read by the session's loop."""

    def __init__(self, reader: asyncio.AbstractEventLoop, writer: asyncio.AbstractEventLoop) -> None:
        self._reader = reader
        self._writer = writer
        self._events: deque[Plain] = deque()
        self._news = asyncio.Event()
        self._is_woken = False
        self._room: asyncio.Event | None = None  # the writer waits for it
        self._seqs = itertools.count()
        self._lock = threading.Lock()  # what a program prints comes by other threads than its events
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._host_free = asyncio.Event()
        self._is_over = False
        self._unfinished: dict[str, str] = {}
        self.host_is_done = False  # the host has put its last event in

    # The host's side.

    def put(self, event: Plain) -> None:
        with self._lock:
            if event["event"] == "run_finished":
                self.host_is_done = True
            event["seq"] = next(self._seqs)
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
        """The events in order, RunFinished last. Waits only while there are none."""
        while not self.is_over:
            await self._news.wait()
            self._news.clear()
            self._is_woken = False
            while self._events:
                event = parse(self._events.popleft())
                self._note(event)
                yield event
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
        return RunFinished(next(self._seqs), time.time(), outcome, failure, reason, self.unfinished)
