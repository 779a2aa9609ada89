"""Requests in, events out: loads a graph, runs it under the debugger's gates, reports in plain data."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from stepscope_host import inputs, shape
from stepscope_host.debugging import gates
from stepscope_host.debugging.breakpoints import Breakpoints
from stepscope_host.debugging.debugger import Namespace
from stepscope_host.debugging.expressions import Expression, NoValue
from stepscope_host.debugging.states import Keyed, States, keyed
from stepscope_host.executor import NodeThreads, interrupt
from stepscope_host.failures import LoadFailed, from_exception
from stepscope_host.loading.loader import Loaded, Loader
from stepscope_host.run import Emit, Run
from stepscope_host.running_nodes import RunningNode, in_engine_threads
from stepscope_host.showing import speaking
from stepscope_host.showing.handles import Handles
from stepscope_host.threads import attached, giving
from stepscope_host.threads.asking import Threads
from stepscope_host.threads.book import Book
from stepscope_host.threads.store import Store, file_of

EVALUATION_SECONDS = 2.0
"""How long an expression may take that the person asks for; the run stands still meanwhile."""


ON = "A run is on: stop it, or wait for its end, {}."


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
        self._run: Run | None = None
        self._threads: list[NodeThreads] = []
        self._handles = Handles()
        self._states = States()
        self._counted: Breakpoints | None = None  # what the last run has counted
        self._folder = ""
        self._store: Store | None = None
        self._book: Book | None = None
        self._saver: Any = None  # what the copy of the graph that runs is given
        self._asked: Threads | None = None
        self._unattached: Loaded | None = None
        self.is_clean = True  # False once an async node went on after its cancellation

    def load(self, target: str, folder: str = "") -> dict[str, Any]:
        """Load a target: ``{"opened": {...}}`` for `Program.from_plain`, or one for `OpenFailed.from_plain`.

        What was loaded before a failure can still be run. Threads are kept in a file of the folder, or in
        memory where none is given.
        """
        self._folder = folder
        try:
            loaded = self._loader.load(target, self._run_coroutine)
            return {"opened": self._opened(loaded)}
        except LoadFailed as problem:
            return {
                "failure": problem.failure,
                "choices": list(problem.choices),
                "descriptions": problem.descriptions,
                "sources": list(problem.sources),
            }
        except Exception as error:  # an object that only looks like a graph
            return {"failure": from_exception(error), "choices": []}

    def close(self) -> tuple[str, ...]:
        """Let the loaded program exit what it entered; says what that raised."""
        problems = () if self._loaded is None else self._loader.close(self._run_coroutine, self._loaded)
        if self._store is not None:
            self._store.close()
        return problems

    async def run(self, request: Mapping[str, Any]) -> None:
        """Run the loaded graph: ``{"input", "start", "context", "config", ...}``, all but the first optional.

        The last event is run_finished, always.
        """
        assert self._loaded is not None, "run() needs a graph: call load() first"
        self._attach()
        threads = NodeThreads()
        self._threads = [known for known in self._threads if known.busy] + [threads]
        asyncio.get_running_loop().set_default_executor(threads)
        self._handles.clear()
        speaking.forgive()
        show = self._handles.plain
        run = self._run = Run(
            self._loaded,
            self._schema,
            self._emit,
            self._relief,
            show,
            threads,
            request,
            self._saver,
            self._book,
            self._counted,
        )
        self._states = run.states
        try:
            await run.perform()
        finally:
            self._run, self._counted = None, run.counted
            self.is_clean = self.is_clean and run.is_clean
            threads.shutdown()

    def order(self, kind: str, parts: Mapping[str, Any]) -> None:
        """Steer the run: see `Gatekeeper.order` for the kinds."""
        if self._run is not None:
            self._run.order(kind, parts)

    def stop(self) -> None:
        """End the run; what cannot be stopped is named in its run_finished event."""
        if self._run is not None:
            self._run.stop()

    async def ask(self, what: str, parts: Mapping[str, Any]) -> dict[str, Any]:
        """Ask something of the graph's threads, see `Threads`, or of a task, see `giving`.

        Nothing is written while a run is on; a state can be edited where it stands, to be saved when it has
        been stopped there.
        """
        self._attach()
        if self._asked is None or self._loaded is None:
            return {"problem": "No graph is loaded."}
        if what in giving.QUESTIONS:
            held = None if self._run is None else self._run.input_of
            return await giving.answer(self._loaded.graph, held, what, parts)
        if self._run is not None:
            is_read = what not in ("editing", "update", "delete")
            if not is_read and (what == "delete" or parts["thread"] != self._run.thread):
                return {"problem": ON.format("before a thread is changed")}
            if what == "update" and not parts.get("only_check"):
                return {"problem": ON.format("before its state is saved")}
            given = {"why_not": self._run.why_not_edit} if not is_read else {}
            return await self._asked.answer(what, {**parts, **given})
        threads = NodeThreads()  # those of the last run take no more work
        asyncio.get_running_loop().set_default_executor(threads)
        try:
            return await self._asked.answer(what, parts)
        finally:
            threads.shutdown()

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

    def evaluate(self, expression: str, namespace: Namespace, step: int | None = None) -> dict[str, Any]:
        """What a Python expression over a graph's `state` is worth, after a superstep or now.

        ``{"value": plain}``, or in words why it has none: ``{"failure": words}``.
        """
        code = Expression(expression, {} if self._loaded is None else vars(self._loaded.module))
        names: dict[str, Any] = {} if step is None else {"step": step}
        try:
            if code.speaks_of("state"):
                states = self._states
                state = states.newest(namespace) if step is None else states.after(namespace, step)
                names["state"] = keyed(state)
            value: Any = code.value(names, EVALUATION_SECONDS)
        except (LookupError, NoValue) as problem:
            return {"failure": problem.args[0]}
        return {"value": self._handles.plain(dict(value) if isinstance(value, Keyed) else value)}

    def interrupt_threads(self) -> None:
        """Raise KeyboardInterrupt in each thread that runs a node's code; a call into C is ended first."""
        for thread, node in self._busy().items():
            if node.name:
                interrupt(thread)

    def _busy(self) -> dict[int, RunningNode]:
        busy = in_engine_threads()
        for threads in self._threads:
            busy |= threads.busy
        return busy

    def _opened(self, loaded: Loaded) -> dict[str, Any]:
        graph = loaded.graph
        topology, warnings = shape.topology(graph)
        warnings = [*loaded.warnings, *warnings]
        self._schema = inputs.schema(graph)
        self._loaded, self._counted = loaded, None
        self._unattached = loaded
        self._handles.clear()
        self._states = States()
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
            "versions": shape.versions(graph),
            "topology": topology,
            "input_schema": self._schema,
            "context_schema": inputs.context_schema(graph),
            "input": inputs.skeleton(self._schema) if start is None else start,
            "warnings": warnings,
            "sources": list(loaded.sources),
            "project": loaded.project,
        }

    def _attach(self) -> None:
        """Give the graph's threads a place, and make ready to be asked for them, if that has yet to be done.

        Not while it is loaded: what savers import takes a fifth of a second, in which the picture is drawn.
        """
        loaded, self._unattached = self._unattached, None
        if loaded is None:
            return
        graph = loaded.graph
        path = file_of(self._folder, loaded.target) if self._folder else ""
        if self._store is None or self._store.path != path or not path:
            if self._store is not None:
                self._store.close()
            self._store = Store(path)
        keeping = attached.saver(self._store)
        if loaded.saver_is_lent:
            graph.checkpointer = keeping
        own = getattr(graph, "checkpointer", None)
        self._book = Book(self._store)
        self._saver = keeping if own is None else attached.for_async_runs(own)
        copy = graph
        if self._saver is not None:
            try:
                copy = graph.copy({"checkpointer": self._saver})
            except Exception:  # an unusual graph, which then has no threads but its own
                self._saver = None
        self._asked = Threads(copy, self._book, self._handles.plain, is_attached=own in (None, keeping))

    def _run_coroutine(self, coroutine: Any) -> Any:
        if self._loop is None:
            return asyncio.run(coroutine)
        threads = NodeThreads()  # those of the last run take no more work
        self._loop.set_default_executor(threads)
        try:
            return self._loop.run_until_complete(coroutine)
        finally:
            threads.shutdown()
