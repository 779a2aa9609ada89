"""Runs one task to its end: the node, its paths, the report.

The user's code is called here, and only here.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from stepgraph.errors import GraphBubbleUp, GraphInterrupt, NodeCancelledError, ParentCommand
from stepgraph.graph.branches import Branch
from stepgraph.graph.calls import Call, is_runnable
from stepgraph.pregel.attempts import aattempts, add_task_note, attempts, own_cancellation
from stepgraph.pregel.gates import Gate, Supervision, complete
from stepgraph.pregel.handlers import handler_of
from stepgraph.pregel.superstep import after_writes
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import in_thread
from stepgraph.pregel.tracing import TaskConfig, TaskTrace, put_config
from stepgraph.runtime import current_task
from stepgraph.types import Command


def perform(task: Task, on_handler: Callable[[Task], None] | None = None) -> None:
    """Run a task to its end, reporting as it goes. Raises what the node raises.

    Where a handler takes over, it is run next instead, or `on_handler` is told of it.
    """
    try:
        if task.run.gate is None:
            _perform(task)
        else:
            complete(Supervision(task, task.run.gate, _IN_THREAD).perform())
    except Exception as error:
        handler = handler_of(task, error)
        if handler is None:
            raise
    else:
        return
    (on_handler or perform_alone)(handler)


async def aperform(task: Task) -> None:
    """`perform()` on the event loop."""
    try:
        if task.run.gate is None:
            await _aperform(task)
        else:
            await Supervision(task, task.run.gate, _ON_LOOP).perform()
    except BaseException as error:
        if task.calls is not None and task.parent is None:
            await task.calls.family.abandon()
        handler = handler_of(task, error)
        if handler is None:
            raise
    else:
        if task.calls is not None and task.parent is None:
            await task.calls.family.finish()
        return
    await asyncio.sleep(0)  # Siblings that were to start meanwhile go first.
    await aperform(handler)


def perform_alone(task: Task) -> None:
    """Run the only task of a superstep to its end, and wait for its children."""
    try:
        contextvars.copy_context().run(perform, task)
    finally:
        if task.calls is not None:
            task.calls.family.wait()


def take(task: Task) -> None:
    """Run the task that takes the input."""
    try:
        if task.node.branches:
            _run(task)
        else:  # Without paths there is nothing that a trace could tell.
            outcome(task)
        if task.run.gate is not None:
            complete(Supervision(task, task.run.gate, _IN_THREAD).route())
        if task.calls is not None:
            task.calls.family.wait()
    except BaseException as error:
        if _is_failure(task, error):
            raise
    else:
        task.run.report_end(task, None)


async def atake(task: Task) -> None:
    """Run the task that takes the input, on the event loop."""
    try:
        await (_arun(task) if task.node.branches else aoutcome(task))
        if task.run.gate is not None:
            await Supervision(task, task.run.gate, _ON_LOOP).route()
        if task.calls is not None:
            await task.calls.family.finish()
    except BaseException as error:
        if _is_failure(task, error):
            raise
    else:
        task.run.report_end(task, None)


def enter(task: Task) -> None:
    """Make this the running task, for everything that runs in the present context."""
    current_task.set(task)
    task.asked = 0
    put_config(TaskConfig(task))


def _perform(task: Task) -> None:
    try:
        result = _run(task)
    except BaseException as error:
        if _is_failure(task, error):
            raise
    else:
        task.run.report_end(task, result)


async def _aperform(task: Task) -> None:
    try:
        result = await _arun(task)
    except asyncio.CancelledError as cancelled:
        error = own_cancellation(task, cancelled)
        _report_failure(task, error)
        raise error from error.__cause__
    except BaseException as error:
        if _is_failure(task, error):
            raise
    else:
        task.run.report_end(task, result)


def _run(task: Task) -> Any:
    policies = task.node.policies
    if policies is not None:
        return attempts(task, policies, _run_once)
    return _outcome_in_thread(task) if task.run.trace is None else _traced_outcome(task)


def _run_once(task: Task) -> Any:
    return _outcome_in_thread(task) if task.run.trace is None else _traced_outcome(task)


def _outcome_in_thread(task: Task) -> Any:
    try:
        return outcome(task)
    except asyncio.CancelledError as cancelled:
        # Nobody can have cancelled it: threads are not.
        raise NodeCancelledError(task.name) from cancelled


def _arun(task: Task) -> Coroutine[Any, Any, Any]:
    policies = task.node.policies
    return _arun_once(task) if policies is None else aattempts(task, policies, _arun_once)


def _arun_once(task: Task) -> Coroutine[Any, Any, Any]:
    return aoutcome(task) if task.run.trace is None else _atraced_outcome(task)


def _traced_outcome(task: Task) -> Any:
    trace = TaskTrace(task)
    trace.start()
    try:
        result = _outcome_in_thread(task)
    except BaseException as error:
        trace.end(None, error)
        raise
    trace.end(result, None)
    return result


async def _atraced_outcome(task: Task) -> Any:
    trace = TaskTrace(task)
    await trace.astart()
    try:
        result = await aoutcome(task)
    except BaseException as error:
        await trace.aend(None, error)
        raise
    await trace.aend(result, None)
    return result


def _is_failure(task: Task, error: BaseException) -> bool:
    """Report how a task ended that has not returned. A task that asks has not failed."""
    if isinstance(error, GraphInterrupt):
        task.run.report_interrupt(task, error.interrupts)
        return False
    _report_failure(task, error)
    return True


def _report_failure(task: Task, error: BaseException) -> None:
    if not isinstance(error, (GraphBubbleUp, asyncio.CancelledError, GeneratorExit)):
        add_task_note(error, task)
        task.run.report_failure(task, error)


# -- one task


def outcome(task: Task) -> Any:
    """Call a node and its paths; leave writes and targets in the task.

    Returns what the node returned: nothing, if a graph inside it spoke in its place.
    """
    enter(task)
    task.writes = task.targets = ()
    call = task.node.call
    result = returned = task.input
    if call is not None:
        if call.sync is None:
            raise TypeError(_no_sync("Node", call.name))
        try:
            result = returned = call.sync(task.input, task)
            if is_runnable(result) and task.node.writes is None:
                result = returned = result.invoke(task.input, task.config)
        except ParentCommand as signal:
            result, returned = _from_inside(task, signal), None
    conclude(task, result, task.node.branches)
    return returned


def conclude(task: Task, result: Any, branches: Sequence[Branch]) -> None:
    """Take `result` for what the node returned, and ask its paths."""
    returned = task.run.read(task, result)
    # What was pushed while the node ran comes first.
    task.writes = [*task.writes, *returned.writes] if task.writes else returned.writes
    task.targets = returned.targets
    for branch in branches:
        if branch.call.sync is None:
            raise TypeError(_no_sync("Path", branch.call.name))
        view = _view(task, branch, result)
        if task.trace is None:
            answer = branch.call.sync(view, task)
        else:
            answer = task.trace.ask(branch, view, functools.partial(branch.call.sync, view, task))
        if is_runnable(answer):
            answer = answer.invoke(_view(task, branch, result), task.config)
        task.targets = [*task.targets, *branch.targets(answer)]
    if task.targets:
        task.targets = task.run.known_targets(f"Node {task.name!r}", task.targets)


async def aoutcome(task: Task) -> Any:
    """`outcome()` on the event loop: async functions are awaited there, sync ones run in a thread."""
    enter(task)
    call, branches = task.node.call, task.node.branches
    is_sync = call is not None and call.awaits is None and all(b.call.awaits is None for b in branches)
    # Callbacks are awaited, which a thread cannot do for the chains of paths.
    if is_sync and (task.trace is None or not branches):
        return await in_thread(_threads(task), _outcome_in_thread, task)
    task.writes = task.targets = ()
    result = returned = task.input
    if call is not None:
        try:
            calls = call.awaits or functools.partial(_in_thread, call)
            result = returned = await calls(task.input, task)
            if is_runnable(result) and task.node.writes is None:
                result = returned = await result.ainvoke(task.input, task.config)
        except ParentCommand as signal:
            result, returned = _from_inside(task, signal), None
    if branches:
        await aconclude(task, result, branches)
    else:
        conclude(task, result, ())
    return returned


async def aconclude(task: Task, result: Any, branches: Sequence[Branch]) -> None:
    """`conclude()`, on an event loop."""
    returned = task.run.read(task, result)
    # What was pushed while the node ran comes first.
    task.writes = [*task.writes, *returned.writes] if task.writes else returned.writes
    task.targets = returned.targets
    for branch in branches:
        view = _view(task, branch, result)
        answers = branch.call.awaits or functools.partial(_in_thread, branch.call)
        if task.trace is None:
            answer = await answers(view, task)
        else:
            answer = await task.trace.aask(branch, view, functools.partial(answers, view, task))
        if is_runnable(answer):
            answer = await answer.ainvoke(_view(task, branch, result), task.config)
        task.targets = [*task.targets, *branch.targets(answer)]
    if task.targets:
        task.targets = task.run.known_targets(f"Node {task.name!r}", task.targets)


def _from_inside(task: Task, signal: ParentCommand) -> Command[Any]:
    """What a graph inside the node told this one, as if the node had returned it."""
    if task.trace is not None:
        task.trace.signal = signal
    return replace(signal.command, graph=None)


def _view(task: Task, branch: Branch, result: Any) -> Any:
    """What a path looks at: the state after its own node's writes, and no one else's."""
    run = task.run
    view = branch.read(after_writes(run.topology.channels, run.board.values, task.writes), run.remaining)
    if branch.sees_returned and isinstance(result, dict) and isinstance(view, dict):
        return {**result, **view}
    return view


def _in_thread(call: Call, value: Any, task: Task) -> Coroutine[Any, Any, Any]:
    assert call.sync is not None
    return in_thread(_threads(task), call.sync, value, task)


def _threads(task: Task) -> asyncio.Semaphore:
    # Children are counted by their parents: sharing a limit with tasks that wait for them, all might wait.
    return task.run.threads if task.parent is None else asyncio.Semaphore()


def _no_sync(kind: str, name: str) -> str:
    return (
        f"{kind} {name!r} is async: No synchronous function provided to {name!r}. Run the graph with "
        "ainvoke() or astream(), or make the function sync."
    )


# -- under an instrument


class _InThread:
    is_on_loop = False

    async def ask(self, gate: Gate, question: str, *about: Any) -> Any:
        return gate.ask(question, *about)

    async def run(self, task: Task) -> Any:
        return _run(task)

    def cause(self, task: Task, error: BaseException) -> BaseException:
        return error

    async def conclude(self, task: Task, result: Any, *, asks_paths: bool) -> None:
        enter(task)
        conclude(task, result, task.node.branches if asks_paths else ())

    def report_failure(self, task: Task, error: BaseException) -> None:
        _report_failure(task, error)


class _OnLoop(_InThread):
    is_on_loop = True

    async def ask(self, gate: Gate, question: str, *about: Any) -> Any:
        return await gate.aask(question, *about)

    run = staticmethod(_arun)

    def cause(self, task: Task, error: BaseException) -> BaseException:
        return own_cancellation(task, error) if isinstance(error, asyncio.CancelledError) else error

    async def conclude(self, task: Task, result: Any, *, asks_paths: bool) -> None:
        enter(task)
        await aconclude(task, result, task.node.branches if asks_paths else ())


_IN_THREAD: Final = _InThread()
_ON_LOOP: Final = _OnLoop()
