"""How the engine asks an instrument around a task, and does what it answers."""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from stepgraph.constants import END, START
from stepgraph.errors import GraphBubbleUp, GraphInterrupt, UnknownNode
from stepgraph.pregel.instruments import (
    Answer,
    AnyInstrument,
    Instrument,
    Passage,
    Question,
    Retry,
    Route,
    Skip,
    Supply,
    SyncInstrument,
    Target,
    TaskInfo,
    WithInput,
)
from stepgraph.types import Namespace, Send

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task

_ANSWERS: Final[dict[str, tuple[type, ...]]] = {
    "before_task": (WithInput, Supply, Skip),
    "before_route": (Route,),
    "after_task": (WithInput, Supply, Skip, Retry),
}


class Gate:
    """An instrument of plain methods, and the base of one whose methods are awaited."""

    is_out_of_reach = False
    """True where a wait for the instrument would keep it from answering."""

    def __init__(self, instrument: AnyInstrument) -> None:
        self.instrument = instrument
        self._methods = _methods(instrument)
        self._hears_calls = getattr(instrument, "graph_called", None)

    def hear_call(self, graph: Any, caller: Task) -> None:
        """A task begins to run another graph behind this gate."""
        if self._hears_calls is not None:
            self._hears_calls(graph, caller.run.namespace, caller.node.name)

    def ask(self, question: str, *about: Any) -> Any:
        """Put a question, in a thread. An instrument without that method has nothing to say."""
        method = self._methods.get(question)
        return None if method is None else method(*about)

    async def aask(self, question: str, *about: Any) -> Any:
        """Put a question, on an event loop."""
        return self.ask(question, *about)

    @property
    def side_door(self) -> SideDoor | None:
        """How tasks of a run on the present event loop may get around questions, if they may."""
        return None

    def open(self) -> None:
        """The run is over: let go of whoever waits."""


class LoopGate(Gate):
    """An async instrument together with the event loop that it lives on."""

    def __init__(
        self, instrument: AnyInstrument, loop: asyncio.AbstractEventLoop, thread: int | None = None
    ) -> None:
        super().__init__(instrument)
        self._loop = loop
        self._thread = threading.get_ident() if thread is None else thread
        self._waiting: set[concurrent.futures.Future[Any]] = set()
        self._is_open = False

    def ask(self, question: str, *about: Any) -> Any:
        """Put a question from a task in a thread: blocks that thread."""
        method = self._methods.get(question)
        if method is None:
            return None
        future = self._called(method(*about))
        try:
            return future.result()
        finally:
            self._waiting.discard(future)

    async def aask(self, question: str, *about: Any) -> Any:
        method = self._methods.get(question)
        if method is None:
            return None
        if asyncio.get_running_loop() is self._loop:
            return await method(*about)
        # A node in a thread has started an event loop of its own, with a graph on it.
        future = self._called(method(*about))
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._waiting.discard(future)

    @property
    def side_door(self) -> SideDoor | None:
        return SideDoor(self.instrument) if asyncio.get_running_loop() is self._loop else None

    def for_instrument(self, instrument: AnyInstrument) -> LoopGate:
        """A gate on the same loop, for a graph inside that has an instrument of its own."""
        return LoopGate(instrument, self._loop, self._thread)

    def open(self) -> None:
        """Let go of every thread that waits or will, with a CancelledError."""
        self._is_open = True
        for future in list(self._waiting):
            future.cancel()

    @property
    def is_out_of_reach(self) -> bool:  # type: ignore[override]
        """True on the loop's own thread."""
        return threading.get_ident() == self._thread

    def _called(self, call: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        if self._is_open:  # and the loop may be closed
            call.close()
            over: concurrent.futures.Future[Any] = concurrent.futures.Future()
            over.cancel()
            return over
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        self._waiting.add(future)
        # Open may have been called before the future was there to be seen: then it is for us to cancel it.
        if self._is_open:
            future.cancel()
        return future


class SideDoor:
    """What an instrument says at once, so that it need not be asked: here nothing is awaited."""

    def __init__(self, instrument: AnyInstrument | None) -> None:
        self.passage: Passage = getattr(instrument, "passage", None) or _ClosedPassage()
        self.lets_pass: Callable[[Question, TaskInfo], bool] | None = getattr(instrument, "lets_pass", None)


class _ClosedPassage:
    is_free = False

    def enter(self, id: str, name: str, namespace: Namespace, step: int) -> None:
        """Never called."""

    def leave(self, id: str) -> None:
        """Never called."""


_NO_DOOR: Final = SideDoor(None)


def is_awaited(instrument: AnyInstrument) -> bool:
    """Whether an instrument's methods are async. Raises TypeError when it has none, or some of each kind."""
    methods = _methods(instrument)
    kinds = {name: inspect.iscoroutinefunction(method) for name, method in methods.items()}
    what = type(instrument).__name__
    if not methods and not isinstance(instrument, (Instrument, SyncInstrument)):
        raise TypeError(f"{what} has none of the methods of an instrument: {', '.join(_ANSWERS)}.")
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} is {'async' if kind else 'plain'}" for name, kind in kinds.items())
        raise TypeError(f"{what} is half async: {listed}. Make them all async, or all plain.")
    return any(kinds.values()) or isinstance(instrument, Instrument)


def _methods(instrument: AnyInstrument) -> dict[str, Callable[..., Any]]:
    """The questions that an instrument answers itself: a default is not worth asking."""
    found = {}
    for name in _ANSWERS:
        method = getattr(instrument, name, None)
        if method is not None and getattr(method, "__func__", None) not in _DEFAULTS:
            found[name] = method
    return found


_DEFAULTS: Final = frozenset(vars(base)[name] for base in (Instrument, SyncInstrument) for name in _ANSWERS)


# -- a task under an instrument


class Way(Protocol):
    """How tasks are carried out: in threads, where none of these ever suspends, or on an event loop."""

    is_on_loop: bool

    async def ask(self, gate: Gate, question: str, *about: Any) -> Any:
        """Put a question to the instrument."""

    def run(self, task: Task) -> Awaitable[Any]:
        """Call the node and its paths. Returns what the node returned."""

    def cause(self, task: Task, error: BaseException) -> BaseException:
        """What has ended a task that has raised this."""

    async def conclude(self, task: Task, result: Any, *, asks_paths: bool) -> None:
        """Take `result` for what the node returned."""

    def report_failure(self, task: Task, error: BaseException) -> None:
        """Report that a task has failed."""


class Supervision:
    """One task, from the first question to the last answer."""

    __slots__ = ("_answers", "_door", "_gate", "_info", "_node", "_output", "_task", "_way")

    def __init__(self, task: Task, gate: Gate, way: Way) -> None:
        self._task = task
        self._node = task.node
        self._gate = gate
        self._way = way
        self._door = (task.run.side_door if way.is_on_loop else None) or _NO_DOOR
        self._answers: tuple[Answer, ...] = ()
        self._output: Any = None
        self._info: TaskInfo | None = None  # as it was before it began

    async def perform(self) -> None:
        """Carry out the task as its instrument says, reporting as it goes. Raises what the node raises."""
        task, passage, answer = self._task, self._door.passage, None
        try:
            if passage.is_free:
                passage.enter(task.id, task.node.name, task.run.namespace, task.step)
            elif not self._lets_pass("before_task"):
                answer = await self._ask("before_task")
            while True:
                try:
                    if answer is None:
                        result = await self._way.run(task)
                    else:
                        result = await self._carry_out(answer)
                    if not passage.is_free:
                        await self.route()
                    self._output = result
                    break
                except BaseException as raised:
                    error = self._way.cause(task, raised)
                    is_signal = isinstance(error, GraphBubbleUp)
                    told, self._output = (None, error) if is_signal else (error, None)
                    answer = None
                    if passage.is_free:
                        passage.leave(task.id)
                    elif not self._lets_pass("after_task"):
                        answer = await self._ask("after_task", told)
                    if answer is None or told is None or not isinstance(error, Exception):
                        if error is raised:
                            raise
                        raise error from error.__cause__
                self._start_again()
        except GraphInterrupt as signal:
            task.run.report_interrupt(task, signal.interrupts)
            return
        except BaseException as error:
            self._way.report_failure(task, error)
            raise
        task.run.report_end(task, result)
        if passage.is_free:
            passage.leave(task.id)
        elif not self._lets_pass("after_task") and await self._ask("after_task", None) is not None:
            raise TypeError(f"after_task() has answered about task {task.name!r}, which did not fail.")

    async def route(self) -> None:
        """Let the instrument say where the task leads."""
        if not self._door.passage.is_free and not self._lets_pass("before_route"):
            await self._ask_route()

    def _lets_pass(self, question: Question) -> bool:
        """Whether a question need not be put."""
        lets_pass = self._door.lets_pass
        if lets_pass is None:
            return False
        if self._info is None:
            self._info = _task_info(self._task, (), None)
        return lets_pass(question, self._info)

    async def _ask_route(self) -> None:
        answer = await self._ask("before_route", _leads_to(self._task))
        if answer is not None:
            _redirect(self._task, answer.leads_to)

    async def _ask(self, question: Question, *about: Any) -> Any:
        info = _task_info(self._task, self._answers, self._output)
        answer: Any = await self._way.ask(self._gate, question, info, *about)
        if answer is not None:
            if type(answer) not in _ANSWERS[question]:
                kinds = ", ".join(kind.__name__ for kind in _ANSWERS[question])
                raise TypeError(
                    f"{question}() has answered {answer!r}. It may answer None or one of: {kinds}."
                )
            self._answers = (*self._answers, answer)
        return answer

    async def _carry_out(self, answer: Answer) -> Any:
        task, result = self._task, None
        match answer:
            case Supply(result, leads_to):
                await self._way.conclude(task, result, asks_paths=leads_to is None)
                if leads_to is not None:
                    _redirect(task, leads_to)
            case Skip():
                await self._way.conclude(task, None, asks_paths=True)
            case _:
                if isinstance(answer, WithInput):
                    task.input = answer.input
                result = await self._way.run(task)
        return result

    def _start_again(self) -> None:
        self._output = None
        self._task.node = self._node
        self._task.try_again()


def complete(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("A coroutine that must not wait has waited.")


def _task_info(task: Task, answers: tuple[Answer, ...], output: Any) -> TaskInfo:
    run = task.run
    return TaskInfo(
        task.id, task.node.name, run.namespace, task.step, task.input, task.triggers, answers, output
    )


# -- where a task leads


def _leads_to(task: Task) -> tuple[Target, ...]:
    node = task.node
    found = [*node.successors, *task.targets, *(barrier.target for barrier in node.barriers)]
    names = dict.fromkeys(target for target in found if isinstance(target, str))
    return (*names, *(target for target in found if isinstance(target, Send)))


def _redirect(task: Task, leads_to: Sequence[Target]) -> None:
    """Make a task lead there and nowhere else. An edge that leads to one of them stays the edge it was."""
    known = [name for name in task.run.topology.nodes if name != START]
    for target in leads_to:
        name = target.node if isinstance(target, Send) else target
        if name not in known and target != END:
            raise UnknownNode(f"The route that an instrument gave task {task.name!r}", name, known)
    node, names = task.node, {target for target in leads_to if isinstance(target, str)}
    successors = tuple(name for name in node.successors if name in names)
    barriers = tuple(barrier for barrier in node.barriers if barrier.target in names)
    by_edge = {END, *successors, *(barrier.target for barrier in barriers)}
    task.node = replace(node, successors=successors, barriers=barriers)
    task.targets = [target for target in leads_to if isinstance(target, Send) or target not in by_edge]
