"""The Problem pane: what failed, where in the user's code, what to do next, and the traceback."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from stepscope.model.events import Failure
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.panes.pane import Pane
from stepscope.panes.words import colour, say, words
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

_FRAME = re.compile(r'\s*File "(?P<file>[^"]+)", line \d+')
_FOREIGN = re.compile(
    r"[/\\](site-packages|dist-packages|lib[/\\]python\d|stepgraph|stepscope_host)[/\\.]|^<frozen"
)


def report(failure: Failure) -> str:
    """The failure as text, for the clipboard."""
    parts = [failure.headline, _place(failure), failure.remedy, _details(failure), failure.whole]
    return "\n\n".join(part for part in parts if part)


def _details(failure: Failure) -> str:
    """What the headline does not say: the traceback, or else all of a message that has several lines."""
    message = failure.message.strip()
    return failure.traceback or (message if "\n" in message else "")


class FailurePane(Pane):
    """Shows the failure of the run, or one that `show_failure` is given."""

    title = "Problem"
    object_name = "failure_pane"
    empty_text = "When a file does not open or a run fails, what went wrong and where will stand here."

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._failure: Failure | None = None
        self._given: Failure | None = None
        model.run_changed.connect(self.mark_changed)
        model.program_changed.connect(self._on_program_changed)

    @property
    def failure(self) -> Failure | None:
        """What is shown, or will be when the pane is."""
        return self._given or self.model.state.failure

    def show_failure(self, failure: Failure) -> None:
        """Show this one, of a target that did not open, until the next run or program."""
        self._given = failure
        self.mark_changed()

    def _on_program_changed(self) -> None:
        self._given = None
        self.mark_changed()

    def build(self) -> QWidget:
        self._headline = words()
        self._where = words()
        self._source = _Block()
        words(self._source)
        self._remedy = words()
        self._traceback = QPlainTextEdit()
        self._traceback.setReadOnly(True)
        self._traceback.setFrameShape(QFrame.Shape.NoFrame)
        self._traceback.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._traceback.setAccessibleName("Traceback")
        self._traceback.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._frames = _Frames(self._traceback.document(), self.theme)
        self._copy = QPushButton("Copy")
        self._copy.setAccessibleName("Copy the problem with its traceback")
        self._copy.clicked.connect(self.copy)
        self._top = QHBoxLayout()
        self._top.addWidget(self._headline, 1)
        self._top.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        content.setFocusProxy(self._traceback)
        self._layout = QVBoxLayout(content)
        self._layout.addLayout(self._top)
        for part in (self._where, self._source, self._remedy):
            self._layout.addWidget(part)
        self._layout.addWidget(self._traceback, 1)
        self._layout.addStretch()
        # It scrolls, so that a low dock stays low: the graph beside it has the better use for the room.
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFocusProxy(self._traceback)
        area.setWidget(content)
        return area

    def refresh(self) -> None:
        failure = self.failure
        if failure is None or failure is self._failure:
            return
        self._failure = failure
        self._headline.setText(f"✕ {failure.headline}")
        say(self._where, _place(failure))
        say(self._source, failure.where.source.strip() if failure.where else "")
        say(self._remedy, failure.remedy)
        self._frames.show_all_as_own = not any(map(_is_own_frame, failure.traceback.splitlines()))
        details = _details(failure)
        self._traceback.setPlainText(details.rstrip())
        self._traceback.setVisible(bool(details))
        bar = self._traceback.verticalScrollBar()
        bar.setValue(bar.maximum())

    def forget(self) -> None:
        self._given = self._failure = None

    def is_empty(self) -> bool:
        return self.failure is None

    def copy(self) -> None:
        """Put the whole report on the clipboard."""
        if self.failure is not None:
            QGuiApplication.clipboard().setText(report(self.failure))

    def apply_theme(self) -> None:
        theme = self.theme
        self._headline.setFont(interface(self, 1.08, bold=True))
        self._source.setFont(monospace(self))
        self._traceback.setFont(monospace(self))
        for label, ink in (
            (self._headline, theme.failed),
            (self._where, theme.dim),
            (self._source, theme.text),
            (self._remedy, theme.text),
        ):
            colour(label, ink)
        self._source.fill = QColor(theme.bubble)
        self._source.setMargin(scaled(self, 6))
        self._traceback.document().setDocumentMargin(scaled(self, 6))
        self._frames.set_theme(theme)
        edge = scaled(self, 12)
        self._layout.setContentsMargins(edge, edge, edge, edge)
        self._layout.setSpacing(scaled(self, 8))


class _Block(QLabel):
    """A line of code on a ground of its own."""

    fill = QColor()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.fill)
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.end()
        super().paintEvent(event)


def _place(failure: Failure) -> str:
    where = failure.where
    if where is None:
        return ""
    inside = f", in {where.function}" if where.function and where.function != "<module>" else ""
    return f"{where.file}:{where.line}{inside}"


def _is_own_frame(line: str) -> bool:
    """True for a line that names a file of the user's own."""
    frame = _FRAME.match(line)
    return frame is not None and _FOREIGN.search(frame["file"]) is None


class _Frames(QSyntaxHighlighter):
    """Keeps the user's own frames bright and dims those of libraries."""

    OTHER, OWN, FOREIGN = 0, 1, 2

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self.show_all_as_own = False
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._own, self._foreign = QTextCharFormat(), QTextCharFormat()
        self._own.setForeground(QColor(theme.accent))
        self._foreign.setForeground(QColor(theme.faint))
        self._error = QTextCharFormat()
        self._error.setForeground(QColor(theme.failed))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        state = self.previousBlockState()
        if _FRAME.match(text):
            state = self.OWN if self.show_all_as_own or _is_own_frame(text) else self.FOREIGN
            if state == self.OWN:
                self.setFormat(0, len(text), self._own)
        elif text and not text[0].isspace():
            state = self.OTHER
            if not text.startswith("Traceback"):
                self.setFormat(0, len(text), self._error)
        if state == self.FOREIGN:
            self.setFormat(0, len(text), self._foreign)
        self.setCurrentBlockState(state)
