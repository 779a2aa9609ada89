"""A text field that is one line high, and grows with what is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

MOST_LINES = 8
PARAGRAPH_END = "\u2029"


class GrowingText(QPlainTextEdit):
    """Tab leaves it; a line break is typed with Enter."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(40)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def text(self) -> str:
        """What was typed. Qt's own toPlainText() makes spaces of those that do not break."""
        return self.document().toRawText().replace(PARAGRAPH_END, "\n")

    def set_text(self, text: str) -> None:
        """Show a text, without a signal; the cursor stays where it is when it is the same."""
        if text != self.text:
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        lines = max(1, round(self.document().size().height()))  # Qt counts lines here, not pixels
        shown = min(lines, MOST_LINES)
        needed = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(
            needed if lines > MOST_LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        edges = 2 * (self.document().documentMargin() + self.frameWidth())
        height = round(shown * self.fontMetrics().lineSpacing() + edges)
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
