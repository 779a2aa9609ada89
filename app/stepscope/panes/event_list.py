"""A table of events: filter above, fixed rows that follow the tail, all of one below on Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from stepscope.panes.event_view import Cells, EventView, QuietSplitter
from stepscope.panes.fonts import interface, scaled
from stepscope.run.event_table import EventTable, Index, Log
from stepscope.theme import Theme


class Detail(Protocol):
    """A widget that shows all of one row."""

    def show_value(self, value: Any) -> None: ...

    def set_theme(self, theme: Theme) -> None: ...


class EventList(QWidget):
    """Shows a log in `table`. `value_of` gives what Enter shows in `detail`, which is a widget too."""

    event_selected = Signal(object)

    def __init__(
        self,
        name: str,
        table: EventTable,
        value_of: Callable[[Any], Any],
        detail: Detail,
        theme: Theme,
        cells: Cells | None = None,
        tools: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self._value_of = value_of
        self.table = table
        table.setParent(self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("filter…")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(f"Filter {name.lower()}")
        self.filter.setFrame(False)
        self._count = QLabel()
        self.view = EventView(self.table, cells, self)
        self.view.setAccessibleName(name)
        self.detail = detail
        assert isinstance(detail, QWidget)
        detail.setAccessibleName(f"All of the selected row of {name.lower()}")
        self.setFocusProxy(self.view)
        self._lay_out(detail, tools)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.table.rowsInserted.connect(self._tell_count)
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

    def show_log(self, log: Log) -> None:
        """Show another log."""
        self.close_detail()
        self.view.forget_widths()
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
            self.open_detail()

    def open_detail(self) -> None:
        """Open the whole value of the current row below the table."""
        self._show_detail(self.view.currentIndex())
        self._below.show()

    def close_detail(self) -> None:
        """Close the whole value."""
        self._below.hide()

    def _lay_out(self, detail: QWidget, tools: Sequence[QWidget]) -> None:
        self._bar = QHBoxLayout()
        self._bar.setSpacing(8)
        self._bar.addWidget(self.filter, 1)
        for tool in (self._count, *tools):
            self._bar.addWidget(tool)
        self._line = QWidget()
        self._line.setFixedHeight(1)
        self._line.setAutoFillBackground(True)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._line)
        below.addWidget(detail)
        self._below.hide()
        split = QuietSplitter(Qt.Orientation.Vertical)
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
        self._count.setText(self.table.counted)

    def _on_filter_changed(self, text: str) -> None:
        self.table.set_filter(text)
        self.view.scrollToBottom()

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if not current.isValid():
            return
        if self._below.isVisible():
            self._show_detail(current)
        self.event_selected.emit(current.data(EventTable.EventRole))
