"""Mode `tools`: that a tool begins, what it tells while it works, and how it ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from stepgraph.errors import GraphBubbleUp
from stepgraph.pregel.listener import Listener
from stepgraph.runtime import current_task
from stepgraph.types import Namespace


class ToolStream(Listener):
    """Feeds one outlet. A tool that is called without a tool call's id goes by that of its run."""

    ignore_agent = False

    def __init__(self, outlet: Any) -> None:
        super().__init__(outlet)
        self._calls: dict[UUID, tuple[Namespace, str]] = {}

    def on_tool_start(
        self,
        serialized: dict[str, Any] | None,
        input_str: str,
        *,
        run_id: UUID,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        inputs: dict[str, Any] | None = None,
        tool_call_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        """A tool is called."""
        namespace = self.namespace_heard(tags, metadata)
        if namespace is None:
            return
        call_id = tool_call_id or str(run_id)
        self._calls[run_id] = namespace, call_id
        event = {"event": "tool-started", "tool_call_id": call_id}
        event["tool_name"] = (serialized or {}).get("name", "")
        self.outlet.push(namespace, "tools", event if inputs is None else {**event, "input": inputs})

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """A tool has an answer."""
        self._end(run_id, "tool-finished", output=output)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """A tool failed; one that only asks something has not."""
        if isinstance(error, GraphBubbleUp):
            self._calls.pop(run_id, None)
        else:
            self._end(run_id, "tool-error", message=str(error))

    def tell(self, namespace: Namespace, tool_call_id: str | None, delta: Any) -> None:
        """Send out a part of a tool's output."""
        event = {"event": "tool-output-delta", "tool_call_id": tool_call_id, "delta": delta}
        self.outlet.push(namespace, "tools", event)

    def _end(self, run_id: UUID, event: str, **outcome: Any) -> None:
        call = self._calls.pop(run_id, None)
        if call is not None:
            namespace, call_id = call
            self.outlet.push(namespace, "tools", {"event": event, "tool_call_id": call_id, **outcome})


def emit_delta(tool_call_id: str | None, delta: Any) -> None:
    """Send a part of a tool's output to whoever listens to mode `tools`, from within the tool."""
    task = current_task.get()
    if task is not None:
        for listener in task.run.reports.tools:
            listener.tell(task.run.namespace, tool_call_id, delta)
