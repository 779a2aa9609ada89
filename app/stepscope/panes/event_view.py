"""The rows of a log: one height, columns as wide as what is in them, and the last row in sight."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSplitter,
    QSplitterHandle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from stepscope.panes.fonts import monospace, scaled
from stepscope.run.event_table import EventTable, Index
from stepscope.theme import Theme

MOST_COPIED = 10_000
"""Rows that one copy puts on the clipboard."""

MOST_MEASURED = 200
"""New rows whose texts are looked at to see how wide a column must be."""


class EventView(QTableView):
    """Fixed rows without lines between; follows its last row until the person scrolls away from it.

    The last column takes the room that is left. `opened` asks for all of the current row, `closed` takes
    that back.
    """

    opened = Signal()
    closed = Signal()

    def __init__(self, table: EventTable, cells: Cells | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._cells = cells or Cells()
        self._cells.setParent(self)
        self._was_at_tail = True
        self._widest = [1] * len(table.columns)
        self.setModel(table)
        self.setItemDelegate(self._cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setMinimumSectionSize(1)
        self.doubleClicked.connect(lambda index: self.opened.emit())
        table.rowsAboutToBeInserted.connect(self._on_rows_about_to_be_inserted)
        table.rowsInserted.connect(self._on_rows_inserted)
        table.rowsAboutToBeRemoved.connect(self._on_rows_about_to_be_removed)

    @property
    def is_at_tail(self) -> bool:
        """True while the last row is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - self.verticalHeader().defaultSectionSize() // 2

    def is_cut(self, row: int) -> bool:
        """True when a row's last text is longer than there is room for."""
        last = len(self._table.columns) - 1
        return self._cells.width_of(last, len(self._table.text_at(row, last))) > self.columnWidth(last)

    def set_look(self, theme: Theme) -> None:
        self._cells.set_look(self, theme)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(scaled(self, self._cells.height))
        self._fit_columns()
        self.viewport().update()

    def forget_widths(self) -> None:
        """Let columns grow anew, for another log."""
        self._widest = [1] * len(self._table.columns)
        self._fit_columns()

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())[:MOST_COPIED]
        QGuiApplication.clipboard().setText("\n".join(map(self._table.copied, rows)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_rows_about_to_be_inserted(self) -> None:
        self._was_at_tail = self.is_at_tail

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        # The font has one width for all characters, so that the longest text is the widest.
        for column in range(len(self._widest) - 1):
            for row in range(max(first, last - MOST_MEASURED), last + 1):
                self._widest[column] = max(self._widest[column], len(self._table.text_at(row, column, 60)))
        self._fit_columns()
        if self._was_at_tail:
            self.scrollToBottom()

    def _on_rows_about_to_be_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        """Rows that go at the top must not move those that the person is reading."""
        bar = self.verticalScrollBar()
        if first == 0 and not self.is_at_tail:
            bar.setValue(bar.value() - (last + 1) * self.verticalHeader().defaultSectionSize())

    def _fit_columns(self) -> None:
        most = max(60, round(self.width() * self._cells.widest))
        for column, widest in enumerate(self._widest[:-1]):
            width = min(self._cells.width_of(column, widest), most)
            if self.columnWidth(column) != width:
                self.setColumnWidth(column, width)


class Cells(QStyledItemDelegate):
    """Colours by column: the first dim, the last as text, what is between in the accent colour."""

    height = 24
    widest = 0.3
    """How much of the width a column may take, but for the last."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._mono = monospace(view)
        self._advance = QFontMetricsF(self._mono).horizontalAdvance("0")
        self._padding = scaled(view, 12)
        self._palettes = {
            colour: _text_palette(theme, getattr(theme, colour))
            for colour in ("faint", "dim", "accent", "text", "failed")
        }

    def width_of(self, column: int, characters: int) -> int:
        return round(characters * self._advance) + self._padding

    def colour_of(self, index: Index) -> str:
        """The theme's name for the colour of a cell's text."""
        if index.column() == 0:
            return "faint"
        return "text" if index.column() == index.model().columnCount() - 1 else "accent"

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.palette = self._palettes[self.colour_of(index)]
        option.font = self._mono
        # One frame around a cell would say that cells can be chosen one by one.
        option.state &= ~option.state.State_HasFocus
        if index.column() == 0:
            option.displayAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _text_palette(theme: Theme, colour: str) -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, QColor(colour))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor(colour))
    palette.setColor(QPalette.ColorRole.Highlight, QColor(theme.selection))
    return palette


class QuietSplitter(QSplitter):
    """A splitter without the dots on its handle: the line below it shows where it is."""

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    def paintEvent(self, event: QPaintEvent) -> None:
        pass
