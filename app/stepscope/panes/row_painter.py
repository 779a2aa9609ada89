"""A row that tells how a task stands: a glyph in the colour of its state, its name, and a few dim words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stepscope.model.phase import Phase
from stepscope.panes.fonts import interface, scaled
from stepscope.run.event_table import Index
from stepscope.theme import GLYPHS, Theme


class RowPainter(QStyledItemDelegate):
    """Measures in pixels of an unscaled font: `height`, `glyph_room`, and the `indent` of each depth."""

    height, glyph_room, indent = 26, 24, 24
    name_size = 1.05
    elide_name = Qt.TextElideMode.ElideRight

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, self.height)
        self._gap = scaled(view, 8)
        self._edge = scaled(view, 12)
        self._indent = scaled(view, self.indent)
        self._glyph_room = scaled(view, self.glyph_room)
        self._name = interface(view, self.name_size)
        self._words = interface(view, 0.92)
        self._name_metrics = QFontMetrics(self._name)
        self._words_metrics = QFontMetrics(self._words)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, depth: int, phase: Phase, name: str, words: str
    ) -> None:
        theme = self._theme
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        area = option.rect.adjusted(self._edge + depth * self._indent, 0, -self._gap, 0)
        self._text(painter, area, GLYPHS[phase], self._name, theme.phase(phase))
        area.setLeft(area.left() + self._glyph_room)
        name = self._name_metrics.elidedText(name, self.elide_name, area.width())
        self._text(painter, area, name, self._name, theme.text)
        area.setLeft(area.left() + self._name_metrics.horizontalAdvance(name) + self._gap)
        words = self._words_metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        colour = theme.failed if phase is Phase.FAILED else theme.dim
        self._text(painter, area, words, self._words, colour)
        painter.restore()

    def _text(self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
