"""Paints a row of a thread's history: lines and a dot, the step, what made it, and dim what comes next."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stepscope.model.history_rows import HistoryRow
from stepscope.model.thread import Checkpoint
from stepscope.panes.fonts import interface, scaled
from stepscope.run.event_table import Index
from stepscope.theme import Theme

MOST_LANES = 8
"""So many forks side by side are drawn apart; the others share the last lane."""

RowRole = Qt.ItemDataRole.UserRole


class HistoryPainter(QStyledItemDelegate):
    """Told its look by the view that it paints for."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, 24)
        self._edge, self._gap, self._lane = scaled(view, 12), scaled(view, 8), scaled(view, 14)
        self._dot, self._side = scaled(view, 4), scaled(view, 7)
        self._font, self._small = interface(view), interface(view, 0.92)
        self._number = QFontMetrics(self._small).horizontalAdvance("000")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def triangle(self, area: QRect, row: HistoryRow) -> QRectF:
        """Where a click folds or unfolds a row."""
        left = area.left() + self._edge + min(row.lanes, MOST_LANES) * self._lane
        return QRectF(left - self._gap / 2, area.top(), self._side + self._gap, area.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: HistoryRow = index.data(RowRole)
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        self._draw_lines(painter, option.rect, row)
        if row.fold is not None:
            self._draw_triangle(painter, self.triangle(option.rect, row).center(), row.is_open)
        left = int(self.triangle(option.rect, row).right())
        area = option.rect.adjusted(left - option.rect.left(), 0, -self._gap, 0)
        if row.title:
            self._text(painter, area, row.title, self._small, theme.dim)
        else:
            self._write(painter, area, row.checkpoint)
        painter.restore()

    def _write(self, painter: QPainter, area: QRect, checkpoint: Checkpoint) -> None:
        theme = self._theme
        step, made_by, leads = texts(checkpoint)
        self._text(painter, area, step, self._small, theme.faint)
        area.setLeft(area.left() + self._number + self._gap)
        left_over = area.width() - QFontMetrics(self._font).horizontalAdvance(made_by) - self._gap
        # An arrow may come from another font than the one that is measured.
        needed = QFontMetrics(self._small).horizontalAdvance(leads) + self._gap
        width = min(needed, max(left_over, area.width() * 2 // 5))
        self._text(painter, area, leads, self._small, theme.dim, width)
        area.setRight(area.right() - width - self._gap)
        self._text(painter, area, made_by, self._font, theme.text)

    def _draw_lines(self, painter: QPainter, area: QRect, row: HistoryRow) -> None:
        theme, middle = self._theme, area.top() + area.height() / 2
        top, bottom = float(area.top()), float(area.bottom() + 1)
        painter.setPen(QPen(QColor(theme.dim), 1.4))
        own = self._x(area, row.lane)
        for lane in row.through:
            painter.drawLine(QPointF(self._x(area, lane), top), QPointF(self._x(area, lane), bottom))
        if row.title:
            return
        if row.is_led_to:
            painter.drawLine(QPointF(own, top), QPointF(own, middle))
        for lane in row.joins:
            painter.drawLine(QPointF(self._x(area, lane), top), QPointF(own, middle))
        if row.leads_down:
            painter.drawLine(QPointF(own, middle), QPointF(own, bottom))
        is_edit = row.checkpoint.source in ("update", "fork")
        painter.setBrush(QColor(theme.panel if is_edit else theme.accent))
        painter.setPen(QPen(QColor(theme.accent), 1.4))
        painter.drawEllipse(QPointF(own, middle), self._dot, self._dot)

    def _draw_triangle(self, painter: QPainter, middle: QPointF, is_open: bool) -> None:
        long, short = self._side / 2, self._side / 3
        corners = [(-long, -short), (long, -short), (0.0, short)]
        turned = corners if is_open else [(y, x) for x, y in corners]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.dim))
        painter.drawPolygon(QPolygonF([middle + QPointF(*corner) for corner in turned]))

    def _x(self, area: QRect, lane: int) -> float:
        return area.left() + self._edge + min(lane, MOST_LANES - 1) * self._lane + self._dot

    def _text(
        self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str, right: int = 0
    ) -> None:
        room = right or area.width()
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def texts(checkpoint: Checkpoint) -> tuple[str, str, str]:
    """The step, what made it, and what comes next."""
    leads = f"→ {checkpoint.leads_to}" if checkpoint.leads_to else "end" if not checkpoint.next else ""
    return str(checkpoint.step) if checkpoint.step >= 0 else "·", checkpoint.made_by, leads
