"""The fonts of the panes, and lengths that grow with them."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import QWidget

_BASE = 16.0
"""The line height of the font that the design's measures were drawn for, in pixels."""


def monospace(widget: QWidget, scale: float = 1.0) -> QFont:
    """For the user's code, keys and values; as large as the widget's own font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    return _sized(font, widget.font(), scale)


def interface(widget: QWidget, scale: float = 1.0, bold: bool = False) -> QFont:
    """For everything else."""
    font = _sized(QFont(widget.font()), widget.font(), scale)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def scaled(widget: QWidget, pixels: float) -> int:
    """A length of the design, in pixels at its base font, for the font that the widget has."""
    return round(pixels * max(1.0, QFontMetricsF(widget.font()).height() / _BASE))


def _sized(font: QFont, like: QFont, scale: float) -> QFont:
    if like.pointSizeF() > 0:
        font.setPointSizeF(like.pointSizeF() * scale)
    else:
        font.setPixelSize(max(1, round(like.pixelSize() * scale)))
    return font
