"""Paints a breakpoint's row: a box to tick, its mark, where it is, when it stops, and how often it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stepscope.panes.breakpoint_row import BreakpointRow
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.run.event_table import Index
from stepscope.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel


class BreakpointPainter(QStyledItemDelegate):
    """All rows are of one height. `set_look` comes before the first paint."""

    ROW = Qt.ItemDataRole.UserRole

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, 26)
        self._gap = scaled(view, 8)
        self._edge = scaled(view, 12)
        self._side = scaled(view, 13)
        self._name = interface(view)
        self._code = monospace(view, 0.9)
        self._words = interface(view, 0.92)

    def box_in(self, row: QRect) -> QRect:
        """Where the box to tick is."""
        top = row.top() + (row.height() - self._side) // 2
        return QRect(row.left() + self._edge, top, self._side, self._side)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        return False  # the view switches

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: BreakpointRow = index.data(self.ROW)
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        box = self.box_in(option.rect)
        self._draw_box(painter, QRectF(box), row.item.enabled)
        sign = QRectF(box.translated(self._side + self._gap, 0))
        self._draw_sign(painter, sign.adjusted(1, 1, -1, -1), row)
        area = option.rect.adjusted(round(sign.right() - option.rect.left()) + self._gap, 0, -self._edge, 0)
        if row.count:
            area.setRight(area.right() - self._put_right(painter, area, row.count) - self._gap)
        is_on = row.item.enabled and not row.is_gone
        area.setLeft(self._put(painter, area, row.place, self._name, theme.text if is_on else theme.dim))
        area.setLeft(area.left() + self._gap)
        self._put(painter, area, row.details, self._code if row.item.condition else self._words, theme.dim)
        painter.restore()

    def _draw_box(self, painter: QPainter, box: QRectF, is_ticked: bool) -> None:
        theme = self._theme
        frame = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.accent if is_ticked else theme.faint), 1))
        painter.setBrush(QColor(theme.accent) if is_ticked else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 3, 3)
        if is_ticked:
            painter.setPen(QPen(QColor(theme.on_accent), 1.8))
            points = [(0.22, 0.5), (0.42, 0.72), (0.8, 0.27)]
            painter.drawPolyline(
                [QPointF(box.x() + box.width() * x, box.y() + box.height() * y) for x, y in points]
            )

    def _draw_sign(self, painter: QPainter, box: QRectF, row: BreakpointRow) -> None:
        colour = QColor(self._theme.failed)
        is_on = row.item.enabled and not row.is_gone
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if is_on else Qt.BrushStyle.NoBrush)
        if not row.item.log:
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            return
        middle = box.center()
        corners = [(middle.x(), box.top()), (box.right(), middle.y()), (middle.x(), box.bottom())]
        painter.drawPolygon(QPolygonF([QPointF(*at) for at in (*corners, (box.left(), middle.y()))]))

    def _put(self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str) -> int:
        """Write into an area; returns where the text ends."""
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, area.width()))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        return area.left() + metrics.horizontalAdvance(shown)

    def _put_right(self, painter: QPainter, area: QRect, text: str) -> int:
        """Write at an area's right end; returns how much room it takes."""
        painter.setFont(self._words)
        painter.setPen(QColor(self._theme.dim))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine
        painter.drawText(area, flags, text)
        return QFontMetrics(self._words).horizontalAdvance(text)
