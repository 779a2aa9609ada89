"""The trace of a run: an edge that was taken just now glows, and fades until only its colour is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QTimer

from stepscope.canvas.edge_item import EdgeItem
from stepscope.canvas.ink import GLOWS

FADE = 90
"""Milliseconds between two steps of the fading; all together take 1.3 s."""


class Trace(QObject):
    """`repaint` is called with the edges whose glow has changed. Nothing glows while there is no motion."""

    def __init__(self, repaint: Callable[[Sequence[EdgeItem]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._repaint = repaint
        self._has_motion = True
        self._lit: dict[EdgeItem, None] = {}
        self._fading = QTimer(self, interval=FADE)
        self._fading.timeout.connect(self._fade)

    def set_motion(self, has_motion: bool) -> None:
        self._has_motion = has_motion
        if not has_motion:
            self._put_out()

    @property
    def is_fading(self) -> bool:
        return self._fading.isActive()

    def light(self, items: Iterable[EdgeItem]) -> None:
        """Let edges glow, also those that glow already."""
        if not self._has_motion:
            return
        lit = dict.fromkeys(items)
        for item in lit:
            item.glow = GLOWS
        self._lit |= lit
        if self._lit and not self._fading.isActive():
            self._fading.start()
        self._repaint(list(lit))

    def forget(self) -> None:
        """The picture is another one."""
        self._put_out()

    def _put_out(self) -> None:
        for item in self._lit:
            item.glow = 0
        self._end(list(self._lit))

    def _fade(self) -> None:
        items = list(self._lit)
        for item in items:
            item.glow -= 1
            if not item.glow:
                del self._lit[item]
        self._end(items)

    def _end(self, items: list[EdgeItem]) -> None:
        if not any(item.glow for item in items):
            self._lit.clear()
            self._fading.stop()
        self._repaint(items)
