"""A thread's checkpoints as rows, with lines that show which came of which."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stepscope.model.thread import Checkpoint, HistoryRow, history_rows, moment
from stepscope.panes.fonts import interface, scaled
from stepscope.run.event_table import Index
from stepscope.theme import Theme

MOST_LANES = 8
"""So many forks side by side are drawn apart; the others share the last lane."""


class HistoryView(QListView):
    """The newest checkpoint on top.

    Signals
        look_wanted(id): one was clicked, or chosen by Enter.
        compare_wanted(id): one was clicked with Ctrl held, to be compared with the one that is looked at.
    """

    look_wanted = Signal(str)
    compare_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows = _Rows(self)
        self._painter = _RowPainter(self)
        self.setModel(self.rows)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Checkpoints of the thread")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)

    def set_look(self, font_of: QWidget, theme: Theme) -> None:
        self._painter.set_look(font_of, theme)
        self.doItemsLayout()

    def show_history(self, checkpoints: Sequence[Checkpoint], looked: str) -> None:
        """Show a history, and mark the checkpoint that is looked at."""
        self.rows.show(checkpoints)
        place = next((n for n, row in enumerate(self.rows.rows) if row.checkpoint.id == looked), None)
        if place is None:
            self.clearSelection()
        elif self.currentIndex().row() != place or not self.selectionModel().hasSelection():
            self.setCurrentIndex(self.rows.index(place))

    def checkpoint(self, index: QModelIndex) -> Checkpoint | None:
        return self.rows.rows[index.row()].checkpoint if index.isValid() else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        checkpoint = self.checkpoint(self.indexAt(event.position().toPoint()))
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and checkpoint is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.compare_wanted.emit(checkpoint.id)
        elif is_left or checkpoint is None:
            super().mousePressEvent(event)  # a menu of a row leaves what is looked at

    def _on_chosen(self, index: QModelIndex) -> None:
        checkpoint = self.checkpoint(index)
        if checkpoint is not None:
            self.look_wanted.emit(checkpoint.id)


class _Rows(QAbstractListModel):
    RowRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[HistoryRow] = []
        self._shown: Sequence[Checkpoint] = ()

    def show(self, checkpoints: Sequence[Checkpoint]) -> None:
        if checkpoints != self._shown:
            self.beginResetModel()
            self._shown, self.rows = checkpoints, history_rows(checkpoints)
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return " ".join(_texts(row.checkpoint))
            case Qt.ItemDataRole.ToolTipRole:
                when = moment(row.checkpoint.when, time.time())
                return f"Checkpoint {row.checkpoint.id}\nsaved {when}"
            case _Rows.RowRole:
                return row
        return None


def _texts(checkpoint: Checkpoint) -> tuple[str, str, str]:
    """The step, what made it, and what comes next."""
    leads = f"→ {checkpoint.leads_to}" if checkpoint.leads_to else "end" if not checkpoint.next else ""
    return str(checkpoint.step) if checkpoint.step >= 0 else "·", checkpoint.made_by, leads


class _RowPainter(QStyledItemDelegate):
    """Paints a row: lines and a dot, the step, what made it, and dim at the right what comes next."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, 24)
        self._edge, self._gap, self._lane = scaled(view, 12), scaled(view, 8), scaled(view, 14)
        self._dot = scaled(view, 4)
        self._font, self._small = interface(view), interface(view, 0.92)
        self._number = QFontMetrics(self._small).horizontalAdvance("000")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: HistoryRow = index.data(_Rows.RowRole)
        theme, is_looked_at = self._theme, bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_looked_at:
            painter.fillRect(option.rect, QColor(theme.selection))
        self._draw_lines(painter, option.rect, row)
        step, made_by, leads = _texts(row.checkpoint)
        left = self._edge + min(row.lanes, MOST_LANES) * self._lane
        area = option.rect.adjusted(left, 0, -self._gap, 0)
        self._text(painter, area, step, self._small, theme.faint)
        area.setLeft(area.left() + self._number + self._gap)
        left_over = area.width() - QFontMetrics(self._font).horizontalAdvance(made_by) - self._gap
        # An arrow may come from another font than the one that is measured.
        needed = QFontMetrics(self._small).horizontalAdvance(leads) + self._gap
        width = min(needed, max(left_over, area.width() * 2 // 5))
        self._text(painter, area, leads, self._small, theme.dim, width)
        area.setRight(area.right() - width - self._gap)
        self._text(painter, area, made_by, self._font, theme.text)
        painter.restore()

    def _draw_lines(self, painter: QPainter, area: QRect, row: HistoryRow) -> None:
        theme, middle = self._theme, area.top() + area.height() / 2
        top, bottom = float(area.top()), float(area.bottom() + 1)
        painter.setPen(QPen(QColor(theme.dim), 1.4))
        own = self._x(area, row.lane)
        for lane in row.through:
            painter.drawLine(QPointF(self._x(area, lane), top), QPointF(self._x(area, lane), bottom))
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
