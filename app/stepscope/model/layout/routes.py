"""The ways of the arrows between placed cells.

Nodes stand in rows, and between two rows is a channel that holds nothing but arrows. An arrow moves sideways
in channels only; through a row it goes straight, in the place that its cell keeps there. So it can meet no
foreign node and no label, whatever the graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from stepscope.model.geometry import Cubic, EdgePath, Point, Rect, union
from stepscope.model.layout.bands import bands_of
from stepscope.model.layout.columns import spread
from stepscope.model.layout.outer import OuterLanes
from stepscope.model.layout.parts import Arrow, Box, Cell, Drawing, Options, Route
from stepscope.model.layout.pen import Pen
from stepscope.model.layout.rows import Rows

_PORT_GAP = 10.0
_CORNER = 12.0
"""No arrow meets a node nearer to its corner than this."""
_LEAN, _WIDE_CORNER = 0.22, 60.0
"""How far from its middle arrows leave a box that leads aside, of its width; in a wide frame, until where."""


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
        self.place = [0] * len(cells.row)
        for members in cells.order:
            for at, cell in enumerate(members):
                self.place[cell] = at
        self.rects = [
            Rect.around(Point(x[box], self._middle(box)), boxes[box].width, boxes[box].height)
            for box in range(len(boxes))
        ]
        self.ports: dict[tuple[int, int], Point] = {}
        self._mirrored = self._mirrored_grids()
        self._place_ports()

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
            routes.update(outer.routes(self.arrows, self.ports))
            bounds = _around(self.rects, routes.values())
        return Drawing(self.rects, [routes[index] for index in range(len(self.arrows))], bounds)

    def _middle(self, cell: int) -> float:
        row = self.cells.row[cell]
        return (self.bands.top[row] + self.bands.bottom[row]) / 2

    def _label_rect(self, cell: int) -> Rect:
        width = self.cells.left[cell] + self.cells.right[cell]
        return Rect.around(Point(self.x[cell], self._middle(cell)), width, self.cells.height[cell])

    # Ports: where arrows leave and meet their boxes.

    def _place_ports(self) -> None:
        """Give every arrow its own port on the side of the box that it leaves or meets."""
        level: dict[tuple[int, bool], list[tuple[float, int, float]]] = {}
        upright: dict[tuple[int, bool], list[tuple[float, int]]] = {}
        for index, arrow in enumerate(self.arrows):
            if arrow.source == arrow.target:
                continue
            if index in self.cells.outer:
                for box, is_below in ((arrow.source, True), (arrow.target, False)):
                    lean = self._lean(box, index, math.inf)
                    level.setdefault((box, is_below), []).append((math.inf, index, lean))
                continue
            chain = self.cells.chains[index]
            if chain[0] in (arrow.source, arrow.target):
                for box, other, is_below in ((chain[0], chain[1], True), (chain[-1], chain[-2], False)):
                    lean = self._lean(box, index, self._aim(box, other, index))
                    port = self._x_met(other, index), index, lean
                    level.setdefault((box, is_below), []).append(port)
                continue
            for box, end, is_below in ((arrow.source, chain[-1], True), (arrow.target, chain[0], False)):
                if self._is_open(box, end):
                    distance = abs(self.place[box] - self.place[end])
                    # From the top: lanes that go up, the nearest first; then those that come from below,
                    # the nearest last. So none crosses another beside the box.
                    rank = distance - 1e6 if is_below else 1e6 - distance
                    side = self.place[end] > self.place[box]
                    upright.setdefault((box, side), []).append((rank, index))
                else:
                    port = self.x[end], index, self._lean(box, index, self._aim(box, end, index))
                    level.setdefault((box, is_below), []).append(port)
        for (box, is_below), level_ports in level.items():
            self._spread_level(box, is_below, sorted(level_ports))
        for (box, is_right), upright_ports in upright.items():
            self._spread_upright(box, is_right, upright_ports)

    def _aim(self, box: int, other: int, index: int) -> float:
        """How far right of a box's middle an arrow makes for; where both ends lean they share the way."""
        way = self._x_met(other, index) - self.x[box]
        meets_box = self.cells.kind[other] == Cell.NODE and self.boxes[other].kind == "node"
        if not meets_box or other in self.cells.doors:
            return way
        return math.copysign(max(abs(way) / 2, abs(way) - self._limit(other)), way)

    def _x_met(self, other: int, index: int) -> float:
        """Where an arrow finds the other cell: in its middle or, if it is a grid, at its door."""
        return self.x[other] + (self._lean(other, index, 0.0) if other in self.cells.doors else 0.0)

    def _lean(self, box: int, index: int, aim: float) -> float:
        """How far right of the box's middle an arrow is to start or end."""
        width, _, kind, _, door = self.boxes[box]
        if kind != "node":
            return 0.0
        if door is not None:
            enters_left = (box == self.arrows[index].target) != (box in self._mirrored)
            return (door - width / 2) if enters_left else (width / 2 - door)
        limit = self._limit(box)
        return max(-limit, min(limit, aim))

    def _mirrored_grids(self) -> set[int]:
        """The grids that arrows enter on the right and leave on the left, because lanes stand there."""
        mirrored = set()
        for index, chain in self.cells.chains.items():
            source, target, *_ = self.arrows[index]
            if chain[0] not in (source, target):
                if self.boxes[source].door is not None and self.place[chain[-1]] < self.place[source]:
                    mirrored.add(source)
                if self.boxes[target].door is not None and self.place[chain[0]] > self.place[target]:
                    mirrored.add(target)
        return mirrored

    def _limit(self, box: int) -> float:
        width = self.boxes[box].width
        return max(0.0, min(width * _LEAN, width / 2 - _CORNER), width / 2 - _WIDE_CORNER)

    def _spread_level(self, box: int, is_below: bool, ports: list[tuple[float, int, float]]) -> None:
        rect = self.rects[box]
        y = rect.bottom if is_below else rect.top
        if self.boxes[box].kind != "node" or self.boxes[box].door is not None:
            leans = [lean for _, _, lean in ports]
        else:
            room = max(0.0, rect.width / 2 - _CORNER)
            gap = min(_PORT_GAP, 2 * room / max(1, len(ports) - 1))
            gaps = [0.0] + [gap] * (len(ports) - 1)
            leans = spread([port[2] for port in ports], [1.0] * len(ports), gaps)
            # All that stands out is moved in, the gaps kept.
            leans = [
                max(-room + at * gap, min(room - (len(ports) - 1 - at) * gap, lean))
                for at, lean in enumerate(leans)
            ]
        for (_, index, _), lean in zip(ports, leans, strict=True):
            self.ports[index, box] = Point(self.x[box] + lean, y)

    def _spread_upright(self, box: int, is_right: bool, ports: list[tuple[float, int]]) -> None:
        """Ports on a box's side, by rank; arrows of the same rank come out of the same lane and share one."""
        rect, door = self.rects[box], self.boxes[box].door
        if door is not None:  # a lane is the trunk beside the grid's lines, led on
            for rank, index in ports:
                x = rect.right - door if is_right else rect.left + door
                self.ports[index, box] = Point(x, rect.top if rank < 0 else rect.bottom)
            return
        room = max(0.0, rect.height - _CORNER) if self.boxes[box].kind == "node" else 0.0
        ranks = sorted({rank for rank, _ in ports})
        gap = min(_PORT_GAP, room / max(1, len(ranks) - 1))
        first = rect.centre.y - gap * (len(ranks) - 1) / 2
        y = {rank: first + at * gap for at, rank in enumerate(ranks)}
        for rank, index in ports:
            self.ports[index, box] = Point(rect.right if is_right else rect.left, y[rank])

    def _is_open(self, box: int, end: int) -> bool:
        """Whether nothing but arrows stands between a box and the end of a lane beside it."""
        a, b = sorted((self.place[box], self.place[end]))
        if box in self.cells.loops and self.place[end] < self.place[box]:
            return False
        row = self.cells.order[self.cells.row[box]]
        return all(self.cells.kind[cell] in (Cell.BEND, Cell.LANE) for cell in row[a + 1 : b]) and (
            self.cells.kind[end] != Cell.LABEL
        )

    # Ways.

    def _way(self, index: int) -> EdgePath:
        arrow, chain = self.arrows[index], self.cells.chains[index]
        if chain[0] not in (arrow.source, arrow.target):
            return self._back(chain, index, arrow)
        way = self._down(chain, self.ports[index, chain[0]], self.ports[index, chain[-1]])
        return way if chain[0] == arrow.source else way.reversed()

    def _down(self, chain: list[int], start: Point, end: Point) -> EdgePath:
        pen = Pen(start)
        for at in range(len(chain) - 1):
            row = self.cells.row[chain[at]]
            pen.upright(self.bands.bottom[row])
            x = end.x if at == len(chain) - 2 else self.x[chain[at + 1]]
            pen.across(x, self.bands.top[row + 1])
        pen.upright(end.y)
        return pen.path()

    def _back(self, chain: list[int], index: int, arrow: Arrow) -> EdgePath:
        pen = Pen(self.ports[index, arrow.source])
        bands, cells = self.bands, self.cells
        bottom_row, top_row = cells.row[chain[-1]], cells.row[chain[0]]
        x = self.x[chain[-1]]
        if not self._is_open(arrow.source, chain[-1]):
            pen.upright(bands.bottom[bottom_row])
            pen.swing(x, bands.bottom[bottom_row], 0.8 * bands.channel_below(bottom_row))
            pen.upright(bands.top[bottom_row])
        elif self.boxes[arrow.source].door is not None:
            pen.upright(bands.top[bottom_row])
        else:
            is_straight = len(chain) > 1 and abs(self.x[chain[-2]] - x) < 0.5
            pen.turn_up(x, bands.bottom[bottom_row - 1] if is_straight else bands.top[bottom_row])
        end = self.ports[index, arrow.target]
        is_open = self._is_open(arrow.target, chain[0])
        is_grid = self.boxes[arrow.target].door is not None
        for lower, upper in zip(reversed(chain), reversed(chain[:-1]), strict=False):
            if cells.row[lower] != bottom_row:
                pen.upright(bands.top[cells.row[lower]])
            x = end.x if is_open and is_grid and upper == chain[0] else self.x[upper]
            is_straight = abs(x - self.x[lower]) < 0.5
            if not (is_straight and is_open and cells.row[upper] == top_row):
                pen.across(x, bands.bottom[cells.row[upper]])
        if is_open and is_grid:
            pen.upright(end.y)
        elif is_open:
            pen.turn_in(end)
        else:
            pen.upright(bands.top[top_row])
            pen.swing(end.x, bands.top[top_row], -0.8 * bands.channel_above(top_row))
            pen.upright(end.y)
        return pen.path()

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
