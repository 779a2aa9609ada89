"""One run of one graph: plan a superstep, run its tasks, commit what they wrote, report.

`drive()` and `adrive()` at the end are that loop; the class before them is what the two share.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import queue
from collections import deque
from collections.abc import AsyncGenerator, Generator, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from stepgraph.config import with_handlers
from stepgraph.constants import NAMESPACE_SEPARATOR, PULL, START
from stepgraph.errors import EmptyInputError, GraphRecursionError, InvalidUpdateError, did_you_mean
from stepgraph.pregel.gates import Gate
from stepgraph.pregel.messages import MessageStream
from stepgraph.pregel.options import RunOptions
from stepgraph.pregel.returned import Returned, read_returned
from stepgraph.pregel.runner import (
    Crew,
    SideBySide,
    aperform,
    atake,
    in_context,
    perform,
    take,
)
from stepgraph.pregel.stream import (
    AsyncOutlet,
    Bell,
    Outlet,
    SyncOutlet,
    result_payload,
    updates_payload,
    values_payload,
)
from stepgraph.pregel.subgraphs import Settings
from stepgraph.pregel.superstep import commit, new_board, plan
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import thread_limit
from stepgraph.pregel.tools import ToolStream
from stepgraph.runtime import RunControl
from stepgraph.types import Command, Namespace, Send

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph

_log = logging.getLogger("stepgraph")


class Run:
    """The state of one run, and what it reports.

    `outlet` is this run's own caller, None for one that only wants the `output`: the last `values` payload,
    or None when there was none. What it does not bring itself it has from the run around it, if there is one.
    """

    def __init__(
        self,
        graph: CompiledStateGraph,
        settings: Settings,
        outlet: Outlet | None,
        options: RunOptions,
        gate: Gate | None,
    ) -> None:
        parent = settings.parent
        self.topology = graph.topology
        self.board = new_board(graph.topology)
        self.step = 0
        self.output: Any = None
        self.namespace: Namespace = parent.inner_namespace() if parent else ()
        self.checkpoint_ns = NAMESPACE_SEPARATOR.join(self.namespace)
        self.metadata = settings.metadata
        self.configurable = settings.configurable
        self.passed_on = settings.passed_on
        self.recursion_limit = settings.recursion_limit
        self.max_concurrency = settings.max_concurrency
        around = parent.run if parent is not None else None
        self.options = options
        self.context: Any = around.context if around and options.context is None else options.context
        self.store: Any = around.store if around and around.store is not None else graph.store
        self.cache: Any = around.cache if around and graph.cache is None else graph.cache
        self.control: RunControl = options.control or (around.control if around else RunControl())
        self.gate = gate
        self.output_keys = output_keys = options.output_keys
        self._output_set = frozenset([output_keys] if isinstance(output_keys, str) else output_keys)
        self._update_keys = output_keys if isinstance(output_keys, str) else self._output_set
        # A task's id is unlike any other's: sixty random bits for the run, then a count.
        bits = os.urandom(10).hex()
        self._id_prefix = f"{bits[:8]}-{bits[8:12]}-4{bits[12:15]}-8{bits[15:18]}-"
        self._task_count = 0
        self._listen(parent, outlet)
        self.trace: Any = None
        self.threads: asyncio.Semaphore
        self.run_name = settings.run_name or graph.name
        self.run_id = settings.run_id
        self.callbacks = settings.callbacks
        listeners = [outlet.messages, outlet.tools] if outlet is not None else []
        if any(listeners):
            self.callbacks = with_handlers(self.callbacks, [heard for heard in listeners if heard])

    def _listen(self, parent: Task | None, outlet: Outlet | None) -> None:
        around = [other for other in parent.run.outlets if other.subgraphs] if parent else []
        self.outlets: Sequence[Outlet] = [outlet, *around] if outlet else around
        if outlet is not None:
            outlet.namespace = self.namespace
            if "messages" in outlet.modes:
                outlet.messages = MessageStream(outlet)
            if "tools" in outlet.modes:
                outlet.tools = ToolStream(outlet)
        self._values = self._listeners("values")
        self._updates = self._listeners("updates")
        # A caller inside a node that asks for custom data takes it: it is not meant for those around.
        takes_custom = outlet is not None and "custom" in outlet.modes
        self._custom = [outlet] if outlet is not None and takes_custom else self._listeners("custom")
        self._tasks = self._listeners("tasks")
        self._debug = self._listeners("debug")
        self._messages = [other.messages for other in self.outlets if other.messages is not None]
        self.tools = [other.tools for other in self.outlets if other.tools is not None]

    def _listeners(self, mode: str) -> list[Outlet]:
        return [outlet for outlet in self.outlets if mode in outlet.modes]

    # -- the loop's parts

    @property
    def remaining(self) -> int:
        """How many supersteps may still follow the present one."""
        return self.recursion_limit - self.step

    def start_task(self, input: Any) -> Task:
        """The hidden task that takes the input. Raises what `_refuse` finds wrong with it."""
        _refuse_input(input)
        task = Task(self.topology.nodes[START], (PULL, START), (START,), input)
        task.join(self, 0, self._next_id())
        return task

    def next_tasks(self) -> list[Task]:
        """Begin a superstep. No task means that the run is over. Raises GraphRecursionError."""
        self.step += 1
        if self.step > self.recursion_limit:
            raise GraphRecursionError(
                f"Recursion limit of {self.recursion_limit} reached without hitting a stop condition. If the "
                "graph is to go round that often, raise the limit: config={'recursion_limit': ...}. If not, "
                "look for a conditional edge that never leads to END."
            )
        tasks = plan(self.topology, self.board, self.remaining)
        for task in tasks:
            task.join(self, self.step, self._next_id())
        if self._tasks or self._debug or self._messages:
            for task in tasks:
                self._report_start(task)
        return tasks

    def commit(self, tasks: Sequence[Task]) -> None:
        """End a superstep."""
        written = commit(self.topology, self.board, tasks)
        if not self._output_set.isdisjoint(written):
            self.output = values_payload(self.board.values, self.output_keys)
            for outlet in self._values:
                outlet.push(self.namespace, "values", self.output)

    def read(self, task: Task, result: Any) -> Returned:
        """A task's return value, as writes and targets."""
        if task.node.name == START:
            return read_returned(result, self.topology.inputs, "as input")
        return read_returned(result, self.topology.channels, f"from node {task.node.name!r}")

    def known_targets(self, task: Task, targets: Sequence[str | Send]) -> list[str | Send]:
        """The targets that exist; the others are logged and left out."""
        nodes = self.topology.nodes
        kept = []
        for target in targets:
            name = target.node if isinstance(target, Send) else target
            if name in nodes and name != START:
                kept.append(target)
            else:
                hint = did_you_mean(name, [known for known in nodes if known != START])
                _log.warning(
                    "Node %r leads to %r, but there is no such node: ignored. %s", task.name, name, hint
                )
        return kept

    @property
    def checkpoint_id(self) -> str:
        """Of the state that the present superstep starts from."""
        return f"{self._id_prefix[:14]}6{self._id_prefix[15:]}{self.step:012x}"

    def _next_id(self) -> str:
        self._task_count += 1
        return f"{self._id_prefix}{self._task_count:012x}"

    # -- reports

    def write_custom(self, value: Any) -> None:
        """Send something out in mode `custom`."""
        for outlet in self._custom:
            outlet.push(self.namespace, "custom", value)

    def _report_start(self, task: Task) -> None:
        for messages in self._messages:
            messages.node_started(task)
        if self._tasks or self._debug:
            payload: dict[str, Any] = {
                "id": task.id,
                "name": task.node.name,
                "input": task.input,
                "triggers": task.triggers,
            }
            metadata = self._shown_metadata(task)
            if metadata:
                payload["metadata"] = metadata
            self._push_debug(task, "task", payload)

    def report_end(self, task: Task, result: Any) -> None:
        """A task has run. `result` is what its node returned."""
        if task.node.name == START:
            return
        for messages in self._messages:
            messages.node_returned(task, result)
        self._report_updates(task)
        if self._tasks or self._debug:
            self._report_result(task, None, result_payload(task.writes))

    def report_failure(self, task: Task, error: BaseException) -> None:
        """A task has failed; what its node had written before a path failed is reported all the same."""
        if task.node.name == START:
            return
        if task.writes or task.targets:
            self._report_updates(task)
        if self._tasks or self._debug:
            self._report_result(task, error, result_payload(task.writes))

    def _report_updates(self, task: Task) -> None:
        for outlet in self._updates:
            payload = updates_payload(task.writes, self._update_keys)
            outlet.push(self.namespace, "updates", {task.node.name: payload})

    def _report_result(self, task: Task, error: BaseException | None, result: dict[str, Any]) -> None:
        payload: dict[str, Any] = {
            "id": task.id,
            "name": task.node.name,
            "error": error,
            "result": result,
            "interrupts": [],
        }
        self._push_debug(task, "task_result", payload)

    def _push_debug(self, task: Task, kind: str, payload: dict[str, Any]) -> None:
        for outlet in self._tasks:
            outlet.push(self.namespace, "tasks", payload)
        for outlet in self._debug:
            now = datetime.now(timezone.utc).isoformat()
            event = {"step": task.step, "timestamp": now, "type": kind, "payload": payload}
            outlet.push(self.namespace, "debug", event)

    def _shown_metadata(self, task: Task) -> dict[str, Any]:
        """The user's part of a task's metadata."""
        shown = {key: value for key, value in self.metadata.items() if not _is_engines(key)}
        if task.node.metadata:
            shown.update(task.node.metadata)
        if self.passed_on.get("tags"):
            shown["tags"] = self.passed_on["tags"]
        return shown


def _is_engines(key: str) -> bool:
    return key.startswith("langgraph_") or key in ("thread_id", "checkpoint_ns", "checkpoint_id")


def _refuse_input(input: Any) -> None:
    """Raise for an input that cannot start a run."""
    if input is None or (
        isinstance(input, Command) and not (input.update or input.goto or input.graph or input.resume)
    ):
        raise EmptyInputError(
            "Received no input for __start__. Give the state to start from, or {} for none."
        )
    if isinstance(input, Command):
        if input.graph == Command.PARENT:
            raise InvalidUpdateError("There is no parent graph for the Command that was given as input.")
        if input.resume is not None:
            raise RuntimeError(
                "Cannot use Command(resume=...) without checkpointer: there is no run to go on with."
            )


# -- the loop, in its two forms


def drive(run: Run, input: Any, outlet: SyncOutlet | None) -> Generator[Any, None, None]:
    """Run to the end, yielding what comes out of the run's own outlet, if it has one."""
    attends = outlet is not None and (outlet.is_live or run.gate is not None)
    try:
        run.commit([_take_input(run, input)])
        while tasks := run.next_tasks():
            if len(tasks) == 1 and not attends:
                yield from _waiting(outlet)
                contextvars.copy_context().run(perform, tasks[0])
            else:
                arrivals = outlet.chunks if outlet is not None else queue.SimpleQueue[Any]()
                yield from Crew(tasks, thread_limit(run.max_concurrency), arrivals).chunks()
            run.commit(tasks)
            yield from _waiting(outlet)
    except Exception:
        yield from _waiting(outlet)
        raise


async def adrive(run: Run, input: Any, outlet: AsyncOutlet | None) -> AsyncGenerator[Any, None]:
    """`drive()` on the event loop. Whatever still runs when the caller leaves is cancelled and waited for."""
    attends = outlet is not None and (outlet.is_live or run.gate is not None)
    chunks = outlet.chunks if outlet is not None else _NO_CHUNKS
    bell = outlet if outlet is not None else Bell()
    side: SideBySide | None = None
    run.threads = asyncio.Semaphore(thread_limit(run.max_concurrency))
    try:
        run.commit([await _atake_input(run, input)])
        while tasks := run.next_tasks():
            if len(tasks) == 1 and not attends:
                while chunks:
                    yield chunks.popleft()
                await in_context(contextvars.copy_context(), aperform(tasks[0]))
            else:
                side = SideBySide(tasks, run.max_concurrency, bell.wake)
                while not side.is_over:
                    await bell.wait()
                    while chunks:
                        yield chunks.popleft()
                side.check()
            run.commit(tasks)
            while chunks:
                yield chunks.popleft()
    except Exception:
        while chunks:
            yield chunks.popleft()
        raise
    finally:
        if side is not None:
            await side.stop()


_NO_CHUNKS: deque[Any] = deque()


def _take_input(run: Run, input: Any) -> Task:
    task = run.start_task(input)
    contextvars.copy_context().run(take, task)
    return task


async def _atake_input(run: Run, input: Any) -> Task:
    task = run.start_task(input)
    if task.node.branches or run.gate is not None:
        await in_context(contextvars.copy_context(), atake(task))
    else:
        contextvars.copy_context().run(take, task)
    return task


def _waiting(outlet: SyncOutlet | None) -> Generator[Any, None, None]:
    while outlet is not None and not outlet.chunks.empty():
        yield outlet.chunks.get()
