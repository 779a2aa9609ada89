"""The barrier's sentence in a corner of the view, for as long as no band can be seen that says it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from stepscope.canvas.corner import Corner
from stepscope.canvas.view import GraphView


class BarrierNote(QLabel):
    """Tasks that stand far apart have no band; another band may be out of view, or too small to read."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self.setObjectName("barrierNote")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view = view
        self._corner = Corner(self, view, Qt.Corner.TopLeftCorner)
        view.barrier_told.connect(self._follow)
        view.zoom_changed.connect(self._follow)
        view.horizontalScrollBar().valueChanged.connect(self._follow)
        view.verticalScrollBar().valueChanged.connect(self._follow)
        view.resized.connect(self._follow)
        self.hide()

    def _follow(self) -> None:
        words = "" if self._view.shows_barrier else self._view.barrier
        if words != self.text():
            self.setText(words)
            self._corner.place()
        self.setVisible(bool(words))
