"""The results that a thread has of its newest superstep, when only some of its tasks have ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stepscope_host.threads.snapshots import has_ended


async def saved(graph: Any, thread: str) -> dict[str, Any]:
    """The results by their tasks' ids, at every depth; none where they cannot be told."""
    try:
        state = await graph.aget_state({"configurable": {"thread_id": thread}}, subgraphs=True)
    except Exception:  # a subgraph that its engine does not find, or a saver that has gone
        return {}
    return dict(_of(state))


def _of(state: Any) -> Iterator[tuple[str, Any]]:
    for task in state.tasks:
        if has_ended(task):
            yield task.id, task.result
        if hasattr(task.state, "tasks"):
            yield from _of(task.state)
