"""What nodes and the frames of subgraphs have in common: a box that shows how a node stands."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import NodeLook
from stepscope.canvas.measures import Lettering
from stepscope.model.topology import NodeShape

_AROUND = 6.0
"""Room around the box for the mark of a selection."""


class LookItem(QGraphicsItem):
    """Drawn from `look` alone; `box` is in the item's own coordinates."""

    def __init__(self, node: NodeShape, box: QRectF, ink: Ink, lettering: Lettering) -> None:
        super().__init__()
        self.node = node
        self.look = NodeLook()
        self.is_chosen = False
        self.box = box
        self._ink, self._lettering = ink, lettering
        self._bounds = box.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)

    def show_look(self, look: NodeLook) -> bool:
        """Take a new look; False when it is the one already shown."""
        if look == self.look:
            return False
        self.look = look
        self._prepare()
        return True

    def choose(self, is_chosen: bool) -> None:
        """Draw it as the selected one, or no longer."""
        self.is_chosen = is_chosen
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    @abstractmethod
    def _prepare(self) -> None:
        """Get ready all that painting the look needs, and ask for a paint."""
