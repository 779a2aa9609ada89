"""The ways of the arrows between placed cells.

Nodes stand in rows, and between two rows is a channel that holds nothing but arrows. An arrow moves sideways
in channels only; through a row it goes straight, in the place that its cell keeps there. So it can meet no
foreign node and no label, whatever the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from stepscope.model.geometry import Cubic, EdgePath, Point, Rect, union
from stepscope.model.layout.bands import bands_of
from stepscope.model.layout.outer import OuterLanes
from stepscope.model.layout.parts import Arrow, Box, Drawing, Options, Route
from stepscope.model.layout.pen import Pen
from stepscope.model.layout.ports import Ports
from stepscope.model.layout.rows import Rows


def draw(
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    cells: Rows,
    x: Sequence[float],
    options: Options,
) -> Drawing:
    """Places for boxes and ways for arrows, from ordered rows and the x of their cells."""
    return _Router(boxes, arrows, cells, x, options).drawing()


def _around(rects: Iterable[Rect], routes: Iterable[Route]) -> Rect:
    everything = [*rects]
    for route in routes:
        everything.append(route.path.bounds)
        if route.label:
            everything.append(route.label)
    return union(everything)


class _Router:
    def __init__(
        self,
        boxes: Sequence[Box],
        arrows: Sequence[Arrow],
        cells: Rows,
        x: Sequence[float],
        options: Options,
    ) -> None:
        self.boxes, self.arrows, self.cells, self.x, self.options = boxes, arrows, cells, x, options
        self.bands = bands_of(cells, x, options)
        self.rects = [
            Rect.around(Point(x[box], self._middle(box)), boxes[box].width, boxes[box].height)
            for box in range(len(boxes))
        ]
        self.ports = Ports(boxes, arrows, cells, x, self.rects)

    def drawing(self) -> Drawing:
        cells = self.cells
        routes: dict[int, Route] = {}
        for index, arrow in enumerate(self.arrows):
            if arrow.source == arrow.target:
                routes[index] = self._loop(index)
            elif index not in cells.outer:
                label = cells.labels.get(index)
                routes[index] = Route(self._way(index), None if label is None else self._label_rect(label))
        bounds = _around(self.rects, routes.values())
        if cells.outer:
            outer = OuterLanes(cells, self.bands, bounds.right, self.options)
            routes.update(outer.routes(self.arrows, self.ports.at))
            bounds = _around(self.rects, routes.values())
        return Drawing(self.rects, [routes[index] for index in range(len(self.arrows))], bounds)

    def _middle(self, cell: int) -> float:
        row = self.cells.row[cell]
        return (self.bands.top[row] + self.bands.bottom[row]) / 2

    def _label_rect(self, cell: int) -> Rect:
        width = self.cells.left[cell] + self.cells.right[cell]
        return Rect.around(Point(self.x[cell], self._middle(cell)), width, self.cells.height[cell])

    # Ways.

    def _way(self, index: int) -> EdgePath:
        arrow, chain = self.arrows[index], self.cells.chains[index]
        is_down = self.cells.row[arrow.source] < self.cells.row[arrow.target]
        return self._down(chain, index) if is_down else self._up(chain, index)

    def _down(self, chain: list[int], index: int) -> EdgePath:
        end = self.ports.at[index, chain[-1]]
        pen = Pen(self.ports.at[index, chain[0]])
        for at in range(len(chain) - 1):
            row = self.cells.row[chain[at]]
            pen.upright(self.bands.bottom[row])
            x = end.x if at == len(chain) - 2 else self.x[chain[at + 1]]
            pen.across(x, self.bands.top[row + 1])
        pen.upright(end.y)
        return pen.path()

    def _up(self, chain: list[int], index: int) -> EdgePath:
        source, target, *_ = self.arrows[index]
        start, end = self.ports.at[index, source], self.ports.at[index, target]
        pen = Pen(start)
        bands, row = self.bands, self.cells.row
        leaves, enters = self._end(source, chain[-1]), self._end(target, chain[0])
        x = [self.x[cell] for cell in chain]
        x[0] = end.x if enters == "level" else x[0]
        x[-1] = start.x if leaves == "level" else x[-1]
        if leaves == "aside":
            is_straight = abs(x[-2] - x[-1]) < 0.5
            pen.turn_up(x[-1], bands.bottom[row[source] - 1] if is_straight else bands.top[row[source]])
        elif leaves == "around":
            pen.upright(bands.bottom[row[source]])
            pen.swing(x[-1], bands.bottom[row[source]], 0.8 * bands.channel_below(row[source]))
        for at in range(len(chain) - 2, -1, -1):
            pen.upright(min(pen.y, bands.top[row[chain[at + 1]]]))
            is_straight = abs(x[at] - x[at + 1]) < 0.5
            if not (is_straight and enters == "aside" and at == 0):
                pen.across(x[at], bands.bottom[row[chain[at]]])
        if enters == "aside":
            pen.turn_in(end)
        elif enters == "around":
            pen.upright(bands.top[row[target]])
            pen.swing(end.x, bands.top[row[target]], -0.8 * bands.channel_above(row[target]))
        pen.upright(end.y)
        return pen.path()

    def _end(self, box: int, end: int) -> Literal["level", "aside", "around"]:
        """How an arrow that goes up is joined to a box: through the border, or from a lane beside the box."""
        if box == end:
            return "level"
        if not self.ports.is_open(box, end):
            return "around"
        return "aside" if self.boxes[box].door is None else "level"

    def _loop(self, index: int) -> Route:
        arrow = self.arrows[index]
        loops = self.cells.loops[arrow.source]
        nth = next(at for at, loop in enumerate(loops) if loop.index == index)
        loop, rect = loops[nth], self.rects[arrow.source]
        is_right = self.cells.right[arrow.source] > rect.width / 2
        border, outwards = (rect.right, 1) if is_right else (rect.left, -1)
        y = rect.centre.y
        half = 0.0
        if self.boxes[arrow.source].kind == "node":
            # Wide enough to be seen above and below its label.
            wide = 5.0 * nth + max(8.0, arrow.label[1] / 2 + 5.0 if arrow.label else 0.0)
            half = min(rect.height / 2 - 4, wide)
        # A cubic reaches three quarters of the way to its control points.
        far = border + outwards * loop.reach / 0.75
        swell = half + 8.0
        turn = Cubic(Point(far, y - swell), Point(far, y + swell), Point(border, y + half))
        path = EdgePath(Point(border, y - half), (turn,))
        if arrow.label is None:
            return Route(path)
        width, height = arrow.label
        left = border + loop.label_at if is_right else border - loop.label_at - width
        return Route(path, Rect(left, y - height / 2, width, height))
