"""What nodes and the frames of subgraphs have in common: a box that shows how a node stands."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem

from stepscope.canvas import marks
from stepscope.canvas.chevron import Chevron
from stepscope.canvas.distance import HANDLES_FROM, NAMES_FROM
from stepscope.canvas.far_name import FarName
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import BreakLook, NodeLook
from stepscope.canvas.measures import BREAK_MARK, GUTTER, Lettering, one_line
from stepscope.canvas.sketch import NAMELESS
from stepscope.model.topology import NodeShape

_AROUND = 6.0
"""Room around the box for the mark of a selection."""


class LookItem(QGraphicsItem):
    """Drawn from `look` and `break_look` alone; `box` is in the item's own coordinates, and so is `gutter`.

    The gutter is as high as the first `gutter_height` of the box. A subgraph has a `chevron`, and a `handle`:
    a double click there folds or opens it. From far away its name stands in `far_room`.
    """

    def __init__(
        self, node: NodeShape, box: QRectF, gutter_height: float, ink: Ink, lettering: Lettering
    ) -> None:
        super().__init__()
        self.node = node
        self.look = NodeLook()
        self.break_look: BreakLook | None = None
        self.is_chosen = False
        self.box = box
        self.gutter = QRectF(box.left() - GUTTER, box.top(), GUTTER, gutter_height)
        self._ink, self._lettering = ink, lettering
        self._bounds = box.adjusted(-GUTTER, -_AROUND, _AROUND, _AROUND)
        self._is_offered = False
        self._is_ready = False
        self.chevron: Chevron | None = None
        self.handle = QRectF()
        self.far_room = QRectF()
        self._far_name: FarName | None = None
        middle = self.gutter.center()
        self._break_box = QRectF(
            middle.x() - BREAK_MARK / 2 - 1, middle.y() - BREAK_MARK / 2, BREAK_MARK, BREAK_MARK
        )

    def show_look(self, look: NodeLook) -> bool:
        """Take a new look; False when it is the one already shown."""
        if look == self.look:
            return False
        self.look = look
        self._is_ready = False
        self._far_name = None
        return True

    def get_ready(self) -> None:
        """Prepare what a new look needs: once a change, and only of what is looked at."""
        if not self._is_ready:
            self._is_ready = True
            self._prepare()

    def show_break(self, look: BreakLook | None) -> bool:
        """Mark it as one with breakpoints, or no longer; False when nothing is to be seen of that."""
        if look == self.break_look:
            return False
        self.break_look = look
        return True

    def offer_break(self, is_offered: bool) -> bool:
        """Show where a breakpoint would be, or no longer; False when nothing is to be seen of that."""
        is_other = is_offered is not self._is_offered
        self._is_offered = is_offered
        return is_other and self.break_look is None

    def choose(self, is_chosen: bool) -> None:
        """Draw it as the selected one, or no longer."""
        self.is_chosen = is_chosen
        self.update()

    @property
    def caption(self) -> str:
        """Its name in one line; a name of blanks alone cannot be seen."""
        return one_line(self.node.name) or NAMELESS

    def far_name(self, zoom: float) -> FarName:
        """The name as it is drawn at such a zoom."""
        letters = self._lettering.far if zoom >= HANDLES_FROM else self._lettering.farther
        if self._far_name is None or self._far_name.letters is not letters:
            self._far_name = FarName(self.caption, self.look, self.far_room, letters)
        return self._far_name

    def paint_far_name(self, painter: QPainter, zoom: float) -> None:
        """Draw the name and the state's mark larger than life, or nothing if that would not do either."""
        if zoom < NAMES_FROM:
            return
        self.far_name(zoom).paint(painter, self._ink)
        if self.chevron is not None:
            self.chevron.paint(painter, self._ink, is_far=True)

    def paint_break(self, painter: QPainter, zoom: float) -> None:
        """Draw what is in the gutter."""
        if self.break_look is not None and zoom < HANDLES_FROM:
            painter.setPen(self._ink.far_break)
            painter.drawPoint(self.gutter.center())
        elif self.break_look is not None:
            marks.draw_break(painter, self._ink, self.break_look.sign, self._break_box)
        elif self._is_offered:
            marks.draw_break(painter, self._ink, None, self._break_box)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def fitted_facts(self, facts: str, room: float) -> str:
        """The facts, or what can be said in their place, cut only when nothing fits."""
        metrics = self._lettering.fact_metrics
        options = [facts, *filter(None, map(one_line, self.look.briefs))]
        fitting = (option for option in options if metrics.horizontalAdvance(option) <= room)
        return metrics.elidedText(next(fitting, options[-1]), Qt.TextElideMode.ElideRight, room)

    @abstractmethod
    def _prepare(self) -> None:
        """Make all that painting the look needs."""
