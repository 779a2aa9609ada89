"""The input as JSON text, with the line that is wrong marked and a sentence under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from stepscope.model.events import Plain
from stepscope.theme import Theme
from stepscope.window.json_input import JSONProblem, input_notes, parse_input, write_input

FEWEST_LINES, MOST_LINES = 5, 18


class InputEditor(QWidget):
    """Holds the text that the next run starts from.

    `edited(text)` follows each change that the person made.
    """

    edited = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._schema: Mapping[str, Any] = {}
        self._suggested: Plain = {}
        self._skeleton = ""
        self._problem: JSONProblem | None = None
        self._build()
        self._text.textChanged.connect(self._on_text_changed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._mark()

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    @property
    def is_as_suggested(self) -> bool:
        """True while the text is the one that the program came with."""
        return self.text == self._skeleton

    @property
    def problem(self) -> JSONProblem | None:
        """What is wrong with the text, or None."""
        return self._problem

    def value(self) -> Plain:
        """The input. Raises JSONProblem."""
        return parse_input(self.text)

    def show_input(self, suggested: Plain, schema: Mapping[str, Any], text: str | None = None) -> None:
        """Begin with a program's own input, or with a text that stands for it."""
        self._schema = schema
        self._suggested = suggested
        self._skeleton = write_input(suggested)
        self._set_text(self._skeleton if text is None else text)

    def show_problem(self) -> None:
        """Take the person to the place that is wrong."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._problem is not None:
            cursor = self._cursor_at(self._problem)
            self._text.setTextCursor(cursor)
            self._text.centerCursor()

    def take_focus(self) -> None:
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _build(self) -> None:
        heading = QLabel("INPUT")
        heading.setProperty("words", "heading")
        heading.setFont(_small(heading.font()))
        self._reset = QPushButton("Reset")
        self._reset.setProperty("flat", True)
        self._reset.setToolTip("Start again from the input that the file suggests")
        self._reset.clicked.connect(self._on_reset)
        keeps_its_room = self._reset.sizePolicy()
        keeps_its_room.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keeps_its_room)
        self._reset.hide()
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 0)
        header.addWidget(heading)
        header.addStretch()
        header.addWidget(self._reset)

        self._text = QPlainTextEdit()
        self._text.setObjectName("inputText")
        self._text.setAccessibleName("Input as JSON")
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText("The input, as JSON")
        self._text.setTabStopDistance(2 * self._text.fontMetrics().horizontalAdvance(" "))
        self._words = QLabel()
        self._words.setObjectName("inputWords")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.hide()

        inner = QVBoxLayout()
        inner.setContentsMargins(8, 0, 8, 0)
        inner.setSpacing(4)
        inner.addWidget(self._text)
        inner.addWidget(self._words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addLayout(inner)

    def _set_text(self, text: str) -> None:
        self._text.blockSignals(True)
        self._text.setPlainText(text)
        self._text.blockSignals(False)
        self._check()

    def _on_text_changed(self) -> None:
        self._check()
        self.edited.emit(self.text)

    def _on_reset(self) -> None:
        # Through the cursor, so that Ctrl+Z brings back what was typed.
        cursor = self._text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._skeleton)

    def _check(self) -> None:
        notes: list[str] = []
        try:
            self._problem = None
            notes = input_notes(self.value(), self._schema, self._suggested)
        except JSONProblem as problem:
            self._problem = problem
        words = str(self._problem) if self._problem else "\n".join(notes)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._reset.setVisible(not self.is_as_suggested)
        _set_property(self._words, "words", "failed" if self._problem else "dim")
        _set_property(self._text, "problem", self._problem is not None)
        self._mark()
        self._fit_height()

    def _fit_height(self) -> None:
        """As high as the text is, within reason: what is left goes to the pane under it."""
        lines = min(max(self._text.document().blockCount(), FEWEST_LINES), MOST_LINES)
        document, frame = self._text.document(), 2 * self._text.frameWidth()
        height = lines * self._text.fontMetrics().lineSpacing() + 2 * document.documentMargin() + frame
        self._text.setFixedHeight(round(height) + 2)

    def _mark(self) -> None:
        self._text.setExtraSelections([] if self._problem is None else self._marks(self._problem))

    def _marks(self, problem: JSONProblem) -> list[QTextEdit.ExtraSelection]:
        """The whole line tinted, the place itself underlined."""
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
        block = self._text.document().findBlockByNumber(problem.line - 1)
        cursor = QTextCursor(block)
        column = min(problem.column - 1, max(0, block.length() - 1))
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, column)
        return cursor


def _small(font: QFont) -> QFont:
    font.setPointSizeF(font.pointSizeF() * 0.85)
    return font


def _set_property(widget: QWidget, name: str, value: object) -> None:
    """Set what the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
