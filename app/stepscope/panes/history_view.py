"""A thread's checkpoints as rows, with lines that show which came of which; those of subgraphs unfold."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from stepscope.model.history_rows import HistoryRow
from stepscope.model.thread import Place, moment
from stepscope.panes.history_painter import HistoryPainter, RowRole, texts
from stepscope.run.event_table import Index
from stepscope.theme import Theme

_UNFOLDS, _FOLDS = Qt.Key.Key_Right, Qt.Key.Key_Left


class HistoryView(QListView):
    """The newest checkpoint on top.

    Signals
        look_wanted(Checkpoint): one was clicked, or chosen by Enter.
        compare_wanted(Checkpoint): one was clicked with Ctrl held, to be compared with the one looked at.
        fold_toggled(Beneath): the triangle of a row was clicked, or Right or Left pressed.
    """

    look_wanted = Signal(object)
    compare_wanted = Signal(object)
    fold_toggled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows = _Rows(self)
        self._painter = HistoryPainter(self)
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

    def show_history(self, rows: Sequence[HistoryRow], looked: Place | None) -> None:
        """Show a history, and mark the checkpoint that is looked at."""
        self.rows.show(rows)
        place = next(
            (n for n, row in enumerate(rows) if row.checkpoint.place == looked and not row.title), None
        )
        if place is None:
            self.clearSelection()
        elif self.currentIndex().row() != place or not self.selectionModel().hasSelection():
            self.setCurrentIndex(self.rows.index(place))

    def row(self, index: QModelIndex) -> HistoryRow | None:
        return self.rows.rows[index.row()] if index.isValid() else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = self.row(index)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and row is not None and self._is_at_triangle(row, index, event):
            self.fold_toggled.emit(row.fold)
        elif is_left and row is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not row.title:
                self.compare_wanted.emit(row.checkpoint)
        elif is_left or row is None:
            super().mousePressEvent(event)  # a menu of a row leaves what is looked at

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.row(self.currentIndex())
        is_turned = row is not None and event.key() == (_FOLDS if row.is_open else _UNFOLDS)
        if row is not None and row.fold is not None and is_turned:
            self.fold_toggled.emit(row.fold)
        else:
            super().keyPressEvent(event)

    def _is_at_triangle(self, row: HistoryRow, index: QModelIndex, event: QMouseEvent) -> bool:
        if row.fold is None:
            return False
        return bool(row.title) or self._painter.triangle(self.visualRect(index), row).contains(
            event.position()
        )

    def _on_chosen(self, index: QModelIndex) -> None:
        row = self.row(index)
        if row is not None and not row.title:
            self.look_wanted.emit(row.checkpoint)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[HistoryRow] = ()

    def show(self, rows: Sequence[HistoryRow]) -> None:
        """Change only what is another, so that the view stays where it is when something is unfolded."""
        if rows == self.rows:
            return
        before, after = [row.key for row in self.rows], [row.key for row in rows]
        most = min(len(before), len(after))
        first = next((n for n in range(most) if before[n] != after[n]), most)
        most -= first
        same = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
        if first < len(before) - same:
            self.beginRemoveRows(QModelIndex(), first, len(before) - same - 1)
            self.rows = [*self.rows[:first], *self.rows[len(before) - same :]]
            self.endRemoveRows()
        if first < len(after) - same:
            self.beginInsertRows(QModelIndex(), first, len(after) - same - 1)
            self.rows = rows
            self.endInsertRows()
        self.rows = rows
        if rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title or " ".join((*_within(row), *texts(row.checkpoint)))
            case Qt.ItemDataRole.ToolTipRole if not row.title:
                when = moment(row.checkpoint.when, time.time())
                of = f" of {row.checkpoint.graph}" if row.checkpoint.namespace else ""
                return f"Checkpoint {row.checkpoint.id}{of}\nsaved {when}"
            case _ if role == RowRole:
                return row
        return None


def _within(row: HistoryRow) -> tuple[str, ...]:
    """The subgraph whose checkpoint it is, as it is spoken."""
    return (f"{row.checkpoint.graph} ›",) if row.checkpoint.namespace else ()
