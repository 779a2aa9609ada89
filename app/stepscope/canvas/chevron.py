"""The mark left of a subgraph's name that folds and opens it: it points down while that is open."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from stepscope.canvas.ink import Ink

_CORNERS = ((-4.5, -2.5), (4.5, -2.5), (0.0, 3.0))

_FAR = 1.7
"""How much larger it is drawn where names are, too."""


class Chevron:
    """Stands around a point of its item."""

    def __init__(self, middle: QPointF, is_open: bool) -> None:
        turned = [QPointF(x, y) if is_open else QPointF(y, x) for x, y in _CORNERS]
        self._triangle = QPolygonF([middle + corner for corner in turned])
        self._near = self._triangle.boundingRect().adjusted(-5.0, -7.0, 5.0, 7.0)
        self._large = QPolygonF([middle + corner * _FAR for corner in turned])

    def is_at(self, point: QPointF) -> bool:
        """Whether a click at a point of the item is meant for it: it is small, and its surroundings count."""
        return self._near.contains(point)

    def paint(self, painter: QPainter, ink: Ink, is_far: bool = False) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.fact.brush())
        painter.drawPolygon(self._large if is_far else self._triangle)
