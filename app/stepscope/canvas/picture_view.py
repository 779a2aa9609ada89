"""How a graph is painted: as items when near, flat from far away, dimmed when old, words in place of none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QLabel, QWidget

from stepscope.canvas import overview
from stepscope.canvas.ink import Ink
from stepscope.canvas.measures import Lettering
from stepscope.canvas.node_view import NodeView
from stepscope.canvas.overview import Overview
from stepscope.canvas.scene import GraphScene
from stepscope.model.geometry import Rect
from stepscope.run.selection import Selection
from stepscope.theme import Theme

_MANY = 20


class PictureView(NodeView):
    """How a scene is painted, whatever it shows."""

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self.ink, self.lettering = Ink(theme), Lettering.of_system()
        super().__init__(GraphScene(self.ink, self.lettering), selection, parent)
        self.graph_scene.setParent(self)  # a view does not own its scene
        self.overview = Overview(self.graph_scene, self.ink)
        self._is_stale = False
        self._hint = QLabel(self.viewport())
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.WindowText)
        self.set_theme(theme)

    @property
    def hint(self) -> str:
        """The line that stands in place of a graph, or nothing."""
        return self._hint.text()

    @property
    def is_overview(self) -> bool:
        """True while the graph is so far away, or so new, that only flat boxes and lines are drawn."""
        layout = self.graph_scene.layout
        below = overview.draws_from(len(layout.nodes) + len(layout.edges))
        return self.zoom < below or self.graph_scene.is_growing

    @property
    def is_stale(self) -> bool:
        """True while the picture is one of an earlier state of the file, and dimmed."""
        return self._is_stale

    def set_stale(self, is_stale: bool) -> None:
        """Dim the picture, which is not of the file as it is now, or brighten it again."""
        self._is_stale = is_stale
        self.viewport().update()
        self.describe()

    def set_theme(self, theme: Theme) -> None:
        """Switch to other colours at once."""
        self.ink.use(theme)
        self.setBackgroundBrush(self.ink.canvas)
        palette = self._hint.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self.ink.fact.color())
        self._hint.setPalette(palette)
        self.viewport().update()

    def say(self, text: str) -> None:
        """Have a line of words stand in place of a graph, or none."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._place_hint()

    def seen_area(self) -> Rect:
        """The part of the scene that is in view."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        return Rect(seen.x(), seen.y(), seen.width(), seen.height())

    def repaint_items(self, items: Sequence[QGraphicsItem]) -> None:
        if not items:
            return
        self.overview.mark_stale()
        # A hundred small updates cost more than one of everything: 13 ms against 3.
        if self.is_overview or (
            len(items) > _MANY and 3 * len(items) > len(self.items(self.viewport().rect()))
        ):
            self.viewport().update()
            return
        for item in items:
            item.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_overview:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.ink.canvas)
        painter.setTransform(self.viewportTransform())
        self.overview.paint(painter)
        if self._is_stale:
            painter.resetTransform()
            painter.fillRect(event.rect(), self.ink.veil)
        painter.end()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._is_stale:
            painter.fillRect(rect, self.ink.veil)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()

    def _place_hint(self) -> None:
        self._hint.setGeometry(self.viewport().rect().adjusted(32, 0, -32, 0))
