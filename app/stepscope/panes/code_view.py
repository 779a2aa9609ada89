"""A few lines of the person's own code, with their numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from stepscope.panes.fonts import monospace, scaled


class CodeView(QPlainTextEdit):
    """As high as what it shows; wider code scrolls sideways. The text can be selected, not changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName("Source of the node")

    def show_code(self, code: str, first: int) -> None:
        """Show lines, of which the first has this number."""
        lines = code.split("\n")
        room = len(str(first + len(lines) - 1))
        self.setPlainText("\n".join(f"{first + at:>{room}}  {line}" for at, line in enumerate(lines)))
        self.fit()

    def fit(self) -> None:
        """Use the font that the widget has now, and the height that the lines need."""
        self.setFont(monospace(self.parentWidget() or self))
        self.document().setDocumentMargin(scaled(self, 6))
        bar = self.horizontalScrollBar().sizeHint().height()
        rows = self.blockCount() * self.fontMetrics().lineSpacing()
        self.setFixedHeight(rows + 2 * scaled(self, 6) + bar)
