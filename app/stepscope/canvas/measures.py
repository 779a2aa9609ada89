"""How large things on the canvas are, in scene units: pixels at 100 %."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontMetricsF

from stepscope.model.topology import EdgeShape, NodeShape

NODE_HEIGHT = 44.0
NODE_RADIUS = 9.0
LEAST_NODE_WIDTH = 148.0
"""Room for a line of facts such as ``1.2 s · 38 tok/s``; the name may ask for more."""
MOST_NODE_WIDTH = 280.0
PADDING = 13.0
MARK = 11.0
"""The side of the square that holds a state's mark."""
HAND_ROOM = MARK + 5.0
"""What the mark of something done by hand takes beside that of the state."""
TITLE_FACTS_WIDTH = 84.0
"""Room for the facts beside a subgraph's name."""
TERMINAL_HEIGHT = 28.0
TERMINAL_PADDING = 14.0
LABEL_HEIGHT = 18.0
LABEL_PADDING = 9.0
MOST_LABEL_WIDTH = 180.0
GROUP_RADIUS = 11.0
GROUP_TITLE_HEIGHT = 28.0
FAR_PADDING = 9.0
FAR_NAME, FARTHER_NAME, FAR_TERMINAL = 17, 25, 15
"""How high names are drawn that are looked at from far away, and from farther away."""
ARROW_LENGTH = 9.0
ARROW_HALF_WIDTH = 4.2
SELECTION_GAP = 3.5
CHEVRON_ROOM = 15.0
"""What the mark takes, left of a subgraph's name, that folds and opens it."""
GUTTER = 20.0
"""The margin left of a node, where a breakpoint is set and marked."""
BREAK_MARK = 11.0
BAND_PADDING = 14.0
CAPTION_HEIGHT = 18.0

Size = tuple[float, float]


def _font(pixels: int, weight: QFont.Weight) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setWeight(weight)
    # Hinted glyphs have other widths at other zooms: text would jitter and spill.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@dataclass(frozen=True)
class FarLettering:
    """What names are written in that are looked at from far away, and how large the marks beside them are.

    `narrow` is for long names.
    """

    font: QFont
    metrics: QFontMetricsF
    narrow: tuple[QFont, QFontMetricsF]
    mark: float

    @staticmethod
    def of_size(pixels: int) -> FarLettering:
        font = _font(pixels, QFont.Weight.DemiBold)
        narrow = _font(round(0.8 * pixels), QFont.Weight.DemiBold)
        return FarLettering(font, QFontMetricsF(font), (narrow, QFontMetricsF(narrow)), 0.8 * pixels)


@dataclass(frozen=True)
class Lettering:
    """The canvas's fonts and their metrics, made once and not at every paint."""

    name: QFont
    fact: QFont
    terminal: QFont
    name_metrics: QFontMetricsF
    fact_metrics: QFontMetricsF
    terminal_metrics: QFontMetricsF
    far: FarLettering
    farther: FarLettering
    far_terminal: FarLettering

    @staticmethod
    def of_system() -> Lettering:
        """The system's UI font in the canvas's sizes."""
        name = _font(13, QFont.Weight.DemiBold)
        fact = _font(11, QFont.Weight.Normal)
        terminal = _font(10, QFont.Weight.DemiBold)
        metrics = (QFontMetricsF(name), QFontMetricsF(fact), QFontMetricsF(terminal))
        far = map(FarLettering.of_size, (FAR_NAME, FARTHER_NAME, FAR_TERMINAL))
        return Lettering(name, fact, terminal, *metrics, *far)

    def node_size(self, node: NodeShape) -> Size:
        """What a node needs; for an open subgraph, what the title of its frame needs."""
        if node.kind in ("start", "end"):
            return self._terminal_size(terminal_name(node))
        text = self.name_metrics.horizontalAdvance(node.name)
        width = min(max(LEAST_NODE_WIDTH, text + 2 * PADDING + MARK + 10.0), MOST_NODE_WIDTH)
        return width + (TITLE_FACTS_WIDTH + CHEVRON_ROOM if node.kind == "subgraph" else 0.0), NODE_HEIGHT

    def label_size(self, edge: EdgeShape) -> Size | None:
        """The pill of an edge's label, or None when it has none."""
        if not edge.label:
            return None
        text = self.fact_metrics.horizontalAdvance(one_line(edge.label))
        return min(text + 2 * LABEL_PADDING, MOST_LABEL_WIDTH), LABEL_HEIGHT

    def caption_size(self, caption: str) -> Size:
        """The line that the superstep's band carries."""
        return self.fact_metrics.horizontalAdvance(caption) + 2 * LABEL_PADDING, CAPTION_HEIGHT

    def _terminal_size(self, name: str) -> Size:
        return self.terminal_metrics.horizontalAdvance(name) + 2 * TERMINAL_PADDING, TERMINAL_HEIGHT


def terminal_name(node: NodeShape) -> str:
    """``START`` for ``__start__``: the way the two ends are written in code."""
    return node.kind.upper()


def one_line(text: str) -> str:
    """Text with its line breaks made spaces: every text on the canvas stands in one line."""
    return " ".join(text.split())
