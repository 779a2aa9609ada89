"""The picture from far away: flat boxes and lines, drawn in a few calls instead of one an item.

Items cost some 20 µs each however small they are on the screen: 10,000 of them take 200 ms a frame,
this takes 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from stepscope.canvas.ink import Ink
from stepscope.canvas.scene import GraphScene
from stepscope.model.geometry import Rect
from stepscope.model.layout import Layout
from stepscope.model.phase import Phase

BELOW = 0.35
"""The zoom below which nothing can be read anyway."""


def _rectangle(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


class Overview:
    """Keeps a scene's flat shapes, sorted by how they are painted."""

    def __init__(self, scene: GraphScene, ink: Ink) -> None:
        self._scene, self._ink = scene, ink
        self._layout: Layout | None = None
        self._is_stale = True

    def mark_stale(self) -> None:
        """The run has moved on: sort the shapes again before they are next painted."""
        self._is_stale = True

    def paint(self, painter: QPainter) -> None:
        """Draw everything; the painter already has the view's transform."""
        if self._layout is not self._scene.layout:  # most graphs are never seen from so far away
            self._take_shapes(self._scene.layout)
        if self._is_stale:
            self._sort()
        ink = self._ink
        painter.setBrush(ink.nothing)
        painter.setPen(ink.overview_frame)
        painter.drawRects(self._frames)
        painter.setPen(ink.overview_edge)
        painter.drawLines(self._edges)
        painter.setPen(ink.overview_taken)
        painter.drawLines(self._taken)
        for phase, boxes in self._boxes.items():
            painter.setPen(ink.overview_frame)
            painter.setBrush(ink.mark[phase] if phase is not Phase.IDLE else ink.overview_box)
            painter.drawRects(boxes)
        if self._scene.focused is not None:
            # All lies behind a veil but what is looked at, which is drawn once more.
            painter.fillRect(self._scene.sceneRect(), ink.overview_veil)
            painter.setPen(ink.overview_frame)
            for phase, box in self._near:
                painter.setBrush(ink.mark[phase] if phase is not Phase.IDLE else ink.overview_box)
                painter.drawRect(box)
            painter.setPen(ink.overview_edge)
            painter.drawLines(self._near_lines)
        painter.setPen(ink.overview_break)
        painter.drawPoints(self._breaks)
        if self._scene.chosen is not None:
            painter.setBrush(ink.nothing)
            painter.setPen(ink.overview_selection)
            painter.drawRect(_rectangle(self._scene.box_of(self._scene.chosen)))

    def _take_shapes(self, layout: Layout) -> None:
        self._layout = layout
        self._frames = [_rectangle(rect) for rect in layout.groups.values()]
        self._boxes = {Phase.IDLE: [_rectangle(rect) for rect in layout.nodes.values()]}
        self._lines = [list(_lines(points)) for points in layout.polylines]
        self._edges = [line for lines in self._lines for line in lines]
        self._taken: list[QLineF] = []
        self._breaks: list[QPointF] = []
        self._near: list[tuple[Phase, QRectF]] = []
        self._near_lines: list[QLineF] = []
        self._is_stale = True

    def _sort(self) -> None:
        self._is_stale = False
        layout = self._scene.layout
        boxes: dict[Phase, list[QRectF]] = {Phase.IDLE: self._boxes[Phase.IDLE]}
        for key, item in self._scene.lit.items():
            if key in layout.nodes:
                boxes.setdefault(item.look.phase, []).append(_rectangle(layout.nodes[key]))
        self._boxes = boxes
        if self._scene.focused is not None:
            self._sort_out_near()
        marked = (item for item in self._scene.node_items() if item.break_look is not None)
        self._breaks = [item.mapToScene(item.gutter.center()) for item in marked]
        taken = (item for shape in self._scene.taken for item in self._scene.items_of(shape))
        laid_out = (item for item in taken if item.index < len(self._lines))
        self._taken = [line for item in laid_out for line in self._lines[item.index]]

    def _sort_out_near(self) -> None:
        """What is not dim on the canvas is not dim here."""
        nodes = self._scene.layout.nodes
        self._near = [
            (item.look.phase, _rectangle(nodes[item.node.key]))
            for item in self._scene.node_items()
            if item.opacity() == 1.0 and item.node.key in nodes
        ]
        edges = (item for item in self._scene.edge_items() if item.opacity() == 1.0)
        self._near_lines = [line for item in edges for line in self._lines[item.index]]


def _lines(points: Iterable[tuple[float, float]]) -> Iterable[QLineF]:
    corners = [QPointF(*point) for point in points]
    return (QLineF(a, b) for a, b in pairwise(corners))
