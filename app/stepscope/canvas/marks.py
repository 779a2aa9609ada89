"""The marks of states and of breakpoints, drawn and not typed: no font lacks them, and they stay sharp."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import Kind
from stepscope.model.breakpoint import Sign
from stepscope.model.phase import Phase


def draw_hand(painter: QPainter, ink: Ink, box: QRectF) -> None:
    """Fill a square with a pencil: what is marked with it was done by hand."""
    x, y, side = box.x(), box.y(), box.width()
    painter.setPen(ink.hand)
    painter.setBrush(ink.nothing)
    points = [(0.05, 0.95), (0.13, 0.65), (0.72, 0.06), (0.94, 0.28), (0.35, 0.87)]
    painter.drawPolygon([QPointF(x + side * px, y + side * py) for px, py in points])
    painter.drawLine(QPointF(x + side * 0.58, y + side * 0.2), QPointF(x + side * 0.8, y + side * 0.42))


def draw(painter: QPainter, ink: Ink, phase: Phase, box: QRectF, kind: Kind = "") -> None:
    """Fill a square with a state's mark; an idle one has none."""
    x, y, side = box.x(), box.y(), box.width()
    painter.setPen(ink.mark_line[phase])
    painter.setBrush(ink.nothing)
    if kind:
        painter.drawPath(_KINDS[kind](box))
        return
    match phase:
        case Phase.DONE:
            points = [(0.1, 0.55), (0.4, 0.85), (0.92, 0.2)]
            painter.drawPolyline([QPointF(x + side * px, y + side * py) for px, py in points])
        case Phase.FAILED:
            near, far = side * 0.14, side * 0.86
            painter.drawLine(QPointF(x + near, y + near), QPointF(x + far, y + far))
            painter.drawLine(QPointF(x + near, y + far), QPointF(x + far, y + near))
        case Phase.RUNNING:
            painter.setBrush(ink.mark[phase])
            painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5))
        case Phase.HELD:
            bar = side * 0.3
            painter.fillRect(QRectF(x + side * 0.1, y, bar, side), ink.mark[phase])
            painter.fillRect(QRectF(x + side * 0.6, y, bar, side), ink.mark[phase])
        case Phase.STOPPED:
            painter.fillRect(box.adjusted(1, 1, -1, -1), ink.mark[phase])
        case Phase.IDLE:
            pass


def _question(box: QRectF) -> QPainterPath:
    x, y, side = box.x(), box.y(), box.width()
    path = QPainterPath()
    bow = QRectF(x + side * 0.24, y, side * 0.52, side * 0.52)
    path.arcMoveTo(bow, 170)
    path.arcTo(bow, 170, -230)
    path.lineTo(x + side * 0.5, y + side * 0.7)
    path.moveTo(x + side * 0.5, y + side * 0.97)
    path.lineTo(x + side * 0.5, y + side)
    return path


def _back(box: QRectF) -> QPainterPath:
    """A ring with an arrow: it was there before."""
    x, y, side = box.x(), box.y(), box.width()
    ring = box.adjusted(side * 0.08, side * 0.08, -side * 0.08, -side * 0.08)
    path = QPainterPath()
    path.arcMoveTo(ring, 150)
    path.arcTo(ring, 150, 290)
    tip = QPointF(x + side * 0.13, y + side * 0.29)
    path.moveTo(tip + QPointF(-side * 0.02, -side * 0.34))
    path.lineTo(tip)
    path.lineTo(tip + QPointF(side * 0.34, side * 0.02))
    return path


def _past(box: QRectF) -> QPainterPath:
    """Two angles that point ahead: it was gone past."""
    x, y, side = box.x(), box.y(), box.width()
    path = QPainterPath()
    for left in (0.08, 0.52):
        path.moveTo(x + side * left, y + side * 0.15)
        path.lineTo(x + side * (left + 0.36), y + side * 0.5)
        path.lineTo(x + side * left, y + side * 0.85)
    return path


_KINDS: dict[Kind, Callable[[QRectF], QPainterPath]] = {"asks": _question, "cached": _back, "skipped": _past}


def draw_break(painter: QPainter, ink: Ink, sign: Sign | None, box: QRectF) -> None:
    """Fill a square with a breakpoint's mark; None draws the place where one could be set."""
    is_on = sign in (Sign.BREAKPOINT, Sign.LOGPOINT)
    painter.setPen(ink.break_line if sign is not None else ink.offered_break)
    painter.setBrush(ink.break_mark if is_on else ink.nothing)
    inside = box.adjusted(1.0, 1.0, -1.0, -1.0)
    if sign in (Sign.LOGPOINT, Sign.LOGPOINT_OFF):
        middle = inside.center()
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle.x(), box.top()),
                    QPointF(box.right(), middle.y()),
                    QPointF(middle.x(), box.bottom()),
                    QPointF(box.left(), middle.y()),
                ]
            )
        )
    else:
        painter.drawEllipse(inside)
