"""The line to one worker: what its threads report goes to whoever waits for it on the session's loop."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from stepscope.model.events import Event, Failure, Lost, parse
from stepscope.session.endings import KEPT, Ending
from stepscope.session.process import StartFailed, WorkerProcess
from stepscope.session.run_queue import RunQueue
from stepscope_host.serving.wire import Message

MOST_UNHEARD = 1_000
"""So many pieces of output between two runs may wait for the window before the program has to."""

HEAR_SECONDS = 0.004
"""How long output is handed on at a stretch; a flood would otherwise hold a frame up."""

START_SECONDS = 30.0
"""How long an interpreter may take to come up, on a disk that sleeps or a machine that swaps."""

KILL_SECONDS = 5.0
"""How long the system may take to clear a killed process away."""

_CLOSED = Failure("Closed", "The program's process was ended on purpose.")


class WorkerGone(Exception):
    """The process has ended; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Line:
    """One worker's process and who waits for what it says. Belongs to the loop, but for `Listener`'s methods.

    `hear` is called on the loop with what comes while no run is on.
    """

    def __init__(self, hear: Callable[[Event], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._hear = hear
        self._starting: asyncio.Future[WorkerProcess] | None = None
        self._process: WorkerProcess | None = None
        self._ready: asyncio.Future[Message] = self._loop.create_future()
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._ids = itertools.count(1)
        self._run: RunQueue | None = None
        self._unheard: deque[Event] = deque()
        self._is_telling = False
        self._room = threading.Event()
        self._is_dropped = False  # nobody wants to know any more
        self.loss: Failure | None = None
        self.is_stopping = False  # a stop was asked for: that it ends is what was wanted
        self.is_in_use = False  # a program was opened in it
        self.last_words = ""  # the last line of a process that has ended
        self.pid = 0  # of the process that holds the program, once it can be asked for something

    async def start(self, python: str) -> None:
        """Start the process and wait until it can be asked for something.

        Raises StartFailed or WorkerGone.
        """
        self._starting = asyncio.ensure_future(asyncio.to_thread(WorkerProcess, python, self))
        self._process = await asyncio.shield(self._starting)
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), START_SECONDS)
        except asyncio.TimeoutError:
            raise StartFailed(f"{python} did not start within {START_SECONDS:.0f} seconds.") from None

    @property
    def is_ready(self) -> bool:
        """True once the process has said that it can be asked for something."""
        return self._ready.done() and self._ready.exception() is None

    @property
    def is_alive(self) -> bool:
        return self.loss is None and not self._is_dropped

    async def ask(self, what: str, **parts: Any) -> Message:
        """Ask for something and wait for the answer. Raises WorkerGone."""
        if not self.is_alive:
            raise WorkerGone(self.loss or _CLOSED)
        number = next(self._ids)
        answer = self._answers[number] = self._loop.create_future()
        self.send(what, id=number, **parts)
        try:
            return await answer
        finally:
            self._answers.pop(number, None)

    def send(self, what: str, **parts: Any) -> None:
        """Ask for something that has no answer."""
        if self._process is not None:
            self._process.send({"do": what, **parts})

    def attach(self, run: RunQueue) -> None:
        """Let what comes from now on be a run's."""
        self._run = run
        self.is_stopping = False

    def interrupt(self) -> None:
        if self._process is not None:
            self._process.interrupt()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    async def leave(self, seconds: float) -> None:
        """Let the process end in its own time, but no longer than this; nothing of it is heard any more."""
        self._is_dropped = True
        self._room.set()
        self._lose(_CLOSED)
        if self._starting is not None:
            await asyncio.wait([self._starting])
        if self._starting is None or self._starting.exception() is not None:
            return
        process = self._starting.result()
        process.say_goodbye()
        if not await asyncio.to_thread(process.wait, seconds):
            process.kill()
            await asyncio.to_thread(process.wait, KILL_SECONDS)

    # -- Listener: called by the process's threads

    def take(self, message: Message) -> None:
        if "event" in message:
            self._put(message)
        elif "ready" in message:
            self.pid = int(message["ready"])
            self._call(_settle, self._ready, message)
        elif (answer := self._answers.get(message["answer"])) is not None:
            self._call(_settle, answer, message)

    def printed(self, source: str, text: str) -> None:
        self._put({"event": "printed", "time": time.time(), "source": source, "text": text})

    def ended(self, ending: Ending) -> None:
        ending.failure()  # reads files, which the loop has no time for, and remembers what it read
        self._call(self._on_ended, ending)

    # -- both

    def _put(self, event: Message) -> None:
        run = self._run
        if self._is_dropped or (self.is_stopping and _is_interrupted(event)):
            return
        is_print = event["event"] == "printed"
        if run is not None and not run.host_is_done:
            run.put(event)
            if run.is_full:
                self._room.clear()
                run.when_room(self._room.set)
                self._wait_for_room()
        elif is_print:
            self._unheard.append(parse({**event, "seq": 0}))
            if not self._is_telling:
                self._is_telling = True
                self._call(self._tell)
            if len(self._unheard) > MOST_UNHEARD:
                self._room.clear()
                if len(self._unheard) > MOST_UNHEARD:  # still: none was heard before the room was closed
                    self._wait_for_room()

    def _wait_for_room(self) -> None:
        if not self._is_dropped:
            self._room.wait()

    def _call(self, what: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(what, *arguments)

    # -- on the loop

    def _tell(self) -> None:
        turn_ends = time.perf_counter() + HEAR_SECONDS
        while self._unheard and time.perf_counter() < turn_ends:
            self._hear(self._unheard.popleft())
        if len(self._unheard) <= MOST_UNHEARD // 2:
            self._room.set()
        self._is_telling = False
        if self._unheard:  # more than a turn's worth, or put in just now by who has not seen the flag change
            self._is_telling = True
            self._loop.call_soon(self._tell)

    def _on_ended(self, ending: Ending) -> None:
        run = self._run if self._run is not None and not self._run.host_is_done else None
        self.last_words = ending.last_line
        self.loss = ending.failure()
        self._lose(self.loss)
        if run is not None:
            run.lose(lambda running: ending.failure(running, KEPT), self.is_stopping)
        elif self.is_in_use and not self._is_dropped:
            self._hear(Lost(0, time.time(), ending.failure(then=KEPT)))

    def _lose(self, failure: Failure) -> None:
        """Nobody who waits will have an answer."""
        for waiting in (self._ready, *self._answers.values()):
            if not waiting.done():
                waiting.set_exception(WorkerGone(failure))
                waiting.exception()  # nobody may wait for it


def _is_interrupted(event: Message) -> bool:
    """True for a task that tells of the KeyboardInterrupt which has stopped it."""
    if event["event"] != "task_finished" or event["failure"] is None:
        return False
    return bool(event["failure"]["type"] == "KeyboardInterrupt")


def _settle(waiting: asyncio.Future[Message], message: Message) -> None:
    if not waiting.done():
        waiting.set_result(message)
