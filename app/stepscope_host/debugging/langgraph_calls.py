"""Graphs that a node's own code calls, as a tool may call an agent: they pass the gate of the run around.

LangGraph runs a called graph by its `stream` or `astream`. For all graphs of the process these are made to
run a gated copy where a node behind a gate calls them; anywhere else they do what they did. Observed: the
copy's tasks name the calling task in their namespace, and it streams what the graph itself would.

The gate belongs to the run's loop. A node may call a graph in a thread, which then waits for the gate, or on
a loop of its own. Only a blocking call on the run's own loop is left alone: nobody could answer it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import functools
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from stepscope_host.debugging.debugger import Task, path_of
from stepscope_host.debugging.decisions import Decision

if TYPE_CHECKING:
    from stepscope_host.debugging.gates import Gate

Answer = TypeVar("Answer")
Path = tuple[str, ...]
Wrap = Callable[[Any, set[Path]], Any]


class RunOver(Exception):
    """The run has ended to which a node's code belongs that goes on in a thread."""


class Caller(NamedTuple):
    """A task whose node's code runs, and the run that it belongs to."""

    calls: Calls
    task: Task

    def hear(self, graph: Any) -> None:
        """The task begins to run a graph."""
        self.calls.gate.called(path_of(self.task), graph)


caller_here: ContextVar[Caller | None] = ContextVar("caller", default=None)


class _Copy(NamedTuple):
    """A gated copy of a graph, the paths of its nodes, and of those that have called it."""

    graph: Any
    paths: set[Path]
    called_at: set[Path]


class Calls:
    """The graphs that are called in one run. `wrap` makes a gated copy of one, and tells its nodes' paths.

    These are added to `paths`, beneath that of the node that calls it, before any of its tasks is told of.
    """

    def __init__(self, gate: Gate, paths: set[Path], wrap: Wrap) -> None:
        self.gate = gate
        self._paths = paths
        self._wrap = wrap
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._copies: WeakKeyDictionary[Any, _Copy] = WeakKeyDictionary()
        self._asked: set[concurrent.futures.Future[Any]] = set()
        self.is_over = False

    @property
    def reroutes(self) -> bool:
        """False while nobody is asked where a task leads."""
        return self.gate.reroutes

    def gate_for(self, task: Task, blocks: bool) -> Gate | None:
        """The gate for a task, as it can be asked from here; None where it cannot be."""
        caller = caller_here.get()
        if caller is None:  # of the graph that is run, on whose loop
            if blocks:
                return None
            if self._loop is None:
                self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
            return self.gate
        if caller.calls is not self or not caller.task.contains(task.namespace):
            return None  # a run of its own, of which the stream of this one does not tell
        if not self.is_on_loop:
            return _DistantGate(self, blocks)
        return None if blocks else self.gate

    @property
    def is_on_loop(self) -> bool:
        """True in the thread of the run's loop."""
        return threading.get_ident() == self._thread

    def copy_of(self, graph: Any, caller: Task) -> Any:
        """What is to run in place of a graph that a task calls."""
        found = self._copies.get(graph)
        if found is None:
            found = self._copies[graph] = self._copied(graph)
        path = path_of(caller)
        if path not in found.called_at:
            found.called_at.add(path)
            self._paths.update((*path, *inner) for inner in found.paths)
        return found.graph

    def _copied(self, graph: Any) -> _Copy:
        paths: set[Path] = set()
        try:
            return _Copy(self._wrap(graph, paths), paths, set())
        except Exception:  # an unusual graph: it runs as it is
            return _Copy(graph, set(), set())

    def ask(self, question: Coroutine[Any, Any, Answer]) -> concurrent.futures.Future[Answer]:
        """Put a question to the gate from another thread."""
        if self.is_over or self._loop is None or self._loop.is_closed():
            question.close()
            raise RunOver
        future = asyncio.run_coroutine_threadsafe(question, self._loop)
        self._asked.add(future)
        future.add_done_callback(self._asked.discard)
        if self.is_over:  # since it was looked at
            future.cancel()
        return future

    def end(self) -> None:
        """The run is over: let go of the threads that wait."""
        self.is_over = True
        for future in list(self._asked):
            future.cancel()


class _DistantGate:
    """A run's gate, asked from another thread: that thread waits, or its loop."""

    passage = None

    def __init__(
        self,
        calls: Calls,
        blocks: bool,
    ) -> None:
        self._gate = calls.gate
        self._calls = calls
        self._blocks = blocks

    @property
    def reroutes(self) -> bool:
        return self._gate.reroutes

    def lets_in(self, task: Task) -> bool:
        passage = self._gate.passage
        return passage is not None and passage.enter_in_thread(task)

    def lets_out(self, task_id: str) -> bool:
        passage = self._gate.passage
        return passage is not None and passage.leave_in_thread(task_id)

    async def enter(self, task: Task, input: Any) -> Decision | None:
        return await self._answer(self._gate.enter(task, input))

    async def leave(
        self, task: Task, input: Any, output: Any, error: BaseException | None
    ) -> Decision | None:
        return await self._answer(self._gate.leave(task, input, output, error))

    async def route(self, task: Task, leads_to: tuple[str, ...]) -> Sequence[str] | None:
        return await self._answer(self._gate.route(task, leads_to))

    def drop(self, task: Task) -> None:
        async def drop() -> None:
            self._gate.drop(task)

        with contextlib.suppress(RunOver):
            self._calls.ask(drop())

    def called(self, path: tuple[str, ...], graph: Any) -> None:
        self._gate.called(path, graph)

    async def _answer(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            future = self._calls.ask(question)
            return future.result() if self._blocks else await asyncio.wrap_future(future)
        except (RunOver, concurrent.futures.CancelledError, asyncio.CancelledError):
            if self._blocks:
                raise asyncio.CancelledError from None  # passes through the node's code
            if self._calls.is_over:
                raise RunOver from None  # LangGraph waits on for tasks that are cancelled by nobody
            raise


def without_a_loop(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine returns that never gives way."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    coroutine.close()
    raise RuntimeError("A node's gate gave way to a loop that is not there.")


@functools.cache
def hear_calls(kind: type) -> None:
    """See to it that graphs of this class pass the gate where nodes call them."""
    stream, astream = kind.stream, kind.astream  # type: ignore[attr-defined]

    @functools.wraps(stream)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        caller = caller_here.get()
        if caller is None:
            return stream(self, *args, **kwargs)
        caller.hear(self)
        if caller.calls.is_on_loop:
            return _alone(stream(self, *args, **kwargs))
        return stream(caller.calls.copy_of(self, caller.task), *args, **kwargs)

    @functools.wraps(astream)
    def acall(self: Any, *args: Any, **kwargs: Any) -> Any:
        caller = caller_here.get()
        if caller is None:
            return astream(self, *args, **kwargs)
        caller.hear(self)
        return astream(caller.calls.copy_of(self, caller.task), *args, **kwargs)

    kind.stream, kind.astream = call, acall  # type: ignore[attr-defined]


def _alone(stream: Iterator[Any]) -> Iterator[Any]:
    """A stream while which the run's loop stands still: nothing that it calls may wait for the gate."""
    before = caller_here.set(None)
    try:
        yield from stream
    finally:
        caller_here.reset(before)
