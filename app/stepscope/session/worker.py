"""A session whose graph runs in a process of its own, in an interpreter of the person's choice.

Each opening starts a new process, and the one before it lives until the new one has loaded its graph. It is
kept between runs, so that the next one begins at once. A stop climbs a ladder: the run is cancelled; then
KeyboardInterrupt is raised in the user's code; then the process is killed with all that it has started. A
process that is gone, or in which code of an ended run goes on, is replaced, and the target loaded again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import replace
from typing import Any

from stepscope.model.events import Event, Failure, Outcome, Plain, RunFinished, RunStarted
from stepscope.model.program import OpenFailed, Program
from stepscope.model.topology import Namespace
from stepscope.session import examples
from stepscope.session.data_folder import threads_folder
from stepscope.session.endings import KEPT, WHOLE_PROCESS
from stepscope.session.line import Line, WorkerGone
from stepscope.session.own_python import own_python
from stepscope.session.process import CHOOSE_ANOTHER, StartFailed
from stepscope.session.run_queue import RunQueue
from stepscope.session.session import RunRequest
from stepscope_host.serving.wire import Message
from stepscope_host.showing.handles import GONE

RUNG_SECONDS = 1.0
"""How long each rung of the ladder is given before the next one is climbed."""

GOODBYE_SECONDS = 1.5
"""How long a process that is not needed any more may take to end in good order."""


class WorkerSession:
    """Implements `Session`. All methods belong to the loop that reads the events."""

    def __init__(self, folder: str | None = None) -> None:
        """Threads are kept in files of the folder: of the person's own for data unless one is given."""
        self._folder = threads_folder() if folder is None else folder
        self._one_line = asyncio.Lock()
        self._line: Line | None = None
        self._target = ""
        self._python = ""
        self._run: RunQueue | None = None
        self._numbers = itertools.count(1)
        self._ladder: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[Line] | None = None
        self._loading: set[Line] = set()
        self._given_up: dict[Line, asyncio.TimerHandle] = {}  # of those, and when they are killed
        self._chores: set[asyncio.Task[None]] = set()
        self._hear: Callable[[Event], None] = lambda event: None

    async def open(self, target: str, python: str | None = None) -> Program:
        """Load a target in a new process; what was open before stays when that fails.

        Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
        """
        python = python or own_python()
        line, program = await self._load(examples.resolved(target), python)
        self._target, self._python = program.target, python
        self._replace(line)
        return program

    def has_choice_of_python(self, target: str) -> bool:
        """True: any interpreter can be a process of its own."""
        return True

    async def astream(self, request: RunRequest) -> AsyncGenerator[Event, None]:
        """Run the opened graph. The first event is RunStarted, the last RunFinished, whatever happens."""
        assert self._target, "astream() needs a program: open() one first"
        warming = self._warming = asyncio.ensure_future(self._warm_line())
        try:
            await asyncio.wait([warming])
        finally:
            self._warming = None
            warming.cancel()
        if (last := _stillborn(warming)) is not None:
            yield RunStarted(0, time.time(), "", request.input)
            yield last
            return
        line = warming.result()
        run = self._run = RunQueue(asyncio.get_running_loop(), next(self._numbers))
        line.attach(run)
        self._settling = self._chore(self._see_to(line, run, request))
        try:
            async with contextlib.aclosing(run.events()) as events:
                async for event in events:
                    yield _as_it_will_be(event)
        finally:
            await self._end(run)

    @property
    def queued(self) -> int:
        """How many events have been told and not yet read."""
        return 0 if self._run is None else self._run.queued

    @property
    def pid(self) -> int | None:
        """The number of the process that holds the program, while there is one."""
        return None if self._line is None or not self._line.is_alive else self._line.pid

    def order(self, kind: str, **parts: Plain) -> None:
        """Steer the run."""
        if self._line is not None and self._run is not None:
            self._line.send("order", run=self._run.number, kind=kind, parts=parts)

    def stop(self) -> None:
        """End the run by the ladder. RunFinished follows within about two seconds.

        Loading is given up by its upper rungs, so that the line is known in which it stood.
        """
        if self._warming is not None:
            self._warming.cancel()
            if self._settling is not None and self._line is not None and not self._settling.done():
                self._line.kill()  # it holds up what it is wanted for next
        else:
            for line in self._loading - self._given_up.keys():
                line.interrupt()
                self._given_up[line] = asyncio.get_running_loop().call_later(RUNG_SECONDS, line.kill)
        if self._run is None or self._run.host_is_done or self._line is None:
            return
        self._line.send("stop", run=self._run.number)
        if self._ladder is None:
            self._line.is_stopping = True
            self._ladder = asyncio.ensure_future(self._climb(self._line, self._run))

    async def fetch(self, handle: str) -> Plain:
        """More of a value that was cut.

        Raises LookupError, saying why it cannot be had any more.
        """
        return await self._ask("fetch", handle=handle)

    async def evaluate(self, expression: str, namespace: Namespace = (), step: int | None = None) -> Plain:
        """What an expression is worth.

        Raises LookupError, saying why it has no value.
        """
        return await self._ask("evaluate", expression=expression, namespace=namespace, step=step)

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        """Ask something of the graph's threads. Raises LookupError, saying why there is no answer."""
        if not self._target:
            raise LookupError(GONE)
        try:
            line = self._line if self._line is not None and self._line.is_alive else await self._warm_line()
            answer = await line.ask("ask", question=what, parts=parts)
        except (WorkerGone, OpenFailed) as gone:
            raise LookupError(gone.failure.message) from gone
        reply = answer.get("result")
        if reply is None:
            raise LookupError(Failure.from_plain(answer["failure"]).headline)
        if "problem" in reply:
            raise LookupError(reply["problem"])
        return dict(reply)

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Call `hear` with what happens while no run is on: `Printed`, or `Lost` with the process."""
        self._hear = hear

    async def close(self) -> tuple[str, ...]:
        """End the process; nothing of it stays, so nothing is named."""
        if self._warming is not None:
            self._warming.cancel()
        if self._run is not None:
            await self._end(self._run)
        self._replace(None)
        for line in self._loading:
            self._chore(line.leave(0))
        while self._chores:
            await asyncio.wait(self._chores)
        return ()

    async def _ask(self, what: str, **parts: Plain) -> Plain:
        """A value that the process has. Raises LookupError when there is none, saying why."""
        if self._line is None:
            raise LookupError(GONE)
        try:
            answer = await self._line.ask(what, **parts)
        except WorkerGone as gone:
            raise LookupError(f"{gone.failure.message} What it held is gone with it.") from gone
        reply = answer.get("result")
        if reply is None:
            raise LookupError(f"It could not be read: {Failure.from_plain(answer['failure']).headline}")
        if why := reply.get("gone") or reply.get("failure"):
            raise LookupError(why)
        return reply["value"]

    # -- processes

    async def _load(self, target: str, python: str) -> tuple[Line, Program]:
        """A new process with the target loaded. Raises OpenFailed; the process is gone then."""
        line = Line(self._heard)
        self._loading.add(line)
        try:
            try:
                await line.start(python)
                answer = await line.ask("load", target=target, folder=self._folder)
                return line, await asyncio.to_thread(_program, answer)  # a big graph takes a while to be read
            except StartFailed as problem:
                raise OpenFailed(problem.failure) from problem
            except WorkerGone as gone:
                is_unfit = not line.is_ready and line.loss is not None
                raise OpenFailed(_unfit(python, line) if is_unfit else gone.failure) from gone
        except BaseException as problem:
            self._chore(line.leave(0))
            if isinstance(problem, OpenFailed) and line in self._given_up:
                raise OpenFailed(_given_up(problem.failure), sources=problem.sources) from problem
            raise
        finally:
            self._loading.discard(line)
            if line in self._given_up:
                self._given_up.pop(line).cancel()

    async def _warm_line(self) -> Line:
        """The process to run in: the one that is there, or a new one with the target loaded again."""
        if self._settling is not None:
            await asyncio.wait([self._settling])
        async with self._one_line:
            if self._line is None or not self._line.is_alive:
                line, _ = await self._load(self._target, self._python)
                self._replace(line)
        assert self._line is not None
        return self._line

    def _replace(self, line: Line | None, seconds: float = GOODBYE_SECONDS) -> None:
        old, self._line = self._line, line
        if line is not None:
            line.is_in_use = True
        if old is not None:
            self._chore(old.leave(seconds))

    def _chore(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something to be done beside what the person waits for, and before the session is closed."""
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)
        return chore

    def _heard(self, event: Event) -> None:
        self._hear(event)

    # -- runs

    async def _see_to(self, line: Line, run: RunQueue, request: RunRequest) -> None:
        """Have the run performed; afterwards see that nothing of it goes on in the process."""
        with contextlib.suppress(WorkerGone):
            answer = await self._performed(line, run, request)
            failure = answer.get("failure")
            if failure is not None:
                run.lose(lambda running: _unreported(failure), line.is_stopping)
            run.end()
            is_clean, goes_on = answer.get("is_clean"), answer.get("goes_on")
            if line.is_stopping and not is_clean and answer:
                is_clean = await self._settled(line)
            is_left = failure is not None or (not is_clean and (line.is_stopping or goes_on))
            is_left = is_left or answer.get("is_mute")
            if is_left and self._line is line:
                self._replace(None, 0)

    async def _performed(self, line: Line, run: RunQueue, request: RunRequest) -> Message:
        """What the process answers when a run is over; nothing if a stopped one keeps it."""
        asking = asyncio.ensure_future(line.ask("run", run=run.number, request=vars(request)))
        ending = asyncio.ensure_future(run.host_is_done_within(None))
        try:
            await asyncio.wait([asking, ending], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([asking], timeout=2 * RUNG_SECONDS if line.is_stopping else None)
            return asking.result() if asking.done() else {}
        finally:
            asking.cancel()
            ending.cancel()

    async def _settled(self, line: Line) -> bool:
        """Have the code of a stopped run ended; False when it goes on, or nobody can tell."""
        asking = line.ask("settle", seconds=RUNG_SECONDS)
        with contextlib.suppress(asyncio.TimeoutError):
            answer = await asyncio.wait_for(asking, 2 * RUNG_SECONDS)
            return bool(answer.get("is_clean"))
        return False

    async def _climb(self, line: Line, run: RunQueue) -> None:
        for rung in (line.interrupt, line.kill):
            if await run.host_is_done_within(RUNG_SECONDS):
                return
            rung()

    async def _end(self, run: RunQueue) -> None:
        """Nobody reads this run any more: see that it is over in the process too."""
        if not run.is_over:
            self.stop()
            await run.skip()
        if self._run is not run:
            return
        self._run = None
        if self._ladder is not None:
            self._ladder.cancel()
            self._ladder = None


def _program(answer: Message) -> Program:
    """What was loaded. Raises OpenFailed with what went wrong."""
    try:
        reply = answer["result"]
        if reply is None:
            raise OpenFailed(Failure.from_plain(answer["failure"]))
        if "failure" in reply:
            raise OpenFailed.from_plain(reply)
        return Program.from_plain(reply["opened"])
    except (KeyError, TypeError, ValueError) as error:
        problem = f"What was told of the graph makes no sense ({type(error).__name__}: {error})."
        raise OpenFailed(Failure("ChannelBroken", problem)) from error


def _unfit(python: str, line: Line) -> Failure:
    """An interpreter that ended before it could be asked for anything: what it said tells why."""
    assert line.loss is not None
    said = line.last_words or line.loss.message
    return Failure("NoInterpreter", f"{python} cannot run a graph: {said}", CHOOSE_ANOTHER)


def _given_up(failure: Failure) -> Failure:
    """Loading that was stopped; `failure` is how it ended, at the line where it stood if that is known."""
    remedy = "Loading had not come to its end: look for what that line waits for, or whether it ends at all."
    if failure.where is None:
        remedy = "Loading had not come to its end, and would not be interrupted, so its process was killed."
    return replace(failure, type="Stopped", message="", remedy=remedy)


def _unreported(plain: Plain) -> Failure:
    """What was raised where a run is led, not in a node."""
    error = Failure.from_plain(plain)
    return replace(
        error,
        type="HostEnded",
        message=f"The run ended without a report: {error.headline}",
        remedy=f"{error.remedy or WHOLE_PROCESS} {KEPT}",
    )


def _as_it_will_be(event: Event) -> Event:
    """A stopped run names no code that goes on: it is about to be ended with its process."""
    if isinstance(event, RunFinished) and event.outcome is Outcome.STOPPED and event.still_running:
        return replace(event, still_running=())
    return event


def _stillborn(warming: asyncio.Future[Line]) -> RunFinished | None:
    """The end of a run that has no process to run in, because there was an error or a stop."""
    if warming.cancelled():
        return RunFinished(1, time.time(), Outcome.STOPPED, None, "stopped before the first superstep", ())
    match warming.exception():
        case None:
            return None
        case OpenFailed() as problem:
            reason = "the program could not be loaded again"
            return RunFinished(1, time.time(), Outcome.FAILED, problem.failure, reason, ())
        case error:
            raise error
