"""Ways outside, right of everything, for arrows that are too long to keep a place in each row they pass.

A sequence of ten thousand with edges from anywhere to anywhere would need millions of such places. Outside,
an edge costs the same however long it is; it only crosses others in the channels where it leaves and arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from stepscope.model.geometry import Point, Rect
from stepscope.model.layout.bands import Bands
from stepscope.model.layout.parts import Arrow, Options, Route
from stepscope.model.layout.pen import Pen
from stepscope.model.layout.rows import Rows


class OuterLanes:
    """Upright lanes, the first one right of `border`. Arrows that pass no row in common may share one."""

    def __init__(self, cells: Rows, bands: Bands, border: float, options: Options) -> None:
        self._cells, self._bands, self._options = cells, bands, options
        self._border = border + options.lane_gap

    def routes(self, arrows: Sequence[Arrow], ports: Mapping[tuple[int, int], Point]) -> dict[int, Route]:
        """The ways of all outer arrows, from port to port."""
        lane_of, labels = self._lanes(arrows)
        x_of, x = [], self._border
        for width in labels:
            x_of.append(x + width / 2)
            x += width + self._options.edge_gap
        return {
            index: self._route(
                arrows[index],
                ports[index, arrows[index].source],
                ports[index, arrows[index].target],
                x_of[lane],
            )
            for index, lane in lane_of.items()
        }

    def _lanes(self, arrows: Sequence[Arrow]) -> tuple[dict[int, int], list[float]]:
        """The lane of each arrow, and the widest label of each lane."""
        row = self._cells.row
        spans = sorted(
            (
                min(row[arrows[index].source], row[arrows[index].target]),
                max(row[arrows[index].source], row[arrows[index].target]),
                index,
            )
            for index in self._cells.outer
        )
        lane_of: dict[int, int] = {}
        labels: list[float] = []
        taken: list[tuple[int, int]] = []  # until which row, and the lane
        for first, last, index in spans:
            if taken and taken[0][0] < first:
                _, lane = heappop(taken)
            else:
                lane = len(labels)
                labels.append(0.0)
            label = arrows[index].label
            labels[lane] = max(labels[lane], label[0] if label else 0.0)
            lane_of[index] = lane
            heappush(taken, (last, lane))
        return lane_of, labels

    def _route(self, arrow: Arrow, start: Point, end: Point, x: float) -> Route:
        bands, row = self._bands, self._cells.row
        here, there = row[arrow.source], row[arrow.target]
        pen = Pen(start)
        pen.upright(bands.bottom[here])
        if here < there:
            first, last = bands.top[here + 1], bands.bottom[there - 1]
            pen.across(x, first)
            pen.upright(last)
            pen.across(end.x, bands.top[there])
        else:
            first, last = bands.bottom[here], bands.top[there]
            pen.swing(x, first, 0.8 * bands.channel_below(here))
            pen.upright(last)
            pen.swing(end.x, last, -0.8 * bands.channel_above(there))
        pen.upright(end.y)
        if arrow.label is None:
            return Route(pen.path())
        return Route(pen.path(), Rect.around(Point(x, (first + last) / 2), *arrow.label))
