"""From one layout to the next: nodes glide from where they were seen, so that the eye can follow them.

Only how things are drawn is late. What is where the layout says is there at once: clicks, keys, whatever asks
the scene for a place. The lines fade in, for they run elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, QVariantAnimation
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView

from stepscope.canvas.group_item import GroupItem
from stepscope.canvas.look_item import LookItem
from stepscope.canvas.node_item import NodeItem
from stepscope.canvas.scene import GraphScene
from stepscope.model.geometry import Rect
from stepscope.model.topology import NodeKey

LASTS = 180
"""Milliseconds."""
LINES_FROM = 0.5
"""The part of the way after which lines appear: until then the nodes are not where they lead."""
MOST_ITEMS = 600
"""With more of them a frame takes so long that nothing would glide."""

Step = Callable[[float], None]
"""Draws an item as it is at a time between 0 and 1."""


class Glide(QObject):
    """Nothing glides until there is motion."""

    def __init__(self, view: QGraphicsView, scene: GraphScene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self._has_motion = False
        self._seen: dict[NodeKey, QRectF] = {}
        self._zoom = 1.0
        self._steps: list[Step] = []
        self._time = QVariantAnimation(self)
        self._time.setStartValue(0.0)
        self._time.setEndValue(1.0)
        self._time.setDuration(LASTS)
        self._time.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._time.valueChanged.connect(self._draw)
        self._time.finished.connect(self.finish)

    @property
    def is_under_way(self) -> bool:
        """True while nodes are drawn elsewhere than they stand."""
        return bool(self._steps)

    def set_motion(self, has_motion: bool) -> None:
        self._has_motion = has_motion
        if not has_motion:
            self.finish()

    def remember(self, places: Mapping[NodeKey, Rect]) -> None:
        """Note where in the view everything is seen, before another layout takes its place."""
        self.finish()
        transform = self._view.viewportTransform()
        self._zoom = transform.m11()
        is_wanted = self._has_motion and self._view.isVisible() and len(places) <= MOST_ITEMS
        self._seen = {
            key: transform.mapRect(QRectF(rect.x, rect.y, rect.width, rect.height))
            for key, rect in (places if is_wanted else {}).items()
        }

    def begin(self) -> None:
        """Let what the new layout has glide there from where it was remembered to be."""
        items = [] if self._scene.is_growing or not self._seen else self._scene.items()
        if not items or len(items) > MOST_ITEMS:
            return
        back, _ = self._view.viewportTransform().inverted()
        scale = self._zoom / self._view.transform().m11()
        for item in items:
            start = self._start_of(item)
            if isinstance(item, NodeItem) and start is not None:
                self._steps.append(_move(item, back.map(start.center()), scale))
            if not isinstance(item, LookItem):
                self._steps.append(_appear(item, LINES_FROM))
            elif isinstance(item, GroupItem) or item.node.key not in self._seen:
                self._steps.append(_appear(item))
        self._view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self._draw(0.0)
        self._time.start()

    def finish(self) -> None:
        """Draw everything where it is."""
        if not self._steps:
            return
        self._draw(1.0)
        self._steps = []
        self._time.stop()
        self._view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)

    def _start_of(self, item: QGraphicsItem) -> QRectF | None:
        """Where a node was seen, or else what it was in."""
        key = item.node.key if isinstance(item, NodeItem) else ()
        while key and key not in self._seen:
            key = key[:-1]
        return self._seen.get(key)

    def _draw(self, time: float) -> None:
        for step in self._steps:
            step(time)


def _move(item: QGraphicsItem, start: QPointF, scale: float) -> Step:
    end = item.pos()

    def step(time: float) -> None:
        item.setPos(start + (end - start) * time)
        item.setScale(scale + (1.0 - scale) * time)

    return step


def _appear(item: QGraphicsItem, begin: float = 0.0) -> Step:
    opacity = item.opacity()
    return lambda time: item.setOpacity(opacity * max(0.0, time - begin) / (1.0 - begin))
