"""One edge as it is drawn: a line to an arrow's base, the arrow, and the label's pill on top."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from stepscope.canvas.distance import FACTS_FROM
from stepscope.canvas.ink import GLOW_WIDTH, EdgePens, Ink
from stepscope.canvas.looks import EdgeLook
from stepscope.canvas.measures import ARROW_HALF_WIDTH, ARROW_LENGTH, LABEL_PADDING, Lettering, one_line
from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Rect
from stepscope.model.layout import EdgeRoute
from stepscope.model.topology import EdgeShape

_AROUND = max(GLOW_WIDTH / 2, ARROW_HALF_WIDTH) + 1.0


class EdgeItem(QGraphicsItem):
    """Dashed while it is a choice not made; solid, thicker and in the accent once taken.

    One that was learnt is dotted, taken or not. An undeclared one has dots between its dashes, and its arrow
    is hollow.

    `index` is the edge's place in the topology.
    """

    def __init__(self, index: int, route: EdgeRoute, ink: Ink) -> None:
        super().__init__()
        self.index = index
        self.route = route
        self.edge = route.edge
        self.look = EdgeLook()
        self.glow = 0  # how brightly it shines, up to GLOWS, because it was taken just now
        self._ink = ink
        bounds = route.path.bounds.grown(_AROUND)
        self._bounds = QRectF(bounds.x, bounds.y, bounds.width, bounds.height)

    @cached_property
    def line(self) -> QPainterPath:
        return line_path(self.route.path, self.route.path.arrow_angle)

    @cached_property
    def _arrow(self) -> QPolygonF:
        return arrow_head(self.route.path.end, self.route.path.arrow_angle)

    @property
    def is_taken(self) -> bool:
        return self.look.taken > 0

    def show_look(self, look: EdgeLook) -> bool:
        """Take a new look; False when the picture stays the same."""
        was_taken, self.look = self.is_taken, look
        self.setZValue(1 if self.is_taken else 0)
        return was_taken != self.is_taken

    def distance(self, point: QPointF) -> float:
        """How far a point of the scene lies from the line."""
        at = Point(point.x(), point.y())
        return min(_distance(at, a, b) for a, b in pairwise(self.route.path.flattened()))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.glow:
            painter.setPen(self._ink.glow[self.glow - 1])
            painter.setBrush(self._ink.nothing)
            painter.drawPath(self.line)
        is_far = option.levelOfDetailFromTransform(painter.worldTransform()) < FACTS_FROM
        pen = edge_pen(self._ink.far_edges if is_far else self._ink.edges, self.edge, self.is_taken)
        draw_edge(painter, self._ink, pen, self.edge, self.is_taken, self.line, self._arrow)


def draw_edge(
    painter: QPainter,
    ink: Ink,
    pen: QPen,
    edge: EdgeShape,
    is_taken: bool,
    line: QPainterPath,
    arrow: QPolygonF,
) -> None:
    """Draw a line and its arrow in the style that says what kind of edge it is."""
    painter.setPen(pen)
    painter.setBrush(ink.nothing)
    painter.drawPath(line)
    if edge.kind == "undeclared":
        painter.setPen(ink.taken_arrow_line if is_taken else ink.arrow_line)
        painter.setBrush(ink.canvas)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.taken_arrow if is_taken else ink.arrow)
    painter.drawPolygon(arrow)


def edge_pen(pens: EdgePens, edge: EdgeShape, is_taken: bool) -> QPen:
    """What the line of an edge is drawn with."""
    if edge.kind == "learnt":
        return pens.taken_learnt if is_taken else pens.learnt
    if is_taken:
        return pens.taken
    if edge.kind == "undeclared":
        return pens.undeclared
    return pens.conditional if edge.conditional else pens.declared


class LabelItem(QGraphicsItem):
    """The label of an edge, in a pill that interrupts it; above all edges, so that none crosses it out."""

    def __init__(self, edge: EdgeItem, rect: Rect, ink: Ink, lettering: Lettering) -> None:
        super().__init__()
        self.edge_item = edge
        self._ink, self._lettering = ink, lettering
        self._pill = QRectF(rect.x, rect.y, rect.width, rect.height)
        metrics = lettering.fact_metrics
        room = rect.width - 2 * LABEL_PADDING + 0.5
        self.text = metrics.elidedText(one_line(edge.edge.label or ""), Qt.TextElideMode.ElideRight, room)
        centre = self._pill.center()
        self._text_at = QPointF(
            centre.x() - metrics.horizontalAdvance(self.text) / 2, centre.y() + metrics.capHeight() / 2
        )

    def boundingRect(self) -> QRectF:
        return self._pill.adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if option.levelOfDetailFromTransform(painter.worldTransform()) < FACTS_FROM:
            return
        ink, taken = self._ink, self.edge_item.is_taken
        radius = self._pill.height() / 2
        painter.setPen(ink.taken_pill_border if taken else ink.pill_border)
        painter.setBrush(ink.pill)
        painter.drawRoundedRect(self._pill, radius, radius)
        painter.setFont(self._lettering.fact)
        painter.setPen(ink.name if taken else ink.fact)
        painter.drawText(self._text_at, self.text)


def _distance(point: Point, a: Point, b: Point) -> float:
    """From a point to the straight piece between two others."""
    length = math.dist(a, b)
    along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length**2 if length else 0.0
    return math.dist(point, Line(b).point_at(a, min(1.0, max(0.0, along))))


def line_path(path: EdgePath, angle: float) -> QPainterPath:
    """The stroke of an edge: it ends inside the arrow, so that no blunt end shows beside the tip."""
    back = ARROW_LENGTH - 1.0
    dx, dy = -math.cos(angle) * back, -math.sin(angle) * back
    line = QPainterPath(QPointF(*path.start))
    last = len(path.segments) - 1
    for index, segment in enumerate(path.segments):
        end = segment.end.moved(dx, dy) if index == last else segment.end
        if isinstance(segment, Cubic):
            control2 = segment.control2.moved(dx, dy) if index == last else segment.control2
            line.cubicTo(QPointF(*segment.control1), QPointF(*control2), QPointF(*end))
        else:
            line.lineTo(QPointF(*end))
    return line


def arrow_head(tip: Point, angle: float) -> QPolygonF:
    """A slim triangle that points where the angle, in radians, says."""
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    base = tip.moved(-along[0] * ARROW_LENGTH, -along[1] * ARROW_LENGTH)
    wing = ARROW_HALF_WIDTH
    left = base.moved(across[0] * wing, across[1] * wing)
    right = base.moved(-across[0] * wing, -across[1] * wing)
    return QPolygonF([QPointF(*corner) for corner in (tip, left, right)])
