"""A layout as flat shapes: what is drawn of it from far away, made once for all who draw it so."""

from __future__ import annotations

import struct
from itertools import pairwise

from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from stepscope.model.geometry import Rect
from stepscope.model.layout import Layout


class FlatShapes:
    """Frames, boxes of nodes, and the lines of all edges."""

    def __init__(self, layout: Layout) -> None:
        self.frames = [rectangle(rect) for rect in layout.groups.values()]
        self.boxes = [QRectF(*rect) for rect in layout.nodes.values()]
        self._lines = layout.lines
        self.edges = _path(self._lines.records, self._lines.starts[-1])

    def lines(self, index: int) -> list[QLineF]:
        """The lines of one edge, by its place in the layout; none of one that is not in it."""
        if index + 1 >= len(self._lines.starts):
            return []
        return [QLineF(a, b) for a, b in pairwise(QPointF(*point) for point in self._lines.points(index))]


def rectangle(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


def _path(records: bytes, count: int) -> QPainterPath:
    """As many moves and lines as Qt would have written them."""
    path = QPainterPath()
    if count:
        begin_of_last, fill_rule = 0, 0
        written = struct.pack(">i", count) + records + struct.pack(">ii", begin_of_last, fill_rule)
        QDataStream(QByteArray(written)) >> path
    return path
