"""What the person has selected; canvas and panes meet here and nowhere else."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from stepscope.model.topology import NodeKey


class Selection(QObject):
    """One node at most. `node_changed` carries the new key, or None."""

    node_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.node: NodeKey | None = None

    def select(self, node: NodeKey | None) -> None:
        if node != self.node:
            self.node = node
            self.node_changed.emit(node)
