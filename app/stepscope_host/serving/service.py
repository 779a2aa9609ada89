"""Jobs for one host, one after the other, in whatever thread serves them; a run is steered in between."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from typing import Any

from stepscope_host.host import Host
from stepscope_host.intact import ANYTHING
from stepscope_host.loading.loader import Loader
from stepscope_host.run import Emit
from stepscope_host.running import run_until_complete
from stepscope_host.showing.handles import GONE

UNANSWERED = "The program was stopped before it could answer."

LAST_SECONDS = 0.5
"""How long what is left on the loop of a closed service may take to end."""


@dataclass(frozen=True)
class _Question:
    """Something to ask the host, and the reply when nobody is there to answer."""

    put: Callable[[Host], dict[str, Any]]
    reply_of_none: dict[str, Any]


class Service:
    """A host, its loop, and the jobs that wait for it. All but `serve` may be called from any thread.

    The loop runs only during a run: while a file is imported it stands still, as a module may call
    `asyncio.run()`.
    """

    def __init__(
        self,
        emit: Emit,
        relief: Callable[[], Awaitable[None] | None] = lambda: None,
        loader: Loader | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.loop = loop or asyncio.new_event_loop()
        self.host = Host(emit, self.loop, relief, loader)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._pending = 0
        self._questions: dict[Future[dict[str, Any]], _Question] = {}  # whoever takes one out answers it
        self._asked: dict[Future[dict[str, Any]], tuple[str, Mapping[str, Any]]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._run = 0  # the number of the run that the host performs, or performed last
        self._run_is_over = True
        self._early: list[tuple[int, Callable[[Host], None]]] = []  # steering that came before its run

    @property
    def is_busy(self) -> bool:
        """True while a load or a run has not ended."""
        return self._pending > 0

    def load(self, target: str, folder: str = "") -> Future[dict[str, Any]]:
        """Load a target; the reply is that of `Host.load`."""
        return self.post(lambda: self.host.load(target, folder))

    def run(self, run: int, request: Mapping[str, Any]) -> Future[None]:
        """Perform a run; `run` is a number larger than that of the run before, by which `steer` names it."""

        def job() -> None:
            self._run, self._run_is_over = run, False
            early, self._early = self._early, []
            for earlier, how in early:
                self.steer(earlier, how)
            try:
                run_until_complete(self.loop, self.host.run(request))
            finally:
                self._run_is_over = True

        return self.post(job)

    def steer(self, run: int, how: Callable[[Host], None]) -> None:
        """Call a method of the host between two steps of a run, unless that is over."""
        self.loop.call_soon_threadsafe(self._steer, run, how)

    def fetch(self, handle: str) -> Future[dict[str, Any]]:
        """More of a value that was cut; the reply is that of `Host.fetch`."""
        return self._ask(_Question(lambda host: host.fetch(handle), {"gone": GONE}))

    def evaluate(self, expression: str, namespace: Sequence[str], step: int | None) -> Future[dict[str, Any]]:
        """The value of an expression; the reply is that of `Host.evaluate`."""
        return self._ask(
            _Question(lambda host: host.evaluate(expression, tuple(namespace), step), {"failure": UNANSWERED})
        )

    def ask(self, what: str, parts: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Ask something of the threads: see `Threads.answer`. A run that is on may be asked beside it."""
        future: Future[dict[str, Any]] = Future()
        if self._is_closed:
            future.set_result({"problem": GONE})
            return future
        self._asked[future] = what, parts
        self.loop.call_soon_threadsafe(self._answer_beside_run, future)

        def job() -> None:
            if future in self._asked:
                run_until_complete(self.loop, self._answer_question(future))

        self._jobs.put(lambda: perform(job))
        return future

    def post(self, job: Callable[[], Any]) -> Future[Any]:
        """Do something in the serving thread when everything before it is done."""
        future: Future[Any] = Future()
        self._pending += 1
        self._jobs.put(lambda: self._do(job, future))
        return future

    def close(self) -> None:
        """Let `serve` return when its job is done; a job that hangs is left behind."""
        self._is_closed = True
        self._jobs.put(None)
        while self._questions:
            self._answer(next(iter(self._questions)))
        while self._asked:
            future, _ = self._asked.popitem()
            with contextlib.suppress(InvalidStateError):
                future.set_result({"problem": GONE})

    def serve(self) -> None:
        """Do the jobs as they come, until the service is closed."""
        while (work := self._jobs.get()) is not None:
            work()
            del work
        for problem in self.host.close():
            print(problem, file=sys.stderr)
        self._close_loop()

    def _do(self, job: Callable[[], Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            self._pending -= 1
            return
        result, error = None, None
        try:
            result = perform(job)
        except ANYTHING as raised:
            error = raised
        self._pending -= 1  # before anybody hears of the end
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
            error = None

    def _ask(self, question: _Question) -> Future[dict[str, Any]]:
        """Have the host answer between two steps of the run that is on, or between two jobs."""
        future: Future[dict[str, Any]] = Future()
        if self._is_closed:
            future.set_result(question.reply_of_none)
            return future
        self._questions[future] = question
        self.loop.call_soon_threadsafe(self._answer, future)
        self._jobs.put(lambda: self._answer(future))
        return future

    def _answer(self, future: Future[dict[str, Any]]) -> None:
        question = self._questions.pop(future, None)
        if question is None:
            return
        reply = question.reply_of_none
        try:
            if not self._is_closed:
                reply = question.put(self.host)
        finally:  # a stop may come out of the person's code
            with contextlib.suppress(InvalidStateError):  # nobody waits any more
                future.set_result(reply)

    def _answer_beside_run(self, future: Future[dict[str, Any]]) -> None:
        if self.host.is_running:
            task = self.loop.create_task(self._answer_question(future))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer_question(self, future: Future[dict[str, Any]]) -> None:
        asked = self._asked.pop(future, None)
        if asked is not None:
            reply = await self.host.ask(*asked)
            with contextlib.suppress(InvalidStateError):  # nobody waits any more
                future.set_result(reply)

    def _steer(self, run: int, how: Callable[[Host], None]) -> None:
        if run > self._run:
            self._early.append((run, how))
        elif run < self._run or self._run_is_over:
            return  # asked too late: it is not meant for the next run
        elif self.host.is_running:
            how(self.host)
        else:
            self.loop.call_soon(self._steer, run, how)

    def _close_loop(self) -> None:
        # What goes on after its cancellation is lost with the loop, and was named when the run ended.
        self.loop.set_exception_handler(lambda loop, context: None)
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.wait(left, timeout=LAST_SECONDS))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


def perform(job: Callable[[], Any]) -> Any:
    """Do a job. An exception raised while this is on the stack ends the job and nothing else."""
    return job()
