"""A layout as flat shapes: what is drawn of it from far away, made once for all who draw it so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF

from stepscope.model.geometry import Rect
from stepscope.model.layout import Layout


class FlatShapes:
    """Frames, boxes of nodes, and the lines of each edge, in the order of the layout's edges."""

    def __init__(self, layout: Layout) -> None:
        self.frames = [rectangle(rect) for rect in layout.groups.values()]
        self.boxes = [rectangle(rect) for rect in layout.nodes.values()]
        self.lines = [_lines(points) for points in layout.polylines]
        self.all_lines = [line for lines in self.lines for line in lines]


def rectangle(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


def _lines(points: Sequence[tuple[float, float]]) -> list[QLineF]:
    corners = [QPointF(*point) for point in points]
    return [QLineF(a, b) for a, b in pairwise(corners)]
