"""An order of the cells in their rows that is made better: fewer crossings, lanes nearer to their boxes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from stepscope.model.layout.reroute import reroute
from stepscope.model.layout.rows import Rows

_PATIENCE = 2
"""So many sweeps that are no gain are made before no more are."""
_SWAP_ROUNDS = 8
_LEAST_TO_SIFT = 3
_FEW_PAIRS = 16
"""Up to so many, comparing all pairs is quicker than searching."""


class Ordering:
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
        self._rows_with_lanes = {cells.row[end] for end in cells.lane_side}
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

    def reroute(self) -> bool:
        """From the best order on, lay long arrows anew; whether less crosses."""
        order = [*map(list, self.best)]
        if not reroute(self._cells, order):
            return False
        before = self.fewest
        for row, members in enumerate(order):
            self._put(row, members)
        self._swap_everywhere()
        self._keep_if_better()
        return self.fewest < before

    def sift(self, rounds: int) -> None:
        """From the best order on, move each cell to wherever in its row it crosses least, till none gains."""
        for row, members in enumerate(self.best):
            self._put(row, [*members])
        for _ in range(rounds):
            before = self.fewest
            rows = range(len(self._order))
            for row in (*rows, *reversed(rows)):
                if self._crossings_below(row - 1) or self._crossings_below(row):
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
        above = dict(zip(members, _places(members, self._cells.up, place), strict=True))
        below = dict(zip(members, _places(members, self._cells.down, place), strict=True))
        for cell in self._order[row]:
            up, down = above[cell], below[cell]
            if cell in self._beside or not (up or down):
                continue
            here = members.index(cell)
            best_gain, best = 0, here
            for others, step in ((range(here + 1, len(members)), 1), (range(here - 1, -1, -1), -1)):
                gain = 0
                for at in others:
                    other = members[at]
                    if other in self._beside:
                        break
                    for mine, its in ((up, above[other]), (down, below[other])):
                        if len(mine) == len(its) == 1:
                            gain += step * ((mine[0] > its[0]) - (mine[0] < its[0]))
                        elif mine and its:
                            gain += step * _gain(mine, its)
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
                if self._can_gain(row):
                    self._swap(row)
                self._swapped[row] = tuple(changes[max(0, row - 1) : row + 2])

    def _swap(self, row: int) -> None:
        """Swap neighbours in a row as long as that takes crossings away."""
        members, place, beside = [*self._order[row]], self._place, self._beside
        above = _places(members, self._cells.up, place)
        below = _places(members, self._cells.down, place)
        for _ in range(_SWAP_ROUNDS):
            improved = False
            for at in range(len(members) - 1):
                gain = 0
                for near in (above, below):
                    left, right = near[at], near[at + 1]
                    if len(left) == len(right) == 1:
                        gain += (left[0] > right[0]) - (left[0] < right[0])
                    elif left and right:
                        gain += _gain(left, right)
                a, b = members[at], members[at + 1]
                if beside and (a in beside or b in beside):
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

    def _can_gain(self, row: int) -> bool:
        """Whether anything crosses above or below the row, or a lane in it may come nearer to its box."""
        return (
            row in self._rows_with_lanes
            or self._crossings_below(row - 1) > 0
            or self._crossings_below(row) > 0
        )

    def _crossings(self) -> int:
        """How many pairs of pieces cross between rows, and how many cells lanes cross on their way in."""
        place, total = self._place, 0
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
        return total + sum([self._crossings_below(row) for row in range(len(self._order) - 1)])

    def _crossings_below(self, row: int) -> int:
        """How many pairs of pieces cross between a row and the next."""
        if not 0 <= row < len(self._order) - 1:
            return 0
        changes = self._changes
        upper, lower, crossings = self._counted[row]
        if (upper, lower) != (changes[row], changes[row + 1]):
            crossings = _crossings(self._order[row], self._cells.down, self._place)
            self._counted[row] = changes[row], changes[row + 1], crossings
        return crossings


def _places(members: list[int], neighbours: list[list[int]], place: list[int]) -> list[list[int]]:
    """Where the neighbours of each cell stand, from left to right."""
    places = []
    for cell in members:
        others = neighbours[cell]
        if len(others) == 1:
            places.append([place[others[0]]])
        else:
            places.append(sorted([place[other] for other in others]))
    return places


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
