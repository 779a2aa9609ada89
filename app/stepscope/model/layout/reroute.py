"""Long arrows laid anew through the rows: each on the way on which it crosses least, while all else stays.

Sweeps move cells one by one. An arrow that would have to change its side in many rows at once crosses more on
every step of the way there, so they leave it where it is. The best way of one arrow is a shortest path: its
stages are the rows that it passes, its places the gaps in them, its lengths what it crosses in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from stepscope.model.layout.parts import Cell
from stepscope.model.layout.rows import Rows

_PER_PLACE = 0.001
"""What a way costs for each place that it goes sideways: of ways that cross as much, the straighter one."""
_WIDEST = 80
"""Cells in a row; among more there is no time to look for a way."""

Costs = list[float]
"""By gap of a row, 0 being the one left of its first cell."""


def reroute(cells: Rows, order: list[list[int]]) -> bool:
    """Change the order; whether any arrow has another way now."""
    rerouting = _Rerouting(cells, order)
    moved = False
    for chain in cells.chains.values():
        moved = rerouting.lay(chain) or moved
    return moved


class _Rerouting:
    def __init__(self, cells: Rows, order: list[list[int]]) -> None:
        self._cells, self._order = cells, order
        self._place = [0] * len(cells.row)
        for row in range(len(order)):
            self._renumber(row)
        self._lanes: dict[int, list[int]] = {}
        for end in cells.lane_side:
            self._lanes.setdefault(cells.row[end], []).append(end)

    def lay(self, chain: list[int]) -> bool:
        """Lay one arrow anew, if it crosses anything; whether it crosses less now."""
        own = [cell for cell in chain if self._cells.kind[cell] != Cell.NODE]
        if not own or not self._is_free(own) or not self._crosses(chain):
            return False
        rows = [self._cells.row[cell] for cell in own]
        now = [self._place[cell] for cell in own]
        for row, place in zip(rows, now, strict=True):
            del self._order[row][place]
            self._renumber(row)
        way = self._best_way(chain, own, now)
        for row, cell, place in zip(rows, own, way, strict=True):
            self._order[row].insert(place, cell)
            self._renumber(row)
        return way != now

    def _renumber(self, row: int) -> None:
        for at, cell in enumerate(self._order[row]):
            self._place[cell] = at

    def _is_free(self, own: list[int]) -> bool:
        """Whether no other arrow shares its lane, and there is time for rows as wide as these."""
        up, down, order, row = self._cells.up, self._cells.down, self._order, self._cells.row
        return all(
            len(up[cell]) <= 1 and len(down[cell]) <= 1 and len(order[row[cell]]) <= _WIDEST for cell in own
        )

    def _crosses(self, chain: list[int]) -> bool:
        """Whether an arrow crosses anything between its rows, or on its way into a lane."""
        place, side = self._place, self._cells.lane_side
        for upper, lower in pairwise(chain):
            at, below = place[upper], place[lower]
            for a, b in self._pieces(self._cells.row[upper]):
                if (a < at and b > below) or (a > at and b < below):
                    return True
        return any(abs(place[end] - place[side[end]]) > 1 for end in (chain[0], chain[-1]) if end in side)

    def _pieces(self, row: int) -> Iterator[tuple[int, int]]:
        """The places of both ends of what leads from a row to the next, in their rows."""
        place, down = self._place, self._cells.down
        for at, cell in enumerate(self._order[row]):
            for other in down[cell]:
                yield at, place[other]

    def _best_way(self, chain: list[int], own: list[int], now: list[int]) -> list[int]:
        """The gap in each row that the arrow is to pass; what it passes now, if no way crosses less."""
        rows = [self._cells.row[cell] for cell in own]
        costs: Costs = [0.0] * (len(self._order[rows[0]]) + 1)
        if chain[0] != own[0]:
            pieces = self._pieces(rows[0] - 1)
            costs = _fan(pieces, self._place[chain[0]], len(self._order[rows[0]]))
        costs = _sum(costs, self._in_row(own[0]))
        cost_now, came_from = costs[now[0]], []
        for at in range(1, len(own)):
            bends = self._in_row(own[at])
            costs, came, further = self._next(rows[at - 1], costs, now[at - 1], now[at])
            costs = _sum(costs, bends)
            came_from.append(came)
            cost_now += further + bends[now[at]]
        if chain[-1] != own[-1]:
            turned = ((b, a) for a, b in self._pieces(rows[-1]))
            last = _fan(turned, self._place[chain[-1]], len(self._order[rows[-1]]))
            costs = _sum(costs, last)
            cost_now += last[now[-1]]
        gap = min(range(len(costs)), key=costs.__getitem__)
        if int(costs[gap]) >= int(cost_now):
            return now
        way = [gap]
        for came in reversed(came_from):
            way.append(came[way[-1]])
        return way[::-1]

    def _in_row(self, own: int) -> Costs:
        """What it costs to stand between a lane and its box, or away from the own one."""
        row, side = self._cells.row[own], self._cells.lane_side
        steps = [0] * (len(self._order[row]) + 2)
        box = side.get(own)
        for end in self._lanes.get(row, ()):
            if end != own and side[end] != box:
                a, b = sorted((self._place[end], self._place[side[end]]))
                steps[a + 1] += 1
                steps[b + 1] -= 1
        costs: Costs = [*accumulate(steps[:-1])]
        if box is not None:
            here = self._place[box]
            costs = [cost + (here - gap if gap <= here else gap - here - 1) for gap, cost in enumerate(costs)]
        return costs

    def _next(self, row: int, costs: Costs, now: int, now_below: int) -> tuple[Costs, list[int], int]:
        """Costs in the row below, the gap that each comes from, and what the present way adds."""
        width = len(self._order[row + 1])
        below: list[list[int]] = [[] for _ in costs]
        steps, crossed_first = [0] * (width + 1), 0
        for a, b in self._pieces(row):
            below[a].append(b)
            steps[b] += 1
        best, came, further = [float("inf")] * (width + 1), [0] * (width + 1), 0
        for gap, cost in enumerate(costs):
            crossed = crossed_first
            for gap_below in range(width + 1):
                if gap == now and gap_below == now_below:
                    further = crossed
                total = cost + crossed + _PER_PLACE * abs(gap - gap_below)
                if total < best[gap_below]:
                    best[gap_below], came[gap_below] = total, gap
                crossed += steps[gap_below]
            for b in below[gap]:  # these pieces are on the other side of the next gap
                crossed_first += 1
                steps[b] -= 2
        return best, came, further


def _sum(a: Costs, b: Costs) -> Costs:
    return [x + y for x, y in zip(a, b, strict=True)]


def _fan(pieces: Iterable[tuple[int, int]], at: int, width: int) -> Costs:
    """What is between a place in a row and each gap in another; pieces have their place in that row first."""
    steps, cost = [0] * width, 0
    for near, far in pieces:
        if near < at:
            cost += 1
            steps[far] -= 1
        elif near > at:
            steps[far] += 1
    return [*map(float, accumulate(steps, initial=cost))]
