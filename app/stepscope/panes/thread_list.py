"""The threads of a program as rows, the newest first; F2 renames one, Del asks to delete it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stepscope.model.thread import Thread
from stepscope.panes.fonts import interface, scaled
from stepscope.run.event_table import Index
from stepscope.theme import Theme

FEWEST_ROWS = 2
"""So many have room, however few threads there are."""


class ThreadList(QListView):
    """Its current row is the chosen thread.

    Signals
        chosen(id): the person went to another thread.
        renamed(id, title), delete_wanted(id)
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows = _Rows(self)
        self._painter = _RowPainter(self)
        self._is_marking = False
        self.setModel(self.rows)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Threads")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.rows.renamed.connect(self.renamed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_look(self, font_of: QWidget, theme: Theme) -> None:
        self._painter.set_look(font_of, theme)
        self.doItemsLayout()
        self._fit()

    def show_threads(self, threads: Sequence[Thread], chosen: str) -> None:
        self._is_marking = True
        self.rows.show(threads)
        self._fit()
        place = next((n for n, thread in enumerate(self.rows.threads) if thread.id == chosen), None)
        if place is not None and place != self.currentIndex().row():
            self.setCurrentIndex(self.rows.index(place))
        self._is_marking = False

    def _fit(self) -> None:
        """Leave the room that is not needed to the history beneath."""
        self.setMaximumHeight(self._painter.height * max(len(self.rows.threads), FEWEST_ROWS))

    def rename(self) -> None:
        """Let the person type another name for the current thread."""
        self.edit(self.currentIndex())

    @property
    def current(self) -> str:
        """The current thread's id."""
        index = self.currentIndex()
        return self.rows.threads[index.row()].id if index.isValid() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current:
            self.delete_wanted.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid() and not self._is_marking:
            self.chosen.emit(self.rows.threads[current.row()].id)


class _Rows(QAbstractListModel):
    RowRole = Qt.ItemDataRole.UserRole

    renamed = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.threads: Sequence[Thread] = ()

    def show(self, threads: Sequence[Thread]) -> None:
        """Replace the rows; the same threads in the same order keep the place and what is being typed."""
        if [thread.id for thread in threads] == [thread.id for thread in self.threads]:
            self.threads = threads
            if threads:
                self.dataChanged.emit(self.index(0), self.index(len(threads) - 1))
            return
        self.beginResetModel()
        self.threads = threads
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.threads)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        thread = self.threads[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{thread.name} {thread.told(time.time())}"
            case Qt.ItemDataRole.EditRole:
                return thread.name
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(filter(None, (thread.title, thread.words, f"Thread {thread.id}")))
            case _Rows.RowRole:
                return thread, thread.told(time.time())
        return None

    def setData(
        self,
        index: QModelIndex | QPersistentModelIndex,
        value: object,
        role: int = Qt.ItemDataRole.EditRole,
    ) -> bool:
        thread = self.threads[index.row()]
        if role == Qt.ItemDataRole.EditRole and value != thread.name:
            self.renamed.emit(thread.id, str(value))
            return True
        return False


class _RowPainter(QStyledItemDelegate):
    """Paints a row: the name, and dim at the right how long and how old it is."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self.height = scaled(view, 26)
        self._edge, self._gap = scaled(view, 12), scaled(view, 8)
        self._name, self._small = interface(view, 1.05), interface(view, 0.92)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        thread, told = index.data(_Rows.RowRole)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self._theme.selection))
        area = option.rect.adjusted(self._edge, 0, -self._gap, 0)
        side = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        self._write(painter, self._small, self._theme.dim)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignRight, told)
        area.setRight(area.right() - QFontMetrics(self._small).horizontalAdvance(told) - self._gap)
        self._write(painter, self._name, self._theme.text)
        metrics = QFontMetrics(self._name)
        painter.drawText(
            area, side, metrics.elidedText(thread.name, Qt.TextElideMode.ElideRight, area.width())
        )
        painter.restore()

    def _write(self, painter: QPainter, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
