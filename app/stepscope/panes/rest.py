"""A pane that is costly to draw rests after each picture; what changes meanwhile is drawn after that."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from stepscope.panes.pane import Pane

REST = 80
"""Milliseconds between two pictures while supersteps fly past."""


class Rest:
    """The rest of one pane; while it `goes_on`, the pane is drawn again although nothing was noted."""

    def __init__(self, pane: Pane, goes_on: Callable[[], bool] = lambda: False) -> None:
        self._pane = pane
        self._goes_on = goes_on
        self._is_behind = False
        self._timer = QTimer(pane, singleShot=True, interval=REST)
        self._timer.timeout.connect(self._on_rested)

    def begin(self) -> None:
        """The pane has just been drawn."""
        self._is_behind = False
        self._timer.start()

    def end(self) -> None:
        """The pane has nothing to draw."""
        self._is_behind = False
        self._timer.stop()

    def note(self) -> None:
        """Something has changed: draw it now, or when the pane has rested."""
        if self._timer.isActive():
            self._is_behind = True
        else:
            self._pane.mark_changed()

    def _on_rested(self) -> None:
        if self._is_behind or self._goes_on():
            self._pane.mark_changed()
