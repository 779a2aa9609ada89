"""What a running node can know about its run, by a parameter `runtime` or by `get_runtime()`."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stepgraph.types import StreamWriter

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task

__all__ = ["ExecutionInfo", "RunControl", "Runtime", "get_runtime"]

ContextT = TypeVar("ContextT")


@dataclass(frozen=True, kw_only=True)
class ExecutionInfo:
    """Which task this is."""

    checkpoint_ns: str
    task_id: str
    thread_id: str | None = None


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


@dataclass(frozen=True, kw_only=True)
class Runtime(Generic[ContextT]):
    """`context` is what the caller passed as `context=`; `stream_writer` feeds mode `custom`."""

    context: ContextT = None  # type: ignore[assignment]
    store: None = None
    stream_writer: StreamWriter = field(default=_write_nothing)
    execution_info: ExecutionInfo | None = None


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
    """The runtime of the node that is running. Raises RuntimeError outside of one."""
    return running_task("get_runtime").runtime
