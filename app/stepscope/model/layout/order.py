"""The order of the cells in their rows: few crossings, and the order of declaration where it is free."""

from __future__ import annotations

from itertools import pairwise

from stepscope.model.layout.ordering import Ordering
from stepscope.model.layout.parts import Cell
from stepscope.model.layout.rows import Rows
from stepscope.model.layout.starts import breadth_first, depth_first

# Work is bounded by the number of cells, so that ten thousand nodes still take seconds only.
_BUDGET = 60_000
_MOST_SWEEPS = 24
_TRIAL_SWEEPS = 4
_SIFTS = 6
_ROUTINGS = 2
_MOST_TO_SIFT = 6_000
_MOST_FOR_STARTS = 12_000
"""Cells; with more of them there is time for one start only."""
_TOLERANCE = 1.1
"""So many times the crossings are taken for an order that the person knows."""


def put_in_order(cells: Rows) -> int:
    """Fill `cells.order`, and return how much crosses.

    A few starts are swept up and down, and the best of them until nothing improves.
    Where there was an earlier picture, its order stays unless another one has clearly fewer crossings.
    """
    sweeps = max(2, min(_MOST_SWEEPS, _BUDGET // (len(cells.row) + 1)))
    best = Ordering(cells, depth_first(cells))
    best.sweep(min(sweeps, _TRIAL_SWEEPS))
    for start in (lambda: depth_first(cells, mirrored=True), lambda: breadth_first(cells)):
        if best.fewest == 0 or len(cells.row) > _MOST_FOR_STARTS:
            break
        other = Ordering(cells, start())
        other.sweep(min(sweeps, _TRIAL_SWEEPS))
        if other.fewest < best.fewest:
            best = other
    best.sweep(sweeps - _TRIAL_SWEEPS)
    _untangle(cells, best)
    if any(x is not None for x in cells.before):
        before, most = Ordering(cells, _as_before(cells)), _TOLERANCE * best.fewest + 1
        if before.fewest > most:
            _untangle(cells, before)
        if before.fewest <= most and _upset(cells, before.best) < _upset(cells, best.best):
            best = before
    cells.order = best.best
    return best.fewest


def _untangle(cells: Rows, ordering: Ordering) -> None:
    """Move what still crosses, and leave all else where it is."""
    if len(cells.row) <= _MOST_TO_SIFT:
        for _ in range(_ROUTINGS):
            if ordering.fewest == 0 or not ordering.reroute():
                return
            ordering.sift(_SIFTS)


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
