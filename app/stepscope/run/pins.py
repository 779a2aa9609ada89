"""What the person has fixed of nodes for this run and the next ones: their output, or where they lead."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from stepscope.model.events import Plain
from stepscope.model.topology import NodeKey


class Pins(QObject):
    """`changed` follows each change. A node with a pinned output does not run; another may lead elsewhere."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pins: dict[NodeKey, Plain] = {}

    def is_pinned(self, node: NodeKey) -> bool:
        return node in self._pins

    def pin_output(self, node: NodeKey, output: Plain) -> None:
        """Let a node return this at every visit, without running."""
        self._set(node, {"path": list(node), "output": output})

    def pin_route(self, node: NodeKey, to: tuple[str, ...]) -> None:
        """Let a node's conditional edges lead there at every visit."""
        self._set(node, {"path": list(node), "to": list(to)})

    def unpin(self, node: NodeKey) -> None:
        if self._pins.pop(node, None) is not None:
            self.changed.emit()

    def clear(self) -> None:
        if self._pins:
            self._pins.clear()
            self.changed.emit()

    def as_plain(self) -> tuple[Plain, ...]:
        """What a run request, and the order "pins", carry."""
        return tuple(self._pins.values())

    def _set(self, node: NodeKey, pin: Plain) -> None:
        self._pins[node] = pin
        self.changed.emit()
