"""The order of the cells in their rows: few crossings, and the order of declaration where it is free."""

from __future__ import annotations

from bisect import bisect_right, insort

from stepscope.model.layout_rows import Rows

# Work is bounded by the number of cells, so that ten thousand nodes still take seconds only.
_BUDGET = 60_000
_PATIENCE = 4


def put_in_order(cells: Rows) -> None:
    """Fill `cells.order`: the best of a few starts, each swept up and down until nothing improves."""
    best: list[list[int]] = []
    fewest = -1
    sweeps = max(2, min(24, _BUDGET // (len(cells.row) + 1)))
    for start in (_depth_first(cells), _breadth_first(cells)):
        order, crossings = _swept(cells, start, sweeps)
        if fewest < 0 or crossings < fewest:
            best, fewest = order, crossings
        if fewest == 0:
            break
    cells.order = best


def _depth_first(cells: Rows) -> list[list[int]]:
    """Every cell's descendants stand together; a lane stands right of all that hangs from its box."""
    lanes: dict[int, list[int]] = {}
    for chain_end, box in cells.lane_side.items():
        if not cells.up[chain_end]:
            lanes.setdefault(box, []).append(chain_end)
    order: list[list[int]] = [[] for _ in cells.order]
    seen = [False] * len(cells.row)
    roots = sorted(
        (cell for cell in range(len(cells.row)) if not cells.up[cell] and cell not in cells.lane_side),
        key=lambda cell: cells.row[cell],
    )
    for root in roots:
        stack = [root]
        while stack:
            cell = stack.pop()
            if seen[cell]:
                continue
            seen[cell] = True
            order[cells.row[cell]].append(cell)
            stack.extend(reversed(lanes.get(cell, ())))
            stack.extend(reversed(cells.down[cell]))
    return order


def _breadth_first(cells: Rows) -> list[list[int]]:
    """Row by row, each below what leads to it."""
    order: list[list[int]] = [[] for _ in cells.order]
    place = [0.0] * len(cells.row)
    by_row: list[list[int]] = [[] for _ in cells.order]
    for cell, row in enumerate(cells.row):
        by_row[row].append(cell)
    for row, members in enumerate(by_row):
        key = {}
        for cell in members:
            above = cells.up[cell]
            key[cell] = sum(place[other] for other in above) / len(above) if above else -1.0
        for cell in members:
            if cell in cells.lane_side and not cells.up[cell]:
                key[cell] = key.get(cells.lane_side[cell], 0.0) + 0.5
        order[row] = sorted(members, key=key.__getitem__)
        for at, cell in enumerate(order[row]):
            place[cell] = at
    return order


def _swept(cells: Rows, order: list[list[int]], sweeps: int) -> tuple[list[list[int]], int]:
    """Sweep down and up by turns; the best order met, and its crossings."""
    place = [0] * len(cells.row)
    for members in order:
        for at, cell in enumerate(members):
            place[cell] = at
    _transpose(cells, order, place)
    best, fewest = [list(members) for members in order], crossings(cells, order, place)
    waited = 0
    for sweep in range(sweeps):
        if fewest == 0 or waited == _PATIENCE:
            break
        down = sweep % 2 == 0
        neighbours = cells.up if down else cells.down
        by_median = sweep % 4 >= 2
        for row in range(1, len(order)) if down else range(len(order) - 2, -1, -1):
            _sort(cells, order[row], place, neighbours, by_median)
        _transpose(cells, order, place)
        now = crossings(cells, order, place)
        waited += 1
        if now < fewest:
            best, fewest, waited = [list(members) for members in order], now, 0
    return best, fewest


def _sort(
    cells: Rows, members: list[int], place: list[int], neighbours: list[list[int]], by_median: bool
) -> None:
    """Sort a row by where the neighbours stand; a cell without any stays with the cell on its left."""
    key: dict[int, float] = {}
    last = -1.0
    for cell in members:
        others = neighbours[cell]
        if len(others) == 1:
            last = place[others[0]]
        elif others:
            places = sorted([place[other] for other in others])
            if by_median:
                last = (places[(len(places) - 1) // 2] + places[len(places) // 2]) / 2
            else:
                last = sum(places) / len(places)
        key[cell] = last
    for cell in members:
        if not neighbours[cell] and cell in cells.lane_side:
            key[cell] = key[cells.lane_side[cell]] + 0.5
    members.sort(key=key.__getitem__)
    for at, cell in enumerate(members):
        place[cell] = at


def _transpose(cells: Rows, order: list[list[int]], place: list[int]) -> None:
    """Swap neighbours in a row as long as that takes crossings away."""
    up, down = cells.up, cells.down
    for members in order:
        if len(members) < 2:
            continue
        above = [sorted([place[other] for other in up[cell]]) for cell in members]
        below = [sorted([place[other] for other in down[cell]]) for cell in members]
        improved, rounds = True, 0
        while improved and rounds < 8:
            improved, rounds = False, rounds + 1
            for at in range(len(members) - 1):
                gain = _gain(above[at], above[at + 1]) + _gain(below[at], below[at + 1])
                if gain > 0:
                    members[at], members[at + 1] = members[at + 1], members[at]
                    above[at], above[at + 1] = above[at + 1], above[at]
                    below[at], below[at + 1] = below[at + 1], below[at]
                    improved = True
        for at, cell in enumerate(members):
            place[cell] = at


def _gain(a: list[int], b: list[int]) -> int:
    """How many crossings go when the cell with neighbours `a` gives its place to the one with `b`."""
    gain = 0
    for x in a:
        for y in b:
            if x > y:
                gain += 1
            elif x < y:
                gain -= 1
    return gain


def crossings(cells: Rows, order: list[list[int]], place: list[int]) -> int:
    """How many pairs of pieces between two rows cross each other."""
    total = 0
    for members in order[:-1]:
        passed: list[int] = []
        for cell in members:
            ends = sorted([place[other] for other in cells.down[cell]])
            for end in ends:
                total += len(passed) - bisect_right(passed, end)
            for end in ends:
                insort(passed, end)
    return total
