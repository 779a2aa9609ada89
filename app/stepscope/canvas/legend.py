"""What the lines and marks of the canvas mean, in a corner of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from stepscope.canvas import marks
from stepscope.canvas.chevron import Chevron
from stepscope.canvas.corner import Corner
from stepscope.canvas.edge_item import arrow_head, draw_edge, edge_pen
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import WORDS, Kind
from stepscope.canvas.measures import ARROW_LENGTH, BREAK_MARK, MARK
from stepscope.canvas.tooltips import edge_words
from stepscope.canvas.view import GraphView
from stepscope.model.breakpoint import Sign
from stepscope.model.geometry import Point
from stepscope.model.phase import Phase
from stepscope.model.topology import EdgeShape

Draw = Callable[[QPainter, QRectF], None]
SAMPLE = QSize(58, 20)
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
CHEVRONS = ((True, "an open subgraph: a click folds it"), (False, "a folded subgraph: a click opens it"))
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
        grid.setVerticalSpacing(3)
        for column, entries in enumerate((_lines(view.ink), _states(view.ink))):
            for row, (draw, words) in enumerate(entries):
                self._add(grid, row, 2 * column, _Sample(draw), words)
        grid.setColumnMinimumWidth(2, SAMPLE.width() + 12)
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


class _Sample(QWidget):
    """Something small, drawn as on the canvas."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw
        self.setFixedSize(SAMPLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, QRectF(self.rect()))
        painter.end()


def _lines(ink: Ink) -> list[tuple[Draw, str]]:
    """What an edge, the margin of a node and the title of a subgraph may show."""
    return [
        *((partial(_draw_edge, ink, edge, False), edge_words(edge)) for edge in EDGES),
        (partial(_draw_edge, ink, EDGES[0], True), "was taken in this run"),
        *((partial(_draw_break, ink, sign), words) for sign, words in SIGNS),
        *((partial(_draw_chevron, ink, is_open), words) for is_open, words in CHEVRONS),
    ]


def _states(ink: Ink) -> list[tuple[Draw, str]]:
    """How a node may stand."""
    return [
        *((partial(_draw_phase, ink, phase, ""), WORDS[phase]) for phase in PHASES),
        *((partial(_draw_phase, ink, phase, kind), words) for phase, kind, words in KINDS),
        (partial(_draw_hand, ink), "changed by you"),
        (partial(_draw_band, ink), "one superstep: its tasks wait for one another"),
    ]


def _draw_edge(ink: Ink, edge: EdgeShape, is_taken: bool, painter: QPainter, box: QRectF) -> None:
    middle, end = box.center().y(), box.right() - 2.0
    line = QPainterPath(QPointF(2.0, middle))
    line.lineTo(end - ARROW_LENGTH + 1.0, middle)
    pen, arrow = edge_pen(ink.edges, edge, is_taken), arrow_head(Point(end, middle), 0.0)
    draw_edge(painter, ink, pen, edge, is_taken, line, arrow)


def _draw_phase(ink: Ink, phase: Phase, kind: Kind, painter: QPainter, box: QRectF) -> None:
    painter.setPen(ink.border[phase])
    painter.setBrush(ink.fill[phase])
    painter.drawRoundedRect(box.adjusted(2.0, 2.0, -2.0, -2.0), 5.0, 5.0)
    marks.draw(painter, ink, phase, _middle(box, MARK), kind)


def _draw_break(ink: Ink, sign: Sign, painter: QPainter, box: QRectF) -> None:
    marks.draw_break(painter, ink, sign, _middle(box, BREAK_MARK))


def _draw_hand(ink: Ink, painter: QPainter, box: QRectF) -> None:
    marks.draw_hand(painter, ink, _middle(box, MARK))


def _draw_chevron(ink: Ink, is_open: bool, painter: QPainter, box: QRectF) -> None:
    Chevron(box.center(), is_open).paint(painter, ink)


def _draw_band(ink: Ink, painter: QPainter, box: QRectF) -> None:
    painter.setPen(ink.inner_band_line)
    painter.setBrush(ink.band)
    painter.drawRoundedRect(box.adjusted(2.0, 2.0, -2.0, -2.0), 5.0, 5.0)


def _middle(box: QRectF, side: float) -> QRectF:
    """A square in the middle of a box."""
    centre = box.center()
    return QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
