"""What `stream(version="v2")` yields: a dict with the same keys in every mode, and what its `data` is.

Python 3.10 has no generic TypedDict in the standard library; so this file is only imported by who asks
`stepgraph.types` for one of its names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal

from typing_extensions import NotRequired, TypeAliasType, TypedDict, TypeVar

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import CheckpointMetadata

    from stepgraph.pregel.interrupts import Interrupt
    from stepgraph.snapshots import StateSnapshot

StateT = TypeVar("StateT", default=dict[str, Any])
OutputT = TypeVar("OutputT", default=dict[str, Any])


class TaskPayload(TypedDict):
    """A task begins."""

    id: str
    name: str
    input: Any
    triggers: tuple[str, ...]
    metadata: NotRequired[dict[str, Any]]


class TaskResultPayload(TypedDict):
    """A task has ended."""

    id: str
    name: str
    error: Any
    interrupts: list[dict[str, Any]]
    result: dict[str, Any]


class CheckpointTask(TypedDict):
    """A task that is due at a checkpoint."""

    id: str
    name: str
    error: NotRequired[str]
    result: NotRequired[Any]
    interrupts: NotRequired[tuple[dict[str, Any], ...]]
    state: StateSnapshot | RunnableConfig | None


class CheckpointPayload(TypedDict, Generic[StateT]):
    """A checkpoint was made."""

    config: RunnableConfig | None
    metadata: CheckpointMetadata
    values: StateT
    next: list[str]
    parent_config: RunnableConfig | None
    tasks: list[CheckpointTask]


class DebugCheckpointPayload(TypedDict, Generic[StateT]):
    """A checkpoint, in mode `debug`."""

    step: int
    timestamp: str
    type: Literal["checkpoint"]
    payload: CheckpointPayload[StateT]


class DebugTaskPayload(TypedDict):
    """A task's beginning, in mode `debug`."""

    step: int
    timestamp: str
    type: Literal["task"]
    payload: TaskPayload


class DebugTaskResultPayload(TypedDict):
    """A task's end, in mode `debug`."""

    step: int
    timestamp: str
    type: Literal["task_result"]
    payload: TaskResultPayload


DebugPayload = TypeAliasType(
    "DebugPayload",
    DebugCheckpointPayload[StateT] | DebugTaskPayload | DebugTaskResultPayload,
    type_params=(StateT,),
)


class ValuesStreamPart(TypedDict, Generic[OutputT]):
    """The state; `interrupts` are what a task waits for."""

    type: Literal["values"]
    ns: tuple[str, ...]
    data: OutputT
    interrupts: tuple[Interrupt, ...]


class UpdatesStreamPart(TypedDict):
    """What one task wrote."""

    type: Literal["updates"]
    ns: tuple[str, ...]
    data: dict[str, Any]


class MessagesStreamPart(TypedDict):
    """A token or a message, and where it is from."""

    type: Literal["messages"]
    ns: tuple[str, ...]
    data: tuple[AnyMessage, dict[str, Any]]


class CustomStreamPart(TypedDict):
    """What was given to a stream writer."""

    type: Literal["custom"]
    ns: tuple[str, ...]
    data: Any


class CheckpointStreamPart(TypedDict, Generic[StateT]):
    """A checkpoint was made."""

    type: Literal["checkpoints"]
    ns: tuple[str, ...]
    data: CheckpointPayload[StateT]


class TasksStreamPart(TypedDict):
    """A task begins, or has ended."""

    type: Literal["tasks"]
    ns: tuple[str, ...]
    data: TaskPayload | TaskResultPayload


class DebugStreamPart(TypedDict, Generic[StateT]):
    """A checkpoint, or the beginning or the end of a task, with step and time."""

    type: Literal["debug"]
    ns: tuple[str, ...]
    data: DebugPayload[StateT]


StreamPart = TypeAliasType(
    "StreamPart",
    (
        ValuesStreamPart[OutputT]
        | UpdatesStreamPart
        | MessagesStreamPart
        | CustomStreamPart
        | CheckpointStreamPart[StateT]
        | TasksStreamPart
        | DebugStreamPart[StateT]
    ),
    type_params=(StateT, OutputT),
)
"""Any of them: `StreamPart[State, Output]`."""
