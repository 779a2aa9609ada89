"""Tab goes the way that one reads, also through widgets that were made out of turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLayout, QWidget


class ReadingOrder(QObject):
    """Keeps Tab to the order of a widget's layouts, whatever comes into them and goes."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._order: list[QWidget] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and (layout := self._widget.layout()) is not None:
            order = list(_takers(layout))
            if order != self._order:
                self._order = order
                for one, next_one in pairwise(order):
                    QWidget.setTabOrder(one, next_one)
        return False


_BY_TAB = (Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.WheelFocus)


def _takers(layout: QLayout) -> Iterator[QWidget]:
    """All in a layout that Tab stops at."""
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        if (inner := item.layout()) is not None:
            yield from _takers(inner)
        elif (widget := item.widget()) is not None:
            if widget.focusPolicy() in _BY_TAB:
                yield widget
            elif (inside := widget.layout()) is not None:
                yield from _takers(inside)
