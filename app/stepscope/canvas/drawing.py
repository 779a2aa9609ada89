"""A picture of the whole graph for a file or the clipboard, made in any thread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QImageWriter,
    QPagedPaintDevice,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from stepscope.canvas.edge_item import EdgeItem, LabelItem
from stepscope.canvas.group_item import GroupItem
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import EdgeLook, NodeLook
from stepscope.canvas.measures import Lettering
from stepscope.canvas.node_item import NodeItem
from stepscope.model.layout import Layout
from stepscope.model.topology import EdgeShape, NodeKey, Topology
from stepscope.theme import LIGHT, Theme

MARGIN = 24.0
MOST_PIXELS = 120_000_000
"""Half a gigabyte of memory; a larger picture is better had as SVG."""
SIDE = 32_000
"""Qt's painter goes no further."""


_PDF_DOTS = 300
_POINTS = 72 / 96
"""Of a pixel on the screen, in the units of paper."""


class TooLarge(Exception):
    """A picture would have more pixels than are drawn."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(
            f"The picture would have {width:,} × {height:,} pixels. Take a smaller size, or SVG."
        )


@dataclass(frozen=True)
class Drawing:
    """A graph's layout and what it shows at one moment. Nodes and edges without a look are idle."""

    topology: Topology
    layout: Layout
    theme: Theme
    nodes: Mapping[NodeKey, NodeLook]
    edges: Mapping[EdgeShape, EdgeLook]

    def on_paper(self) -> Drawing:
        """The same in light colours, whatever the window wears."""
        return replace(self, theme=replace(LIGHT, canvas="#ffffff"))

    @property
    def most_scale(self) -> float:
        """The largest scale at which it can be drawn in pixels."""
        across, down = self.area.width(), self.area.height()
        return min(SIDE / across, SIDE / down, math.sqrt(MOST_PIXELS / (across * down)))

    @property
    def area(self) -> QRectF:
        """The part of the scene that is drawn."""
        bounds = self.layout.bounds
        return QRectF(bounds.x, bounds.y, bounds.width, bounds.height).adjusted(
            -MARGIN, -MARGIN, MARGIN, MARGIN
        )

    def pixels(self, scale: float) -> QSize:
        """How large the picture is, at a scale of which 1 is life size."""
        return QSize(math.ceil(self.area.width() * scale), math.ceil(self.area.height() * scale))

    def image(self, scale: float) -> QImage:
        """The picture in pixels. Raises TooLarge."""
        size = self.pixels(scale)
        if size.width() * size.height() > MOST_PIXELS or max(size.width(), size.height()) > SIDE:
            raise TooLarge(size.width(), size.height())
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(self.theme.canvas)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        self._paint(painter)
        painter.end()
        return image

    def png(self, scale: float) -> bytes:
        """The picture as a file. Raises TooLarge."""
        image = self.image(scale)
        # What shows a file in its own size takes a picture of 2x for twice as sharp, not twice as large.
        image.setDotsPerMeterX(round(96 * scale / 0.0254))
        image.setDotsPerMeterY(round(96 * scale / 0.0254))
        written = QByteArray()
        buffer = QBuffer(written)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(image)
        return bytes(written.data())

    def svg(self, title: str) -> bytes:
        """The picture in lines and letters, which is sharp at any size."""
        from PySide6.QtSvg import QSvgGenerator  # only who exports needs that library

        written = QByteArray()
        buffer = QBuffer(written)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setTitle(title)
        generator.setResolution(96)
        size = self.pixels(1.0)
        generator.setSize(size)
        generator.setViewBox(QRectF(0.0, 0.0, size.width(), size.height()))
        painter = QPainter(generator)
        painter.fillRect(QRectF(0.0, 0.0, size.width(), size.height()), self.theme.canvas)
        self._paint(painter)
        painter.end()
        # Where the family is not known, letters without serifs come nearest in width.
        family = QFont().family().encode()
        return bytes(written.data()).replace(
            b'font-family="%b"' % family, b'font-family="%b, system-ui, sans-serif"' % family
        )

    def pdf(self, title: str) -> bytes:
        """The picture on a page as large as it is."""
        written = QByteArray()
        buffer = QBuffer(written)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setTitle(title)
        writer.setResolution(_PDF_DOTS)
        writer.setPageMargins(QMarginsF())
        writer.setPageSize(QPageSize(self.area.size() * _POINTS, QPageSize.Unit.Point))
        self.put_on(writer)
        buffer.close()
        return bytes(written.data())

    def put_on(self, page: QPagedPaintDevice) -> bool:
        """Draw it onto a page, as large as it fits; False when the page cannot be drawn on."""
        painter = QPainter()
        if not painter.begin(page):
            return False
        self.put_into(painter, QRectF(0.0, 0.0, page.width(), page.height()))
        return painter.end()

    def put_into(self, painter: QPainter, box: QRectF) -> None:
        """Draw it into the middle of a box, as large as it fits."""
        scale = min(box.width() / self.area.width(), box.height() / self.area.height())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.translate(box.center())
        painter.scale(scale, scale)
        painter.translate(-self.area.width() / 2, -self.area.height() / 2)
        painter.fillRect(QRectF(0.0, 0.0, self.area.width(), self.area.height()), QColor(self.theme.canvas))
        self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        """Draw item by item, from the lowest to the topmost; none is kept."""
        painter.translate(-self.area.topLeft())
        ink, lettering = Ink(self.theme), Lettering.of_system()
        option = QStyleOptionGraphicsItem()
        shapes = self.topology.nodes
        groups = sorted(self.layout.groups.items(), key=lambda group: len(group[0]))
        for key, rect in groups:
            self._put(painter, option, self._dressed(GroupItem(shapes[key], rect, ink, lettering)))
        edges = [EdgeItem(index, route, ink) for index, route in enumerate(self.layout.edges)]
        for edge in edges:
            edge.show_look(self.edges.get(edge.edge, EdgeLook()))
        for edge in sorted(edges, key=lambda edge: edge.zValue()):
            self._put(painter, option, edge)
        for edge in edges:
            label = self.layout.edges[edge.index].label_rect
            if label is not None:
                self._put(painter, option, LabelItem(edge, label, ink, lettering))
        for key, rect in self.layout.nodes.items():
            self._put(painter, option, self._dressed(NodeItem(shapes[key], rect, ink, lettering)))

    def _dressed(self, item: NodeItem | GroupItem) -> NodeItem | GroupItem:
        item.show_look(self.nodes.get(item.node.key, NodeLook()))
        return item

    def _put(self, painter: QPainter, option: QStyleOptionGraphicsItem, item: QGraphicsItem) -> None:
        painter.save()
        painter.translate(item.pos())
        item.paint(painter, option)
        painter.restore()
