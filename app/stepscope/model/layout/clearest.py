"""Which lanes meet a box from below or leave it above, since beside it they would cross something.

A way back is best seen in a lane beside the boxes that it joins. Where it crosses something there, a small
graph is ordered again with one of its ends led straight to its box, and that is kept if less crosses.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepscope.model.layout.cycles import back_arrows
from stepscope.model.layout.layers import layers
from stepscope.model.layout.order import put_in_order
from stepscope.model.layout.parts import Arrow, Box
from stepscope.model.layout.rows import Rows, rows

_MOST_CELLS = 240
"""To be put in order again, in all trials together: so that a small graph takes milliseconds only."""
_FEW = 4
"""Crossings; where there are more, one lane changes little."""


def clearest(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Rows:
    """The rows of a graph in their order."""
    back = back_arrows(boxes, arrows)
    layer = layers(boxes, arrows, back)
    best = rows(boxes, arrows, back, layer)
    fewest = put_in_order(best)
    direct: set[tuple[int, int]] = set()
    if fewest > _FEW or len(best.row) > _MOST_CELLS / 2:
        return best
    trials = _MOST_CELLS // len(best.row)
    for index in sorted(back):
        source, target, *_ = arrows[index]
        for boxes_met in ([target], [source], [source, target]):
            if fewest == 0 or trials == 0:
                return best
            trials -= 1
            tried = direct | {(index, box) for box in boxes_met}
            cells = rows(boxes, arrows, back, layer, tried)
            crossings = put_in_order(cells)
            if crossings < fewest:
                best, fewest, direct = cells, crossings, tried
    return best
