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
from stepscope.session import endings
from stepscope.session.process import StartFailed, WorkerProcess
from stepscope.session.run_queue import RunQueue
from stepscope_host.wire import Message

MOST_UNHEARD = 1_000
"""So many pieces of output between two runs may wait for the window before the program has to."""

HEAR_SECONDS = 0.004
"""How long output is handed on at a stretch; a flood would otherwise hold a frame up."""

START_SECONDS = 30.0
"""How long an interpreter may take to come up, on a disk that sleeps or a machine that swaps."""

KILL_SECONDS = 5.0
"""How long the system may take to clear a killed process away."""


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
        self._process: WorkerProcess | None = None
        self._ready: asyncio.Future[Message] = self._loop.create_future()
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._ids = itertools.count(1)
        self._run: RunQueue | None = None
        self._unheard: deque[Message] = deque()
        self._is_telling = False
        self._room = threading.Event()
        self._is_dropped = False  # nobody wants to know any more
        self.loss: Failure | None = None
        self.is_stopping = False  # a stop was asked for: that it ends is what was wanted
        self.is_in_use = False  # a program was opened in it

    async def start(self, python: str) -> Message:
        """Start the process and wait until it can be asked for something; returns what it says first.

        Raises StartFailed or WorkerGone.
        """
        starting = asyncio.ensure_future(asyncio.to_thread(WorkerProcess, python, self))
        try:
            self._process = await asyncio.shield(starting)
            return await asyncio.wait_for(asyncio.shield(self._ready), START_SECONDS)
        except asyncio.CancelledError:
            starting.add_done_callback(_kill)  # it may only be there in a moment
            raise
        except asyncio.TimeoutError:
            raise StartFailed(f"{python} did not start within {START_SECONDS:.0f} seconds.") from None

    @property
    def pid(self) -> int:
        assert self._process is not None, "pid is known once the process was started"
        return self._process.pid

    @property
    def is_ready(self) -> bool:
        """True once the process has said that it can be asked for something."""
        return self._ready.done() and self._ready.exception() is None

    @property
    def last_words(self) -> str:
        """The last line that the process wrote to stderr."""
        lines = self._process.stderr.split("\n") if self._process is not None else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    @property
    def is_alive(self) -> bool:
        return self.loss is None and not self._is_dropped

    async def ask(self, what: str, **parts: Any) -> Message:
        """Ask for something and wait for the answer. Raises WorkerGone."""
        if self.loss is not None:
            raise WorkerGone(self.loss)
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
        process = self._process
        if process is None:
            return
        process.say_goodbye()
        if not await asyncio.to_thread(process.wait, seconds):
            process.kill()
            await asyncio.to_thread(process.wait, KILL_SECONDS)

    # -- Listener: called by the process's threads

    def take(self, message: Message) -> None:
        if "event" in message:
            self._put(message)
        else:
            self._call(self._on_answer, message)

    def printed(self, source: str, text: str) -> None:
        event = {"event": "printed", "time": time.time(), "source": source, "text": text}
        self._put({**event, "level": "", "logger": "", "where": None})

    def ended(self, status: int, wire_problem: str) -> None:
        process = self._process
        stderr = process.stderr if process is not None else ""
        self._call(self._on_ended, status, stderr, wire_problem)

    # -- both

    def _put(self, event: Message) -> None:
        run = self._run
        if self._is_dropped:
            return
        if run is not None and not run.host_is_done:
            run.put(event)
            if run.is_full:
                self._room.clear()
                run.when_room(self._room.set)
                self._wait_for_room()
        elif event["event"] == "printed":
            self._unheard.append(event)
            if not self._is_telling:
                self._is_telling = True
                self._call(self._tell)
            if len(self._unheard) > MOST_UNHEARD:
                self._room.clear()
                if (
                    len(self._unheard) > MOST_UNHEARD
                ):  # still: none of it was heard before the room was closed
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
            self._hear(parse({**self._unheard.popleft(), "seq": 0}))
        if len(self._unheard) <= MOST_UNHEARD // 2:
            self._room.set()
        self._is_telling = False
        if self._unheard:  # more than a turn's worth, or put in just now by who has not seen the flag change
            self._is_telling = True
            self._loop.call_soon(self._tell)

    def _on_answer(self, message: Message) -> None:
        if "ready" in message:
            if not self._ready.done():
                self._ready.set_result(message)
        elif (answer := self._answers.get(message["answer"])) is not None and not answer.done():
            answer.set_result(message)

    def _on_ended(self, status: int, stderr: str, wire_problem: str) -> None:
        run = self._run if self._run is not None and not self._run.host_is_done else None
        running = run.unfinished if run is not None else ()
        self.loss = endings.failure(status, stderr, running, wire_problem)
        for waiting in (self._ready, *self._answers.values()):
            if not waiting.done():
                waiting.set_exception(WorkerGone(self.loss))
                waiting.exception()  # nobody may wait for it
        if run is not None:
            run.lose(self.loss, self.is_stopping)
        elif self.is_in_use and not self._is_dropped:
            self._hear(Lost(0, time.time(), self.loss))


def _kill(starting: asyncio.Future[WorkerProcess]) -> None:
    """A process that nobody waits for any more."""
    if not starting.cancelled() and starting.exception() is None:
        starting.result().kill()
