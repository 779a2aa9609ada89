"""The superstep's barrier as it is drawn: a band behind its tasks, and a caption above the edges."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from stepscope.canvas.band_place import BandPlace
from stepscope.canvas.distance import FACTS_FROM
from stepscope.canvas.ink import Ink
from stepscope.canvas.measures import CAPTION_HEIGHT, LABEL_PADDING, NODE_RADIUS, Lettering
from stepscope.model.geometry import Rect


def _rectangle(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


class BandItem(QGraphicsItem):
    """The tinted rectangle; hidden while there is no superstep to show."""

    def __init__(self, ink: Ink, depth: int) -> None:
        super().__init__()
        self._ink, self._depth = ink, depth
        self.box = QRectF()
        self._core = QRectF()
        self.setVisible(False)

    def show_place(self, place: BandPlace | None) -> None:
        """Move to a place, or vanish."""
        self.setVisible(place is not None)
        if place is not None and _rectangle(place.rect) != self.box:
            self.prepareGeometryChange()
            self.box, self._core = _rectangle(place.rect), _rectangle(place.core)

    def boundingRect(self) -> QRectF:
        return self.box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(self._ink.inner_band_line if self._depth else Qt.PenStyle.NoPen)
        painter.setBrush(self._ink.band_at(self._depth))
        # From too far away to read its caption, the band needs no room for one.
        has_caption = option.levelOfDetailFromTransform(painter.worldTransform()) >= FACTS_FROM
        painter.drawRoundedRect(self.box if has_caption else self._core, NODE_RADIUS, NODE_RADIUS)


class CaptionItem(QGraphicsItem):
    """The band's sentence, on a plate of the band's colour that lets the edges beneath shine through."""

    def __init__(self, ink: Ink, lettering: Lettering, depth: int) -> None:
        super().__init__()
        self.text = ""
        self._ink, self._lettering, self._depth = ink, lettering, depth
        self._plate = QRectF()
        self._text_at = QPointF()
        self.setVisible(False)

    def show_caption(self, place: BandPlace | None, text: str) -> None:
        """Say something else, elsewhere; without a place, nothing."""
        self.setVisible(place is not None)
        self.text = text if place is not None else ""
        if place is None:
            return
        self.prepareGeometryChange()
        self._plate = _rectangle(place.caption)
        middle = self._plate.center().y()
        self._text_at = QPointF(
            self._plate.x() + LABEL_PADDING, middle + self._lettering.fact_metrics.capHeight() / 2
        )
        self.update()

    def holds(self, text: str) -> bool:
        """Whether there is room for another sentence where this one stands."""
        width, _ = self._lettering.caption_size(text)
        return width <= self._plate.width()

    def say(self, text: str) -> None:
        """Say something else in the same place."""
        self.text = text
        self.update()

    def boundingRect(self) -> QRectF:
        return self._plate

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if option.levelOfDetailFromTransform(painter.worldTransform()) < FACTS_FROM:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink.caption_plate_at(self._depth))
        painter.drawRoundedRect(self._plate, CAPTION_HEIGHT / 2, CAPTION_HEIGHT / 2)
        painter.setFont(self._lettering.fact)
        painter.setPen(self._ink.fact)
        painter.drawText(self._text_at, self.text)
