"""One node's turn in one superstep, and what the node's code can ask of it: config, writer, runtime."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.channels import MISSING
from stepgraph.constants import NAMESPACE_END, NAMESPACE_SEPARATOR, PREVIOUS
from stepgraph.pregel.tracing import TaskTrace, quiet_callbacks
from stepgraph.types import Namespace, Send, StreamWriter

if TYPE_CHECKING:
    from stepgraph.errors import NodeError
    from stepgraph.graph.nodes import Node
    from stepgraph.pregel.children import Calls
    from stepgraph.pregel.interrupts import Interrupt
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.timeouts import Watch
    from stepgraph.runtime import Runtime

TASK_KEY = "__stepgraph_task"
"""Where a task's config carries the task itself, so that a graph called with it finds its way home."""


class Task:
    """`plan()` makes it with what is due; `join()` gives it its identity; running it fills in the outcome.

    `writes` are `(channel, value)` pairs in the order they were made, `targets` the nodes and Sends that
    the node itself and its paths chose. Its static edges are the node's.

    `answers` are what the node was answered so far, `asked` how many questions it has asked in this turn.
    `interrupts` are what it has stopped to ask, None for a task that has not. `is_done` says of a task in a
    thread that its outcome is known already.
    """

    __slots__ = (
        "_attempt",
        "_callbacks",
        "_calls",
        "_config",
        "_runtime",
        "answers",
        "asked",
        "cache_key",
        "calls",
        "id",
        "input",
        "interrupts",
        "is_done",
        "node",
        "path",
        "run",
        "step",
        "targets",
        "trace",
        "triggers",
        "watch",
        "writes",
    )

    run: Run
    id: str
    step: int
    parent: Task | None = None
    """The task that has called this one as its child."""
    watch: Watch
    """What sees to a timeout; there for a task that has one."""
    cache_key: tuple[tuple[str, ...], str]
    """Where its outcome is kept; there for a task that was looked for in a cache."""
    _attempt: tuple[int, float]

    def __init__(self, node: Node, path: tuple[Any, ...], triggers: tuple[str, ...], input: Any) -> None:
        self.node = node
        self.path = path
        self.triggers = triggers
        self.input = input
        self.writes: Sequence[tuple[str, Any]] = ()
        self.targets: Sequence[str | Send] = ()
        self.answers: list[Any] = []
        self.asked = 0
        self.interrupts: tuple[Interrupt, ...] | None = None
        self.is_done = False
        self._config: dict[str, Any] | None = None
        self._callbacks: Any = None
        self._runtime: Runtime[Any] | None = None
        self.trace: TaskTrace | None = None
        self._calls: Iterator[int] | None = None
        self.calls: Calls | None = None

    def join(self, run: Run, step: int, id: str) -> None:
        """Become part of a run."""
        self.run = run
        self.step = step
        self.id = id

    def write(self, channel: str, value: Any) -> None:
        """Write to the state before the node returns."""
        if not isinstance(self.writes, list):
            self.writes = []
        self.writes.append((channel, value))

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def given(self) -> Any:
        """What its node is given, as callbacks see it."""
        return self.input

    @property
    def fields(self) -> Iterable[Any]:
        """The values of its input, if that is a dict or an object: a state of one bare value has none."""
        input = self.input
        if isinstance(input, Mapping):
            return input.values()
        return vars(input).values() if hasattr(input, "__dict__") else ()

    @property
    def previous(self) -> Any:
        """What the last run of the thread has saved, in a run of an entrypoint."""
        value = self.run.board.values.get(PREVIOUS)
        return None if value is MISSING else value

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What its function is called with, injected parameters apart."""
        return (self.input,), {}

    @property
    def error(self) -> NodeError | None:
        """What an error handler is there for; other tasks have None."""
        return None

    @property
    def namespace(self) -> Namespace:
        """Where what the node sends out comes from."""
        return self.run.namespace

    @property
    def segment(self) -> str:
        """What this task adds to the namespace of what runs inside it."""
        return f"{self.node.name}{NAMESPACE_END}{self.id}"

    @property
    def checkpoint_ns(self) -> str:
        outer = self.run.checkpoint_ns
        return f"{outer}{NAMESPACE_SEPARATOR}{self.segment}" if outer else self.segment

    def inner_namespace(self, is_accumulating: bool = False) -> Namespace:
        """The namespace of the next graph called inside this task; from the second on, they are numbered.

        One that accumulates its state has the same at every call.
        """
        if is_accumulating:
            return (*self.namespace, self.node.name)
        if self._calls is None:
            self._calls = itertools.count()
        call = next(self._calls)
        inner = (*self.namespace, self.segment)
        return (*inner, str(call)) if call else inner

    @property
    def graph_metadata(self) -> dict[str, Any]:
        """What the engine says about the task in every metadata."""
        return {
            "langgraph_step": self.step,
            "langgraph_node": self.node.name,
            "langgraph_triggers": self.triggers,
            "langgraph_path": self.path,
            "langgraph_checkpoint_ns": self.checkpoint_ns,
        }

    @property
    def metadata(self) -> dict[str, Any]:
        """The run's metadata, the engine's and the node's."""
        found = {**self.run.metadata, **self.graph_metadata}
        if self.node.metadata:
            found.update(self.node.metadata)
        return found

    @property
    def attempt(self) -> tuple[int, float]:
        """Which attempt this is, counted from 1, and when the first began."""
        # Not set for every task: most never ask.
        if not hasattr(self, "_attempt"):
            self._attempt = (1, time.time())
        return self._attempt

    def try_again(self) -> None:
        """Forget what the last attempt has left, and begin the next."""
        number, first = self.attempt
        self._attempt = (number + 1, first)
        self.writes, self.targets = (), ()
        self._config = self._callbacks = self._runtime = self.trace = None

    @property
    def is_timed(self) -> bool:
        return self.node.policies is not None and self.node.policies.timeout is not None

    def heartbeat(self) -> None:
        """Tell the timeouts of this task, and of those around it, that there is progress."""
        task: Task | None = self
        while task is not None:
            if task.is_timed:
                task.watch.restart()
            task = task.parent or task.run.parent

    @property
    def callbacks(self) -> Any:
        """What langchain-core is to tell of the node's calls, or None."""
        if self._callbacks is None and self.run.callbacks:
            self._callbacks = quiet_callbacks(self)
        if self.is_timed:
            self._callbacks = self.watch.heard_by(self._callbacks)
        return self._callbacks

    @callbacks.setter
    def callbacks(self, callbacks: Any) -> None:
        self._callbacks = callbacks
        self._config = None

    @property
    def config(self) -> dict[str, Any]:
        """The RunnableConfig for whatever the node calls; made when first asked for."""
        if self._config is None:
            self._config = self._make_config()
        return self._config

    @property
    def writer(self) -> StreamWriter:
        """Sends its argument out in mode `custom`; may be called from any thread while the run lasts."""
        run, namespace = self.run, self.namespace
        write: StreamWriter = run.write_custom
        if namespace is not run.namespace:
            write = functools.partial(run.write_custom, namespace=namespace)
        return self.watch.writer(write) if self.is_timed else write

    @property
    def runtime(self) -> Runtime[Any]:
        """The Runtime for the node and its paths; made when first asked for."""
        if self._runtime is None:
            self._runtime = self._make_runtime()
        return self._runtime

    def _make_runtime(self) -> Runtime[Any]:
        from stepgraph.runtime import ExecutionInfo, Runtime

        run = self.run
        number, first = self.attempt
        return Runtime(
            context=run.context,
            store=run.store,
            stream_writer=self.writer,
            previous=self.previous,
            heartbeat=self.heartbeat,
            control=run.control,
            execution_info=ExecutionInfo(
                checkpoint_id=run.checkpoint_id,
                checkpoint_ns=self.checkpoint_ns,
                task_id=self.id,
                thread_id=run.configurable.get("thread_id"),
                run_id=str(run.run_id) if run.run_id is not None else None,
                node_attempt=number,
                node_first_attempt_time=first,
            ),
        )

    def _make_config(self) -> dict[str, Any]:
        run = self.run
        config: dict[str, Any] = {
            "callbacks": self.callbacks,
            "configurable": {
                **run.configurable,
                "checkpoint_id": None,
                "checkpoint_ns": self.checkpoint_ns,
                **({} if run.checkpoints is None else run.checkpoints.map()),
                TASK_KEY: self,
            },
            "metadata": self.metadata,
        }
        config.update(run.passed_on)
        return config
