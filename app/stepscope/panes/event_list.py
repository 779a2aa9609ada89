"""A table of events: filter above, fixed rows that follow the tail, the whole value below on Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSplitter,
    QSplitterHandle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from stepscope.model.events import Plain
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.panes.plain_tree import PlainTree
from stepscope.run.event_table import Column, EventTable, Index
from stepscope.theme import Theme

MOST_COPIED = 10_000
"""Rows that one copy puts on the clipboard."""


class EventList(QWidget):
    """Shows a log. The last column takes the room that is left; `value_of` gives what Enter opens."""

    event_selected = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        value_of: Callable[[Any], Plain],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value_of = value_of
        self._widest = [1] * len(columns)
        self.table = EventTable(columns, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("filter…")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(f"Filter {name.lower()}")
        self.filter.setFrame(False)
        self._count = QLabel()
        self.view = _Table(self.table, self)
        self.view.setAccessibleName(name)
        self.detail = PlainTree(theme, self)
        self.detail.setAccessibleName(f"Whole value of the selected row of {name.lower()}")
        self.setFocusProxy(self.view)
        self._lay_out()
        self.filter.textChanged.connect(self._on_filter_changed)
        self.table.rowsInserted.connect(self._on_rows_inserted)
        self.table.modelReset.connect(self._tell_count)
        self.view.opened.connect(self.toggle_detail)
        self.view.closed.connect(self.close_detail)
        self.view.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours, and the font that the widget has now."""
        self.view.set_look(theme)
        self.detail.set_theme(theme)
        self._count.setFont(interface(self, 0.88))
        faint = self._count.palette()
        faint.setColor(QPalette.ColorRole.WindowText, QColor(theme.faint))
        self._count.setPalette(faint)
        line = self._line.palette()
        line.setColor(QPalette.ColorRole.Window, QColor(theme.line))
        self._line.setPalette(line)
        self.filter.setFont(interface(self, 0.95))
        self._bar.setContentsMargins(scaled(self, 12), scaled(self, 4), scaled(self, 8), 0)
        self._fit_columns()

    def show_log(self, log: Sequence[Any]) -> None:
        """Show another log."""
        self.close_detail()
        self._widest = [1] * len(self.table.columns)
        self.table.show(log)

    def catch_up(self) -> None:
        """Show what has come since the last time."""
        self.table.catch_up()
        self._tell_count()

    def toggle_detail(self) -> None:
        """Open the whole value of the current row below the table, or close it."""
        if self._below.isVisible() or not self.view.currentIndex().isValid():
            self.close_detail()
        else:
            self._show_detail(self.view.currentIndex())
            self._below.show()

    def close_detail(self) -> None:
        """Close the whole value."""
        self._below.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _lay_out(self) -> None:
        self._bar = QHBoxLayout()
        self._bar.setSpacing(8)
        self._bar.addWidget(self.filter, 1)
        self._bar.addWidget(self._count)
        self._line = QWidget()
        self._line.setFixedHeight(1)
        self._line.setAutoFillBackground(True)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._line)
        below.addWidget(self.detail)
        self._below.hide()
        split = _Split(Qt.Orientation.Vertical)
        split.addWidget(self.view)
        split.addWidget(self._below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setHandleWidth(4)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._bar)
        layout.addWidget(split, 1)

    def _show_detail(self, index: Index) -> None:
        self.detail.show_value(self._value_of(index.data(EventTable.EventRole)))

    def _tell_count(self) -> None:
        shown, total = self.table.rowCount(), self.table.total
        self._count.setText(f"{total:,}" if shown == total else f"{shown:,} of {total:,}")

    def _fit_columns(self) -> None:
        for column, widest in enumerate(self._widest[:-1]):
            self.view.fit_column(column, widest, most=max(60, self.width() * 3 // 10))

    def _on_filter_changed(self, text: str) -> None:
        self.table.set_filter(text)
        self.view.scrollToBottom()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        # The font has one width for all characters, so that the longest text is the widest.
        for column in range(len(self._widest) - 1):
            for row in range(max(first, last - 200), last + 1):
                self._widest[column] = max(self._widest[column], len(self.table.text_at(row, column, 60)))
        self._fit_columns()
        self._tell_count()

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if not current.isValid():
            return
        if self.detail.isVisible():
            self._show_detail(current)
        self.event_selected.emit(current.data(EventTable.EventRole))


class _Split(QSplitter):
    """A splitter without the dots on its handle: the line below it shows where it is."""

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    def paintEvent(self, event: QPaintEvent) -> None:
        pass


class _Table(QTableView):
    """Fixed rows without lines between; follows its last row until the person scrolls away from it."""

    opened = Signal()
    closed = Signal()

    def __init__(self, table: EventTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        self._cells = _Cells(self)
        self._was_at_tail = True
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

    @property
    def is_at_tail(self) -> bool:
        """True while the last row is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - self.verticalHeader().defaultSectionSize() // 2

    def set_look(self, theme: Theme) -> None:
        self._cells.set_look(self, theme)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(scaled(self, 24))
        self.viewport().update()

    def fit_column(self, column: int, characters: int, most: int) -> None:
        width = min(self._cells.width_of(column, characters), most)
        if self.columnWidth(column) != width:
            self.setColumnWidth(column, width)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, their cells apart by tabs."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())[:MOST_COPIED]
        columns = range(self._table.columnCount())
        lines = ("\t".join(self._table.text_at(row, column, 100_000) for column in columns) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

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

    def _on_rows_inserted(self) -> None:
        if self._was_at_tail:
            self.scrollToBottom()


class _Cells(QStyledItemDelegate):
    """Colours by column: the first dim, the last as text, what is between in the accent colour."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._mono = monospace(view)
        self._advance = QFontMetricsF(self._mono).horizontalAdvance("0")
        self._padding = scaled(view, 12)
        self._palettes = [_text_palette(theme, colour) for colour in (theme.faint, theme.accent, theme.text)]

    def width_of(self, column: int, characters: int) -> int:
        return round(characters * self._advance) + self._padding

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        is_last = index.column() == index.model().columnCount() - 1
        option.palette = self._palettes[0 if index.column() == 0 else 2 if is_last else 1]
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
