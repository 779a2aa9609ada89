"""Where a node goes on after an output that is given for it: as its edges say, or to nodes of choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

END = "__end__"
AS_THE_EDGES_SAY = "as the edges say"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class GotoChoice(QPushButton):
    """Opens a list of the graph's nodes of which several can be ticked.

    `chosen` follows each tick.
    """

    chosen = Signal()

    def __init__(self, nodes: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(AS_THE_EDGES_SAY, parent)
        self.setAccessibleName("Then go to")
        self.setObjectName("goto")
        self.setAutoDefault(False)  # Enter answers the question
        self._menu = _TickMenu(self)
        self._default = self._menu.addAction(AS_THE_EDGES_SAY)
        self._default.setCheckable(True)
        self._default.setChecked(True)
        self._menu.addSeparator()
        self._nodes = [self._entry(name) for name in nodes]
        self._menu.triggered.connect(self._on_triggered)
        self.setMenu(self._menu)

    @property
    def nodes(self) -> list[str]:
        """The nodes that are ticked, none as long as it goes on as the edges say."""
        return [action.data() for action in self._nodes if action.isChecked()]

    def _entry(self, name: str) -> QAction:
        action = self._menu.addAction("the end" if name == END else name.replace("&", "&&"))
        action.setData(name)
        action.setCheckable(True)
        return action

    def _on_triggered(self, action: QAction) -> None:
        if action is self._default:
            for each in self._nodes:
                each.setChecked(False)
        names = ["the end" if name == END else name for name in self.nodes]
        self._default.setChecked(not names)
        self.setText(", ".join(names).replace("&", "&&") or AS_THE_EDGES_SAY)
        self.chosen.emit()


class _TickMenu(QMenu):
    """Stays open while entries are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is None or not action.isCheckable():
            super().mouseReleaseEvent(event)
        else:
            action.trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() not in _ENTER or action is None or not action.isCheckable():
            super().keyPressEvent(event)
        else:
            action.trigger()
