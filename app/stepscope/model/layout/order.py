"""The order of the cells in their rows: few crossings, and the order of declaration where it is free."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from itertools import pairwise

from stepscope.model.layout.parts import Cell
from stepscope.model.layout.rows import Rows

# Work is bounded by the number of cells, so that ten thousand nodes still take seconds only.
_BUDGET = 60_000
_MOST_SWEEPS = 24
_TRIAL_SWEEPS = 4
_PATIENCE = 8
_SWAP_ROUNDS = 8
_SIFTS = 6
_LEAST_TO_SIFT = 3
_MOST_TO_SIFT = 6_000
_MOST_FOR_STARTS = 30_000
"""Cells; with more of them there is time for one start only."""
_TOLERANCE = 1.1
"""So many times the crossings are taken for an order that the person knows."""
_FEW_PAIRS = 16
"""Up to so many, comparing all pairs is quicker than searching."""


def put_in_order(cells: Rows) -> int:
    """Fill `cells.order`, and return how much crosses.

    A few starts are swept up and down, and the best of them until nothing improves.
    Where there was an earlier picture, its order stays unless another one has clearly fewer crossings.
    """
    sweeps = max(2, min(_MOST_SWEEPS, _BUDGET // (len(cells.row) + 1)))
    best = _Ordering(cells, _depth_first(cells))
    best.sweep(min(sweeps, _TRIAL_SWEEPS))
    for start in (lambda: _depth_first(cells, mirrored=True), lambda: _breadth_first(cells)):
        if best.fewest == 0 or len(cells.row) > _MOST_FOR_STARTS:
            break
        other = _Ordering(cells, start())
        other.sweep(min(sweeps, _TRIAL_SWEEPS))
        if other.fewest < best.fewest:
            best = other
    best.sweep(sweeps - _TRIAL_SWEEPS)
    if best.fewest and len(cells.row) <= _MOST_TO_SIFT:
        best.sift(_SIFTS)
    if any(x is not None for x in cells.before):
        before = _Ordering(cells, _as_before(cells))
        is_as_clear = before.fewest <= _TOLERANCE * best.fewest + 1
        if is_as_clear and _upset(cells, before.best) < _upset(cells, best.best):
            best = before
    cells.order = best.best
    return best.fewest


def _as_before(cells: Rows) -> list[list[int]]:
    """The order of an earlier picture; what is new stands where its neighbours do."""
    x: list[float | None] = [*cells.before]
    rows: list[list[int]] = [[] for _ in cells.order]
    for cell, row in enumerate(cells.row):
        rows[row].append(cell)
    for neighbours, way in ((cells.up, rows), (cells.down, rows[::-1])):
        for members in way:
            for cell in members:
                known = [place for other in neighbours[cell] if (place := x[other]) is not None]
                if x[cell] is None and known:
                    x[cell] = sum(known) / len(known)
    right = max((place for place in x if place is not None), default=0.0) + 1.0
    places = [right if place is None else place for place in x]
    return [sorted(members, key=places.__getitem__) for members in rows]


def _upset(cells: Rows, order: list[list[int]]) -> int:
    """How many boxes have changed places with the next one since the earlier picture."""
    known = ([x for cell in members if (x := _box_before(cells, cell)) is not None] for members in order)
    return sum(a > b for row in known for a, b in pairwise(row))


def _box_before(cells: Rows, cell: int) -> float | None:
    return cells.before[cell] if cells.kind[cell] == Cell.NODE else None


def _depth_first(cells: Rows, mirrored: bool = False) -> list[list[int]]:
    """Every cell's descendants stand together, the first declared on the left or, mirrored, on the right.

    A lane stands right of all that hangs from its box.
    """
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
            stack.extend(cells.down[cell] if mirrored else reversed(cells.down[cell]))
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


class _Ordering:
    """An order that is being improved. Rows count their changes, so that nothing is worked out twice."""

    def __init__(self, cells: Rows, order: list[list[int]]) -> None:
        self._cells, self._order = cells, order
        self._place = [0] * len(cells.row)
        for members in order:
            for at, cell in enumerate(members):
                self._place[cell] = at
        self._changes = [0] * len(order)
        self._swapped: list[tuple[int, ...]] = [()] * len(order)
        self._counted: list[tuple[int, int, int]] = [(-1, -1, 0)] * len(order)
        self._beside: dict[int, list[int]] = {}
        self._lanes: dict[int, list[int]] = {}
        for end, box in cells.lane_side.items():
            self._lanes.setdefault(box, []).append(end)
            self._beside.setdefault(end, []).append(box)
            self._beside.setdefault(box, []).append(end)
        self._sweeps = self._waited = 0
        self._swap_everywhere()
        self.best, self.fewest = [*map(list, order)], self._crossings()

    def sweep(self, sweeps: int) -> None:
        """Go on sweeping down and up by turns; `best` is the best order met, `fewest` its crossings."""
        for _ in range(sweeps):
            if self.fewest == 0 or self._waited == _PATIENCE:
                return
            down, by_median = self._sweeps % 2 == 0, self._sweeps % 4 >= 2
            neighbours = self._cells.up if down else self._cells.down
            last = len(self._order) - 1
            for row in range(1, last + 1) if down else range(last - 1, -1, -1):
                self._sort(row, neighbours, by_median)
            self._swap_everywhere()
            self._sweeps += 1
            self._waited += 1
            self._keep_if_better()

    def sift(self, rounds: int) -> None:
        """From the best order on, move each cell to wherever in its row it crosses least, till none gains."""
        for row, members in enumerate(self.best):
            self._put(row, [*members])
        for _ in range(rounds):
            before = self.fewest
            rows = range(len(self._order))
            for row in (*rows, *reversed(rows)):
                self._sift(row)
            self._swap_everywhere()
            self._keep_if_better()
            if self.fewest == 0 or self.fewest >= before:
                return

    def _keep_if_better(self) -> None:
        crossings = self._crossings()
        if crossings < self.fewest:
            self.best, self.fewest, self._waited = [*map(list, self._order)], crossings, 0

    def _sift(self, row: int) -> None:
        members, place = [*self._order[row]], self._place
        if len(members) < _LEAST_TO_SIFT:
            return
        up, down = self._cells.up, self._cells.down
        above = {cell: sorted([place[other] for other in up[cell]]) for cell in members}
        below = {cell: sorted([place[other] for other in down[cell]]) for cell in members}
        for cell in self._order[row]:
            if cell in self._beside or not (above[cell] or below[cell]):
                continue
            here = members.index(cell)
            best_gain, best = 0, here
            for others, step in ((range(here + 1, len(members)), 1), (range(here - 1, -1, -1), -1)):
                gain = 0
                for at in others:
                    other = members[at]
                    if other in self._beside:
                        break
                    left, right = (cell, other) if step > 0 else (other, cell)
                    gain += _gain(above[left], above[right]) + _gain(below[left], below[right])
                    if gain > best_gain:
                        best_gain, best = gain, at
            if best != here:
                members.insert(best, members.pop(here))
        self._put(row, members)

    def _put(self, row: int, members: list[int]) -> None:
        if members != self._order[row]:
            self._order[row] = members
            self._changes[row] += 1
            for at, cell in enumerate(members):
                self._place[cell] = at

    def _sort(self, row: int, neighbours: list[list[int]], by_median: bool) -> None:
        """Sort a row by where the neighbours stand; a cell without any stays with the cell on its left."""
        place, lane_side = self._place, self._cells.lane_side
        key: dict[int, float] = {}
        last = -1.0
        for cell in self._order[row]:
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
        for cell in self._order[row]:
            if not neighbours[cell] and cell in lane_side:
                key[cell] = key[lane_side[cell]] + 0.5
        self._put(row, sorted(self._order[row], key=key.__getitem__))

    def _swap_everywhere(self) -> None:
        changes = self._changes
        for row in range(len(self._order)):
            seen = tuple(changes[max(0, row - 1) : row + 2])
            if seen != self._swapped[row]:
                self._swap(row)
                self._swapped[row] = tuple(changes[max(0, row - 1) : row + 2])

    def _swap(self, row: int) -> None:
        """Swap neighbours in a row as long as that takes crossings away."""
        members, place = [*self._order[row]], self._place
        up, down, beside = self._cells.up, self._cells.down, self._beside
        above = [sorted([place[other] for other in up[cell]]) for cell in members]
        below = [sorted([place[other] for other in down[cell]]) for cell in members]
        for _ in range(_SWAP_ROUNDS):
            improved = False
            for at in range(len(members) - 1):
                a, b = members[at], members[at + 1]
                gain = _gain(above[at], above[at + 1]) + _gain(below[at], below[at + 1])
                if a in beside or b in beside:
                    gain += self._nearness(a, b)
                if gain > 0:
                    members[at], members[at + 1] = b, a
                    place[a], place[b] = at + 1, at
                    above[at], above[at + 1] = above[at + 1], above[at]
                    below[at], below[at + 1] = below[at + 1], below[at]
                    improved = True
            if not improved:
                break
        self._put(row, members)

    def _nearness(self, a: int, b: int) -> int:
        """How many cells fewer stand between lanes and their boxes when `a` and `b` change places."""
        place, gain = self._place, 0
        for other in self._beside.get(a, ()):
            if other != b:
                gain += 1 if place[other] > place[a] else -1
        for other in self._beside.get(b, ()):
            if other != a:
                gain += 1 if place[other] < place[b] else -1
        return gain

    def _crossings(self) -> int:
        """How many pairs of pieces cross between rows, and how many cells lanes cross on their way in."""
        place, down = self._place, self._cells.down
        total = 0
        for box, ends in self._lanes.items():
            # Lanes to the same box do not cross one another.
            here = place[box]
            total += sum([abs(place[end] - here) for end in ends])
            if len(ends) == 1:
                total -= 1
            else:
                right = sum([place[end] > here for end in ends])
                left = len(ends) - right
                total -= (right * (right + 1) + left * (left + 1)) // 2
        for row in range(len(self._order) - 1):
            upper, lower, crossings = self._counted[row]
            if (upper, lower) != (self._changes[row], self._changes[row + 1]):
                crossings = _crossings(self._order[row], down, place)
                self._counted[row] = self._changes[row], self._changes[row + 1], crossings
            total += crossings
        return total


def _gain(a: list[int], b: list[int]) -> int:
    """How many crossings go when the cell with neighbours `a` gives its place to the one with `b`."""
    if len(a) * len(b) > _FEW_PAIRS:
        return sum(bisect_left(b, x) + bisect_right(b, x) - len(b) for x in a)
    gain = 0
    for x in a:
        for y in b:
            if x > y:
                gain += 1
            elif x < y:
                gain -= 1
    return gain


def _crossings(members: list[int], down: list[list[int]], place: list[int]) -> int:
    total = 0
    passed: list[int] = []
    for cell in members:
        ends = down[cell]
        if len(ends) == 1:
            end = place[ends[0]]
            total += len(passed) - bisect_right(passed, end)
            insort(passed, end)
            continue
        places = [place[other] for other in ends]
        for end in places:
            total += len(passed) - bisect_right(passed, end)
        for end in places:
            insort(passed, end)
    return total
