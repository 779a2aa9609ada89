"""What the lines and marks of the canvas mean, in a corner of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from stepscope.canvas import marks
from stepscope.canvas.corner import Corner
from stepscope.canvas.edge_item import arrow_head, draw_edge
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import WORDS
from stepscope.canvas.measures import ARROW_LENGTH, BREAK_MARK, MARK
from stepscope.canvas.view import GraphView
from stepscope.model.breakpoint import Sign
from stepscope.model.geometry import Point
from stepscope.model.phase import Phase
from stepscope.model.topology import EdgeShape

LINE = QSize(58, 14)
EDGES: tuple[tuple[EdgeShape, bool, str], ...] = (
    (EdgeShape((), ()), False, "always leads on"),
    (EdgeShape((), (), conditional=True), False, "may lead there: one of several choices"),
    (EdgeShape((), ()), True, "was taken in this run"),
    (EdgeShape((), (), kind="undeclared"), False, "a guess: the node does not declare where it leads"),
    (EdgeShape((), (), conditional=True, kind="learnt"), False, "not declared, but a run went that way"),
)
SIGNS = (
    (Sign.BREAKPOINT, "breakpoint: the run stops there"),
    (Sign.LOGPOINT, "logpoint: says something, and does not stop"),
    (Sign.BREAKPOINT_OFF, "disabled"),
)
PHASES = (Phase.RUNNING, Phase.HELD, Phase.DONE, Phase.FAILED, Phase.STOPPED)


class Legend(QFrame):
    """Lies in the lower left corner while it is wanted."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self.setObjectName("legend")
        self.setAccessibleName("Legend")
        self._view = view
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 10, 14, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        for edge, is_taken, words in EDGES:
            self._add(grid, _EdgeSample(view.ink, edge, is_taken), words)
        for phase in PHASES:
            self._add(grid, _PhaseSample(view.ink, phase), WORDS[phase])
        for sign, words in SIGNS:
            self._add(grid, _BreakSample(view.ink, sign), words)
        Corner(self, view, Qt.Corner.BottomLeftCorner)
        self.hide()

    def show_or_hide(self, is_shown: bool) -> None:
        self.setVisible(is_shown)
        self.raise_()

    @property
    def words(self) -> list[str]:
        """What it says, top to bottom."""
        return [label.text() for label in self.findChildren(QLabel)]

    def _add(self, grid: QGridLayout, sample: QWidget, words: str) -> None:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        row = grid.rowCount()
        grid.addWidget(sample, row, 0, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(label, row, 1)


class _EdgeSample(QWidget):
    """A short edge, drawn as on the canvas."""

    def __init__(self, ink: Ink, edge: EdgeShape, is_taken: bool) -> None:
        super().__init__()
        self._ink, self._edge, self._is_taken = ink, edge, is_taken
        self.setFixedSize(LINE)
        middle, end = LINE.height() / 2, LINE.width() - 2.0
        self._line = QPainterPath(QPointF(2.0, middle))
        self._line.lineTo(end - ARROW_LENGTH + 1.0, middle)
        self._arrow = arrow_head(Point(end, middle), 0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_edge(painter, self._ink, self._edge, self._is_taken, self._line, self._arrow)
        painter.end()


class _PhaseSample(QWidget):
    """A small node that stands so, with its mark."""

    def __init__(self, ink: Ink, phase: Phase) -> None:
        super().__init__()
        self._ink, self._phase = ink, phase
        self.setFixedSize(LINE.width(), LINE.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2.0, 2.0, -2.0, -2.0)
        painter.setPen(self._ink.border[self._phase])
        painter.setBrush(self._ink.fill[self._phase])
        painter.drawRoundedRect(box, 5.0, 5.0)
        mark = QRectF(box.center().x() - MARK / 2, box.center().y() - MARK / 2, MARK, MARK)
        marks.draw(painter, self._ink, self._phase, mark)
        painter.end()


class _BreakSample(QWidget):
    """The mark of a breakpoint."""

    def __init__(self, ink: Ink, sign: Sign) -> None:
        super().__init__()
        self._ink, self._sign = ink, sign
        self.setFixedSize(LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        side = BREAK_MARK
        marks.draw_break(
            painter, self._ink, self._sign, QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        )
        painter.end()
