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
from stepscope_host.debugging.debugger import Task

MOST_QUEUED = 1_000
"""More waiting events than this make the host wait before it asks the graph for more.

A host that waits leaves the interpreter to the window: with 20,000 a flood of 50,000 events keeps it from
its 16 ms tick for up to 110 ms, with 1,000 for up to 40, and takes no longer.
"""

Plain = dict[str, Any]

Loss = Callable[[tuple[str, ...]], Failure]
"""How a run's host was lost, told by the nodes that were running."""


class RunQueue:
    """A run's events between two threads: put in by the host's, read by the session's loop.

    `number` tells the run from earlier ones of the same host.
    """

    def __init__(self, reader: asyncio.AbstractEventLoop, number: int) -> None:
        self.number = number
        self._reader = reader
        self._events: deque[Event] = deque()
        self._news = asyncio.Event()
        self._is_woken = False
        self._on_room: Callable[[], object] | None = None  # the writer waits for it
        self._early: list[Plain] = []  # printed before the first event was put in
        self._seq = 0
        self._lock = threading.Lock()  # what a program prints comes by other threads than its events
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._host_free = asyncio.Event()
        self._host_done = asyncio.Event()
        self._is_over = False
        self._unfinished: dict[str, TaskStarted | TaskReleased] = {}
        self._loss: Loss | None = lambda running: Failure("HostEnded", "The run ended without a report.")
        self.host_is_done = False  # the host has put its last event in

    # The host's side.

    def put(self, plain: Plain) -> None:
        """Take an event in. Raises KeyError, TypeError or ValueError when it makes none."""
        with self._lock:
            if not self._seq and plain["event"] == "printed":
                # It came by another way than the run's first event, and sooner.
                self._early.append(plain)
                return
            early, self._early = self._early, []
            for each in (plain, *early):
                event = parse({**each, "seq": self._seq})
                self._seq += 1
                self._events.append(event)
                if isinstance(event, RunFinished):
                    self.host_is_done = True
        if self.host_is_done:
            self._call_reader(self._host_done.set)
        self._wake()

    def end(self) -> None:
        """The host's job is over, with or without a last event."""
        self.host_is_done = True
        self._call_reader(self._host_done.set)
        self._call_reader(self._host_free.set)
        self._wake()

    def lose(self, loss: Loss, was_stopping: bool) -> None:
        """The host is gone in the middle of the run: end it with that, or as the stop that was asked for."""
        with self._lock:
            self._loss = None if was_stopping else loss
        self.end()

    @property
    def is_full(self) -> bool:
        """True while more events are queued than anybody should add to."""
        return len(self._events) > MOST_QUEUED

    def when_room(self, act: Callable[[], object]) -> None:
        """Call `act` in the reader's thread once half of the queue has been read, or at once."""
        self._on_room = act
        if len(self._events) <= MOST_QUEUED // 2:
            self._call_reader(self._make_room)

    def relief(self) -> Awaitable[None] | None:
        """Something to await on the host's loop while too many events are queued, else None."""
        return self._room() if self.is_full else None

    async def _room(self) -> None:
        room = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.when_room(lambda: loop.call_soon_threadsafe(room.set))
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
        return tuple(dict.fromkeys(task.node for task in self._unfinished.values()))

    def give_up_after(self, seconds: float) -> None:
        """Do not wait for the host any longer than this."""
        if self._deadline is None and not self._is_over:
            self._deadline = time.monotonic() + seconds
            self._alarm = self._reader.call_later(seconds, self._news.set)

    async def skip(self) -> None:
        """Read what is left, unseen, to the end of the run."""
        async for _ in self.events():
            pass

    async def host_is_done_within(self, seconds: float | None) -> bool:
        """Wait for the host to have told its last event; False when it has not within `seconds`, if any."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._host_done.wait(), seconds)
        return self.host_is_done

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
                event = self._events.popleft()
                self._note(event)
                yield event
                self._make_room()
            if not self.is_over and self._is_given_up():
                for event in self._lost():
                    self._note(event)
                    yield event

    def _is_given_up(self) -> bool:
        if self.host_is_done:
            return not self._events
        # The alarm may come a clock's tick early.
        return self._deadline is not None and time.monotonic() >= self._deadline - 0.02

    def _make_room(self) -> None:
        act = self._on_room
        if act is not None and len(self._events) <= MOST_QUEUED // 2:
            self._on_room = None
            act()

    def _note(self, event: Event) -> None:
        match event:
            case TaskStarted() | TaskReleased():
                self._unfinished[event.task] = event
            case TaskFinished() | TaskHeld():
                self._unfinished.pop(event.task, None)
            case RunFinished():
                self._is_over = True
                if self._alarm is not None:
                    self._alarm.cancel()

    def _lost(self) -> list[Event]:
        """The end of a run whose host does not answer any more, or ended without a word."""
        if self._deadline is not None:
            reason, running = "stopped; its code could not be ended", self.unfinished
            return [self._last(Outcome.STOPPED, None, reason, running)]
        if self._loss is None:
            return [self._last(Outcome.STOPPED, None, "stopped; its process had to be ended", ())]
        failure = self._loss(self.unfinished)
        its_own = self._loss(())  # which need not name the node that it is told of
        failed = [self._failed(task, its_own) for task in self._culprits()]
        return [*failed, self._last(Outcome.FAILED, failure, failure.message, ())]

    def _culprits(self) -> list[TaskStarted | TaskReleased]:
        """The one task that ran, and those around it, innermost first; none when tasks ran side by side."""
        tasks = sorted(self._unfinished.values(), key=lambda task: -len(task.namespace))
        is_chain = all(_holds(outer, inner) for inner, outer in itertools.pairwise(tasks))
        return tasks if is_chain else []

    def _failed(self, task: TaskStarted | TaskReleased, failure: Failure) -> TaskFinished:
        return TaskFinished(
            self._next(), time.time(), task.namespace, task.step, task.task, task.node, None, failure
        )

    def _last(
        self, outcome: Outcome, failure: Failure | None, reason: str, running: tuple[str, ...]
    ) -> RunFinished:
        return RunFinished(self._next(), time.time(), outcome, failure, reason, running)

    def _next(self) -> int:
        self._seq += 1
        return self._seq - 1


def _holds(outer: TaskStarted | TaskReleased, inner: TaskStarted | TaskReleased) -> bool:
    """True when a task is one of the graph inside another."""
    return Task(outer.task, outer.node, outer.namespace, outer.step).contains(inner.namespace)
