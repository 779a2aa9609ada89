"""JSON as text, with the line that is wrong marked."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from stepscope.theme import Theme
from stepscope.window.input_form.growing_text import PARAGRAPH_END
from stepscope.window.json_input import JSONProblem
from stepscope.window.restyle import set_look

MOST_LINES = 18


class JSONEditor(QPlainTextEdit):
    """As high as its text is, within reason. `mark` says what is wrong with it."""

    def __init__(self, name: str, fewest_lines: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fewest_lines = fewest_lines
        self._problem: JSONProblem | None = None
        self.setAccessibleName(f"{name} as JSON")
        self.setPlaceholderText(f"The {name.lower()}, as JSON")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setTabStopDistance(2 * self.fontMetrics().horizontalAdvance(" "))
        self.textChanged.connect(self.fit_height)
        self.fit_height()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.mark(self._problem)

    @property
    def text(self) -> str:
        """What was typed. Qt's own toPlainText() makes spaces of those that do not break."""
        return self.document().toRawText().replace(PARAGRAPH_END, "\n")

    def begin_with(self, text: str) -> None:
        """Show a text without a signal; what was there before cannot be brought back."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self.fit_height()

    def replace_by(self, text: str) -> None:
        """Show another text as if it had been typed: Ctrl+Z brings back what was there."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def mark(self, problem: JSONProblem | None) -> None:
        """Tint the line that is wrong, and underline the place."""
        self._problem = problem
        set_look(self, "problem", problem is not None)
        self.setExtraSelections([] if problem is None else self._marks(problem))

    def go_to(self, problem: JSONProblem) -> None:
        """Put the cursor where it is wrong."""
        self.setTextCursor(self._cursor_at(problem))
        self.centerCursor()

    def fit_height(self) -> None:
        """Give the text the room that it needs."""
        lines = min(max(self.document().blockCount(), self._fewest_lines), MOST_LINES)
        edges = 2 * (self.document().documentMargin() + self.frameWidth())
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + edges) + 2)

    def _marks(self, problem: JSONProblem) -> list[QTextEdit.ExtraSelection]:
        line = QTextEdit.ExtraSelection()
        line.cursor = self._cursor_at(problem)
        line.format.setBackground(QColor(self._theme.failed_fill))
        line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        place = QTextEdit.ExtraSelection()
        place.cursor = self._cursor_at(problem)
        if place.cursor.atBlockEnd() and not place.cursor.atBlockStart():
            place.cursor.movePosition(QTextCursor.MoveOperation.Left)
        place.cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
        place.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        place.format.setUnderlineColor(QColor(self._theme.failed))
        return [line, place]

    def _cursor_at(self, problem: JSONProblem) -> QTextCursor:
        block = self.document().findBlockByNumber(problem.line - 1)
        cursor = QTextCursor(block)
        column = min(problem.column - 1, max(0, block.length() - 1))
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, column)
        return cursor
