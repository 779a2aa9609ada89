"""The middle of the window: a line that says which graph this is, and the graph, or how to open one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from stepscope.window.banner import Banner
from stepscope.window.input_form.elided_label import ElidedLabel
from stepscope.window.welcome import Welcome


class CanvasFrame(QWidget):
    """Frames the canvas. `show_zoom` takes a factor, 1.0 being life size."""

    def __init__(
        self, canvas: QWidget, open_action: QAction, fit: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.banner = Banner()
        self._canvas = canvas
        self._header = self._make_header(fit)
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
        self._path.setText(f"{file}  ›  ")
        self._name.setText(graph)
        self._header.show()
        self._stack.setCurrentWidget(self._canvas)

    def show_place(self, path: str) -> None:
        """Say which node is selected, as its path; "" for none."""
        self._place.setText(f"  ›  {path}" if path else "")

    def set_stale(self, words: str) -> None:
        """Mark the picture as one of an earlier state of the file, in words; none take the mark away."""
        self._stale.setText(words)
        self._stale.setVisible(bool(words))

    def show_zoom(self, factor: float) -> None:
        self._zoom.setText(f"{factor:.0%}".replace("%", " %"))

    def _make_header(self, fit: QAction) -> QWidget:
        header = QWidget()
        header.setObjectName("canvasHeader")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._path, self._name, self._zoom = QLabel(), QLabel(), QLabel("100 %")
        self._place = ElidedLabel()
        self._place.setObjectName("selectedPlace")
        self._place.setProperty("words", "dim")
        self._path.setProperty("words", "dim")
        self._name.setProperty("words", "title")
        self._zoom.setProperty("words", "dim")
        self._zoom.setAccessibleDescription("Zoom")
        self._stale = QLabel()
        self._stale.setObjectName("staleMark")
        self._stale.hide()
        for label in (self._path, self._name, self._stale):
            label.setTextFormat(Qt.TextFormat.PlainText)
        keys = fit.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button = QPushButton(f"Fit {keys}")
        button.setProperty("flat", True)
        button.setToolTip(fit.toolTip())
        button.clicked.connect(fit.trigger)
        layout = QHBoxLayout(header)
        layout.setContentsMargins(14, 5, 14, 5)
        layout.setSpacing(0)
        layout.addWidget(self._path)
        layout.addWidget(self._name)
        layout.addWidget(self._place, 1)
        layout.addSpacing(12)
        layout.addWidget(self._stale)
        layout.addSpacing(12)
        layout.addWidget(button)
        layout.addSpacing(4)
        layout.addWidget(self._zoom)
        return header
