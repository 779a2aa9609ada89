"""What a graph is exported as: a picture or text, in which size, with or without the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget

from stepscope.window.dialogs import Question

Format = Literal["svg", "png", "mmd", "dot"]
_FORMATS: tuple[tuple[Format, str], ...] = (
    ("svg", "SVG: a picture that is sharp at any size"),
    ("png", "PNG: a picture in pixels"),
    ("mmd", "Mermaid: text for Markdown"),
    ("dot", "DOT: text for Graphviz"),
)
SCALES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Wish:
    """What is wanted. `scale` counts for pixels alone."""

    format: Format
    scale: int = 2
    with_run: bool = True


class ExportQuestion(Question):
    """What shall the file be? `size` is that of the picture at 1×."""

    OK = 1

    def __init__(self, size: QSize, has_run: bool, before: Wish, parent: QWidget) -> None:
        super().__init__(
            "Export the graph", "The whole graph, however much of it is in view.", _BUTTONS, parent
        )
        self._format = QComboBox()
        for name, words in _FORMATS:
            self._format.addItem(words, name)
        self._format.setCurrentIndex(self._format.findData(before.format))
        self._scale = QComboBox()
        for scale in SCALES:
            width, height = size.width() * scale, size.height() * scale
            self._scale.addItem(f"{scale}× — {width:,} × {height:,} pixels", scale)
        self._scale.setCurrentIndex(self._scale.findData(before.scale))
        self._with_run = QCheckBox("With the state of the &run")
        self._with_run.setChecked(has_run and before.with_run)
        self._with_run.setEnabled(has_run)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("&Format", self._format)
        form.addRow("&Size", self._scale)
        form.addRow("", self._with_run)
        self.body.insertLayout(2, form)
        self._before = before
        self._format.currentIndexChanged.connect(self._on_format_changed)
        self._on_format_changed()
        self._format.setFocus()

    @property
    def wish(self) -> Wish:
        """What the person has chosen."""
        with_run = self._with_run.isChecked() if self._with_run.isEnabled() else self._before.with_run
        return Wish(self._format.currentData(), self._scale.currentData(), with_run)

    def _on_format_changed(self) -> None:
        self._scale.setEnabled(self._format.currentData() == "png")


_BUTTONS = ("Export…", "Cancel")
