"""Child tasks: the calls of `@task` functions that a running task makes, each a task of its own.

Theory. A child belongs to the superstep of the task that called it, and no plan knows of it. It reports like
any other task, and gives what it returns to whoever has its future; what it raises fails nobody else. A
superstep is over when all children are, asked for or not, and the children of children: the tasks of a plan
wait for their families. In a sync run a child has a thread of its own, in an async run it is an asyncio task,
whether it was called on the event loop or in a thread.

A child that a saver knows to have returned is not run again. One that asks, with `interrupt()`, has its
future raise that, so that its parent stops there and asks for it.

With `max_concurrency`, the children of one task take turns. They are counted for each task by itself: a child
that waits for children of its own would otherwise keep them from ever starting.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
import inspect
import itertools
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from stepgraph.constants import NAMESPACE_SEPARATOR, PUSH
from stepgraph.errors import GraphInterrupt
from stepgraph.graph.node_policies import over
from stepgraph.pregel.cache import take_known
from stepgraph.pregel.runner import aperform, perform
from stepgraph.pregel.superstep import PUSH_TRIGGERS
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import WORKERS, thread_limit
from stepgraph.types import Namespace

if TYPE_CHECKING:
    from stepgraph.graph.nodes import Node

AnyFuture = concurrent.futures.Future[Any] | asyncio.Future[Any]


def call(parent: Task, node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AnyFuture:
    """Start a child task. On an async run's loop its future is asyncio's, elsewhere a concurrent one.

    Raises RuntimeError for an async function in a sync run, and when the superstep of `parent` is over.
    """
    loop = parent.run.loop
    if loop is None and node.call is not None and node.call.sync is None:
        raise RuntimeError(
            f"Task {node.name!r} is async, and a sync run cannot await it. Run the graph with ainvoke() or "
            "astream(), or make the function sync."
        )
    calls = _calls_of(parent)
    calls.family.begin(node.name, parent.name)
    try:
        child = calls.new(_as_child_of(parent, node), args, kwargs)
        if not child.is_done:
            return calls.start(child, loop)
    except BaseException:
        calls.family.end()
        raise
    # It has run before the run was gone on with, or a cache knows what it returns.
    calls.family.end()
    return _known(child, loop)


class Child(Task):
    """A task that `parent` has called as its number `index`, from 0."""

    __slots__ = ("parent",)

    parent: Task

    def __init__(self, parent: Task, node: Node, index: int, input: Any) -> None:
        super().__init__(node, (PUSH, parent.path, index, True), PUSH_TRIGGERS, input)
        self.parent = parent

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args, kwargs = self.input
        return args, kwargs

    @property
    def returned(self) -> Any:
        """What its function has returned. Raises what it has asked."""
        if self.interrupts is not None:
            raise GraphInterrupt(self.interrupts)
        return self.writes[0][1]

    @property
    def given(self) -> dict[str, Any]:
        """The arguments by the names of the parameters, as far as they fit."""
        args, kwargs = self.input
        try:
            return inspect.signature(self.node.action).bind_partial(*args, **kwargs).arguments
        except (TypeError, ValueError):  # The call itself will tell what is wrong.
            return {**{str(place): value for place, value in enumerate(args)}, **kwargs}

    @property
    def fields(self) -> Iterable[Any]:
        args, kwargs = self.input
        return (args, *kwargs.values())

    @property
    def checkpoint_ns(self) -> str:
        return f"{self.parent.checkpoint_ns}{NAMESPACE_SEPARATOR}{self.segment}"

    @property
    def namespace(self) -> Namespace:
        return (*self.parent.namespace, self.parent.segment)


class Calls:
    """The children of one task."""

    def __init__(self, parent: Task) -> None:
        self._parent = parent
        self.family: Family = (
            parent.parent.calls.family if parent.parent and parent.parent.calls else Family()
        )
        self._numbers = itertools.count()
        run = parent.run
        # The parent itself counts as one, even while it only waits.
        self._limit = max(1, thread_limit(run.max_concurrency) - 1)
        self._turns = asyncio.Semaphore(self._limit) if run.loop and run.max_concurrency else None
        self._lock = threading.Lock()
        self._working = 0
        self._waiting: deque[tuple[contextvars.Context, Child, concurrent.futures.Future[Any]]] = deque()

    def new(self, node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Child:
        """A child that is reported to have started."""
        parent = self._parent
        child = Child(parent, node, next(self._numbers), (args, kwargs))
        parent.run.start_child(child)
        if parent.run.cache is not None and node.policies is not None:
            take_known(parent.run, [child])
        return child

    def start(self, child: Child, loop: asyncio.AbstractEventLoop | None) -> AnyFuture:
        """Run it beside its parent."""
        if loop is None:
            return self.start_in_thread(child)
        return self.start_on_loop(child, loop) if _is_on(loop) else self.start_from_thread(child, loop)

    # -- in a sync run

    def start_in_thread(self, child: Child) -> concurrent.futures.Future[Any]:
        """Run it in a thread, now or when it is its turn."""
        answer: concurrent.futures.Future[Any] = concurrent.futures.Future()
        job = (contextvars.copy_context(), child, answer)
        with self._lock:
            has_turn = self._working < self._limit
            if has_turn:
                self._working += 1
            else:
                self._waiting.append(job)
        if has_turn:
            WORKERS.submit(functools.partial(self._work, *job))
        return answer

    def _work(
        self, context: contextvars.Context, child: Child, answer: concurrent.futures.Future[Any]
    ) -> None:
        while True:
            if answer.set_running_or_notify_cancel():
                try:
                    context.run(perform, child)
                    result = child.returned
                except BaseException as error:
                    answer.set_exception(error)
                else:
                    answer.set_result(result)
            with self._lock:
                following = self._waiting.popleft() if self._waiting else None
                if following is None:
                    self._working -= 1
            self.family.end()
            if following is None:
                return
            context, child, answer = following

    # -- in an async run

    def start_on_loop(self, child: Child, loop: asyncio.AbstractEventLoop) -> asyncio.Task[Any]:
        """Run it as an asyncio task."""
        running = loop.create_task(self._carry_out(child))
        self.family.take_in(running)
        return running

    def start_from_thread(
        self, child: Child, loop: asyncio.AbstractEventLoop
    ) -> concurrent.futures.Future[Any]:
        """Run it as an asyncio task of a loop that another thread runs."""
        answer: concurrent.futures.Future[Any] = concurrent.futures.Future()
        context = contextvars.copy_context()

        def start() -> None:
            if not answer.set_running_or_notify_cancel():
                self.family.end()
                return
            running = context.run(self.start_on_loop, child, loop)
            running.add_done_callback(functools.partial(_hand_over, answer))

        loop.call_soon_threadsafe(start)
        return answer

    async def _carry_out(self, child: Child) -> Any:
        try:
            if self._turns is None:
                await aperform(child)
            else:
                async with self._turns:
                    await aperform(child)
        except asyncio.CancelledError as error:
            if not _is_given_up(child):
                child.run.report_failure(child, error)
            raise
        return child.returned


class Family:
    """All children beneath one task of a superstep's plan, at every depth, and their `names`."""

    def __init__(self) -> None:
        self.is_over = False
        self.names: dict[str, None] = {}
        self._state = threading.Condition()
        self._open = 0
        self._running: set[asyncio.Task[Any]] = set()
        self._last_gone: asyncio.Future[None] | None = None

    def begin(self, name: str, parent: str) -> None:
        """One more. Raises RuntimeError when the superstep is over."""
        with self._state:
            if self.is_over:
                raise RuntimeError(f"Task {name!r} was called by {parent!r}, whose superstep is over.")
            self._open += 1
            self.names[name] = None

    def end(self) -> None:
        """One less."""
        with self._state:
            self._open -= 1
            if self._open:
                return
            self._state.notify_all()
            if self._last_gone is not None:
                self._last_gone.get_loop().call_soon_threadsafe(_finish, self._last_gone)

    def take_in(self, running: asyncio.Task[Any]) -> None:
        """Watch over an asyncio task."""
        self._running.add(running)
        running.add_done_callback(self._ended)
        if self.is_over:
            running.cancel()

    def _ended(self, running: asyncio.Task[Any]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            # Looked at here, so that asyncio does not complain of a failure that no one asked for.
            running.exception()
        self.end()

    # -- for the task of the plan

    def wait(self) -> None:
        """Return when all have ended, in a sync run."""
        with self._state:
            while self._open:
                self._state.wait()
            self.is_over = True

    async def finish(self) -> None:
        """Return when all have ended; cancelled, cancel them."""
        try:
            await self._emptied()
        except asyncio.CancelledError:
            await self.abandon()
            raise
        self.is_over = True

    async def abandon(self) -> None:
        """Cancel all, and return when they have ended."""
        self.is_over = True
        for running in list(self._running):
            running.cancel()
        await self._emptied()

    async def _emptied(self) -> None:
        while True:
            with self._state:
                if not self._open:
                    return
                self._last_gone = asyncio.get_running_loop().create_future()
            await self._last_gone


_founding: Final = threading.Lock()


def _as_child_of(parent: Task, node: Node) -> Node:
    defaults = parent.run.topology.for_children
    return node if defaults is None else replace(node, policies=over(node.policies, defaults))


def _known(child: Child, loop: asyncio.AbstractEventLoop | None) -> AnyFuture:
    answer: AnyFuture = loop.create_future() if loop and _is_on(loop) else concurrent.futures.Future()
    answer.set_result(child.returned)
    return answer


def _is_on(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this thread runs that loop."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _calls_of(parent: Task) -> Calls:
    if parent.calls is None:
        # A node's own threads may make its first calls at once.
        with _founding:
            if parent.calls is None:
                parent.calls = Calls(parent)
    return parent.calls


def _is_given_up(child: Child) -> bool:
    """Whether the time of a task around it is up, or its superstep is over: then nobody asks for it."""
    task: Task | None = child.parent
    while task is not None:
        if task.is_timed and task.watch.is_over:
            return True
        task = task.parent
    return child.parent.calls is not None and child.parent.calls.family.is_over


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _hand_over(answer: concurrent.futures.Future[Any], running: asyncio.Task[Any]) -> None:
    if running.cancelled():
        answer.set_exception(concurrent.futures.CancelledError())
    elif (error := running.exception()) is not None:
        answer.set_exception(error)
    else:
        answer.set_result(running.result())
