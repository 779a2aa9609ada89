"""The one sentence beside the run's buttons: what the run does, and why it stands."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from stepscope.model.phase import RunPhase
from stepscope.theme import Theme
from stepscope.window.run_words import Standing

PAD = 11
GAP = 8.0


_Run = tuple[str, QFont, str, float]
"""Text, font, colour, and the gap behind it."""


class StateStrip(QWidget):
    """A glyph, a word and a sentence in the colour of the state; what does not fit is in the tool tip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.standing = Standing(RunPhase.IDLE, "", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_standing(self, standing: Standing) -> None:
        if standing == self.standing:
            return
        self.standing = standing
        self.setToolTip(standing.sentence)
        self.setAccessibleName(str(standing))
        self.setVisible(bool(standing.word))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        widths = [QFontMetricsF(font).horizontalAdvance(text) + gap for text, font, _, gap in self._runs()]
        return QSize(round(sum(widths)) + 2 * PAD + 2, self.fontMetrics().height() + 13)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.run_phase(self.standing.phase)), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        left, right = float(PAD), float(self.width() - PAD)
        for text, font, colour, gap in self._runs():
            metrics = QFontMetricsF(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, right - left))
            painter.setFont(font)
            painter.setPen(QColor(colour))
            box = QRectF(left, 0, right - left, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            left += metrics.horizontalAdvance(shown) + gap
            if shown != text:
                break
        painter.end()

    def _runs(self) -> list[_Run]:
        """The glyph and the word, then the sentence's parts."""
        bold, code = self.font(), QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        bold.setWeight(QFont.Weight.DemiBold)
        code.setPointSizeF(self.font().pointSizeF())
        colour = self._theme.run_phase(self.standing.phase)
        runs: list[_Run] = [
            (text, bold, colour, GAP) for text in (self.standing.glyph, self.standing.word) if text
        ]
        one_line = " ".join(self.standing.sentence.split())
        for part in re.split(r"(`[^`]*`)", one_line):
            is_code = len(part) > 1 and part.startswith("`")
            if part:
                runs.append((part.strip("`"), code if is_code else self.font(), self._theme.text, 0))
        return runs
