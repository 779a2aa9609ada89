"""A view that is moved and zoomed by mouse, touchpad and fingers, and tells what was clicked."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGestureEvent,
    QGraphicsScene,
    QGraphicsView,
    QPinchGesture,
    QWidget,
)

LEAST_ZOOM, MOST_ZOOM = 0.002, 4.0
MOST_FITTED_ZOOM = 1.25
"""A graph of three nodes is not blown up to fill the window."""
FIT_MARGIN = 24.0
EDGE = 40
"""Pixels from the border of the view that are left free where something is brought into view."""
ZOOM_STEP = 1.2
"""One notch of the wheel."""
_ROAM = 200_000.0  # room around the scene, so that the point under the mouse can stay there at any zoom


class ZoomView(QGraphicsView):
    """A mouse wheel zooms at the pointer; a touchpad scrolls, and zooms with Ctrl or fingers; a drag moves.

    Signals
        zoom_changed(float): 1.0 is 100 %.
        resized: the view has another size, and shows another part of the scene.
        clicked(QPointF), double_clicked(QPointF): in scene coordinates; a drag is not a click.
    """

    zoom_changed = Signal(float)
    resized = Signal()
    clicked = Signal(QPointF)
    double_clicked = Signal(QPointF)

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._is_fitted = True
        self._pressed_at: QPoint | None = None
        self._dragged_to: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def zoom(self) -> float:
        """1.0 is 100 %."""
        return self.transform().m11()

    @property
    def is_fitted(self) -> bool:
        """True until the person zooms or moves: till then the picture follows the size of the window."""
        return self._is_fitted

    def fit(self) -> None:
        """Bring the whole scene into view."""
        self._is_fitted = True
        bounds = self.scene().sceneRect()
        if bounds.isEmpty():
            return
        self.give_room()
        self._fit(bounds)

    def _fit(self, area: QRectF) -> None:
        room = self.viewport().size()
        across = (room.width() - 2 * FIT_MARGIN) / max(1.0, area.width())
        down = (room.height() - 2 * FIT_MARGIN) / max(1.0, area.height())
        self._scale_to(min(across, down, MOST_FITTED_ZOOM))
        self.centerOn(area.center())

    def show_area(self, area: QRectF) -> None:
        """Bring a part of the scene into view, as large as it fits but not blown up."""
        self._is_fitted = False
        self._fit(area)

    def reveal(self, area: QRectF) -> None:
        """Bring a part of the scene into view, and out from under what lies over the view."""
        self.ensureVisible(area, EDGE, EDGE)
        seen, room = self.mapFromScene(area).boundingRect(), self.viewport().rect()
        is_small = 2 * seen.width() < room.width() and 2 * seen.height() < room.height()
        if is_small and any(lid.geometry().intersects(seen) for lid in self._lids()):
            self.look_at(area.center())

    def _lids(self) -> Iterator[QWidget]:
        """What lies over the view."""
        only = Qt.FindChildOption.FindDirectChildrenOnly
        for widget in self.findChildren(QWidget, options=only):
            if widget is not self.viewport() and widget.isVisible():
                yield widget

    def give_room(self) -> None:
        """Let the picture be moved far enough to keep any point of the scene anywhere in the view."""
        self.setSceneRect(self.scene().sceneRect().adjusted(-_ROAM, -_ROAM, _ROAM, _ROAM))

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / ZOOM_STEP)

    def zoom_to_life_size(self) -> None:
        self.zoom_by(1.0 / self.zoom)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom so that a point of the viewport (its middle, when None) keeps showing what it shows."""
        self._is_fitted = False
        point = (at or QPointF(self.viewport().rect().center())).toPoint()
        before = self.mapToScene(point)
        self._scale_to(self.zoom * factor)
        moved = self.mapToScene(point) - before
        self.translate(moved.x(), moved.y())

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by pixels, but never wholly out of sight."""
        self._is_fitted = False
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - round(dx))
        down.setValue(down.value() - round(dy))
        middle = self.mapToScene(self.viewport().rect().center())
        bounds = self.scene().sceneRect()
        x = min(max(middle.x(), bounds.left()), bounds.right())
        y = min(max(middle.y(), bounds.top()), bounds.bottom())
        if (x, y) != (middle.x(), middle.y()):
            self.centerOn(x, y)

    def look_at(self, point: QPointF) -> None:
        """Bring a point of the scene into the middle of the view, as far as there is a scene."""
        self._is_fitted = False
        bounds = self.scene().sceneRect()
        x = min(max(point.x(), bounds.left()), bounds.right())
        y = min(max(point.y(), bounds.top()), bounds.bottom())
        self.centerOn(x, y)

    def _scale_to(self, zoom: float) -> None:
        zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        if zoom != self.zoom:
            factor = zoom / self.zoom
            self.scale(factor, factor)
            self.zoom_changed.emit(self.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        modifiers = event.modifiers()
        by_touch = not event.pixelDelta().isNull() or event.phase() != Qt.ScrollPhase.NoScrollPhase
        turned = event.angleDelta()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (turned.y() / 120), event.position())
        elif by_touch:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else turned / 2
            self.pan(moved.x(), moved.y())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or turned.y() == 0:
            self.pan((turned.x() or turned.y()) / 2, 0)
        else:
            self.zoom_by(ZOOM_STEP ** (turned.y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed_at = event.position().toPoint()
            self._dragged_to = None
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        here = event.position().toPoint()
        if self._dragged_to is None:
            if (here - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
                return
            self._dragged_to = self._pressed_at
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        moved = here - self._dragged_to
        self._dragged_to = here
        self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed_at is not None and self._dragged_to is None
        self._pressed_at = self._dragged_to = None
        self.viewport().unsetCursor()
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.mapToScene(event.position().toPoint()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self.mapToScene(event.position().toPoint()))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = self.viewport().mapFromGlobal(pinch.centerPoint())
                self.zoom_by(pinch.scaleFactor(), centre)
            return True
        return super().viewportEvent(event)
