"""What the lines and marks of the canvas mean, in a corner of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from stepscope.canvas import marks
from stepscope.canvas.corner import Corner
from stepscope.canvas.edge_item import arrow_head, draw_edge
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import WORDS, Kind
from stepscope.canvas.measures import ARROW_LENGTH, BREAK_MARK, MARK
from stepscope.canvas.tooltips import edge_words
from stepscope.canvas.view import GraphView
from stepscope.model.breakpoint import Sign
from stepscope.model.geometry import Point
from stepscope.model.phase import Phase
from stepscope.model.topology import EdgeShape

LINE = QSize(58, 14)
EDGES = (
    EdgeShape((), ()),
    EdgeShape((), (), conditional=True),
    EdgeShape((), (), kind="undeclared"),
    EdgeShape((), (), conditional=True, kind="learnt"),
)
SIGNS = (
    (Sign.BREAKPOINT, "breakpoint: the run stops there"),
    (Sign.LOGPOINT, "logpoint: says something, and does not stop"),
    (Sign.BREAKPOINT_OFF, "disabled"),
)
PHASES = (Phase.RUNNING, Phase.HELD, Phase.DONE, Phase.FAILED, Phase.STOPPED)
KINDS: tuple[tuple[Phase, Kind, str], ...] = (
    (Phase.HELD, "asks", "asks a question"),
    (Phase.DONE, "cached", "cached: was done before"),
    (Phase.DONE, "skipped", "skipped by you"),
)


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
        lines: list[tuple[QWidget, str]] = [
            (_EdgeSample(view.ink, edge, is_taken=False), edge_words(edge)) for edge in EDGES
        ]
        lines.append((_EdgeSample(view.ink, EDGES[0], is_taken=True), "was taken in this run"))
        lines += [(_BreakSample(view.ink, sign), words) for sign, words in SIGNS]
        states: list[tuple[QWidget, str]] = [
            (_PhaseSample(view.ink, phase), WORDS[phase]) for phase in PHASES
        ]
        states += [(_PhaseSample(view.ink, phase, kind), words) for phase, kind, words in KINDS]
        for column, entries in enumerate((lines, states)):
            for row, (sample, words) in enumerate(entries):
                self._add(grid, row, 2 * column, sample, words)
        grid.setColumnMinimumWidth(2, LINE.width() + 12)
        Corner(self, view, Qt.Corner.BottomLeftCorner)
        self.hide()

    def show_or_hide(self, is_shown: bool) -> None:
        self.setVisible(is_shown)
        self.raise_()

    @property
    def words(self) -> list[str]:
        """What it says, column by column."""
        return [label.text() for label in self.findChildren(QLabel)]

    def _add(self, grid: QGridLayout, row: int, column: int, sample: QWidget, words: str) -> None:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(sample, row, column, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(label, row, column + 1)


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

    def __init__(self, ink: Ink, phase: Phase, kind: Kind = "") -> None:
        super().__init__()
        self._ink, self._phase, self._kind = ink, phase, kind
        self.setFixedSize(LINE.width(), LINE.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2.0, 2.0, -2.0, -2.0)
        painter.setPen(self._ink.border[self._phase])
        painter.setBrush(self._ink.fill[self._phase])
        painter.drawRoundedRect(box, 5.0, 5.0)
        mark = QRectF(box.center().x() - MARK / 2, box.center().y() - MARK / 2, MARK, MARK)
        marks.draw(painter, self._ink, self._phase, mark, self._kind)
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
