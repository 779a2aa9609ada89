"""Labels of plain text in a pane: they can be selected and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel


def words(label: QLabel | None = None) -> QLabel:
    """A label for words of any length; `label` is made one."""
    label = label or QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def say(label: QLabel, text: str) -> None:
    """Show a text, or no label when there is none."""
    label.setText(text)
    label.setVisible(bool(text))


def colour(label: QLabel, name: str) -> None:
    """Write in a colour, as ``#rrggbb``."""
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor(name))
    label.setPalette(palette)
