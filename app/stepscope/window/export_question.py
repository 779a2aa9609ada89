"""What a graph is exported as: a picture or text, in which size, with or without the run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QHBoxLayout, QLabel, QWidget

from stepscope.window.dialogs import Question

Format = Literal["svg", "png", "pdf", "mmd", "dot"]
_FORMATS: tuple[tuple[Format, str], ...] = (
    ("svg", "SVG: a picture that is sharp at any size"),
    ("png", "PNG: a picture in pixels"),
    ("pdf", "PDF: a page as large as the picture"),
    ("mmd", "Mermaid: text for Markdown"),
    ("dot", "DOT: text for Graphviz"),
)
LEAST_SCALE, MOST_SCALE = 0.05, 16.0


@dataclass(frozen=True)
class Wish:
    """What is wanted. `scale` counts for pixels alone."""

    format: Format
    scale: float = 2.0
    with_run: bool = True


class ExportQuestion(Question):
    """What shall the file be? `size` is that of the picture at 1×."""

    OK = 1

    def __init__(self, size: QSize, most_scale: float, has_run: bool, before: Wish, parent: QWidget) -> None:
        super().__init__(
            "Export the graph", "The whole graph, however much of it is in view.", _BUTTONS, parent
        )
        self._format = QComboBox()
        for name, words in _FORMATS:
            self._format.addItem(words, name)
        self._format.setCurrentIndex(self._format.findData(before.format))
        self._size = size
        self._scale = QDoubleSpinBox()
        self._scale.setRange(LEAST_SCALE, min(MOST_SCALE, math.floor(100 * most_scale) / 100))
        self._scale.setSingleStep(0.5)
        self._scale.setSuffix(" ×")
        self._scale.setValue(before.scale)
        self._pixels = QLabel()
        self._pixels.setProperty("words", "dim")
        self._with_run = QCheckBox("With the state of the &run")
        self._with_run.setChecked(has_run and before.with_run)
        self._with_run.setEnabled(has_run)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("&Format", self._format)
        sizes = QHBoxLayout()
        sizes.addWidget(self._scale)
        sizes.addWidget(self._pixels, 1)
        form.addRow("&Size", sizes)
        cast(QLabel, form.labelForField(sizes)).setBuddy(self._scale)
        form.addRow("", self._with_run)
        self.body.insertLayout(2, form)
        self._before = before
        self._scale.valueChanged.connect(self._show_pixels)
        self._show_pixels()
        self._format.currentIndexChanged.connect(self._on_format_changed)
        self._on_format_changed()
        self._format.setFocus()

    @property
    def wish(self) -> Wish:
        """What the person has chosen."""
        with_run = self._with_run.isChecked() if self._with_run.isEnabled() else self._before.with_run
        return Wish(self._format.currentData(), self._scale.value(), with_run)

    def _on_format_changed(self) -> None:
        is_png = self._format.currentData() == "png"
        self._scale.setEnabled(is_png)
        self._pixels.setVisible(is_png)

    def _show_pixels(self) -> None:
        scale = self._scale.value()
        width, height = (math.ceil(side * scale) for side in (self._size.width(), self._size.height()))
        self._pixels.setText(f"{width:,} × {height:,} pixels")


_BUTTONS = ("Export…", "Cancel")
