"""A small box to choose from what has been seen: ``node: all``, then every node that has spoken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from stepscope.theme import Theme


class ChoiceBox(QComboBox):
    """Its first entry (data None) is the widest choice; `offer` adds others, in the order they come."""

    def __init__(
        self, subject: str, widest: str, name: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._subject = subject
        self._theme = theme
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(20)
        self._data: list[object] = [None]
        self.addItem(widest)
        self.currentIndexChanged.connect(self._on_index_changed)

    @property
    def choice(self) -> object:
        """The data of what is chosen; None for the widest choice."""
        return self._data[max(0, self.currentIndex())]

    def offer(self, choices: Sequence[tuple[str, object]]) -> None:
        """Add choices at the end, each the text that stands for it and its data."""
        self._data += [data for _, data in choices]
        self.addItems([text for text, _ in choices])

    def choose(self, data: object) -> bool:
        """Choose what stands for this; False when it is not offered."""
        if data not in self._data:
            return False
        self.setCurrentIndex(self._data.index(data))
        return True

    def forget(self) -> None:
        """Back to the widest choice alone; says nothing of the change."""
        self.blockSignals(True)
        widest = self.itemText(0)
        self.clear()
        self.addItem(widest)
        del self._data[1:]
        self.blockSignals(False)

    def set_look(self, font: QFont, theme: Theme) -> None:
        """Use this font and these colours."""
        self._theme = theme
        self.setFont(font)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._words) + 2 * self._padding + 4
        return QSize(min(width, metrics.averageCharWidth() * 30), metrics.height() + self._padding)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 10, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        # Words and an arrow only: a frame and a button would be louder than what they filter.
        painter = QPainter(self)
        area = self.rect().adjusted(self._padding, 0, -self._padding, 0)
        is_acted_on = self.hasFocus() or self.underMouse() or self.currentIndex() > 0
        painter.setPen(QColor(self._theme.text if is_acted_on else self._theme.dim))
        words = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
        if self.hasFocus():
            painter.fillRect(area.left(), self.height() - 1, area.width(), 1, QColor(self._theme.accent))

    @property
    def _words(self) -> str:
        return f"{self._subject}: {self.currentText()} ▾"

    @property
    def _padding(self) -> int:
        return self.fontMetrics().height() // 2

    def _on_index_changed(self) -> None:
        self.updateGeometry()
