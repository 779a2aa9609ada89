"""The whole graph, small, in a corner of the canvas, with a lens over the part that is in view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from stepscope.canvas.corner import Corner
from stepscope.canvas.view import GraphView
from stepscope.run.run_model import RunModel

MOST = QSize(200, 160)
LEAST_SIDE = 40
MARGIN = 6.0
SOON = 120
"""Milliseconds until what the run has changed is drawn here, too: nobody reads a minimap frame by frame."""
_VEIL = 0.35


class Minimap(QWidget):
    """Shown while the graph does not fit into the view. A click or a drag moves the view there."""

    def __init__(self, view: GraphView, model: RunModel) -> None:
        super().__init__(view)
        self.setAccessibleName("Minimap")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._view, self._scene = view, view.graph_scene
        self._overview = view.overview
        self._picture: QPixmap | None = None
        self._is_wanted = True
        self._corner = Corner(self, view, Qt.Corner.BottomRightCorner)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._draw_anew)
        view.graph_shown.connect(self._on_graph_shown)
        view.zoom_changed.connect(self._follow)
        view.horizontalScrollBar().valueChanged.connect(self._follow)
        view.verticalScrollBar().valueChanged.connect(self._follow)
        view.resized.connect(self._follow)
        for signal in (model.nodes_changed, model.edges_changed, model.was_reset, view.regarded):
            signal.connect(self._draw_soon)
        self.hide()

    def want(self, is_wanted: bool) -> None:
        """Show it whenever the graph is larger than the view, or never."""
        self._is_wanted = is_wanted
        self._follow()

    def set_theme(self) -> None:
        """Draw with the colours that the view has now."""
        self._draw_anew()

    @property
    def lens(self) -> QRectF:
        """The part of the minimap that is in view, in its own pixels."""
        return self._transform().mapRect(self._seen())

    def sizeHint(self) -> QSize:
        area = self._scene.sceneRect()
        if area.isEmpty():
            return MOST
        size = area.size().scaled(MOST, Qt.AspectRatioMode.KeepAspectRatio).toSize()
        return size.expandedTo(QSize(LEAST_SIDE, LEAST_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        theme = self._view.ink.theme
        veil = QColor(theme.canvas)
        veil.setAlphaF(_VEIL)
        lens = self.lens.intersected(QRectF(self.rect()))
        painter.setClipRegion(self.rect())
        for part in _around(QRectF(self.rect()), lens):
            painter.fillRect(part, veil)
        painter.setPen(QColor(theme.accent))
        painter.drawRect(lens.adjusted(0.0, 0.0, -1.0, -1.0))
        painter.setPen(QColor(theme.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the canvas behind would take it for a click of its own

    def _go_to(self, point: QPointF) -> None:
        back, _ = self._transform().inverted()
        self._view.look_at(back.map(point))

    def _on_graph_shown(self) -> None:
        self._corner.place()
        self._draw_anew()
        self._follow()

    def _follow(self) -> None:
        area = self._scene.sceneRect()
        fits = self._scene.is_empty or self._seen().contains(area)
        self.setVisible(self._is_wanted and not fits)
        self.update()

    def _draw_soon(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()
        elif not self.isVisible():
            self._forget()

    def _draw_anew(self) -> None:
        self._forget()
        self.update()

    def _forget(self) -> None:
        self._overview.mark_stale()
        self._picture = None

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self._view.ink.theme.panel))
        painter = QPainter(picture)
        painter.setTransform(self._transform(), combine=True)
        self._overview.paint(painter)
        painter.end()
        return picture

    def _seen(self) -> QRectF:
        """The part of the scene that is in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _transform(self) -> QTransform:
        """From the scene to the minimap's own pixels."""
        area = self._scene.sceneRect()
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        scale = min(room.width() / max(1.0, area.width()), room.height() / max(1.0, area.height()))
        middle, centre = room.center(), area.center()
        transform = QTransform.fromTranslate(middle.x(), middle.y())
        transform.scale(scale, scale)
        return transform.translate(-centre.x(), -centre.y())


def _around(whole: QRectF, hole: QRectF) -> list[QRectF]:
    """What is left of a rectangle without a part of it."""
    if hole.isEmpty():
        return [whole]
    return [
        QRectF(whole.left(), whole.top(), whole.width(), hole.top() - whole.top()),
        QRectF(whole.left(), hole.bottom(), whole.width(), whole.bottom() - hole.bottom()),
        QRectF(whole.left(), hole.top(), hole.left() - whole.left(), hole.height()),
        QRectF(hole.right(), hole.top(), whole.right() - hole.right(), hole.height()),
    ]
