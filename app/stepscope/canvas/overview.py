"""The picture from far away: flat boxes and lines, drawn in a few calls instead of one an item.

Items cost some 20 µs each however small they are on the screen: 10,000 of them take 200 ms a frame,
this takes 4.
"""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from stepscope.canvas.distance import ITEMS_FROM, MANY_ITEMS_FROM
from stepscope.canvas.flat import FlatShapes, rectangle
from stepscope.canvas.ink import Ink
from stepscope.canvas.scene import GraphScene
from stepscope.model.phase import Phase
from stepscope.theme import Theme

FEW = 300
"""So many nodes and edges are drawn as items also where a larger graph would be too slow."""

_Place = tuple[FlatShapes, QTransform, Theme]
"""All that decides how what stands still looks on a device of one size."""
_MOST_KEPT = 2
"""The view's and the minimap's."""


def draws_from(nodes_and_edges: int) -> float:
    """The zoom below which a graph is drawn so."""
    return ITEMS_FROM if nodes_and_edges <= FEW else MANY_ITEMS_FROM


class Overview:
    """Keeps what is not idle in a scene, sorted by how it is painted."""

    def __init__(self, scene: GraphScene, ink: Ink) -> None:
        self._scene, self._ink = scene, ink
        self._shapes: FlatShapes | None = None  # that the rest is sorted from
        self._drawn: FlatShapes | None = None  # that have been painted already
        self._is_stale = True
        self._boxes: dict[Phase, list[QRectF]] = {}
        self._taken: list[QLineF] = []
        self._breaks: list[QPointF] = []
        self._near: list[tuple[Phase, QRectF]] = []
        self._near_lines: list[QLineF] = []
        # What stands still as it was painted last on a device of a size; no picture when that was only once.
        self._kept: dict[tuple[int, int], tuple[_Place, QPixmap | None]] = {}

    def mark_stale(self) -> None:
        """The run has moved on: sort the shapes again before they are next painted."""
        self._is_stale = True

    def paint(self, painter: QPainter) -> None:
        """Draw everything; the painter already has the view's transform."""
        shapes = self._scene.flat_shapes
        if self._is_stale or shapes is not self._shapes:
            self._sort(shapes)
        ink = self._ink
        self._paint_still(painter, shapes)
        painter.setPen(ink.overview_taken)
        painter.drawLines(self._taken)
        painter.setPen(ink.overview_frame)
        for phase, boxes in self._boxes.items():
            painter.setBrush(ink.mark[phase])
            painter.drawRects(boxes)
        if self._scene.focused is not None:
            self._paint_near(painter)
        painter.setPen(ink.far_break)
        painter.drawPoints(self._breaks)
        if self._scene.chosen is not None:
            painter.setBrush(ink.nothing)
            painter.setPen(ink.far_selection)
            painter.drawRect(rectangle(self._scene.box_of(self._scene.chosen)))

    def _paint_still(self, painter: QPainter, shapes: FlatShapes) -> None:
        """Draw what no run changes; from the same place a second time, out of what was kept of it.

        A run that lights nodes of 10,000 in view then paints in 1 ms and not in 10. A new graph is kept at
        once, for it will stay where it is first seen.
        """
        device = painter.device()
        ratio = device.devicePixelRatioF()
        size = QSize(device.width(), device.height()) * (ratio if isinstance(device, QWidget) else 1)
        place = (shapes, painter.worldTransform(), self._ink.theme)
        before, still = self._kept.pop((size.width(), size.height()), (None, None))
        is_new = shapes is not self._drawn
        self._drawn = shapes
        if before != place:
            still = None
        if before != place and not is_new:
            self._draw_still(painter, shapes)
        else:
            still = still or self._kept_still(painter, shapes, size, ratio)
            painter.save()
            painter.resetTransform()
            painter.drawPixmap(0, 0, still)
            painter.restore()
        self._kept[size.width(), size.height()] = place, still
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _kept_still(self, painter: QPainter, shapes: FlatShapes, size: QSize, ratio: float) -> QPixmap:
        still = QPixmap(size)
        still.setDevicePixelRatio(ratio)
        still.fill(Qt.GlobalColor.transparent)
        keeping = QPainter(still)
        keeping.setTransform(painter.worldTransform())
        self._draw_still(keeping, shapes)
        keeping.end()
        return still

    def _draw_still(self, painter: QPainter, shapes: FlatShapes) -> None:
        ink = self._ink
        painter.setBrush(ink.nothing)
        painter.setPen(ink.overview_frame)
        painter.drawRects(shapes.frames)
        painter.setPen(ink.overview_edge)
        painter.drawPath(shapes.edges)
        painter.setPen(ink.overview_frame)
        painter.setBrush(ink.overview_box)
        painter.drawRects(shapes.boxes)

    def _paint_near(self, painter: QPainter) -> None:
        """Draw what is looked at once more, over a veil that lies on all."""
        ink = self._ink
        painter.fillRect(self._scene.sceneRect(), ink.overview_veil)
        painter.setPen(ink.overview_frame)
        for phase, box in self._near:
            painter.setBrush(ink.mark[phase] if phase is not Phase.IDLE else ink.overview_box)
            painter.drawRect(box)
        painter.setPen(ink.overview_edge)
        painter.drawLines(self._near_lines)

    def _sort(self, shapes: FlatShapes) -> None:
        self._shapes, self._is_stale = shapes, False
        scene = self._scene
        self._boxes = {}
        for key, item in scene.lit.items():
            if key in scene.layout.nodes:
                self._boxes.setdefault(item.look.phase, []).append(rectangle(scene.layout.nodes[key]))
        self._breaks = [item.mapToScene(item.gutter.center()) for item in scene.marked]
        taken = (item for shape in scene.taken for item in scene.items_of(shape))
        self._taken = [line for item in taken for line in shapes.lines(item.index)]
        if scene.focused is not None:
            self._sort_out_near(shapes)

    def _sort_out_near(self, shapes: FlatShapes) -> None:
        """What is not dim on the canvas is not dim here."""
        nodes = self._scene.layout.nodes
        self._near = [
            (item.look.phase, rectangle(nodes[item.node.key]))
            for item in self._scene.node_items()
            if item.opacity() == 1.0 and item.node.key in nodes
        ]
        edges = (item for item in self._scene.edge_items() if item.opacity() == 1.0)
        self._near_lines = [line for item in edges for line in shapes.lines(item.index)]
