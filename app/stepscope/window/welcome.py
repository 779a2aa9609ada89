"""What stands in the middle before a graph is open: how to open one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class Welcome(QWidget):
    """A title, a sentence and a button."""

    def __init__(self, open_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        title = QLabel("See your graph run")
        title.setObjectName("welcomeTitle")
        words = QLabel(
            "Open a Python file that builds a graph, or the folder of a project, or drop it here.\n"
            "The Examples menu has some to start with."
        )
        words.setProperty("words", "dim")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        button = QPushButton("Open a Python File…")
        button.setDefault(True)
        button.clicked.connect(open_action.trigger)
        self.setFocusProxy(button)
        for part in (title, words, button):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
