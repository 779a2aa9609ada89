"""A box to tick, drawn in the colours of the theme: Qt's own can hardly be seen on a dark ground."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

_GAP = 7


class TickBox(QCheckBox):
    """Half ticked stands for neither."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(self._side + _GAP + metrics.horizontalAdvance(self.text()) + 4, metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side + 2, self.sizeHint().height())

    def hitButton(self, position: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        role, palette, side = QPalette.ColorRole, self.palette(), self._side
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - side) / 2, side, side)
        is_ticked = self.checkState() is Qt.CheckState.Checked
        frame = palette.color(role.Link if self.hasFocus() or is_ticked else role.PlaceholderText)
        painter.setPen(QPen(frame, 1))
        painter.setBrush(palette.color(role.Link) if is_ticked else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if is_ticked:
            self._draw_tick(painter, box)
        elif self.checkState() is Qt.CheckState.PartiallyChecked:
            painter.drawLine(
                QPointF(box.left() + 4, box.center().y()), QPointF(box.right() - 4, box.center().y())
            )
        is_given = self.checkState() is not Qt.CheckState.PartiallyChecked
        painter.setPen(palette.color(role.WindowText if is_given else role.PlaceholderText))
        left = side + _GAP
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - left)
        painter.drawText(
            QRect(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, words
        )
        painter.end()

    def _draw_tick(self, painter: QPainter, box: QRectF) -> None:
        path = QPainterPath(QPointF(box.left() + box.width() * 0.22, box.center().y()))
        path.lineTo(box.left() + box.width() * 0.42, box.bottom() - box.height() * 0.28)
        path.lineTo(box.right() - box.width() * 0.2, box.top() + box.height() * 0.27)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    @property
    def _side(self) -> int:
        return round(self.fontMetrics().height() * 0.85)
