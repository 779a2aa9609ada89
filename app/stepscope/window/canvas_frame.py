"""The middle of the window: a line that says which graph this is, and the graph, or how to open one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from stepscope.window.banner import Banner
from stepscope.window.breadcrumbs import Breadcrumbs
from stepscope.window.welcome import Welcome


class CanvasFrame(QWidget):
    """Frames the canvas. The line above it has buttons for the actions that are `offered`."""

    def __init__(
        self, canvas: QWidget, open_action: QAction, offered: Sequence[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.banner = Banner()
        self.crumbs = Breadcrumbs()
        self._canvas = canvas
        self._header = self._make_header(offered)
        self._stack = QStackedLayout()
        self._stack.addWidget(Welcome(open_action))
        self._stack.addWidget(canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header)
        layout.addWidget(self.banner)
        layout.addLayout(self._stack, 1)
        self._header.hide()

    def show_graph(self, file: str, graph: str) -> None:
        self.crumbs.show_graph(file, graph)
        self._header.show()
        is_first = self._stack.currentWidget() is not self._canvas
        self._stack.setCurrentWidget(self._canvas)
        if is_first:
            self.take_focus()

    def take_focus(self) -> None:
        """Give the keys to what is in the middle."""
        if (middle := self._stack.currentWidget()) is not None:
            middle.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_stale(self, words: str) -> None:
        """Mark the picture as one of an earlier state of the file, in words; none take the mark away."""
        self._stale.setText(words)
        self._stale.setVisible(bool(words))

    def show_zoom(self, factor: float) -> None:
        """Say how large the picture is, 1.0 being life size."""
        digits = 0 if factor >= 0.01 else 1
        self._zoom.setText(f"{factor:.{digits}%}".replace("%", " %"))

    def _make_header(self, offered: Sequence[QAction]) -> QWidget:
        header = QWidget()
        header.setObjectName("canvasHeader")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._zoom = QLabel("100 %")
        self._zoom.setProperty("words", "dim")
        self._zoom.setAccessibleDescription("Zoom")
        self._stale = QLabel()
        self._stale.setObjectName("staleMark")
        self._stale.setTextFormat(Qt.TextFormat.PlainText)
        self._stale.hide()
        layout = QHBoxLayout(header)
        layout.setContentsMargins(10, 5, 14, 5)
        layout.setSpacing(0)
        layout.addWidget(self.crumbs, 1)
        layout.addSpacing(12)
        layout.addWidget(self._stale)
        layout.addSpacing(12)
        for action in offered:
            layout.addWidget(_button(action))
            layout.addSpacing(4)
        layout.addWidget(self._zoom)
        return header


def _button(action: QAction) -> QPushButton:
    """What does the same as a menu's entry, and says its key."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    words = action.text().replace("&", "").removesuffix("…").removesuffix(" Graph")
    button = QPushButton(f"{words} {keys}")
    button.setProperty("flat", True)
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    return button
