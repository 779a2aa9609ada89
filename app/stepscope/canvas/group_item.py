"""An open subgraph as it is drawn: a dotted frame, titled with its name and how it stands."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from stepscope.canvas import marks
from stepscope.canvas.chevron import Chevron
from stepscope.canvas.distance import FACTS_FROM
from stepscope.canvas.ink import Ink
from stepscope.canvas.look_item import LookItem
from stepscope.canvas.measures import (
    CHEVRON_ROOM,
    GROUP_RADIUS,
    GROUP_TITLE_HEIGHT,
    HAND_ROOM,
    MARK,
    PADDING,
    SELECTION_GAP,
    TITLE_FACTS_WIDTH,
    Lettering,
    one_line,
)
from stepscope.model.geometry import Rect
from stepscope.model.phase import Phase
from stepscope.model.topology import NodeShape
from stepscope.theme import HAND_GLYPH


class GroupItem(LookItem):
    """Shows a subgraph's state as a node does; what is inside are items of their own."""

    def __init__(self, node: NodeShape, rect: Rect, ink: Ink, lettering: Lettering) -> None:
        box = QRectF(rect.x, rect.y, rect.width, rect.height)
        super().__init__(node, box, GROUP_TITLE_HEIGHT + 4, ink, lettering)
        middle = QPointF(
            box.left() + PADDING + CHEVRON_ROOM / 2 - 3.0, box.top() + GROUP_TITLE_HEIGHT / 2 + 2
        )
        self.chevron = Chevron(middle, is_open=True)
        self.handle = QRectF(box.left(), box.top(), box.width(), GROUP_TITLE_HEIGHT + 4)
        self.far_room = self.handle.adjusted(PADDING + CHEVRON_ROOM, 0.0, -PADDING, 0.0)

    @property
    def texts(self) -> list[str]:
        """What a person reads on it, left to right."""
        self.get_ready()
        hand = HAND_GLYPH if self.look.is_by_hand else ""
        sign = self.break_look.sign.value if self.break_look is not None else ""
        told = (sign, self._name, self._facts, self.look.runs, hand, self.look.glyph)
        return [text for text in told if text]

    def holds(self, point: QPointF) -> bool:
        """Whether a point of the scene lies within the frame."""
        return self.box.contains(point)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        is_far = zoom < FACTS_FROM
        ink, phase = self._ink, self.look.phase
        painter.setBrush(ink.nothing)
        painter.setPen((ink.far_frame if is_far else ink.frame)[phase])
        painter.drawRoundedRect(self.box, GROUP_RADIUS, GROUP_RADIUS)
        if self.is_chosen:
            gap = SELECTION_GAP
            painter.setPen(ink.far_selection if is_far else ink.selection)
            painter.drawRoundedRect(
                self.box.adjusted(-gap, -gap, gap, gap), GROUP_RADIUS + gap, GROUP_RADIUS + gap
            )
        self.paint_break(painter, zoom)
        if is_far:
            self.paint_far_name(painter, zoom)
        else:
            self._paint_texts(painter)

    def _paint_texts(self, painter: QPainter) -> None:
        self.get_ready()
        ink, phase = self._ink, self.look.phase
        if self.chevron is not None:
            self.chevron.paint(painter, ink)
        painter.setFont(self._lettering.name)
        painter.setPen(ink.name)
        painter.drawText(self._name_at, self._name)
        painter.setFont(self._lettering.fact)
        painter.setPen(ink.failure if phase is Phase.FAILED else ink.fact)
        painter.drawText(self._facts_at, self._facts)
        painter.setPen(ink.fact)
        painter.drawText(self._runs_at, self.look.runs)
        marks.draw(painter, ink, phase, self._mark_box, self.look.kind)
        if self.look.is_by_hand:
            marks.draw_hand(painter, ink, self._mark_box.translated(-HAND_ROOM, 0.0))

    def _prepare(self) -> None:
        names, facts = self._lettering.name_metrics, self._lettering.fact_metrics
        left, right = self.box.left() + PADDING + CHEVRON_ROOM, self.box.right() - PADDING
        middle = self.box.top() + GROUP_TITLE_HEIGHT / 2 + 2
        marked = self.look.phase is not Phase.IDLE
        runs_width = facts.horizontalAdvance(self.look.runs) if self.look.runs else 0.0
        end = right - (MARK + 8 if marked else 0) - (HAND_ROOM if self.look.is_by_hand else 0)
        self._runs_at = QPointF(end - runs_width, middle + facts.capHeight() / 2)
        end -= runs_width + 8 if runs_width else 0
        elide = Qt.TextElideMode
        told = one_line(self.look.facts) or ("calls a graph" if self.node.is_caller else "subgraph")
        name_room = end - left - 8 - min(facts.horizontalAdvance(told), TITLE_FACTS_WIDTH)
        self._name = names.elidedText(self.caption, elide.ElideMiddle, name_room)
        facts_left = left + names.horizontalAdvance(self._name) + 8
        self._facts = self.fitted_facts(told, end - facts_left)
        self._name_at = QPointF(left, middle + names.capHeight() / 2)
        self._facts_at = QPointF(facts_left, middle + facts.capHeight() / 2)
        self._mark_box = QRectF(right - MARK, middle - MARK / 2, MARK, MARK)
