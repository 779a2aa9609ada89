"""Classes that make something of an event stream; see the package."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

SubgraphStatus = Literal["started", "completed", "failed", "interrupted", "drained"]


class StreamTransformer:
    """Makes something of the events of a run, or of one of its subgraphs: `scope` is its namespace."""

    before_builtins: ClassVar[bool] = False
    required_stream_modes: ClassVar[tuple[str, ...]] = ()
    supports_sync: ClassVar[bool] = False

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        self.scope = scope

    def init(self) -> Any:
        """What it adds to a run."""
        return {}

    def process(self, event: Any) -> bool:
        """Whether to keep an event."""
        return True


class CheckpointsTransformer(StreamTransformer):
    """Checkpoints."""


class CustomTransformer(StreamTransformer):
    """What writers wrote."""


class DebugTransformer(StreamTransformer):
    """Debug events."""


class LifecycleTransformer(StreamTransformer):
    """Beginnings and ends."""


class MessagesTransformer(StreamTransformer):
    """Messages."""


class SubgraphTransformer(StreamTransformer):
    """Subgraphs."""


class TasksTransformer(StreamTransformer):
    """Tasks."""


class ToolCallTransformer(StreamTransformer):
    """Calls of tools."""


class UpdatesTransformer(StreamTransformer):
    """Updates."""


class ValuesTransformer(StreamTransformer):
    """The state."""


class _TasksLifecycleBase(StreamTransformer):
    """Subgraphs, as their tasks begin and end."""
