"""One run of one graph: plan a superstep, run its tasks, commit what they wrote, report.

`drive()` and `adrive()` at the end are that loop; the class before them is what the two share.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import logging
import os
import queue
from collections import deque
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.channels import MISSING
from stepgraph.config import with_handlers
from stepgraph.constants import FAILED, NAMESPACE_SEPARATOR, START
from stepgraph.errors import GraphDrained, GraphInterrupt, GraphRecursionError, did_you_mean
from stepgraph.pregel.begin import begin, start_task
from stepgraph.pregel.cache import atake_known, take_known
from stepgraph.pregel.gates import Gate, SideDoor
from stepgraph.pregel.handlers import after_failures, handlers_left
from stepgraph.pregel.interrupts import NO_ANSWERS, Answers, Interrupt
from stepgraph.pregel.options import RunOptions, stops_at
from stepgraph.pregel.pending import Left, failure_writes, find_left, interrupt_writes, outcome_writes
from stepgraph.pregel.reports import Reports, with_interrupts
from stepgraph.pregel.returned import Returned, read_returned
from stepgraph.pregel.runner import aperform, atake, perform_alone, take
from stepgraph.pregel.side_by_side import Crew, SideBySide, in_context
from stepgraph.pregel.snapshots import checkpoint_payload
from stepgraph.pregel.stream import AsyncOutlet, Bell, Outlet, SyncOutlet, values_payload
from stepgraph.pregel.subgraphs import Settings, make_checkpoints
from stepgraph.pregel.superstep import after_writes, apply_order, commit, new_board, plan
from stepgraph.pregel.task_ids import task_id
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import thread_limit
from stepgraph.pregel.unknown_keys import warn_of_unknown
from stepgraph.runtime import RunControl
from stepgraph.types import Namespace, Send

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph
    from stepgraph.pregel.checkpoints import Branch
    from stepgraph.pregel.children import Child

_log = logging.getLogger("stepgraph")


class Run:
    """The state of one run.

    `output` is the last `values` payload, None when there was none; `output_keys` restrict it. What a run
    does not bring itself it has from the run around it, if there is one.

    A run with a thread has `checkpoints`. When it goes on from one of them, `left` is what tasks had left
    there, and `is_going_on` lasts until its first superstep is committed. `interrupts` are what it has
    stopped to ask, None for a run that has not stopped.
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
        around = parent.run if parent is not None else None
        self.parent = parent
        self.topology = graph.topology
        self.board = new_board(graph.topology)
        self.step = 0
        self.output: Any = None
        self.is_accumulating = parent is not None and graph.checkpointer is True
        self.namespace: Namespace = parent.inner_namespace(self.is_accumulating) if parent else ()
        self.checkpoint_ns = NAMESPACE_SEPARATOR.join(self.namespace)
        self.metadata = settings.metadata
        self.configurable = settings.configurable
        self.passed_on = settings.passed_on
        self.recursion_limit = settings.recursion_limit
        self.stop = settings.recursion_limit
        self.max_concurrency = settings.max_concurrency
        self.step_timeout = graph.step_timeout
        self.options = options
        self.context: Any = around.context if around and options.context is None else options.context
        self.store: Any = around.store if around and around.store is not None else graph.store
        self.cache: Any = graph.cache
        self.control: RunControl = options.control or (around.control if around else RunControl())
        self.gate = gate
        self.side_door: SideDoor | None = None
        self.output_keys = output_keys = options.output_keys
        self._output_set = frozenset([output_keys] if isinstance(output_keys, str) else output_keys)
        # A task's id is unlike any other's: sixty random bits for the run, then a count.
        bits = os.urandom(10).hex()
        self._id_prefix = f"{bits[:8]}-{bits[8:12]}-4{bits[12:15]}-8{bits[15:18]}-"
        self._task_count = itertools.count(1)
        self.reports = Reports(self, parent, outlet, output_keys)
        self.write_custom = self.reports.custom
        self.branch: Branch | None = around.branch if around else None
        self.checkpoints = make_checkpoints(graph, settings, self)
        self.answers: Answers = around.answers if around else NO_ANSWERS
        self.left: Mapping[str, Left] = {}
        self.is_going_on = False
        self.is_asking = False
        self.interrupts: list[Interrupt] | None = None
        self.handlers: dict[Task, Task] = {}
        self.trace: Any = None
        self.threads: asyncio.Semaphore
        self.loop: asyncio.AbstractEventLoop | None = None
        self.run_name = settings.run_name or graph.name
        self.run_id = settings.run_id
        self.callbacks = settings.callbacks
        listeners = [outlet.messages, outlet.tools] if outlet is not None else []
        if any(listeners):
            self.callbacks = with_handlers(self.callbacks, [heard for heard in listeners if heard])

    # -- the loop's parts

    @property
    def remaining(self) -> int:
        """How many supersteps may still follow the present one."""
        return self.stop - self.step

    @property
    def result(self) -> Any:
        """The output, with what the run has stopped to ask."""
        return with_interrupts(self.output, self.interrupts) if self.interrupts else self.output

    def join(self, task: Task) -> None:
        """Make a task one of this run's, in the present superstep."""
        thread = self.checkpoints
        if thread is None or thread.id is None:
            id = f"{self._id_prefix}{next(self._task_count):012x}"
        else:
            id = task_id(thread.id, self.checkpoint_ns, self.step, task.name, task.path, task.triggers)
        task.join(self, self.step, id)

    @property
    def checkpoint_id(self) -> str:
        """Of the state that the present superstep starts from, whether it is saved or not."""
        if self.checkpoints is not None and self.checkpoints.id is not None:
            return self.checkpoints.id
        return f"{self._id_prefix[:14]}6{self._id_prefix[15:]}{self.step:012x}"

    def next_tasks(self) -> list[Task]:
        """Begin a superstep. No task means that the run is over, or stops.

        Raises GraphRecursionError, and GraphDrained when the run was asked to end and is not over.
        """
        self.step += 1
        if self.step > self.stop:
            raise GraphRecursionError(
                f"Recursion limit of {self.recursion_limit} reached without hitting a stop condition. If the "
                "graph is to go round that often, raise the limit: config={'recursion_limit': ...}. If not, "
                "look for a conditional edge that never leads to END."
            )
        tasks = plan(self.topology, self.board, self.remaining)
        thread = self.checkpoints
        if thread is not None and thread.ledger.input is not MISSING:
            # The run goes on from before its input was taken.
            tasks.insert(0, start_task(self, thread.ledger.input))
        for task in tasks:
            self.join(task)
        # A breakpoint that has stopped the run does not stop it again before it has moved.
        if self.options.interrupt_before and not self.is_going_on and stops_at(self, "before", tasks):
            self.interrupts = []
            return []
        if tasks:
            self.stop_if_drained()
        if self.left:
            for task in tasks:
                find_left(task, self.left)
            taken_up = [task for task in tasks if task.is_done]
            tasks += handlers_left(tasks, self.left)
        if self.reports.hears_starts:
            for task in tasks:
                self.reports.started(task)
        if self.left:
            for task in taken_up:
                self.reports.taken_up(task)
        return tasks

    @property
    def may_know(self) -> bool:
        """Whether outcomes of tasks may be known before they run."""
        return bool(self.left) or self.cache is not None

    def stop_if_drained(self) -> None:
        """Raise GraphDrained if the run was asked to end."""
        reason = self.control.drain_reason
        if reason is not None:
            raise GraphDrained(reason)

    def end_step(self, tasks: Sequence[Task]) -> None:
        """All tasks of a superstep have ended: go on from there, or stop."""
        if self.handlers:
            tasks = after_failures(tasks, self.handlers)
            self.handlers = {}
        if self.is_asking:
            self.pause(tasks)
        else:
            self.commit(tasks)

    def commit(self, tasks: Sequence[Task]) -> None:
        """Apply what a superstep's tasks have written."""
        thread = self.checkpoints
        if thread is None:
            written = commit(self.topology, self.board, tasks)
        else:
            before = thread.ledger.signals(self.board)
            written = commit(self.topology, self.board, tasks)
            thread.ledger.advance(self.board, before, tasks, written)
        if not self._output_set.isdisjoint(written):
            self.output = values_payload(self.board.values, self.output_keys)
            self.reports.values(self.output)
        if thread is not None:
            self.is_going_on = False
            self.left = {}
            thread.put("loop", self.step)
            self.report_checkpoint()
        if self.options.interrupt_after and stops_at(self, "after", tasks):
            self.interrupts = []

    def pause(self, tasks: Sequence[Task]) -> None:
        """Stop with a superstep half done: some of its tasks ask."""
        self.interrupts = [asked for task in tasks for asked in task.interrupts or ()]
        if self.output is None:
            self.output = values_payload(self.board.values, self.output_keys)
        # A path may have asked, after its node had written.
        writes = [write for task in apply_order(tasks) for write in task.writes]
        if not self._output_set.isdisjoint(key for key, _ in writes):
            values = after_writes(self.topology.channels, self.board.values, writes)
            self.output = values_payload(values, self.output_keys)
            self.reports.values(self.output)

    def conclude(self) -> None:
        """The run is over, or stops: tell of a breakpoint; let a graph around this one stop too."""
        if self.interrupts is None:
            if self.parent is not None and self.run_name == self.parent.node.name:
                self.parent.run.reports.graph_ended(self)
            if self.checkpoints is not None and self.parent is not None and not self.is_accumulating:
                self.checkpoints.forget()
            return
        if self.parent is not None:
            raise GraphInterrupt(self.interrupts)
        if not self.interrupts:
            self.reports.breakpoint()

    def read(self, task: Task, result: Any) -> Returned:
        """A task's return value, as writes and targets."""
        if task.node.writes is not None:
            return Returned(task.node.writes(result))
        if task.node.name == START:
            return read_returned(result, self.topology.inputs, "as input")
        returned = read_returned(result, self.topology.channels, f"from node {task.node.name!r}")
        if returned.unknown:
            warn_of_unknown(task, result, returned.unknown)
        return returned

    def known_targets(self, leads: str, targets: Sequence[str | Send]) -> list[str | Send]:
        """The targets that exist; the others are logged and left out. `leads` says what leads there."""
        nodes = self.topology.nodes
        kept = []
        for target in targets:
            name = target.node if isinstance(target, Send) else target
            if name in nodes and name != START:
                kept.append(target)
            else:
                hint = did_you_mean(name, [known for known in nodes if known != START])
                _log.warning("%s leads to %r, but there is no such node: ignored. %s", leads, name, hint)
        return kept

    # -- what happened to tasks

    def start_child(self, child: Child) -> None:
        """A task of this run has called another one, in the same superstep."""
        thread = self.checkpoints
        if thread is None or thread.id is None:
            id = f"{self._id_prefix}{next(self._task_count):012x}"
        else:
            parent = child.parent
            id = task_id(thread.id, parent.checkpoint_ns, parent.step, child.name, child.path, child.triggers)
        child.join(self, child.parent.step, id)
        if self.left:
            find_left(child, self.left)
        if self.reports.hears_starts:
            self.reports.started(child)

    def report_end(self, task: Task, result: Any) -> None:
        """A task has run. `result` is what its node returned."""
        if self.checkpoints is not None:
            self.checkpoints.put_writes(task.id, task.path, outcome_writes(task))
        if task.node.name != START:
            self.reports.ended(task, result)

    def report_known(self, task: Task, writes: Sequence[tuple[str, Any]]) -> None:
        """A task is not run: a cache knows what it would write."""
        if self.checkpoints is not None:
            self.checkpoints.put_writes(task.id, task.path, writes)
        self.reports.taken_up(task)

    def report_failure(self, task: Task, error: BaseException) -> None:
        """A task has failed."""
        if self.checkpoints is not None:
            self.checkpoints.put_writes(task.id, task.path, failure_writes(task, error))
        if task.node.name != START:
            self.reports.failed(task, error)

    def report_interrupt(self, task: Task, interrupts: Sequence[Interrupt]) -> None:
        """A task has stopped to ask."""
        task.interrupts = tuple(interrupts)
        if self.checkpoints is not None and (task.interrupts or task.answers):
            self.checkpoints.put_writes(task.id, task.path, interrupt_writes(task))
        if task.parent is not None:
            return  # It is up to its parent to ask.
        self.is_asking = True
        if task.node.name != START:
            self.reports.asked(task, interrupts, values_payload(self.board.values, self.output_keys))

    def report_cancelled(self, task: Task) -> None:
        """A task was cancelled, since a sibling has failed."""
        if self.checkpoints is not None:
            self.checkpoints.put_writes(task.id, task.path, [(FAILED, asyncio.CancelledError())])

    def report_checkpoint(self) -> None:
        """The thread has a new checkpoint, or goes on from one."""
        if self.reports.hears_checkpoints and self.checkpoints is not None:
            self.reports.checkpoint(checkpoint_payload(self, self.checkpoints), self.checkpoints.step)


# -- the loop, in its two forms


def drive(run: Run, input: Any, outlet: SyncOutlet | None) -> Generator[Any, None, None]:
    """Run to the end, yielding what comes out of the run's own outlet, if it has one."""
    attends = run.step_timeout or (outlet is not None and (outlet.is_live or run.gate is not None))
    thread = run.checkpoints
    try:
        if thread is not None:
            thread.open(run.topology)
        start = begin(run, input)
        if start is not None:
            contextvars.copy_context().run(take, start)
            run.stop_if_drained()
            run.end_step([start])
        while run.interrupts is None and (tasks := run.next_tasks()):
            if run.cache is not None:
                take_known(run, tasks)
            due = [task for task in tasks if not task.is_done] if run.may_know else tasks
            yield from _waiting(outlet)
            if len(due) == 1 and not attends:
                perform_alone(due[0])
            elif due:
                arrivals = outlet.chunks if outlet is not None else queue.SimpleQueue[Any]()
                limit = thread_limit(run.max_concurrency)
                yield from Crew(due, limit, arrivals).chunks(run.step_timeout)
            run.end_step(tasks)
            if thread is not None:
                thread.settle()
            yield from _waiting(outlet)
        run.conclude()
        yield from _waiting(outlet)
    except Exception as error:
        yield from _waiting(outlet)
        if thread is not None:
            thread.close(error)
        raise
    finally:
        if thread is not None:
            thread.close()


async def adrive(run: Run, input: Any, outlet: AsyncOutlet | None) -> AsyncGenerator[Any, None]:
    """`drive()` on the event loop. Whatever still runs when the caller leaves is cancelled and waited for."""
    attends = run.step_timeout or (outlet is not None and (outlet.is_live or run.gate is not None))
    chunks = outlet.chunks if outlet is not None else _NO_CHUNKS
    bell = outlet if outlet is not None else Bell()
    side: SideBySide | None = None
    run.threads = asyncio.Semaphore(thread_limit(run.max_concurrency))
    run.loop = asyncio.get_running_loop()
    run.side_door = run.gate.side_door if run.gate is not None else None
    thread = run.checkpoints
    try:
        if thread is not None:
            await thread.aopen(run.topology)
        start = begin(run, input)
        if start is not None:
            await _atake_input(run, start)
            run.stop_if_drained()
            run.end_step([start])
        while run.interrupts is None and (tasks := run.next_tasks()):
            if run.cache is not None:
                await atake_known(run, tasks)
            due = [task for task in tasks if not task.is_done] if run.may_know else tasks
            while chunks:
                yield chunks.popleft()
            if len(due) == 1 and not attends:
                await in_context(contextvars.copy_context(), aperform(due[0]))
            elif due:
                side = SideBySide(due, run.max_concurrency, bell.wake, run.step_timeout)
                while not side.is_over:
                    await bell.wait()
                    while chunks:
                        yield chunks.popleft()
                side.check()
            run.end_step(tasks)
            if thread is not None:
                await thread.asettle()
            while chunks:
                yield chunks.popleft()
        run.conclude()
        while chunks:
            yield chunks.popleft()
    except Exception as error:
        while chunks:
            yield chunks.popleft()
        if thread is not None:
            await thread.aclose(error)
        raise
    finally:
        if side is not None:
            await side.stop()
        if thread is not None:
            await thread.aclose()


_NO_CHUNKS: deque[Any] = deque()


async def _atake_input(run: Run, task: Task) -> None:
    if task.node.branches or run.gate is not None:
        await in_context(contextvars.copy_context(), atake(task))
    else:
        contextvars.copy_context().run(take, task)


def _waiting(outlet: SyncOutlet | None) -> Generator[Any, None, None]:
    while outlet is not None and not outlet.chunks.empty():
        yield outlet.chunks.get()
