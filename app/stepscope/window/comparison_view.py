"""Two checkpoints side by side: a window of its own with a row for each place in which they differ."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFontDatabase, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from stepscope.model.comparison import Comparison, Difference
from stepscope.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
MOST_LINES = 12
"""Of a value in a row; all of it is in the tip and on the clipboard."""


class ComparisonView(QDialog):
    """Stays open beside the window until it is closed; Ctrl+C copies the row."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare Checkpoints")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"{comparison.was} → {comparison.now}")
        title.setProperty("words", "title")
        words = QLabel(comparison.words)
        words.setObjectName("comparisonWords")
        words.setProperty("words", "dim")
        self.table = _Table(comparison, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(8)
        for label in (title, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addWidget(self.table, 1)
        self.table.setVisible(bool(comparison.differences))
        self.resize(820, 480 if comparison.differences else 120)


class _Table(QTableView):
    def __init__(self, comparison: Comparison, theme: Theme) -> None:
        super().__init__()
        self.setModel(_Rows(comparison, theme, self))
        self.setAccessibleName("Differences")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            row: Difference = self.currentIndex().data(_Rows.RowRole)
            QGuiApplication.clipboard().setText(f"{row.where}: {row.was} → {row.now}")
        else:
            super().keyPressEvent(event)


class _Rows(QAbstractTableModel):
    RowRole = Qt.ItemDataRole.UserRole

    def __init__(self, comparison: Comparison, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._comparison = comparison
        self._colours = {"+": QColor(theme.done), "−": QColor(theme.failed), "~": QColor(theme.running)}
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._comparison.differences)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 3

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Where", self._comparison.was, self._comparison.now)[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._comparison.differences[index.row()]
        texts = (f"{row.sign} {row.where}", row.was, row.now)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shortened(texts[index.column()])
            case Qt.ItemDataRole.ToolTipRole:
                return texts[index.column()]
            case Qt.ItemDataRole.ForegroundRole if index.column() == 0:
                return QBrush(self._colours[row.sign])
            case Qt.ItemDataRole.FontRole:
                return self._mono
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            case _Rows.RowRole:
                return row
        return None


def _shortened(text: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES else lines)
