"""The panes that are tables of events: Updates, Custom and Debug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from stepscope.model import plain
from stepscope.model.events import Acted, Checkpoint, Custom, Plain, TaskFinished, TaskStarted, Updated
from stepscope.model.run_state import RunState
from stepscope.model.topology import NodeKey, graph_key, node_key, path_text
from stepscope.panes.event_list import EventList
from stepscope.panes.pane import Pane
from stepscope.panes.plain_tree import PlainTree
from stepscope.run.event_table import Column, EventTable
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

DebugEvent = TaskStarted | TaskFinished | Checkpoint | Acted


class TablePane(Pane):
    """A table over one of the run's logs; choosing a row selects its node."""

    columns: ClassVar[Sequence[Column]]
    """Those after the first, which tells the superstep."""

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        model.rows_added.connect(self.mark_changed)

    def log(self, state: RunState) -> Sequence[Any]:
        """The log that this pane shows."""
        raise NotImplementedError

    def value_of(self, event: Any) -> Plain:
        """The value that Enter opens."""
        raise NotImplementedError

    def node_of(self, event: Any) -> NodeKey | None:
        """The node that an event belongs to, if one does."""
        raise NotImplementedError

    @property
    def events(self) -> EventList:
        """The filter and the table, once the pane has been shown."""
        return self._list

    def build(self) -> QWidget:
        columns = (Column("Superstep", self._step), *self.columns)
        detail = PlainTree(self.theme, self.model)
        self._list = EventList(self.title, EventTable(columns), self.value_of, detail, self.theme)
        self._list.event_selected.connect(self._on_event_selected)
        self._list.show_log(self.log(self.model.state))
        return self._list

    def refresh(self) -> None:
        self._list.catch_up()

    def forget(self) -> None:
        self._list.show_log(self.log(self.model.state))

    def is_empty(self) -> bool:
        return not self.log(self.model.state)

    def apply_theme(self) -> None:
        self._list.set_theme(self.theme)

    def _step(self, event: Any, room: int) -> str:
        return self.model.state.step_text(event.namespace, event.step)

    def _on_event_selected(self, event: Any) -> None:
        node = self.node_of(event)
        if node is not None and node in self.model.state.nodes:
            self.selection.select(node)


def _node(event: Any, room: int) -> str:
    return path_text(node_key(event.namespace, event.node))


def _update(event: Updated, room: int) -> str:
    return "wrote nothing" if event.update is None else plain.line(event.update, room)


class UpdatesPane(TablePane):
    """What each task wrote, in the order in which they finished."""

    title = "Updates"
    object_name = "updates_pane"
    empty_text = "What each node writes will appear here, a line a task, when the graph runs."
    columns = (Column("Node", _node), Column("Update", _update))

    def log(self, state: RunState) -> Sequence[Updated]:
        return state.updates

    def value_of(self, event: Updated) -> Plain:
        return event.update

    def node_of(self, event: Updated) -> NodeKey | None:
        return node_key(event.namespace, event.node)


def _graph(event: Custom, room: int) -> str:
    return path_text(graph_key(event.namespace)) if event.namespace else "graph"


def _data(event: Custom, room: int) -> str:
    return plain.line(event.data, room)


class CustomPane(TablePane):
    """What nodes and tools sent through the stream writer."""

    title = "Custom"
    object_name = "custom_pane"
    empty_text = "What nodes and tools send with get_stream_writer() will appear here."
    columns = (Column("Graph", _graph), Column("Data", _data))

    def log(self, state: RunState) -> Sequence[Custom]:
        return state.customs

    def value_of(self, event: Custom) -> Plain:
        return event.data

    def node_of(self, event: Custom) -> NodeKey | None:
        # The chunk names the graph that runs in the namespace, not the node that wrote it.
        return graph_key(event.namespace) or None


def _kind(event: DebugEvent, room: int) -> str:
    match event:
        case TaskStarted():
            return "task"
        case TaskFinished():
            return "task_result"
        case Checkpoint():
            return "checkpoint"
        case Acted():
            return "by you"


def _debug_node(event: DebugEvent, room: int) -> str:
    if isinstance(event, Checkpoint):
        return path_text(graph_key(event.namespace)) or "graph"
    return _node(event, room)


def _payload(event: DebugEvent) -> Plain:
    match event:
        case TaskStarted():
            return {
                "id": event.task,
                "name": event.node,
                "input": event.input,
                "triggers": list(event.triggers),
            }
        case TaskFinished():
            error = event.failure.headline if event.failure else None
            return {"id": event.task, "name": event.node, "error": error, "result": event.result}
        case Checkpoint():
            return event.payload
        case Acted():
            return {"id": event.task, "name": event.node, "what": event.what, "value": event.value}


def _payload_text(event: DebugEvent, room: int) -> str:
    match event:
        case TaskStarted():
            return plain.line(event.input, room)
        case TaskFinished():
            failure = event.failure
            return plain.line(event.result, room) if failure is None else f"✕ {failure.headline}"[:room]
        case Checkpoint():
            return plain.line(event.payload, room)
        case Acted():
            return f"{event.what}: {plain.line(event.value, room)}" if event.value is not None else event.what


class DebugPane(TablePane):
    """Every task as it started and ended, every checkpoint, and what the person did to tasks."""

    title = "Debug"
    object_name = "debug_pane"
    empty_text = "Each task's start and result, with its input and output, will appear here."
    columns: ClassVar[Sequence[Column]] = (
        Column("Type", _kind),
        Column("Node", _debug_node),
        Column("Payload", _payload_text),
    )

    def log(self, state: RunState) -> Sequence[DebugEvent]:
        return state.debug

    def value_of(self, event: DebugEvent) -> Plain:
        return _payload(event)

    def node_of(self, event: DebugEvent) -> NodeKey | None:
        if isinstance(event, Checkpoint):
            return graph_key(event.namespace) or None
        return node_key(event.namespace, event.node)
