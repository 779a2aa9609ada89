"""A view of one plain value: a row a key, its mark, its value, its type; what was open stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from stepscope.model import cut, plain
from stepscope.model.events import Plain
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.run.run_model import RunModel
from stepscope.run.state_rows import ABSENT, Absent, Mark, Row, RowKind, RowPath
from stepscope.run.state_tree import Index, StateTree
from stepscope.theme import Theme


class PlainTree(QTreeView):
    """Shows a value, and how it differs from the one before; Ctrl+C copies the selected row's value.

    What was cut is fetched when its note is chosen or its row opened: the tree asks the model for more,
    and whoever has the program answers through it.
    """

    def __init__(self, theme: Theme, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = StateTree(self)
        self._open: set[RowPath] = set()
        self._rows = _RowPainter(self)
        self.setModel(self.tree)
        self.setItemDelegate(self._rows)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        self.doubleClicked.connect(self._on_chosen)
        self.tree.rowsInserted.connect(self._on_rows_inserted)
        self.tree.more_wanted.connect(model.more_wanted)
        model.more_arrived.connect(self.tree.take)
        model.more_refused.connect(self.tree.refuse)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours, and the font that the widget has now."""
        self._rows.set_look(self, theme)
        self._fit()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def show_value(
        self,
        value: Plain,
        before: Plain | Absent = ABSENT,
        writers: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Show a value; rows that were open stay open, and what was looked at stays in sight."""
        current = self._path_of(self.currentIndex())
        scrolled = self.verticalScrollBar().value()
        self.tree.show(value, before, writers)
        for path in sorted(self._open, key=len):
            index = self.tree.index_of(path)
            if index.isValid():
                self.setExpanded(index, True)
        if current:
            self.setCurrentIndex(self.tree.index_of(current))
        self.verticalScrollBar().setValue(scrolled)

    def clear(self) -> None:
        """Show nothing; what was open is remembered for the next value."""
        self.tree.clear()

    def copy(self) -> None:
        """Put the current row's whole value on the clipboard."""
        row = self.tree.row_at(self.currentIndex())
        if row.parent is not None:
            said = plain.spoken(row.value)
            parts = (said, cut.rest(row.value)) if said is not None else (plain.text(row.value),)
            QGuiApplication.clipboard().setText("\n".join(filter(None, parts)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _CHOOSING and self.tree.row_at(self.currentIndex()).kind is RowKind.NOTE:
            self._on_chosen(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Steps so wide that the deepest open row has half of the room, and lines as long as theirs is."""
        levels = max(map(len, self._open), default=0) + 1
        wide, narrow, room = scaled(self, 16), scaled(self, 4), self.viewport().width()
        step = min(wide, max(narrow, room // 2 // levels))
        self.setIndentation(step)
        # A line stands a level below its text, and the first level is a step in.
        self.tree.set_line_length(*self._rows.line_length(room - step, step))

    def _path_of(self, index: QModelIndex) -> RowPath:
        return self.tree.row_at(index).path

    def _on_chosen(self, index: QModelIndex) -> None:
        if self.tree.row_at(index).can_bring_more:
            self.tree.want(index)

    def _on_expanded(self, index: QModelIndex) -> None:
        self._open.add(self._path_of(index))
        self._fit()
        if self.tree.rowCount(index) == 1:
            self._on_chosen(self.tree.index(0, 0, index))  # nothing is here but the note

    def _on_rows_inserted(self, parent: QModelIndex, first: int) -> None:
        # What was chosen is now what came in its place, where the eye is.
        current = self.tree.row_at(self.currentIndex())
        if current.kind is RowKind.NOTE and current.parent is self.tree.row_at(parent):
            self.setCurrentIndex(self.tree.index(first, 0, parent))

    def _on_collapsed(self, index: QModelIndex) -> None:
        self._open.discard(self._path_of(index))
        self._fit()


_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right)


class _RowPainter(QStyledItemDelegate):
    """Paints a row: mark, key in the accent colour, value, and the type dim at the right."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, 24)
        self._gap = scaled(view, 8)
        self._gutter = scaled(view, 16)
        self._mono = monospace(view)
        self._small = interface(view, 0.88)
        self._metrics = QFontMetrics(self._mono)
        self._small_metrics = QFontMetrics(self._small)
        self._bold = QFont(self._mono)
        self._bold.setBold(True)
        self._marks = {
            Mark.ADDED: QColor(theme.done),
            Mark.CHANGED: QColor(theme.running),
            Mark.REMOVED: QColor(theme.failed),
        }

    def line_length(self, width: int, step: int) -> tuple[int, float]:
        """How many characters fit into a row of this width, and how many a step takes of that."""
        advance = max(1.0, QFontMetricsF(self._mono).horizontalAdvance("0"))
        return int((width - self._gutter - self._gap) / advance), step / advance

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(StateTree.RowRole)
        theme = self._theme
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        area = option.rect.adjusted(0, 0, -self._gap, 0)
        if row.mark is not Mark.NONE:
            self._text(painter, area, row.mark.value, self._bold, self._marks[row.mark])
        area.setLeft(area.left() + self._gutter)
        for words, colour in ((row.type_name, theme.faint), (row.said_by, theme.dim)):
            width = self._small_metrics.horizontalAdvance(words)
            if 0 < width < area.width() // 2:
                self._text(painter, area, words, self._small, QColor(colour), right=True)
                area.setRight(area.right() - width - self._gap)
        if row.kind is RowKind.VALUE:
            key = self._metrics.elidedText(row.key, Qt.TextElideMode.ElideRight, area.width() // 2)
            self._text(painter, area, key, self._mono, QColor(theme.accent))
            area.setLeft(area.left() + self._metrics.horizontalAdvance(key) + self._gap)
        is_dim = row.kind is RowKind.NOTE or row.mark is Mark.REMOVED
        colour = theme.accent if row.can_bring_more else theme.dim if is_dim else theme.text
        shown = self._metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, area.width())
        self._text(painter, area, shown, self._mono, QColor(colour))
        painter.restore()

    def _text(
        self, painter: QPainter, area: QRect, text: str, font: QFont, colour: QColor, right: bool = False
    ) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
