"""Rows of cells: boxes, and the places that long arrows, back arrows and labels keep between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from stepscope.model.layout.parts import Arrow, Box, Cell, Options


@dataclass
class Rows:
    """The graph with every arrow cut into pieces from a row to the next.

    The first cells are the boxes, under their own numbers. Lists are indexed by cell unless said otherwise.
    """

    label_rows: set[int]
    """The rows that hold labels and no boxes."""
    kind: list[Cell] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    """From a cell's middle to its left border. Self-loops make one side of a box wider."""
    right: list[float] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    before: list[float | None] = field(default_factory=list)
    """How far right a cell was in an earlier picture, if it was there."""
    row: list[int] = field(default_factory=list)
    up: list[list[int]] = field(default_factory=list)
    """The cells of the row above that a cell is joined to."""
    down: list[list[int]] = field(default_factory=list)
    order: list[list[int]] = field(default_factory=list)
    """By row: its cells from left to right."""
    chains: dict[int, list[int]] = field(default_factory=dict)
    """By arrow: its cells from top to bottom, its boxes included. A lane's are beside its boxes."""
    labels: dict[int, int] = field(default_factory=dict)
    """By arrow: the cell that is its label."""
    lane_side: dict[int, int] = field(default_factory=dict)
    """By the end cell of a back arrow: the box that it is to stand beside, on its right."""

    outer: set[int] = field(default_factory=set)
    """The arrows that have no cells: they run outside, right of everything."""
    doors: dict[int, float] = field(default_factory=dict)
    """By box that is a grid: how far its trunks are from its sides."""
    loops: dict[int, list[Loop]] = field(default_factory=dict)
    """By box: its loops, from the inner to the outer one."""

    def add(
        self, kind: Cell, row: int, left: float, right: float, height: float, before: float | None = None
    ) -> int:
        self.kind.append(kind)
        self.before.append(before)
        self.row.append(row)
        self.left.append(left)
        self.right.append(right)
        self.height.append(height)
        self.up.append([])
        self.down.append([])
        return len(self.row) - 1

    def gap(self, a: int, b: int, options: Options) -> float:
        """The free room between two neighbours of a row."""
        kinds = {self.kind[a], self.kind[b]}
        for cell, box in ((a, b), (b, a)):
            if box in self.doors and self.lane_side.get(cell) == box:
                return -self.doors[box]  # right above the grid's own trunk
        if kinds == {Cell.NODE}:
            return options.node_gap
        return options.lane_gap if kinds == {Cell.NODE, Cell.LANE} else options.edge_gap


_FEW_CELLS, _CELLS_AN_ARROW = 20_000, 2
"""The cells that all arrows together may have. Usual graphs of 10,000 nodes need less."""
_MOST_LANES = 3
"""More lanes than this to the same box become one."""
_LOOP_REACH = 22.0
_LOOP_OVERLAP = 8.0
"""How much of a loop its label covers, and the room between loops."""


def rows(
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    back: Collection[int],
    layer: Sequence[int],
    direct: Collection[tuple[int, int]] = (),
) -> Rows:
    """Cut arrows into cells; `order` is still empty.

    A lane stands beside both its boxes, unless its index and a box are among the `direct`: there it comes
    from below, or leaves above.
    """
    row_of_layer, count = _number_rows(arrows, back, layer)
    climbing = _climbing(arrows, back, layer)
    cells = Rows(label_rows=set(range(count)).difference(row_of_layer))
    for box, at in zip(boxes, layer, strict=True):
        cells.add(Cell.NODE, row_of_layer[at], box.width / 2, box.width / 2, box.height, box.before)
    cells.doors = {box: door for box, (*_, door) in enumerate(boxes) if door is not None}
    cells.outer = _too_long(arrows, [row_of_layer[at] for at in layer])
    lanes = {index for index in back if index not in climbing and index not in cells.outer}
    shared = _shared(arrows, lanes)
    for target, indices in shared.items():
        _cut_shared(
            cells, target, {index: arrows[index].source for index in indices}, arrows[indices[0]].before
        )
    for index, arrow in enumerate(arrows):
        if arrow.source != arrow.target and index not in cells.chains and index not in cells.outer:
            upper, lower = (arrow.target, arrow.source) if index in back else (arrow.source, arrow.target)
            beside = {box for box in (upper, lower) if index in lanes and (index, box) not in direct}
            _cut(cells, index, upper, lower, beside, arrow)
    boxes_with_lanes = {box for index in lanes for box in arrows[index][:2] if (index, box) not in direct}
    _make_room_for_loops(cells, arrows, boxes_with_lanes)
    cells.order = [[] for _ in range(count)]
    return cells


def _number_rows(
    arrows: Sequence[Arrow], back: Collection[int], layer: Sequence[int]
) -> tuple[list[int], int]:
    """The row of each layer: below a layer that labels hang from comes a row for them."""
    depth = max(layer, default=-1) + 1
    labelled = [False] * depth
    for index, (source, target, label, *_) in enumerate(arrows):
        if label is not None and abs(layer[source] - layer[target]) == 1:
            labelled[layer[target] if index in back else layer[source]] = True
    row_of_layer, row = [], 0
    for has_labels in labelled:
        row_of_layer.append(row)
        row += 2 if has_labels else 1
    return row_of_layer, row


def _too_long(arrows: Sequence[Arrow], row_of_box: Sequence[int]) -> set[int]:
    """The longest arrows, if all together would take too many cells: in a hairball that is millions."""
    spans = [abs(row_of_box[source] - row_of_box[target]) for source, target, *_ in arrows]
    room = max(_FEW_CELLS, _CELLS_AN_ARROW * len(arrows))
    if sum(spans) <= room:
        return set()
    for place, index in enumerate(order := sorted(range(len(arrows)), key=spans.__getitem__)):
        room -= spans[index]
        if room < 0:
            return {far for far in order[place:] if spans[far] > 1}
    return set()


def _climbing(arrows: Sequence[Arrow], back: Collection[int], layer: Sequence[int]) -> set[int]:
    """The back arrows that go straight up: several, from one layer to the same box right above it.

    Each with a lane of its own would wind around all the others.
    """
    fans: dict[int, list[int]] = {}
    for index in back:
        source, target, *_ = arrows[index]
        if layer[source] == layer[target] + 1:
            fans.setdefault(target, []).append(index)
    return {
        index for fan in fans.values() if len({arrows[index].source for index in fan}) > 1 for index in fan
    }


def _shared(arrows: Sequence[Arrow], lanes: Collection[int]) -> dict[int, list[int]]:
    """By target: the lanes that become one, where many lead back to the same box and none has a label."""
    by_target: dict[int, list[int]] = {}
    for index in sorted(lanes):
        if arrows[index].label is None:
            by_target.setdefault(arrows[index].target, []).append(index)
    return {target: indices for target, indices in by_target.items() if len(indices) > _MOST_LANES}


def _cut_shared(cells: Rows, target: int, sources: Mapping[int, int], before: float | None) -> None:
    first, last = cells.row[target], max(cells.row[source] for source in sources.values())
    trunk = [cells.add(Cell.LANE, row, 0.0, 0.0, 0.0, before) for row in range(first, last + 1)]
    cells.lane_side[trunk[0]] = target
    for index, source in sources.items():
        cells.chains[index] = trunk[: cells.row[source] - first + 1]
        cells.lane_side.setdefault(cells.chains[index][-1], source)
    for above, below in pairwise(trunk):
        cells.down[above].append(below)
        cells.up[below].append(above)


def _cut(cells: Rows, index: int, upper: int, lower: int, beside: Collection[int], arrow: Arrow) -> None:
    """Cells from box to box; beside those boxes that the arrow does not lead to from below or from above."""
    label, before = arrow.label, arrow.before
    is_lane = bool(beside)
    first = cells.row[upper] + (upper not in beside)
    last = cells.row[lower] - (lower not in beside)
    label_row = -1
    if label is not None:
        # A label stands where edges part, if there is a row for labels; that of a lane in its middle.
        label_row = first if not is_lane and first in cells.label_rows else (first + last) // 2
    chain = []
    for row in range(first, last + 1):
        if row == label_row and label is not None:
            width, height = label
            cell = cells.add(Cell.LABEL, row, width / 2, width / 2, height, before)
            cells.labels[index] = cell
        else:
            cell = cells.add(Cell.LANE if is_lane else Cell.BEND, row, 0.0, 0.0, 0.0, before)
        chain.append(cell)
    for box, end in ((upper, 0), (lower, -1)):
        if box in beside:
            cells.lane_side[chain[end]] = box
    chain = [*([] if upper in beside else [upper]), *chain, *([] if lower in beside else [lower])]
    cells.chains[index] = chain
    for above, below in pairwise(chain):
        cells.down[above].append(below)
        cells.up[below].append(above)


@dataclass(frozen=True)
class Loop:
    """An arrow from a box to itself: how far from the box's border it reaches, and where its label begins."""

    index: int
    reach: float
    label_at: float


def _make_room_for_loops(cells: Rows, arrows: Sequence[Arrow], boxes_with_lanes: Collection[int]) -> None:
    """Loops stand one around the other on the right side, or on the left where lanes need the right one."""
    loops: dict[int, list[int]] = {}
    for index, arrow in enumerate(arrows):
        if arrow.source == arrow.target:
            loops.setdefault(arrow.source, []).append(index)
    for box, indices in loops.items():
        reach, room = _LOOP_REACH, 0.0
        for index in indices:
            width, height = arrows[index].label or (0.0, 0.0)
            cells.loops.setdefault(box, []).append(Loop(index, reach, reach - _LOOP_OVERLAP))
            cells.height[box] = max(cells.height[box], height)
            room = max(reach, reach - _LOOP_OVERLAP + width)
            reach = room + _LOOP_OVERLAP
        if box in boxes_with_lanes:
            cells.left[box] += room
        else:
            cells.right[box] += room
