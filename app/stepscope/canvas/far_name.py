"""A node's name as it is drawn from far away: larger than life, so that it can be read, beside its mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from stepscope.canvas import marks
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import NodeLook
from stepscope.canvas.measures import MARK, FarLettering
from stepscope.model.phase import Phase

_GAP = 5.0


class FarName:
    """Stands in a box of its item, cut where that is too narrow; the state's mark is at the right."""

    def __init__(self, name: str, look: NodeLook, room: QRectF, letters: FarLettering) -> None:
        self.letters = letters
        self._phase, self._kind = look.phase, look.kind
        side, middle = letters.mark, room.center().y()
        self._mark_at = QPointF(room.right() - side, middle - side / 2)
        width = room.width() - (0.0 if look.phase is Phase.IDLE else side + _GAP)
        is_long = letters.metrics.horizontalAdvance(name) > width
        self._font, metrics = letters.narrow if is_long else (letters.font, letters.metrics)
        self.text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
        self._at = QPointF(room.left(), middle + metrics.capHeight() / 2)

    def paint(self, painter: QPainter, ink: Ink) -> None:
        painter.setFont(self._font)
        painter.setPen(ink.name)
        painter.drawText(self._at, self.text)
        if self._phase is not Phase.IDLE:
            painter.save()
            painter.translate(self._mark_at)
            larger = self.letters.mark / MARK
            painter.scale(larger, larger)  # and so its lines are thicker, too
            marks.draw(painter, ink, self._phase, QRectF(0.0, 0.0, MARK, MARK), self._kind)
            painter.restore()
