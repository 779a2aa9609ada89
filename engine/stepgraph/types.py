"""What nodes return to steer a graph, and the words a stream is asked for with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, TypeVar

from stepgraph.policies import CachePolicy, RetryPolicy, Timeout, TimeoutPolicy, TracePolicy, omit_payload

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from stepgraph.output import GraphOutput
    from stepgraph.parts import (
        CheckpointPayload,
        CheckpointStreamPart,
        CheckpointTask,
        CustomStreamPart,
        DebugPayload,
        DebugStreamPart,
        MessagesStreamPart,
        StreamPart,
        TaskPayload,
        TaskResultPayload,
        TasksStreamPart,
        UpdatesStreamPart,
        ValuesStreamPart,
    )
    from stepgraph.pregel.interrupts import Interrupt, interrupt
    from stepgraph.snapshots import PregelTask, StateSnapshot, StateUpdate

    Checkpointer = None | bool | BaseCheckpointSaver[Any]

__all__ = [
    "All",
    "CachePolicy",
    "CheckpointPayload",
    "CheckpointStreamPart",
    "CheckpointTask",
    "Checkpointer",
    "Command",
    "CustomStreamPart",
    "DebugPayload",
    "DebugStreamPart",
    "Durability",
    "GraphOutput",
    "Interrupt",
    "MessagesStreamPart",
    "Namespace",
    "Overwrite",
    "PregelTask",
    "RetryPolicy",
    "Send",
    "StateSnapshot",
    "StateUpdate",
    "StreamMode",
    "StreamPart",
    "StreamWriter",
    "TaskPayload",
    "TaskResultPayload",
    "TasksStreamPart",
    "TimeoutPolicy",
    "TracePolicy",
    "UpdatesStreamPart",
    "ValuesStreamPart",
    "ensure_valid_checkpointer",
    "interrupt",
    "omit_payload",
]

StreamMode = Literal["values", "updates", "custom", "messages", "debug", "tasks", "checkpoints"]

StreamWriter = Callable[[Any], None]
"""Called with anything at all, which then comes out of the stream in mode `custom`."""

All = Literal["*"]

Durability = Literal["sync", "async", "exit"]
"""When a checkpoint is saved: before the next superstep begins, beside it, or only when the run ends."""

Namespace = tuple[str, ...]
"""Which graph: `()` is the root, then a `node:task_id` for each node gone into."""

N = TypeVar("N", bound=Hashable)


class Send:
    """Run a node in the next superstep, on an input of its own.

    `node` gets `arg` as it is: the state is not merged in, no schema is applied. Many Sends to one node are
    many tasks. `timeout` is for this one, in place of the node's own.
    """

    __slots__ = ("arg", "node", "timeout")

    node: str
    arg: Any
    timeout: TimeoutPolicy | None

    def __init__(self, /, node: str, arg: Any, *, timeout: Timeout = None) -> None:
        self.node = node
        self.arg = arg
        self.timeout = None if timeout is None else TimeoutPolicy.coerce(timeout)

    def __repr__(self) -> str:
        timeout = f", timeout={self.timeout!r}" if self.timeout is not None else ""
        return f"Send(node={self.node!r}, arg={self.arg!r}{timeout})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Send)
            and self.node == other.node
            and self.arg == other.arg
            and self.timeout == other.timeout
        )

    def __hash__(self) -> int:
        return hash((self.node, self.arg, self.timeout))


@dataclass(frozen=True, kw_only=True, repr=False)
class Command(Generic[N]):
    """Update the state and choose what runs next, in one return value.

    `update` is what a node would return on its own, or a list of `(key, value)` pairs.
    `goto` is a node's name, a `Send`, or a sequence of both; it adds to the node's edges, it does not replace
    them. `graph=Command.PARENT` addresses the graph around this one instead of this one.
    """

    PARENT: ClassVar[Literal["__parent__"]] = "__parent__"

    graph: str | None = None
    update: Any = None
    resume: Any = None
    goto: Send | Sequence[Send | N] | N = ()

    def __repr__(self) -> str:
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return f"Command({', '.join(f'{name}={value!r}' for name, value in given if value)})"


@dataclass(frozen=True, slots=True)
class Overwrite:
    """Put `value` in place of what a reducer has gathered so far."""

    value: Any
    type: Literal["__overwrite__"] = "__overwrite__"


OVERWRITE: Final = "__overwrite__"


def overwriting(value: Any) -> tuple[bool, Any]:
    """Whether a write asks to replace a reduced value, and with what; also in the two JSON forms."""
    if isinstance(value, Overwrite):
        return True, value.value
    if isinstance(value, dict):
        if len(value) == 1 and OVERWRITE in value:
            return True, value[OVERWRITE]
        if len(value) == 2 and value.get("type") == OVERWRITE and "value" in value:
            return True, value["value"]
    return False, None


def ensure_valid_checkpointer(checkpointer: Checkpointer) -> Checkpointer:
    """The checkpointer itself. Raises TypeError for what is neither a saver nor a bool nor None."""
    if checkpointer is None or isinstance(checkpointer, bool):
        return checkpointer
    from langgraph.checkpoint.base import BaseCheckpointSaver

    if not isinstance(checkpointer, BaseCheckpointSaver):
        if isinstance(checkpointer, type):
            raise TypeError(
                f"The checkpointer is a class. Give one of its savers: {checkpointer.__name__}(...)."
            )
        raise TypeError(
            f"A checkpointer cannot be a {type(checkpointer).__name__}. Give a saver, such as an "
            "InMemorySaver(), or True, False or None."
        )
    return checkpointer


# -- names that a run can do without, imported when they are first asked for


_HOMES: Final = {
    "stepgraph.output": "GraphOutput",
    "stepgraph.pregel.interrupts": "Interrupt interrupt",
    "stepgraph.snapshots": "PregelTask StateSnapshot StateUpdate",
    "stepgraph.parts": (
        "CheckpointPayload CheckpointStreamPart CheckpointTask CustomStreamPart DebugPayload "
        "DebugStreamPart MessagesStreamPart StreamPart TaskPayload TaskResultPayload TasksStreamPart "
        "UpdatesStreamPart ValuesStreamPart"
    ),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name == "Checkpointer":
        from langgraph.checkpoint.base import BaseCheckpointSaver

        value: Any = None | bool | BaseCheckpointSaver
    elif name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
