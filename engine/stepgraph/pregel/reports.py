"""What a run tells its listeners, in which order, and in what shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from stepgraph.constants import INTERRUPT, START
from stepgraph.pregel.interrupts import Interrupt, as_payload
from stepgraph.pregel.messages import MessageStream
from stepgraph.pregel.stream import Outlet, OutputKeys, result_payload, updates_payload, values_payload
from stepgraph.pregel.tools import ToolStream
from stepgraph.types import Namespace

if TYPE_CHECKING:
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.tasks import Task


class Reports:
    """The listeners of one run: its own caller's outlet, if there is one, and those around that want
    subgraphs.

    `output_keys` restrict what `values` and `updates` show.
    """

    def __init__(self, run: Run, parent: Task | None, outlet: Outlet | None, output_keys: OutputKeys) -> None:
        around = [other for other in parent.run.reports.outlets if other.subgraphs] if parent else []
        self.outlets: Sequence[Outlet] = [outlet, *around] if outlet else around
        self.namespace = run.namespace
        self._run = run
        self._output_keys = output_keys if isinstance(output_keys, str) else frozenset(output_keys)
        if outlet is not None:
            outlet.namespace = self.namespace
            if "messages" in outlet.modes:
                outlet.messages = MessageStream(outlet)
            if "tools" in outlet.modes:
                outlet.tools = ToolStream(outlet)
        self._values = self._listeners("values")
        self._updates = self._listeners("updates")
        # A caller inside a node that asks for custom data takes it, also that of the graphs within: it is not
        # meant for those around.
        if outlet is not None and "custom" in outlet.modes:
            self._custom = [outlet]
        else:
            hear = parent.run.reports._custom if parent else []
            self._custom = [other for other in hear if other.subgraphs]
        self._tasks = self._listeners("tasks")
        self._debug = self._listeners("debug")
        self._checkpoints = self._listeners("checkpoints")
        self._messages = [other.messages for other in self.outlets if other.messages is not None]
        self.tools = [other.tools for other in self.outlets if other.tools is not None]
        self.hears_starts = bool(self._tasks or self._debug or self._messages)
        self.hears_checkpoints = bool(self._checkpoints or self._debug)

    def _listeners(self, mode: str) -> list[Outlet]:
        return [outlet for outlet in self.outlets if mode in outlet.modes]

    # -- the state

    def values(self, payload: Any) -> None:
        """The state, as the output keys show it."""
        for outlet in self._values:
            outlet.push(self.namespace, "values", payload)

    def custom(self, value: Any, namespace: Namespace | None = None) -> None:
        """Send something out in mode `custom`; `namespace` is where a task inside another stands."""
        for outlet in self._custom:
            outlet.push(self.namespace if namespace is None else namespace, "custom", value)

    def checkpoint(self, payload: dict[str, Any], step: int) -> None:
        """A checkpoint is there."""
        self._push_debug(self._checkpoints, "checkpoints", "checkpoint", step, payload)

    def breakpoint(self) -> None:
        """The run has stopped at a breakpoint of its own."""
        for outlet in self._updates:
            outlet.push(self.namespace, "updates", {INTERRUPT: ()})

    # -- tasks

    def started(self, task: Task) -> None:
        """A task is about to run."""
        if task.node.name == START:
            return
        for messages in self._messages:
            messages.node_started(task)
        if self._tasks or self._debug:
            payload: dict[str, Any] = {
                "id": task.id,
                "name": task.node.name,
                "input": task.input,
                "triggers": task.triggers,
            }
            metadata = self._shown_metadata(task)
            if metadata:
                payload["metadata"] = metadata
            self._push_debug(self._tasks, "tasks", "task", task.step, payload)

    def pushed(self, task: Task, message: Any) -> None:
        """A node hands out a message before it returns."""
        for messages in self._messages:
            messages.node_pushed(task, message)

    def ended(self, task: Task, result: Any) -> None:
        """A task has run. `result` is what its node returned."""
        for messages in self._messages:
            messages.node_returned(task, result)
        self._update(task)
        if self._tasks or self._debug:
            self._result(task, None, result_payload(task.writes))

    def graph_ended(self, run: Run) -> None:
        """A graph that one of the tasks called, under the name of its node, has run to its end."""
        for messages in self._messages:
            messages.graph_returned(run)

    def failed(self, task: Task, error: BaseException) -> None:
        """A task has failed; what its node had written before a path failed is reported all the same."""
        if task.writes or task.targets:
            self._update(task)
        if self._tasks or self._debug:
            self._result(task, error, result_payload(task.writes))

    def asked(self, task: Task, interrupts: Sequence[Interrupt], values: Any) -> None:
        """A task has stopped to ask; `values` is the state that it saw."""
        if interrupts:
            for outlet in self._updates:
                outlet.push(self.namespace, "updates", {INTERRUPT: tuple(interrupts)})
            for outlet in self._values:
                outlet.push(self.namespace, "values", with_interrupts(values, tuple(interrupts)))
            if self._tasks or self._debug:
                self._result(task, None, {}, as_payload(interrupts))

    def taken_up(self, task: Task) -> None:
        """A task is not run, for what it would write is known already."""
        if task.node.name == START:
            return
        for outlet in self._updates:
            payload = updates_payload(task.writes, self._output_keys)
            update = {task.node.name: payload, "__metadata__": {"cached": True}}
            outlet.push(self.namespace, "updates", update)

    def _update(self, task: Task) -> None:
        for outlet in self._updates:
            payload = updates_payload(task.writes, self._output_keys)
            outlet.push(self.namespace, "updates", {task.node.name: payload})

    def _result(
        self,
        task: Task,
        error: BaseException | None,
        result: dict[str, Any],
        interrupts: Sequence[dict[str, Any]] = (),
    ) -> None:
        payload: dict[str, Any] = {
            "id": task.id,
            "name": task.node.name,
            "error": error,
            "result": result,
            "interrupts": list(interrupts),
        }
        self._push_debug(self._tasks, "tasks", "task_result", task.step, payload)

    def _push_debug(
        self, outlets: Sequence[Outlet], mode: str, kind: str, step: int, payload: dict[str, Any]
    ) -> None:
        for outlet in outlets:
            outlet.push(self.namespace, mode, payload)
        for outlet in self._debug:
            now = datetime.now(timezone.utc).isoformat()
            event = {"step": step, "timestamp": now, "type": kind, "payload": payload}
            outlet.push(self.namespace, "debug", event)

    def _shown_metadata(self, task: Task) -> dict[str, Any]:
        """The user's part of a task's metadata."""
        run = self._run
        shown = {key: value for key, value in run.metadata.items() if not _is_engines(key)}
        if task.node.metadata:
            shown.update(task.node.metadata)
        if run.passed_on.get("tags"):
            shown["tags"] = run.passed_on["tags"]
        return shown


def with_interrupts(values: Any, interrupts: Any) -> Any:
    """A state with what it waits for; a state of one bare value cannot hold both."""
    return {**(values if isinstance(values, dict) else {}), INTERRUPT: interrupts}


def state_payload(run: Run) -> Any:
    """The state of a run as its `values` show it."""
    return values_payload(run.board.values, run.output_keys)


def _is_engines(key: str) -> bool:
    return key.startswith("langgraph_") or key in ("thread_id", "checkpoint_ns", "checkpoint_id")
