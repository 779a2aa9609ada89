"""The signs of commands and small buttons, drawn as paths so that they take any colour and size."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF


def draw(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Draw a sign into a square box. Raises KeyError when there is none of that name."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 12, box.height() / 12)
    _SIGNS[name](painter, colour)
    painter.restore()


def _run(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour, [(2.5, 1), (11, 6), (2.5, 11)])


def _pause(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(2, 1.5, 3, 9), colour)
    painter.fillRect(QRectF(7, 1.5, 3, 9), colour)


def _stop(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(2, 2, 8, 8), colour)


def _step(painter: QPainter, colour: QColor) -> None:
    """A leap over one superstep."""
    path = QPainterPath(QPointF(1, 7))
    path.cubicTo(2.2, 2, 8, 1.6, 9.8, 5.4)
    _stroke(painter, colour, path)
    _fill(painter, colour, [(11.6, 4.2), (10.6, 8.4), (7.4, 5.9)])
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(5.6, 9.4), 1.4, 1.4)


def _restart(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath()
    path.arcMoveTo(QRectF(2, 2, 8, 8), 130)
    path.arcTo(QRectF(2, 2, 8, 8), 130, 290)
    _stroke(painter, colour, path)
    _fill(painter, colour, [(2.2, 0.4), (6.2, 2.2), (2.4, 5)])


def _plus(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath(QPointF(6, 1.5))
    path.lineTo(6, 10.5)
    path.moveTo(1.5, 6)
    path.lineTo(10.5, 6)
    _stroke(painter, colour, path)


def _more(painter: QPainter, colour: QColor) -> None:
    """Three dots: there is a menu."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for height in (1.6, 6, 10.4):
        painter.drawEllipse(QPointF(6, height), 1.2, 1.2)


def _folded(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour, [(3.5, 2), (9, 6), (3.5, 10)])


def _unfolded(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour, [(2, 3.5), (10, 3.5), (6, 9)])


def _earlier(painter: QPainter, colour: QColor) -> None:
    """A clock that runs back."""
    path = QPainterPath()
    path.arcMoveTo(QRectF(1, 1, 10, 10), 170)
    path.arcTo(QRectF(1, 1, 10, 10), 170, -320)
    path.moveTo(6, 3.2)
    path.lineTo(6, 6.2)
    path.lineTo(8.2, 7.6)
    _stroke(painter, colour, path)
    _fill(painter, colour, [(-0.6, 3.2), (3.4, 3.2), (1.2, 6.6)])


def _fill(painter: QPainter, colour: QColor, points: list[tuple[float, float]]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _stroke(painter: QPainter, colour: QColor, path: QPainterPath) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)


_SIGNS = {
    "run": _run, "pause": _pause, "stop": _stop, "step": _step, "restart": _restart, "plus": _plus,
    "more": _more, "folded": _folded, "unfolded": _unfolded, "earlier": _earlier,
}  # fmt: skip
