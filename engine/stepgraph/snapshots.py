"""A thread's state at one checkpoint, as `get_state()` gives it, and an update to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from stepgraph.pregel.interrupts import Interrupt


class PregelTask(NamedTuple):
    """A task that is due at a checkpoint. `state` is its subgraph's config, or that graph's StateSnapshot."""

    id: str
    name: str
    path: tuple[Any, ...]
    error: Exception | None = None
    interrupts: tuple[Interrupt, ...] = ()
    state: Any = None
    result: Any = None


class StateSnapshot(NamedTuple):
    """`values` is the state, `next` are the nodes that are due, `tasks` what is known of them so far."""

    values: Any
    next: tuple[str, ...]
    config: dict[str, Any]
    metadata: Any
    created_at: str | None
    parent_config: dict[str, Any] | None
    tasks: tuple[PregelTask, ...]
    interrupts: tuple[Interrupt, ...]


class StateUpdate(NamedTuple):
    """One update for `bulk_update_state()`: `values` as if node `as_node` had returned them."""

    values: Any
    as_node: str | None = None
    task_id: str | None = None
