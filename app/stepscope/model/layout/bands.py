"""Where rows begin and end from top to bottom, and the channels between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepscope.model.layout.parts import Cell, Options
from stepscope.model.layout.rows import Rows

_OUTER_CHANNEL = 30.0


@dataclass
class Bands:
    """A channel lies above each row and below the last."""

    top: list[float]
    bottom: list[float]

    def channel_above(self, row: int) -> float:
        return self.top[row] - self.bottom[row - 1] if row else _OUTER_CHANNEL

    def channel_below(self, row: int) -> float:
        return self.channel_above(row + 1) if row + 1 < len(self.top) else _OUTER_CHANNEL


def bands_of(cells: Rows, x: Sequence[float], options: Options) -> Bands:
    """Heights of rows from what stands in them; channels grow with how far arrows go sideways in them."""
    bands = Bands([], [])
    at, were_nodes = 0.0, True
    for row, members in enumerate(cells.order):
        are_nodes = any(cells.kind[cell] == Cell.NODE for cell in members)
        if row:
            reach = max(
                (abs(x[cell] - x[other]) for cell in members for other in cells.up[cell]), default=0.0
            )
            gap = options.row_gap if are_nodes and were_nodes else options.label_row_gap
            at += round(gap + min(gap, 0.05 * reach))
        bands.top.append(at)
        at += max((cells.height[cell] for cell in members), default=0.0)
        bands.bottom.append(at)
        were_nodes = are_nodes
    return bands
