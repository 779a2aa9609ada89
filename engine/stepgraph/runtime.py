"""What a running node can know about its run, by a parameter `runtime` or by `get_runtime()`."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stepgraph.types import StreamWriter

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from stepgraph.pregel.tasks import Task

__all__ = ["ExecutionInfo", "RunControl", "Runtime", "ServerInfo", "get_runtime"]

ContextT = TypeVar("ContextT")


@dataclass(frozen=True)
class ExecutionInfo:
    """Which task this is, in which run, and which try of it.

    `checkpoint_id` is of the state that the superstep started from, whether a saver keeps it or not.
    `node_first_attempt_time` is in seconds since the epoch.
    """

    checkpoint_id: str
    checkpoint_ns: str
    task_id: str
    thread_id: str | None = None
    run_id: str | None = None
    node_attempt: int = 1
    node_first_attempt_time: float | None = None

    def patch(self, **overrides: Any) -> ExecutionInfo:
        """A copy with these fields replaced."""
        return replace(self, **overrides)


@dataclass(frozen=True)
class ServerInfo:
    """Which assistant this run is of, where a server runs it. stepgraph never fills it in."""

    assistant_id: str
    graph_id: str
    user: Any = None


class RunControl:
    """Handed to a run as `control=`: lets someone outside ask it to end after the present superstep."""

    def __init__(self) -> None:
        self.drain_reason: str | None = None

    @property
    def drain_requested(self) -> bool:
        return self.drain_reason is not None

    def request_drain(self, reason: str = "shutdown") -> None:
        """End the run once the present superstep is done and saved, with a GraphDrained."""
        self.drain_reason = reason


def _write_nothing(value: Any) -> None:
    """A writer for when no one listens."""


def _do_nothing() -> None:
    """A heartbeat where no one waits for it."""


@dataclass(frozen=True, kw_only=True)
class Runtime(Generic[ContextT]):
    """`context` is what the caller passed as `context=`; `stream_writer` feeds mode `custom`.

    `heartbeat` tells an idle timeout that the node is still at work. `previous` is what an entrypoint
    returned the last time.
    """

    context: ContextT = None  # type: ignore[assignment]
    store: BaseStore | None = None
    stream_writer: StreamWriter = field(default=_write_nothing)
    heartbeat: Callable[[], None] = field(default=_do_nothing)
    previous: Any = None
    execution_info: ExecutionInfo | None = None
    server_info: ServerInfo | None = None
    control: RunControl | None = None

    @property
    def drain_requested(self) -> bool:
        """Whether the run was asked to end after this superstep."""
        return self.control is not None and self.control.drain_requested

    @property
    def drain_reason(self) -> str | None:
        return self.control.drain_reason if self.control is not None else None

    def merge(self, other: Runtime[ContextT]) -> Runtime[ContextT]:
        """A copy in which everything that `other` has stands in place of what was here."""
        return Runtime(
            context=other.context or self.context,
            store=other.store or self.store,
            stream_writer=_given(other.stream_writer, _write_nothing, self.stream_writer),
            heartbeat=_given(other.heartbeat, _do_nothing, self.heartbeat),
            previous=_given(other.previous, None, self.previous),
            execution_info=other.execution_info or self.execution_info,
            server_info=other.server_info or self.server_info,
            control=other.control or self.control,
        )

    def override(self, **overrides: Any) -> Runtime[ContextT]:
        """A copy with these fields replaced."""
        return replace(self, **overrides)

    def patch_execution_info(self, **overrides: Any) -> Runtime[ContextT]:
        """A copy with these fields of its execution_info replaced. Raises RuntimeError where it has none."""
        if self.execution_info is None:
            raise RuntimeError("This Runtime has no execution_info to patch: it is not of a running task.")
        return replace(self, execution_info=self.execution_info.patch(**overrides))


def _given(new: Any, default: Any, known: Any) -> Any:
    return known if new is default else new


current_task: ContextVar[Task | None] = ContextVar("stepgraph_current_task", default=None)


def running_task(asked: str) -> Task:
    """The task whose code is running. Raises RuntimeError outside of one; `asked` names the question."""
    task = current_task.get()
    if task is None:
        raise RuntimeError(
            f"Called {asked} outside of a runnable context: it works in a node, in what a node calls, and in "
            "threads that the engine starts. In a thread of your own, take what you need before you start it."
        )
    return task


def get_runtime(context_schema: type[ContextT] | None = None) -> Runtime[ContextT]:
    """The runtime of the node that is running. Raises RuntimeError outside of one.

    `context_schema` only tells a type checker what the context is.
    """
    return running_task("get_runtime").runtime
