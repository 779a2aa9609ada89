"""One run of a graph: the loop over its chunks, and the order of what is told.

One `async for` over the graph's `astream()` drives it. Its chunks and the gates' news become the events that
`stepscope.model.events` reads: dictionaries with ``"event"`` and ``"time"``.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from stepscope_host import inputs, shape
from stepscope_host.debugging import gates
from stepscope_host.debugging.breakpoints import Breakpoints
from stepscope_host.debugging.debugger import Namespace, Task
from stepscope_host.debugging.gatekeeper import Gatekeeper
from stepscope_host.debugging.states import States
from stepscope_host.engines import types_of
from stepscope_host.executor import NodeThreads
from stepscope_host.failures import from_exception
from stepscope_host.loading.loader import Loaded
from stepscope_host.reading import MODES, Reader
from stepscope_host.running_nodes import in_engine_threads
from stepscope_host.showing.values import Plain
from stepscope_host.threads import forking, questions, results
from stepscope_host.threads.book import Book

Emit = Callable[[dict[str, Any]], None]
CANCEL_SECONDS = 0.25
"""How long a stopped run may take to clean up before it is reported as it stands."""
THREAD_SECONDS = 0.005
"""How often threads are looked at that are about to end."""
PRESSING = frozenset(("paused", "asked", "run_finished"))
"""News after which this process may well be ended: what has been done is to be on disk by then."""
TURN_SECONDS = 0.005
"""How long chunks are read at a stretch before requests get a turn."""


class Run:
    """One run: the loop over the chunks, the tasks at their gates, and the order of what is told."""

    def __init__(
        self,
        loaded: Loaded,
        schema: dict[str, Any],
        emit: Emit,
        relief: Callable[[], Awaitable[None] | None],
        show: Callable[[Any], Plain],
        threads: NodeThreads,
        request: Mapping[str, Any],
        saver: Any = None,
        book: Book | None = None,
        counted: Breakpoints | None = None,
    ) -> None:
        self._loaded = loaded
        self._book = book
        self._saver = saver
        self._request = request
        self._schema = schema
        self._emit = emit
        self._relief = relief
        self._show = show
        self._threads = threads
        self.states = States()
        is_attached = saver is not None and getattr(loaded.graph, "checkpointer", None) is None
        self._reader = Reader(
            *(self._tell, show, loaded.folder, inputs.state_keys(loaded.graph), self.states),
            tells_checkpoints=not is_attached,
        )
        self._breakpoints = Breakpoints(
            *(request.get("breakpoints") or (), self._tell, self.states, loaded.graph, vars(loaded.module)),
            before=counted if request.get("continues") else None,
        )
        self._keeper = Gatekeeper(
            *(self._tell, show, self._reader.has_started, self._told),
            *(self._breakpoints, request, loaded.graph),
        )
        self._gated: gates.Gated | None = None
        with contextlib.suppress(Exception):  # an unusual graph: opening it has told
            self._gated = gates.gated(loaded.graph, self._keeper)
        self._graph = self._gated.graph if self._gated is not None else loaded.graph
        if saver is not None and self._gated is not None:
            self._graph = self._graph.copy({"checkpointer": saver})
        self._driving: asyncio.Task[None] | None = None
        self._stop_asked = asyncio.Event()

    async def perform(self) -> None:
        """Run to the end and tell everything from run_started to run_finished."""
        try:
            refusal, config = None, self._config()
        except inputs.InputError as problem:
            refusal, config = problem, {}
        graph, input, context = self._loaded.graph, self._request["input"], self._request.get("context")
        self.thread = thread = str((config.get("configurable") or {}).get("thread_id") or "")
        self._tell("run_started", engine=shape.engine(graph), input=self._show(input), thread=thread)
        try:
            if refusal is not None:
                raise refusal
            if self._request.get("resume") is not None:
                input = resumed(graph, self._request["resume"])
            elif not self._goes_on:
                inputs.check(input, self._schema)
            if context is not None:
                inputs.check_context(context, graph)
        except inputs.InputError as problem:
            self._finish("failed", problem.failure, "the input was refused")
            return
        if self._book is not None and thread:
            self._book.begin(thread, self._request["input"])
        self._driving = asyncio.ensure_future(self._drive(input, context, config))
        stopping = asyncio.ensure_future(self._stop_asked.wait())
        try:
            await asyncio.wait({self._driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._stop_asked.set()
        stopping.cancel()
        waited = self._keeper.waits
        if not self._driving.done():
            self._breakpoints.visits.undo_inside()
        if self._gated is not None:
            self._gated.release()
        if not self._driving.done():
            self._driving.cancel()
            await asyncio.wait({self._driving}, timeout=CANCEL_SECONDS)
        if waited:
            await self._let_threads_end()
        self._reader.tell_questions()
        if self._request.get("resume") is not None and self._has_failed(self._driving):
            error = self._driving.exception()
            await questions.tell_open(self._saved_graph, thread, error, self._request["resume"], self._reader)
        self._conclude(self._driving)

    async def _let_threads_end(self) -> None:
        """Wait for threads that were at a gate: they are let go, and end at once unless they mean not to."""
        deadline = time.monotonic() + CANCEL_SECONDS
        while self._busy() and time.monotonic() < deadline:
            await asyncio.sleep(THREAD_SECONDS)  # those of the engine tell nobody of their end

    def _busy(self) -> list[str]:
        """The nodes whose code runs in a thread."""
        busy = in_engine_threads() | self._threads.busy
        return [node.name for node in busy.values() if node.run is self._keeper]

    def _config(self) -> dict[str, Any]:
        """What to run with, its thread included. Raises InputError."""
        config = self._request.get("config") or {}
        inputs.check_config(config)
        thread, checkpoint = self._request.get("thread") or "", self._request.get("checkpoint") or ""
        return thread_config(self._graph, config, thread, "" if self._request.get("of") else checkpoint)

    async def _results_of_before(self) -> dict[str, Any]:
        """By task, the results of a superstep that is taken up in its middle.

        The stream tells of these tasks once more, but they do not come to their gates.
        """
        takes_up = self._goes_on or self._request.get("resume") is not None
        if not takes_up or self._request.get("checkpoint"):
            return {}
        return await results.saved(self._saved_graph, self.thread)

    @property
    def counted(self) -> Breakpoints:
        """The breakpoints with what they have counted, for the run that takes this one up."""
        while self._reader.asked:
            asked = self._reader.asked.pop()
            self._breakpoints.visits.undo(asked.name, asked.namespace)
        return self._breakpoints

    @property
    def _goes_on(self) -> bool:
        """True when a thread is taken up where it stands."""
        return bool(self._request.get("thread")) and self._request["input"] is None

    @property
    def is_clean(self) -> bool:
        """True when nothing of the run goes on in the loop."""
        return self._driving is None or self._driving.done()

    def order(self, kind: str, parts: Mapping[str, Any]) -> None:
        """What the person asks of the run: see `Gatekeeper.order`."""
        self._keeper.order(kind, parts)

    def why_not_edit(self, namespace: Namespace) -> str:
        """Why a graph's state cannot be edited while the run is on: see `debugging.standing`."""
        return self._keeper.why_not_edit(namespace, self._reader.arrived(namespace))

    async def input_of(self, task_id: str) -> Any:
        """The input of a held task: see `Gatekeeper.input_of`."""
        return await self._keeper.input_of(task_id)

    def stop(self) -> None:
        self._stop_asked.set()

    async def _drive(self, input: Any, context: Any, config: Mapping[str, Any]) -> None:
        """The one loop over the graph's chunks."""
        if of := self._request.get("of"):
            await forking.fork(self._saved_graph, self.thread, of, self._request["checkpoint"])
        # Graphs of other engines, and older ones, know no context.
        given = {} if context is None else {"context": context}
        stream = self._graph.astream(input, config, stream_mode=list(MODES), subgraphs=True, **given)
        has_ended = await self._results_of_before()
        turn_ends = time.monotonic() + TURN_SECONDS
        async with contextlib.aclosing(stream) as chunks:
            async for namespace, mode, data in chunks:
                task = self._reader.read(namespace, mode, data)
                if task is not None and task.id in has_ended:
                    self._reader.settle(task, has_ended[task.id])
                    continue
                if task is not None:
                    # No pause here: all tasks of a superstep are announced before any is looked at.
                    if self._gated is None:
                        await self._hold(task)
                    elif not self._keeper.passage.is_free and self._gated.covers(task.namespace, task.name):
                        self._keeper.announce(task)
                    continue
                if self._reader.ended is not None:
                    if self._gated is None:
                        self._keeper.ended(self._reader.ended.id)
                    self._keeper.reported(self._reader.ended)
                elif self._keeper.hears_stream and mode in ("custom", "values"):
                    self._keeper.heard(namespace, self._reader.step(namespace), mode, data)
                relief = self._relief()
                if relief is not None:
                    await relief
                elif time.monotonic() > turn_ends:
                    await asyncio.sleep(0)  # chunks that are ready follow each other without a break
                    turn_ends = time.monotonic() + TURN_SECONDS

    async def _hold(self, task: Task) -> None:
        """Without gates, not asking for the next chunk holds a superstep whose tasks are announced."""
        if not task.namespace:
            self._keeper.announce(task)
            await self._keeper.enter(task, None)

    def _told(self) -> Iterable[Task]:
        """The tasks that pass the gates, from the telling of their start to that of their end."""
        gated = self._gated
        return [
            task
            for task in self._reader.all_started()
            if (not task.namespace if gated is None else gated.covers(task.namespace, task.name))
        ]

    def _conclude(self, driving: asyncio.Task[None]) -> None:
        step = self._reader.root_step
        where = f"in superstep {step}" if step else "before the first superstep"
        if not driving.done() or driving.cancelled() or self._is_interrupted(driving):
            self._finish("stopped", None, f"stopped {where}")
            return
        error = driving.exception()
        if error is not None:
            failure = from_exception(error, self._loaded.folder, self._reader.known_keys)
            culprit = self._reader.failed_node
            told = f"{culprit} failed {where}" if culprit else f"failed {where}"
            self._finish("failed", self._pointed(failure), told)
        elif self._reader.question is not None:
            self._finish("interrupted", None, self._reader.question)
        else:
            self._finish("finished", None, f"finished after superstep {step}" if step else "finished")

    @property
    def _saved_graph(self) -> Any:
        """The user's graph, whose subgraphs are no one's copies, with the saver of the run."""
        graph = self._loaded.graph
        return graph if self._saver is None else graph.copy({"checkpointer": self._saver})

    def _has_failed(self, driving: asyncio.Task[None]) -> bool:
        return driving.done() and not driving.cancelled() and isinstance(driving.exception(), Exception)

    def _is_interrupted(self, driving: asyncio.Task[None]) -> bool:
        """True when code that did not hear of the stop was told by force."""
        return self._stop_asked.is_set() and isinstance(driving.exception(), KeyboardInterrupt)

    def _pointed(self, failure: dict[str, Any]) -> dict[str, Any]:
        """An error that the engine raised about a node's result points at the node's function."""
        if failure["where"] is None and self._reader.failed_node:
            failure["where"] = shape.function_location(self._loaded.graph, self._reader.failed_path)
        return failure

    def _finish(self, outcome: str, failure: dict[str, Any] | None, reason: str) -> None:
        still_running = self._busy()
        if self._driving is not None and not self._driving.done():
            still_running += [task.name for task in self._keeper.running]
        self._tell(
            "run_finished",
            outcome=outcome,
            failure=failure,
            reason=reason,
            still_running=list(dict.fromkeys(still_running)),
            sources=list(self._loaded.sources),
        )

    def _tell(self, event: str, **parts: Any) -> None:
        if event in PRESSING and self._book is not None:
            self._book.hurry()
        self._emit({"event": event, "time": time.time(), **parts})


def resumed(graph: Any, answers: Any) -> Any:
    """The input that answers a graph's questions: a dictionary has them by the questions' ids."""
    return types_of(graph).Command(resume=answers)


def thread_config(
    graph: Any, config: Mapping[str, Any] = MappingProxyType({}), thread: str = "", checkpoint: str = ""
) -> dict[str, Any]:
    """The config to run with: in `thread`, or in one of its own for a graph that saves and was given none.

    It runs on from the thread's newest checkpoint, or from the one that is named.
    """
    bound = getattr(graph, "config", None) or {}
    configurable = config.get("configurable") or {}
    has_thread = "thread_id" in configurable or "thread_id" in (bound.get("configurable") or {})
    if getattr(graph, "checkpointer", None) and (thread or not has_thread):
        place = {"thread_id": thread or str(uuid.uuid4())}
        if thread and checkpoint:
            place |= {"checkpoint_id": checkpoint, "checkpoint_ns": ""}
        return {**config, "configurable": {**configurable, **place}}
    return dict(config)
