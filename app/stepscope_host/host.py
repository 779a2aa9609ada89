"""Requests in, events out: loads a graph, runs it under the debugger's gates, reports in plain data.

One `async for` over the graph's `astream()` drives a run. Its chunks and the gates' news become the
events that `stepscope.model.events` reads: dictionaries with ``"event"`` and ``"time"``. Who collects them
numbers them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from stepscope_host import gates, inputs, shape, speaking
from stepscope_host.debugger import Debugger, Task
from stepscope_host.executor import NodeThreads, RunningNode, interrupt
from stepscope_host.failures import LoadFailed, from_exception
from stepscope_host.handles import Handles
from stepscope_host.loader import Loaded, Loader
from stepscope_host.reading import MODES, Reader
from stepscope_host.values import Plain

Emit = Callable[[dict[str, Any]], None]
CANCEL_SECONDS = 0.25
"""How long a stopped run may take to clean up before it is reported as it stands."""
TURN_SECONDS = 0.005
"""How long chunks are read at a stretch before requests get a turn."""


class Host:
    """One graph at a time, one run at a time. All methods belong to the loop's thread.

    `emit` takes each event the moment it exists. `relief`, when given, is asked after every chunk: it
    returns None, or something to wait for while nobody takes the events.
    """

    def __init__(
        self,
        emit: Emit,
        loop: asyncio.AbstractEventLoop | None = None,
        relief: Callable[[], Awaitable[None] | None] = lambda: None,
        loader: Loader | None = None,
    ) -> None:
        self._emit = emit
        self._loop = loop
        self._relief = relief
        self._loader = loader or Loader()
        self._loaded: Loaded | None = None
        self._schema: dict[str, Any] = {}
        self._run: _Run | None = None
        self._threads: list[NodeThreads] = []
        self._handles = Handles()
        self.is_clean = True  # False once an async node went on after its cancellation

    def load(self, target: str) -> dict[str, Any]:
        """Load a target: ``{"opened": {...}}`` for `Program.from_plain`, or ``{"failure", "choices"}``.

        What was loaded before a failure can still be run.
        """
        try:
            loaded = self._loader.load(target, self._run_coroutine)
            return {"opened": self._opened(loaded)}
        except LoadFailed as problem:
            return {"failure": problem.failure, "choices": list(problem.choices)}
        except Exception as error:  # an object that only looks like a graph
            return {"failure": from_exception(error), "choices": []}

    async def run(self, request: Mapping[str, Any]) -> None:
        """Run the loaded graph: ``{"input", "stepping", "context", "config"}``, all but the first optional.

        The last event is run_finished, always.
        """
        assert self._loaded is not None, "run() needs a graph: call load() first"
        threads = NodeThreads()
        self._threads = [known for known in self._threads if known.busy] + [threads]
        asyncio.get_running_loop().set_default_executor(threads)
        self._handles.clear()
        speaking.forgive()
        run = self._run = _Run(
            self._loaded, self._schema, self._emit, self._relief, self._handles.plain, threads
        )
        try:
            await run.perform(request)
        finally:
            self._run = None
            self.is_clean = self.is_clean and run.is_clean
            threads.shutdown()

    def step(self) -> None:
        """Let the next superstep run, then stand."""
        if self._run is not None:
            self._run.steer(Debugger.step)

    def resume(self) -> None:
        """Run on without standing."""
        if self._run is not None:
            self._run.steer(Debugger.resume)

    def pause(self) -> None:
        """Let no further task begin."""
        if self._run is not None:
            self._run.steer(Debugger.pause)

    def stop(self) -> None:
        """End the run; what cannot be stopped is named in its run_finished event."""
        if self._run is not None:
            self._run.stop()

    @property
    def is_running(self) -> bool:
        """True while a run can be steered."""
        return self._run is not None

    @property
    def still_running(self) -> tuple[str, ...]:
        """The nodes whose code still runs in a thread, of this run and earlier ones."""
        return tuple(dict.fromkeys(node.name for node in self._busy().values() if node.name))

    def fetch(self, handle: str) -> dict[str, Any]:
        """More of a value that was cut: ``{"value": plain}``, or in words why not: ``{"gone": words}``."""
        return self._handles.fetch(handle)

    def interrupt_threads(self) -> None:
        """Raise KeyboardInterrupt in each thread that runs a node's code; a call into C is ended first."""
        for thread, node in self._busy().items():
            if node.name:
                interrupt(thread)

    def _busy(self) -> dict[int, RunningNode]:
        busy = gates.in_engine_threads()
        for threads in self._threads:
            busy |= threads.busy
        return busy

    def _opened(self, loaded: Loaded) -> dict[str, Any]:
        graph = loaded.graph
        topology, warnings = shape.topology(graph)
        self._schema = inputs.schema(graph)
        self._loaded = loaded
        self._handles.clear()
        refusal = gates.refusal(graph)
        if refusal:
            warnings.append(f"This graph can be stepped and paused at its own supersteps only: {refusal}")
        start = inputs.given(loaded.module)
        return {
            "target": loaded.target,
            "path": loaded.path,
            "name": loaded.name,
            "choices": list(loaded.choices),
            "engine": shape.engine(graph),
            "python": os.path.abspath(sys.executable),  # noqa: PTH100 - never resolved: it names an environment
            "versions": {"Python": platform.python_version()},
            "topology": topology,
            "input_schema": self._schema,
            "context_schema": inputs.context_schema(graph),
            "input": inputs.skeleton(self._schema) if start is None else start,
            "warnings": warnings,
        }

    def _run_coroutine(self, coroutine: Any) -> Any:
        if self._loop is None:
            return asyncio.run(coroutine)
        return self._loop.run_until_complete(coroutine)


class _Run:
    """One run: the loop over the chunks, the tasks at their gates, and the order of what is told."""

    def __init__(
        self,
        loaded: Loaded,
        schema: dict[str, Any],
        emit: Emit,
        relief: Callable[[], Awaitable[None] | None],
        show: Callable[[Any], Plain],
        threads: NodeThreads,
    ) -> None:
        self._loaded = loaded
        self._gated = None if gates.refusal(loaded.graph) else gates.gated(loaded.graph, self)
        self._schema = schema
        self._emit = emit
        self._relief = relief
        self._show = show
        self._threads = threads
        self._loop = asyncio.get_running_loop()
        self._debugger = Debugger()
        self._reader = Reader(self._tell, show, loaded.folder, inputs.state_keys(loaded.graph))
        self._held: dict[str, Task] = {}  # told as held
        self._openings: dict[str, asyncio.Future[None]] = {}  # what each task waits for at its closed gate
        self._stands_at: tuple[str, ...] | None = None
        self._look_is_due = False
        self._driving: asyncio.Task[None] | None = None
        self._stop_asked = asyncio.Event()

    async def perform(self, request: Mapping[str, Any]) -> None:
        """Run to the end and tell everything from run_started to run_finished."""
        self._debugger = Debugger(bool(request.get("stepping", False)))
        graph, input = self._loaded.graph, request["input"]
        context, config = request.get("context"), request.get("config") or {}
        self._tell("run_started", engine=shape.engine(graph), input=self._show(input))
        try:
            inputs.check(input, self._schema)
            inputs.check_config(config)
            if context is not None:
                inputs.check_context(context, graph)
        except inputs.InputError as problem:
            self._finish("failed", problem.failure, "the input was refused")
            return
        self._driving = asyncio.ensure_future(self._drive(input, context, config))
        stopping = asyncio.ensure_future(self._stop_asked.wait())
        try:
            await asyncio.wait({self._driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._stop_asked.set()
        stopping.cancel()
        if not self._driving.done():
            self._driving.cancel()
            await asyncio.wait({self._driving}, timeout=CANCEL_SECONDS)
        self._conclude(self._driving)

    @property
    def is_clean(self) -> bool:
        """True when nothing of the run goes on in the loop."""
        return self._driving is None or self._driving.done()

    def steer(self, how: Callable[[Debugger], None]) -> None:
        """Change what the debugger admits, and open the gates that it now opens."""
        how(self._debugger)
        released = [task for task in self._held.values() if self._debugger.admits(task)]
        if released and self._stands_at is not None:
            self._tell("resumed")
            self._stands_at = None
        for task in released:
            del self._held[task.id]
            self._tell("task_released", **_about(task))
        for task_id, opening in list(self._openings.items()):
            if not opening.done() and task_id not in self._held:
                opening.set_result(None)
        self._look_soon()

    def stop(self) -> None:
        self._stop_asked.set()

    async def enter(self, task: Task) -> None:
        """Return when the task may begin."""
        while not self._debugger.admits(task):
            opening = self._openings[task.id] = self._loop.create_future()
            if self._reader.has_started(task):
                self._hold(task)
            try:
                await opening
            finally:
                del self._openings[task.id]

    def leave(self, task: Task) -> None:
        self._debugger.ended(task.id)
        self._look_soon()

    def _hold(self, task: Task) -> None:
        """Tell that a task is held: not before its start, which the stream may bring after its gate."""
        if task.id not in self._held:
            self._held[task.id] = task
            self._tell("task_held", **_about(task))
        self._look_soon()

    async def _drive(self, input: Any, context: Any, config: Mapping[str, Any]) -> None:
        """The one loop over the graph's chunks."""
        graph = self._gated.graph if self._gated is not None else self._loaded.graph
        # Graphs of other engines, and older ones, know no context.
        given = {} if context is None else {"context": context}
        stream = graph.astream(
            input, thread_config(graph, config), stream_mode=list(MODES), subgraphs=True, **given
        )
        turn_ends = time.monotonic() + TURN_SECONDS
        async with contextlib.aclosing(stream) as chunks:
            async for namespace, mode, data in chunks:
                task = self._reader.read(namespace, mode, data)
                if task is not None:
                    # No pause here: all tasks of a superstep are announced before any is looked at.
                    await self._announce(task)
                    continue
                if self._reader.ended is not None:
                    # Its gate has told that already, if it passed one.
                    self._held.pop(self._reader.ended.id, None)
                    self.leave(self._reader.ended)
                relief = self._relief()
                if relief is not None:
                    await relief
                elif time.monotonic() > turn_ends:
                    await asyncio.sleep(0)  # chunks that are ready follow each other without a break
                    turn_ends = time.monotonic() + TURN_SECONDS

    async def _announce(self, task: Task) -> None:
        """The stream tells that a task belongs to a superstep: it has begun, or waits at its gate."""
        if self._gated is None:
            # Without gates, not asking for the next chunk holds a superstep whose tasks are announced.
            if not task.namespace:
                self._debugger.announce(task)
                await self.enter(task)
        elif self._gated.covers(task.namespace, task.name):
            self._debugger.announce(task)
            if not self._debugger.may_begin(task):
                self._hold(task)

    def _look_soon(self) -> None:
        """See whether the run stands, once the tasks that are just beginning have reached their gates."""
        if not self._look_is_due:
            self._look_is_due = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        self._look_is_due = False
        if not self._held or not self._debugger.stands or any(id not in self._held for id in self._openings):
            return
        step, names, reason = self._debugger.why()
        if names != self._stands_at:
            self._stands_at = names
            self._tell("paused", step=step, next=list(names), reason=reason)

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

    def _is_interrupted(self, driving: asyncio.Task[None]) -> bool:
        """True when code that did not hear of the stop was told by force."""
        return self._stop_asked.is_set() and isinstance(driving.exception(), KeyboardInterrupt)

    def _pointed(self, failure: dict[str, Any]) -> dict[str, Any]:
        """An error that the engine raised about a node's result points at the node's function."""
        if failure["where"] is None and self._reader.failed_node:
            failure["where"] = shape.function_location(self._loaded.graph, self._reader.failed_path)
        return failure

    def _finish(self, outcome: str, failure: dict[str, Any] | None, reason: str) -> None:
        busy = gates.in_engine_threads() | self._threads.busy
        still_running = [node.name for node in busy.values() if node.run is self]
        if self._driving is not None and not self._driving.done():
            still_running += [task.name for task in self._debugger.running]
        self._tell(
            "run_finished",
            outcome=outcome,
            failure=failure,
            reason=reason,
            still_running=list(dict.fromkeys(still_running)),
        )

    def _tell(self, event: str, **parts: Any) -> None:
        self._emit({"event": event, "time": time.time(), **parts})


def _about(task: Task) -> dict[str, Any]:
    return {"namespace": task.namespace, "step": task.step, "task": task.id, "node": task.name}


def thread_config(graph: Any, config: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The config to run with; a graph that saves and was given no thread gets one of its own."""
    bound = getattr(graph, "config", None) or {}
    configurable = config.get("configurable") or {}
    has_thread = "thread_id" in configurable or "thread_id" in (bound.get("configurable") or {})
    if getattr(graph, "checkpointer", None) and not has_thread:
        return {**config, "configurable": {**configurable, "thread_id": str(uuid.uuid4())}}
    return dict(config)
