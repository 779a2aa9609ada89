"""Looks at the canvas as a person does: by names, colours, words and clicks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from stepscope.canvas.edge_item import edge_pen
from stepscope.canvas.view import GraphView
from stepscope.model.phase import Phase
from stepscope.model.topology import END, START, EdgeShape, NodeKey

_MAGNIFIED = 8
_TITLE_MIDDLE = 14.0


def key_of(name: str) -> NodeKey:
    """``researcher/query`` as a node's key; START and END stand for the two ends."""
    return tuple({"START": START, "END": END}.get(part, part) for part in name.split("/"))


def name_of(key: NodeKey) -> str:
    return "/".join({START: "START", END: "END"}.get(part, part) for part in key)


class CanvasProbe:
    """Names are paths such as ``plan`` and ``researcher/query``."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._scene = view.graph_scene

    def nodes(self) -> list[str]:
        """All nodes and open subgraphs that are drawn."""
        return sorted(name_of(item.node.key) for item in self._scene.node_items())

    def phase_of(self, name: str) -> Phase:
        """The state that the node's mark shows."""
        return self._scene.node_item(key_of(name)).look.phase

    def text_of(self, name: str) -> str:
        """What is written on the node, its state's mark included."""
        return " ".join(self._scene.node_item(key_of(name)).texts)

    def tooltip_of(self, name: str) -> str:
        return self._scene.node_item(key_of(name)).look.story

    def colour_of(self, name: str) -> str:
        """The colour of the node's border, as ``#rrggbb`` from the picture itself."""
        box = self.box_of(name)
        return self._pixel(QPointF(box.left(), box.center().y()))

    def fill_of(self, name: str) -> str:
        """The colour inside the node, beside its left border."""
        box = self.box_of(name)
        return self._pixel(QPointF(box.left() + 4, box.center().y()))

    def colour_at(self, point: QPointF) -> str:
        """The colour of the picture at a point of the scene."""
        return self._pixel(point)

    def box_of(self, name: str) -> QRectF:
        """Where the node is drawn, in scene coordinates."""
        rect = self._scene.box_of(key_of(name))
        return QRectF(rect.x, rect.y, rect.width, rect.height)

    def edges(self) -> list[str]:
        """Every edge that is drawn: ``plan -> route``, ``route ?> writer`` for a conditional one."""
        edges = (item.edge for item in self._scene.edge_items())
        return [
            f"{name_of(edge.source)} {'?>' if edge.conditional else '->'} {name_of(edge.target)}"
            for edge in edges
        ]

    def learnt(self) -> list[str]:
        """The edges that are drawn though no topology has them: ``a ..> b``."""
        edges = (item.edge for item in self._scene.learnt_items())
        return [f"{name_of(edge.source)} ..> {name_of(edge.target)}" for edge in edges]

    def dashes_of(self, edge: EdgeShape) -> list[float]:
        """The dashes and gaps that such an edge is drawn with; none for a solid line."""
        return edge_pen(self._view.ink.edges, edge, is_taken=False).dashPattern()

    def is_edge_taken(self, source: str, target: str) -> bool:
        """Whether any edge between the two is drawn as taken. Raises LookupError when there is none."""
        ends = key_of(source), key_of(target)
        drawn = (*self._scene.edge_items(), *self._scene.learnt_items())
        items = [item for item in drawn if (item.edge.source, item.edge.target) == ends]
        if not items:
            raise LookupError(f"No edge {source} -> {target}; there are {self.edges()}")
        return any(item.is_taken for item in items)

    def labels(self) -> list[str]:
        """The texts of all pills, in the order of their edges."""
        return [label.text for label in self._scene.label_items()]

    def caption(self, graph: str = "") -> str:
        """What the band of a graph's superstep says; nothing when no band is drawn."""
        return self._scene.bands.captions.get(key_of(graph) if graph else (), "")

    def band_of(self, graph: str = "") -> QRectF | None:
        """Where that band is drawn, in scene coordinates."""
        return self._scene.bands.box(key_of(graph) if graph else ())

    def hint(self) -> str:
        """The line in place of a graph."""
        return self._view.hint

    def selected(self) -> str | None:
        """The node with the selection's ring."""
        chosen = self._scene.chosen
        return None if chosen is None else name_of(chosen)

    def is_in_view(self, name: str) -> bool:
        """Whether the whole node lies within the visible part."""
        return self._view.viewport().rect().contains(self.box_in_view(name))

    def box_in_view(self, name: str) -> QRect:
        """Where the node is seen, in pixels of the view."""
        return self._view.mapFromScene(self.box_of(name)).boundingRect()

    def click(self, name: str) -> None:
        QTest.mouseClick(self._view.viewport(), Qt.MouseButton.LeftButton, pos=self.point_of(name))

    def double_click(self, name: str) -> None:
        QTest.mouseDClick(self._view.viewport(), Qt.MouseButton.LeftButton, pos=self.point_of(name))

    def click_margin(self, name: str) -> None:
        """Click left of the node, where breakpoints are."""
        QTest.mouseClick(self._view.viewport(), Qt.MouseButton.LeftButton, pos=self.margin_of(name))

    def rest_on_margin(self, name: str) -> None:
        """Move the mouse there."""
        QTest.mouseMove(self._view.viewport(), self.margin_of(name))

    def margin_of(self, name: str) -> QPoint:
        """A point of the view in the node's margin."""
        return self._view.mapFromScene(self._mark_of(name))

    def mark_colours_of(self, name: str) -> tuple[str, str]:
        """The colours in the middle and at the edge of what is drawn in the node's margin."""
        middle = self._mark_of(name)
        return self._pixel(middle), self._pixel(middle - QPointF(4.5, 0))

    def _mark_of(self, name: str) -> QPointF:
        box = self.box_of(name)
        is_open = key_of(name) in self._scene.layout.groups
        return QPointF(box.left() - 11, box.top() + 16 if is_open else box.center().y())

    def point_of(self, name: str) -> QPoint:
        """Where to click on it: in its middle, for an open subgraph on its title."""
        box = self.box_of(name)
        is_open = key_of(name) in self._scene.layout.groups
        centre = QPointF(box.center().x(), box.top() + _TITLE_MIDDLE) if is_open else box.center()
        return self._view.mapFromScene(centre)

    def image(self) -> QImage:
        """The view as it looks now."""
        return self._view.grab().toImage()

    def _pixel(self, point: QPointF) -> str:
        # Magnified, so that a border is broad enough to show its own colour and no blend.
        around = QRectF(point.x() - 2, point.y() - 2, 4, 4)
        side = 4 * _MAGNIFIED
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(QColor(self._view.backgroundBrush().color()))
        painter = QPainter(image)
        self._scene.render(painter, QRectF(image.rect()), around)
        painter.end()
        return image.pixelColor(side // 2, side // 2).name()
