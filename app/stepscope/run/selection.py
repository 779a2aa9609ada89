"""What the person has selected; canvas and panes meet here and nowhere else."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from stepscope.model.topology import Namespace, NodeKey


class Selection(QObject):
    """One node at most, one of its tasks at most, and the state that is looked at.

    That is the state of the graph in `namespace` after superstep `step`; None follows the newest.

    Signals
        node_changed(key or None), task_changed(id or None): another one is selected.
        moment_changed: another graph's state is looked at, or that after another superstep.
    """

    node_changed = Signal(object)
    task_changed = Signal(object)
    moment_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.node: NodeKey | None = None
        self.task: str | None = None
        self.namespace: Namespace = ()
        self.step: int | None = None

    def select(self, node: NodeKey | None, task: str | None = None) -> None:
        """Select a node, or a very task of it."""
        is_other_node, is_other_task = node != self.node, task != self.task
        self.node, self.task = node, task
        if is_other_node:
            self.node_changed.emit(node)
        if is_other_task:
            self.task_changed.emit(task)

    def look_at(self, namespace: Namespace, step: int | None = None) -> None:
        """Look at a graph's state."""
        if (namespace, step) != (self.namespace, self.step):
            self.namespace, self.step = namespace, step
            self.moment_changed.emit()

    def forget_run(self) -> None:
        """The tasks and states of the last run are no more; its nodes are."""
        self.select(self.node)
        self.look_at(())
