"""Where arrows leave their boxes and meet them: each has a port of its own.

An arrow on its way down leaves below and enters above. One that goes back up does so through the sides, from
the lanes beside its boxes; where a lane has no free way to its box, or none beside it at all, the arrow takes
the border above or below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from stepscope.model.geometry import Point, Rect
from stepscope.model.layout.columns import spread
from stepscope.model.layout.parts import Arrow, Box, Cell
from stepscope.model.layout.rows import Rows

_PORT_GAP = 10.0
_CORNER = 12.0
"""No arrow meets a node nearer to its corner than this."""
_LEAN = 0.22
"""How far from the middle of a box arrows that lead aside leave it, of its width."""
_WIDE, _LEAN_WIDE = 200.0, 0.4
"""Wide frames are entered further from their middle: nearer to where an arrow comes from."""


class Ports:
    """`at` has the port of every arrow at each of its boxes, loops left out."""

    def __init__(
        self,
        boxes: Sequence[Box],
        arrows: Sequence[Arrow],
        cells: Rows,
        x: Sequence[float],
        rects: Sequence[Rect],
    ) -> None:
        self.boxes, self.arrows, self.cells, self.x, self.rects = boxes, arrows, cells, x, rects
        self.place = [0] * len(cells.row)
        for members in cells.order:
            for at, cell in enumerate(members):
                self.place[cell] = at
        self.at: dict[tuple[int, int], Point] = {}
        self._mirrored = self._mirrored_grids()
        self._level: dict[tuple[int, bool], list[tuple[float, int, float]]] = {}
        self._upright: dict[tuple[int, bool], list[tuple[float, int]]] = {}
        for index, (source, target, *_) in enumerate(arrows):
            if index in cells.outer:
                self._add_level(source, index, math.inf, math.inf, is_below=True)
                self._add_level(target, index, math.inf, math.inf, is_below=False)
            elif source != target:
                self._add(index, cells.chains[index])
        for (box, is_below), level in self._level.items():
            self._spread_level(box, is_below, sorted(level))
        for (box, is_right), upright in self._upright.items():
            self._spread_upright(box, is_right, upright)

    def _add(self, index: int, chain: list[int]) -> None:
        """Enter both ends of an arrow, the upper one first."""
        source, target, *_ = self.arrows[index]
        upper, lower = (
            (source, target) if self.cells.row[source] < self.cells.row[target] else (target, source)
        )
        for box, end, next_, is_upper in (
            (upper, chain[0], chain[1], True),
            (lower, chain[-1], chain[-2], False),
        ):
            if box == end:
                x, aim = self._x_met(next_, index), self._aim(box, next_, index)
                self._add_level(box, index, x, aim, is_below=is_upper)
            elif self.is_open(box, end):
                distance = abs(self.place[box] - self.place[end])
                # From the top: lanes that go up, the nearest first; then those that come from below,
                # the nearest last. So none crosses another beside the box.
                rank = 1e6 - distance if is_upper else distance - 1e6
                self._upright.setdefault((box, self.place[end] > self.place[box]), []).append((rank, index))
            else:
                aim = self._aim(box, end, index)
                self._add_level(box, index, self.x[end], aim, is_below=not is_upper)

    def _add_level(self, box: int, index: int, x: float, aim: float, is_below: bool) -> None:
        self._level.setdefault((box, is_below), []).append((x, index, self._lean(box, index, aim)))

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
        if width <= _WIDE:
            return max(0.0, min(width * _LEAN, width / 2 - _CORNER))
        return min(width * _LEAN + (width - _WIDE) * _LEAN_WIDE, width / 2 - 2 * _CORNER)

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
            self.at[index, box] = Point(self.x[box] + lean, y)

    def _spread_upright(self, box: int, is_right: bool, ports: list[tuple[float, int]]) -> None:
        """Ports on a box's side, by rank; arrows of the same rank come out of the same lane and share one."""
        rect, door = self.rects[box], self.boxes[box].door
        if door is not None:  # a lane is the trunk beside the grid's lines, led on
            for rank, index in ports:
                x = rect.right - door if is_right else rect.left + door
                self.at[index, box] = Point(x, rect.top if rank < 0 else rect.bottom)
            return
        room = max(0.0, rect.height - _CORNER) if self.boxes[box].kind == "node" else 0.0
        ranks = sorted({rank for rank, _ in ports})
        gap = min(_PORT_GAP, room / max(1, len(ranks) - 1))
        first = rect.centre.y - gap * (len(ranks) - 1) / 2
        y = {rank: first + at * gap for at, rank in enumerate(ranks)}
        for rank, index in ports:
            self.at[index, box] = Point(rect.right if is_right else rect.left, y[rank])

    def is_open(self, box: int, end: int) -> bool:
        """Whether nothing but arrows stands between a box and the end of a lane beside it."""
        a, b = sorted((self.place[box], self.place[end]))
        if box in self.cells.loops and self.place[end] < self.place[box]:
            return False
        row = self.cells.order[self.cells.row[box]]
        return all(self.cells.kind[cell] in (Cell.BEND, Cell.LANE) for cell in row[a + 1 : b]) and (
            self.cells.kind[end] != Cell.LABEL
        )
