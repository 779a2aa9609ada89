"""Wide fans of twins, stacked in a grid that is one box for the rest of the layout.

Twins are nodes with the same neighbours on both sides, like the workers of a supervisor. Twenty of them in a
row are four thousand pixels wide. In the grid, arrows run in the channels between its lines and in the aisles
between its columns, so they meet no twin but their own; on the way to the grid they share one trunk.

Where the flow goes through the grid, that is short, and none crosses another. Where it turns back up, as with
the workers of a supervisor, it would cross itself in every channel. Such a grid has doors: arrows come in at
one corner, share a trunk on that side and a bus above each line, and go by a bus below each line to the trunk
on the other side.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Rect
from stepscope.model.layout.corners import rounded
from stepscope.model.layout.cycles import back_arrows
from stepscope.model.layout.parts import Arrow, Box, Drawing, Options, Route

_AISLE = 32.0
_CHANNEL = 36.0
_NECK = 14.0
"""Between a twin and its labels."""
_SLOT_GAP = 10.0
_LANE = 5.0
"""How far arrows that come stand off the middle of an aisle; those that go stand on the other side."""
_BUS = {False: 20.0, True: 8.0}
"""How far from the twins arrows turn into a channel: only those that come have an arrowhead."""
_CORNER = 12.0
_PAGE = 1.7
"""Width of a grid to its height, about."""


class Folding:
    """A graph whose wide fans have become boxes, and the way back.

    `boxes` and `arrows` are the folded graph, to be drawn by someone; `unfold` makes a drawing of the whole
    graph from that.
    """

    def __init__(self, boxes: Sequence[Box], arrows: Sequence[Arrow], options: Options) -> None:
        self._all_boxes, self._all_arrows = boxes, arrows
        self._grid_of: dict[int, _Grid] = {}
        self._number: dict[int, int] = {}
        self.boxes: list[Box] = []
        twins = {box: fan for fan in _fans(boxes, arrows, options.fold_above) for box in fan}
        for box in range(len(boxes)):
            if box in self._number:
                continue
            if box in twins:
                page = _PAGE if options.direction == "down" else 1 / _PAGE
                grid = _Grid(twins[box], twins, boxes, arrows, page)
                for twin in twins[box]:
                    self._grid_of[twin] = grid
                    self._number[twin] = len(self.boxes)
                self.boxes.append(Box(grid.width, grid.height, before=boxes[box].before))
            else:
                self._number[box] = len(self.boxes)
                self.boxes.append(boxes[box])
        self.arrows: list[Arrow] = []
        self._trunk: list[int] = []
        self._fold_arrows()
        if self._grid_of:
            self._add_doors()

    def _fold_arrows(self) -> None:
        trunks: dict[tuple[int, int], int] = {}
        for arrow in self._all_arrows:
            source, target = arrow.source, arrow.target
            ends = self._number[source], self._number[target]
            if source not in self._grid_of and target not in self._grid_of:
                self._trunk.append(len(self.arrows))
                self.arrows.append(arrow._replace(source=ends[0], target=ends[1]))
                continue
            # Labels stand in the grid, at their twins.
            if ends not in trunks:
                trunks[ends] = len(self.arrows)
                self.arrows.append(Arrow(*ends))
            self._trunk.append(trunks[ends])

    def _add_doors(self) -> None:
        turning = {box for index in back_arrows(self.boxes, self.arrows) for box in self.arrows[index][:2]}
        for twin, grid in self._grid_of.items():
            number = self._number[twin]
            if number in turning and not grid.has_doors:
                grid.has_doors = True
                self.boxes[number] = self.boxes[number]._replace(door=_AISLE / 2)

    def unfold(self, drawing: Drawing) -> Drawing:
        """The places of all boxes and the ways of all arrows, from a drawing of the folded graph."""
        rects = []
        for box, (width, height, *_) in enumerate(self._all_boxes):
            rect = drawing.rects[self._number[box]]
            if box in self._grid_of:
                rect = self._grid_of[box].box_rect(box, rect, width, height)
            rects.append(rect)
        routes = []
        for index, (source, target, *_) in enumerate(self._all_arrows):
            path, label = drawing.routes[self._trunk[index]]
            if source in self._grid_of:
                grid, frame = self._grid_of[source], drawing.rects[self._number[source]]
                way = grid.way(index, source, frame, path.start, leaves=True).reversed()
                path = EdgePath(way.start, way.segments + path.segments)
                label = grid.label_rect(index, source, frame, leaves=True)
            if target in self._grid_of:
                grid, frame = self._grid_of[target], drawing.rects[self._number[target]]
                way = grid.way(index, target, frame, path.end, leaves=False)
                path = EdgePath(path.start, path.segments + way.segments)
                if source not in self._grid_of:
                    label = grid.label_rect(index, target, frame, leaves=False)
            routes.append(Route(path, label))
        return Drawing(rects, routes, drawing.bounds)


def _fans(boxes: Sequence[Box], arrows: Sequence[Arrow], fold_above: int) -> list[list[int]]:
    """Nodes with the same neighbours, where there are enough to fold."""
    sources: list[set[int]] = [set() for _ in boxes]
    targets: list[set[int]] = [set() for _ in boxes]
    for source, target, *_ in arrows:
        targets[source].add(target)
        sources[target].add(source)
    fans: dict[tuple[frozenset[int], frozenset[int]], list[int]] = {}
    for box in range(len(boxes)):
        if boxes[box].kind == "node" and box not in targets[box]:
            fans.setdefault((frozenset(sources[box]), frozenset(targets[box])), []).append(box)
    return [fan for fan in fans.values() if len(fan) > fold_above]


class _Grid:
    """Where the twins of a fan stand in their common box, and how arrows get to them.

    Each twin has a cell of the same size: labels of the arrows that come, the twin, labels of those that go.
    """

    def __init__(
        self,
        fan: list[int],
        folded: Collection[int],
        boxes: Sequence[Box],
        arrows: Sequence[Arrow],
        page: float,
    ) -> None:
        self.has_doors = False
        self._place = {box: at for at, box in enumerate(fan)}
        self._slots: dict[tuple[int, bool], list[int]] = {}
        self._label_sizes: dict[int, tuple[float, float]] = {}
        for index, (source, target, label, *_) in enumerate(arrows):
            if target in self._place:
                self._slots.setdefault((target, False), []).append(index)
                # An arrow from one grid to another has its label in the first.
                self._label_sizes[index] = (label if source not in folded else None) or (0.0, 0.0)
            elif source in self._place:
                self._slots.setdefault((source, True), []).append(index)
                self._label_sizes[index] = label or (0.0, 0.0)
        self._box_sizes = {box: (boxes[box].width, boxes[box].height) for box in fan}
        self._x_of_slot: dict[tuple[int, bool], float] = {}
        widest = max(self._spread_slots(*key) for key in self._slots) if self._slots else 0.0
        self._cell_width = max(widest, *(width for width, _ in self._box_sizes.values()))
        self._band = {leaves: self._label_band(leaves) for leaves in (False, True)}
        tallest = max(height for _, height in self._box_sizes.values())
        self._cell_height = self._band[False] + tallest + self._band[True]
        pitch = (self._cell_height + _CHANNEL) / (self._cell_width + _AISLE)
        self._columns = max(1, min(len(fan), round(math.sqrt(page * len(fan) * pitch))))
        self._lines = math.ceil(len(fan) / self._columns)
        self.width = _AISLE + self._columns * (self._cell_width + _AISLE)
        self.height = _CHANNEL + self._lines * (self._cell_height + _CHANNEL)

    def _spread_slots(self, box: int, leaves: bool) -> float:
        """Give every arrow of a twin a place beside the others, and return the width that takes."""
        widths = [self._label_sizes[index][0] for index in self._slots[box, leaves]]
        total = sum(widths) + _SLOT_GAP * (len(widths) - 1)
        x = -total / 2
        for index, width in zip(self._slots[box, leaves], widths, strict=True):
            self._x_of_slot[index, leaves] = x + width / 2
            x += width + _SLOT_GAP
        return total

    def _label_band(self, leaves: bool) -> float:
        heights = [
            self._label_sizes[index][1]
            for (_, side), slots in self._slots.items()
            if side == leaves
            for index in slots
        ]
        tallest = max(heights, default=0.0)
        return tallest + _NECK if tallest else 0.0

    def _cell(self, box: int, frame: Rect) -> Rect:
        line, column = divmod(self._place[box], self._columns)
        return Rect(
            frame.x + _AISLE + column * (self._cell_width + _AISLE),
            frame.y + _CHANNEL + line * (self._cell_height + _CHANNEL),
            self._cell_width,
            self._cell_height,
        )

    def box_rect(self, box: int, frame: Rect, width: float, height: float) -> Rect:
        cell = self._cell(box, frame)
        middle = (cell.top + self._band[False] + cell.bottom - self._band[True]) / 2
        return Rect.around(Point(cell.centre.x, middle), width, height)

    def label_rect(self, index: int, box: int, frame: Rect, leaves: bool) -> Rect | None:
        width, height = self._label_sizes[index]
        if not height:
            return None
        cell = self._cell(box, frame)
        band = self._band[leaves] - _NECK
        middle = cell.bottom - band / 2 if leaves else cell.top + band / 2
        return Rect.around(Point(cell.centre.x + self._x_of_slot[index, leaves], middle), width, height)

    def way(self, index: int, box: int, frame: Rect, port: Point, leaves: bool) -> EdgePath:
        """From a port of the grid's border to the twin; arrows that leave take it the other way round."""
        cell, rect = self._cell(box, frame), self.box_rect(box, frame, *self._box_sizes[box])
        slot = cell.centre.x + self._x_of_slot[index, leaves]
        side = -1 if leaves else 1
        # In the channel above the cell (below it, for arrows that leave), and in the aisle beside it.
        bus = (cell.bottom if leaves else cell.top) - side * _BUS[leaves]
        aisle = (cell.right if leaves else cell.left) - side * (_AISLE / 2 - _LANE)
        hall = frame.bottom - _CHANNEL + _BUS[True] if leaves else frame.top + _CHANNEL - _BUS[False]
        if self.has_doors:
            corners = [port, Point(port.x, bus)]
        elif abs(hall - bus) < 1e-6:
            corners = [port, Point(port.x, hall)]
        else:
            corners = [port, Point(port.x, hall), Point(aisle, hall), Point(aisle, bus)]
        neck = cell.bottom - self._band[True] if leaves else cell.top + self._band[False]
        edge = neck + side * -_NECK if self._band[leaves] else neck
        room = max(0.0, rect.width / 2 - _CORNER)
        foot = max(rect.centre.x - room, min(rect.centre.x + room, slot))
        end = Point(foot, rect.bottom if leaves else rect.top)
        path = rounded([*corners, Point(slot, bus), Point(slot, edge)])
        half = (edge + neck) / 2
        segments = [*path.segments]
        if abs(foot - slot) > 1e-6:
            segments.append(Cubic(Point(slot, half), Point(foot, half), Point(foot, neck)))
        if math.dist(segments[-1].end, end) > 1e-6:
            segments.append(Line(end))
        return EdgePath(path.start, tuple(segments))
