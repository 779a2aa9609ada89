"""Form or JSON: two words of which one is chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from stepscope.window.value_editor import Face

_WORDS = {Face.FORM: ("Form", "Fill in a form"), Face.JSON: ("JSON", "Write JSON")}


class FaceSwitch(QWidget):
    """`chosen(Face)` follows what the person chose."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[Face, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for face, (text, tip) in _WORDS.items():
            button = self._buttons[face] = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked, face=face: self._on_clicked(face))
            layout.addWidget(button)

    def show_face(self, face: Face) -> None:
        for each, button in self._buttons.items():
            button.setChecked(each is face)

    def _on_clicked(self, face: Face) -> None:
        self.show_face(face)
        self.chosen.emit(face)
