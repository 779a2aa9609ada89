"""Keeps a small widget in a corner of the canvas, whatever the size of either."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

MARGIN = 12
_OF_WIDGET = (QEvent.Type.Show, QEvent.Type.LayoutRequest)
_OF_PARENT = (QEvent.Type.Resize,)


class Corner(QObject):
    """`around` is the widget's parent. `place` is to be called when its size hint changes."""

    def __init__(self, widget: QWidget, around: QWidget, corner: Qt.Corner) -> None:
        super().__init__(widget)
        self._widget, self._around, self._corner = widget, around, corner
        around.installEventFilter(self)
        widget.installEventFilter(self)

    def place(self) -> None:
        """Give the widget the size it wants, and put it into its corner."""
        widget, room = self._widget, self._around.rect()
        widget.resize(widget.sizeHint().boundedTo(room.size()))
        right = self._corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner)
        low = self._corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
        widget.move(
            room.width() - widget.width() - MARGIN if right else MARGIN,
            room.height() - widget.height() - MARGIN if low else MARGIN,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = _OF_WIDGET if watched is self._widget else _OF_PARENT
        if event.type() in kinds:
            self.place()
        return False
