"""What the canvas draws with: the pens and brushes of one theme, made once and shared by all items."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from stepscope.model.phase import Phase
from stepscope.theme import Theme

_ACTIVE = (Phase.RUNNING, Phase.HELD, Phase.FAILED)


DIMMED = 0.18
"""How much is left of what is not looked at."""

STALE_VEIL = 0.55
"""How much of the canvas's own colour lies over a picture that is no longer true."""

_FLAT_EDGE, _FLAT_BOX = 0.5, 0.7
"""How much of their colour lines and idle boxes have from far away: the lines are many, and near others."""

GLOWS = 14
"""In how many steps the glow of an edge fades."""
GLOW_WIDTH = 9.0
_BRIGHTEST = 0.35

PLATE_OPACITY = 0.8


def _see_through(colour: str, opacity: float) -> QColor:
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


def _pen(colour: str, width: float, dashes: tuple[float, ...] | None = None) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes is not None:
        pen.setDashPattern([length / width for length in dashes])  # Qt counts dashes in pen widths
    return pen


def _dotted(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)  # a dash without length becomes a round dot
    pen.setDashPattern([0.01, 2.2])
    return pen


def _cosmetic(pen: QPen) -> QPen:
    """The same, as wide at every zoom."""
    pen = QPen(pen)
    pen.setCosmetic(True)
    return pen


class EdgePens:
    """What the lines of edges are drawn with, near or far."""

    def __init__(self, theme: Theme, is_far: bool = False) -> None:
        width, taken = (0.9, 1.6) if is_far else (1.3, 2.0)
        self.declared = _pen(theme.edge, width)
        self.conditional = _pen(theme.edge, width, (5.0, 4.0))
        self.undeclared = _pen(theme.edge, width, (10.0, 4.0, 1.5, 4.0, 1.5, 4.0))
        self.learnt = _dotted(theme.dim, 1.5 * width)
        self.taken = _pen(theme.accent, taken)
        self.taken_learnt = _dotted(theme.accent, 1.5 * taken)
        if is_far:
            for pen in vars(self).values():
                pen.setCosmetic(True)


class Ink:
    """Items keep one Ink for life; `use` fills it anew, and the next paint shows the other theme."""

    def __init__(self, theme: Theme) -> None:
        self.use(theme)

    def use(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self.nothing = QBrush(Qt.BrushStyle.NoBrush)
        self.canvas = QBrush(QColor(theme.canvas))
        self.name = QPen(QColor(theme.text))
        self.fact = QPen(QColor(theme.dim))
        self.border = {phase: self._border(phase) for phase in Phase}
        self.fill = {phase: QBrush(QColor(theme.fill(phase))) for phase in Phase}
        self.frame = {phase: self._frame(phase) for phase in Phase}
        self.mark = {phase: QBrush(QColor(theme.phase(phase))) for phase in Phase}
        self.mark_line = {phase: self._mark_line(phase) for phase in Phase}
        self.failure = QPen(QColor(theme.failed))
        self.hand = _pen(theme.accent, 1.4)
        self.break_mark = QBrush(QColor(theme.failed))
        self.break_line = _pen(theme.failed, 1.5)
        self.offered_break = _pen(theme.edge, 1.2)
        self.edges = EdgePens(theme)
        self.glow = [self._glow(step / GLOWS) for step in range(1, GLOWS + 1)]
        self.arrow_line = _pen(theme.edge, 1.3)
        self.taken_arrow_line = _pen(theme.accent, 1.3)
        self.arrow = QBrush(QColor(theme.edge))
        self.taken_arrow = QBrush(QColor(theme.accent))
        self.pill_border = _pen(theme.line, 1.0)
        self.taken_pill_border = _pen(theme.accent, 1.0)
        self.pill = QBrush(QColor(theme.panel))
        self.veil = QBrush(_see_through(theme.canvas, STALE_VEIL))
        self.band = QBrush(QColor(theme.band))
        self.caption_plates = [
            QBrush(_see_through(colour, PLATE_OPACITY)) for colour in (theme.band, theme.canvas)
        ]
        self.inner_band_line = _pen(theme.line, 1.0)
        self.selection = _pen(theme.accent, 2.0)
        # From far away a line that became thinner with the rest would fade: these are as wide at every zoom.
        self.far_border = {phase: _cosmetic(pen) for phase, pen in self.border.items()}
        self.far_frame = {phase: _cosmetic(pen) for phase, pen in self.frame.items()}
        self.far_edges = EdgePens(theme, is_far=True)
        self.overview_edge = QPen(self._paler(theme.edge, _FLAT_EDGE), 0)
        self.overview_taken = QPen(QColor(theme.accent), 0)
        self.overview_veil = QBrush(_see_through(theme.canvas, 1 - DIMMED))
        self.overview_box = QBrush(self._paler(theme.edge, _FLAT_BOX))
        self.overview_frame = QPen(QColor(theme.line), 0)
        self.far_selection = _cosmetic(self.selection)
        self.far_break = _cosmetic(QPen(QColor(theme.failed), 6))
        self.far_break.setCapStyle(Qt.PenCapStyle.RoundCap)

    def _paler(self, colour: str, share: float) -> QColor:
        """So much of a colour, and of the canvas for the rest; all of it where contrast is to be high."""
        if self.theme.is_high_contrast:
            return QColor(colour)
        ours, canvas = QColor(colour), QColor(self.theme.canvas)
        parts = ((ours.red(), canvas.red()), (ours.green(), canvas.green()), (ours.blue(), canvas.blue()))
        red, green, blue = (round(share * part + (1 - share) * under) for part, under in parts)
        return QColor(red, green, blue)

    def band_at(self, depth: int) -> QBrush:
        """What a band is filled with: one within another must be told from it."""
        return self.canvas if depth % 2 else self.band

    def caption_plate_at(self, depth: int) -> QBrush:
        """What lies behind a band's caption: the edges beneath can still be followed."""
        return self.caption_plates[depth % 2]

    def _glow(self, strength: float) -> QPen:
        pen = QPen(_see_through(self.theme.accent, _BRIGHTEST * strength), GLOW_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen

    def _border(self, phase: Phase) -> QPen:
        if phase is Phase.IDLE:
            return _pen(self.theme.edge, 1.0)
        return _pen(self.theme.phase(phase), 2.0 if phase in _ACTIVE else 1.3)

    def _frame(self, phase: Phase) -> QPen:
        if phase is Phase.IDLE:
            return _pen(self.theme.edge, 1.2, (2.0, 3.0))
        width = 2.0 if phase in _ACTIVE else 1.2
        return _pen(self.theme.phase(phase), width, (2.0, 3.0))

    def _mark_line(self, phase: Phase) -> QPen:
        pen = QPen(QColor(self.theme.phase(phase)), 2.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen
