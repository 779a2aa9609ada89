"""One node as it is drawn: a rounded box with its name, a line of facts and its state's mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from stepscope.canvas import marks
from stepscope.canvas.chevron import Chevron
from stepscope.canvas.distance import FACTS_FROM, HANDLES_FROM
from stepscope.canvas.ink import Ink
from stepscope.canvas.look_item import LookItem
from stepscope.canvas.measures import (
    CHEVRON_ROOM,
    FAR_PADDING,
    HAND_ROOM,
    MARK,
    NODE_RADIUS,
    PADDING,
    SELECTION_GAP,
    Lettering,
    one_line,
    terminal_name,
)
from stepscope.model.geometry import Rect
from stepscope.model.phase import Phase
from stepscope.model.topology import NodeShape
from stepscope.theme import HAND_GLYPH

_UP = QPointF(0.0, 8.5)
"""How far the name gives way to a line of facts beneath it."""


class NodeItem(LookItem):
    """Drawn around its own origin, the middle of the box."""

    def __init__(self, node: NodeShape, rect: Rect, ink: Ink, lettering: Lettering) -> None:
        box = QRectF(-rect.width / 2, -rect.height / 2, rect.width, rect.height)
        super().__init__(node, box, box.height(), ink, lettering)
        self.setPos(rect.centre.x, rect.centre.y)
        self._is_terminal = node.kind in ("start", "end")
        if node.inside:
            self.chevron = Chevron(QPointF(box.left() + PADDING + CHEVRON_ROOM / 2 - 3.0, 0.0), is_open=False)
            self.handle = box
        self._radius = rect.height / 2 if self._is_terminal else NODE_RADIUS
        aside = CHEVRON_ROOM if node.inside else 0.0
        self.far_room = box.adjusted(FAR_PADDING + aside, 0.0, -FAR_PADDING, 0.0)

    @property
    def texts(self) -> list[str]:
        """What a person reads on it, top to bottom."""
        self.get_ready()
        mark = "" if self._is_terminal else self.look.glyph
        hand = HAND_GLYPH if self.look.is_by_hand else ""
        sign = self.break_look.sign.value if self.break_look is not None else ""
        return [text for text in (sign, self._name, hand, mark, self._facts, self.look.runs) if text]

    def holds(self, point: QPointF) -> bool:
        """Whether a point of the scene lies on the box."""
        return self.box.contains(point - self.pos())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        self._paint_box(painter, is_far=zoom < FACTS_FROM)
        self.paint_break(painter, zoom)
        if self._is_terminal:
            self._paint_terminal(painter, zoom)
        elif zoom < FACTS_FROM:
            self.paint_far_name(painter, zoom)
        else:
            self._paint_texts(painter)

    def _paint_box(self, painter: QPainter, is_far: bool) -> None:
        ink, phase = self._ink, self.look.phase
        painter.setPen((ink.far_border if is_far else ink.border)[phase])
        painter.setBrush(ink.fill[phase])
        painter.drawRoundedRect(self.box, self._radius, self._radius)
        if self.is_chosen:
            gap = SELECTION_GAP
            painter.setPen(ink.far_selection if is_far else ink.selection)
            painter.setBrush(ink.nothing)
            painter.drawRoundedRect(
                self.box.adjusted(-gap, -gap, gap, gap), self._radius + gap, self._radius + gap
            )

    def _paint_terminal(self, painter: QPainter, zoom: float) -> None:
        if zoom < HANDLES_FROM:
            return
        self.get_ready()
        painter.setPen(self._ink.fact)
        if zoom < FACTS_FROM:
            painter.setFont(self._lettering.far_terminal.font)
            painter.drawText(self._far_name_at, self._name)
        else:
            painter.setFont(self._lettering.terminal)
            painter.drawText(self._lone_name_at, self._name)

    def _paint_texts(self, painter: QPainter) -> None:
        self.get_ready()
        ink, phase = self._ink, self.look.phase
        painter.setFont(self._lettering.name)
        painter.setPen(ink.name)
        painter.drawText(self._name_at if self._has_facts else self._lone_name_at, self._name)
        if self.chevron is not None:
            self.chevron.paint(painter, ink)
        mark_box = self._mark_box if self._has_facts else self._lone_mark_box
        marks.draw(painter, ink, phase, mark_box, self.look.kind)
        if self.look.is_by_hand:
            marks.draw_hand(painter, ink, mark_box.translated(-HAND_ROOM, 0.0))
        if self._has_facts:
            painter.setFont(self._lettering.fact)
            painter.setPen(ink.failure if phase is Phase.FAILED else ink.fact)
            painter.drawText(self._facts_at, self._facts)
            painter.setPen(ink.fact)
            painter.drawText(self._runs_at, self.look.runs)

    def _prepare(self) -> None:
        """Cut the texts to the box and find their places."""
        if self._is_terminal:
            self._prepare_terminal()
            return
        names, facts = self._lettering.name_metrics, self._lettering.fact_metrics
        left, right = self.box.left() + PADDING, self.box.right() - PADDING
        left += CHEVRON_ROOM if self.node.inside else 0.0
        marked = self.look.phase is not Phase.IDLE
        name_room = right - left - (MARK + 6 if marked else 0)
        name_room -= HAND_ROOM if self.look.is_by_hand else 0
        self._name = names.elidedText(self.caption, Qt.TextElideMode.ElideMiddle, name_room)
        runs_width = facts.horizontalAdvance(self.look.runs) if self.look.runs else 0.0
        facts_room = right - left - (runs_width + 6 if runs_width else 0)
        told = self.look.facts or (count_inside(self.node.inside) if self.node.inside else "")
        self._facts = self.fitted_facts(one_line(told), facts_room)
        self._has_facts = bool(self._facts or self.look.runs)
        self._lone_name_at = QPointF(left, names.capHeight() / 2)
        self._name_at = self._lone_name_at - _UP
        self._facts_at = QPointF(left, 10.0 + facts.capHeight() / 2)
        self._runs_at = QPointF(right - runs_width, self._facts_at.y())
        self._lone_mark_box = QRectF(right - MARK, -MARK / 2, MARK, MARK)
        self._mark_box = self._lone_mark_box.translated(-_UP)

    def _prepare_terminal(self) -> None:
        self._name, self._facts, self._has_facts = terminal_name(self.node), "", False
        self._lone_name_at = _centred(self._name, self._lettering.terminal_metrics)
        self._far_name_at = _centred(self._name, self._lettering.far_terminal.metrics)


def _centred(text: str, metrics: QFontMetricsF) -> QPointF:
    """Where a text begins that has its middle at the origin."""
    return QPointF(-metrics.horizontalAdvance(text) / 2, metrics.capHeight() / 2)


def count_inside(nodes: int) -> str:
    """What a folded subgraph says of itself while it has nothing else to say."""
    return "1 node inside" if nodes == 1 else f"{nodes:,} nodes inside"
