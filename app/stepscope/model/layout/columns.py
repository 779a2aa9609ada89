"""Where the cells of ordered rows stand from left to right: upright long edges, short other ones.

Three steps. Rows are swept up and down, each cell drawn to the mean of its neighbours (`_sweep`, solved
exactly for a row by pooling those that push each other). That gives a compact picture in which nothing is
quite upright. Then cells that ought to stand under one another are tied into columns (`_columns`). Then
columns move as one towards their neighbours: first all at once, pushing others aside until every gap is kept
(`_settled`), then one by one as far as the room beside them goes (`_slide`).

What keeps big graphs narrow is not to tie what the sweeps have left far apart: a long edge that is upright
over fifty rows pushes aside whatever is in its way in each of them.
"""

from __future__ import annotations

from bisect import bisect_left

from stepscope.model.layout.parts import Cell, Options
from stepscope.model.layout.rows import Rows

_SWEEPS = 6
_PUSHES = 3
_SLIDES = 8
_MOST_SLANT = 36.0
"""Cells further apart than this, in pixels, are not tied: there the edge takes a bend. A small graph is more
generous: it has the room, and upright edges are what makes it clear."""
_GENEROSITY = 12_000.0
_FAN_PULL = 3
"""How much more a column is drawn to the middle of its own fans than to the ends of others'."""


def columns(cells: Rows, options: Options) -> list[float]:
    """The x of every cell's middle."""
    room = _room(cells, options)
    x = _packed(cells, room)
    for sweep in range(_SWEEPS):
        _sweep(cells, room, x, down=sweep % 2 == 0)
    column_of, count = _columns(cells, x)
    return _relax(cells, room, x, column_of, count)


def _room(cells: Rows, options: Options) -> list[list[float]]:
    """By row: how far the middle of each cell is to be right of the middle of the one before it."""
    room = []
    for members in cells.order:
        row = [0.0] * len(members)
        for at in range(1, len(members)):
            a, b = members[at - 1], members[at]
            row[at] = cells.right[a] + cells.gap(a, b, options) + cells.left[b]
        room.append(row)
    return room


def _packed(cells: Rows, room: list[list[float]]) -> list[float]:
    """All rows pushed together around the same middle."""
    x = [0.0] * len(cells.row)
    for members, gaps in zip(cells.order, room, strict=True):
        at = -sum(gaps) / 2
        for cell, gap in zip(members, gaps, strict=True):
            at += gap
            x[cell] = at
    return x


def _sweep(cells: Rows, room: list[list[float]], x: list[float], down: bool) -> None:
    neighbours = cells.up if down else cells.down
    rows = range(1, len(cells.order)) if down else range(len(cells.order) - 2, -1, -1)
    for row in rows:
        wishes, weights = [], []
        for cell in cells.order[row]:
            others = neighbours[cell]
            if len(others) == 1:
                wishes.append(x[others[0]])
                straight = cells.kind[cell] != Cell.NODE and cells.kind[others[0]] != Cell.NODE
                weights.append(4.0 if straight else 1.0)
            elif others:
                wishes.append(sum([x[other] for other in others]) / len(others))
                weights.append(float(len(others)))
            else:
                box = cells.lane_side.get(cell)
                wishes.append(x[cell] if box is None else x[box] + cells.right[box])
                weights.append(0.1)
        for cell, at in zip(cells.order[row], spread(wishes, weights, room[row]), strict=True):
            x[cell] = at


def spread(wishes: list[float], weights: list[float], gaps: list[float]) -> list[float]:
    """The places nearest to the wishes (weighted least squares) that keep the order and the gaps.

    Isotonic regression: cells whose wishes are too close are pooled and share the mean.
    """
    pools: list[list[float]] = []  # [wish, weight, number of cells]; wishes less the gaps to their left
    offset = 0.0
    for wish, weight, gap in zip(wishes, weights, gaps, strict=True):
        offset += gap
        wish, number = wish - offset, 1.0
        while pools and pools[-1][0] > wish:
            other, other_weight, other_number = pools.pop()
            wish = (wish * weight + other * other_weight) / (weight + other_weight)
            weight += other_weight
            number += other_number
        pools.append([wish, weight, number])
    places, offset = [], 0.0
    left_to_place = iter(gaps)
    for wish, _, number in pools:
        for _ in range(int(number)):
            offset += next(left_to_place)
            places.append(wish + offset)
    return places


def _columns(cells: Rows, x: list[float]) -> tuple[list[int], int]:
    """Tie cells into columns: each cell to at most one above and one below, no ties crossing.

    Pieces of long edges come first, then a box with its only neighbour, then the middle ones of fans.
    """
    place = [0] * len(cells.row)
    for members in cells.order:
        for at, cell in enumerate(members):
            place[cell] = at
    ties: list[tuple[int, float, int, int]] = []
    kind, up, down = cells.kind, cells.up, cells.down
    most_slant = max(_MOST_SLANT, _GENEROSITY / max(1, len(x)))
    for upper, lowers in enumerate(down):
        for lower in lowers:
            slant = abs(x[upper] - x[lower])
            if slant > most_slant:
                continue
            bends = (kind[upper] != Cell.NODE) + (kind[lower] != Cell.NODE)
            if bends == 2:
                ties.append((0, slant, upper, lower))
            elif len(lowers) == 1 and len(up[lower]) == 1:
                ties.append((1, slant, upper, lower))
            elif _is_middle(lower, lowers, place) and _is_middle(upper, up[lower], place):
                ties.append((2, slant, upper, lower))
    ties.sort()
    tied_down, tied_up = [-1] * len(cells.row), [-1] * len(cells.row)
    between: list[list[tuple[int, int]]] = [[] for _ in cells.order]
    for _, _, upper, lower in ties:
        if tied_down[upper] >= 0 or tied_up[lower] >= 0:
            continue
        if _fits(between[cells.row[upper]], place[upper], place[lower]):
            tied_down[upper], tied_up[lower] = lower, upper
    column_of, count = [-1] * len(cells.row), 0
    for members in cells.order:
        for cell in members:
            if tied_up[cell] >= 0:
                column_of[cell] = column_of[tied_up[cell]]
            else:
                column_of[cell], count = count, count + 1
    return column_of, count


def _is_middle(cell: int, fan: list[int], place: list[int]) -> bool:
    """Whether as many of a fan stand left of a cell as right of it."""
    at = place[cell]
    return sum([place[other] < at for other in fan]) == sum([place[other] > at for other in fan])


def _fits(ties: list[tuple[int, int]], upper: int, lower: int) -> bool:
    """Enter a tie between two rows, unless it crosses one that is there."""
    at = bisect_left(ties, (upper, lower))
    if (at > 0 and ties[at - 1][1] > lower) or (at < len(ties) and ties[at][1] < lower):
        return False
    ties.insert(at, (upper, lower))
    return True


Gaps = list[list[tuple[int, float]]]
"""By column: the columns right beside it on one side, each with the least distance to it."""


def _relax(
    cells: Rows, room: list[list[float]], x: list[float], column_of: list[int], count: int
) -> list[float]:
    """Move whole columns towards their neighbours, keeping the order and the gaps of every row."""
    before, after = _gaps(cells, room, column_of, count)
    order = _left_to_right(before, after)
    pulls = _pulls(cells, column_of, count)
    size = [0] * count
    place = [0.0] * count
    for cell, column in enumerate(column_of):
        size[column] += 1
        place[column] += x[cell]
    place = [total / number for total, number in zip(place, size, strict=True)]
    for _ in range(_PUSHES):
        wishes = [
            (at + sum([place[other] for other in others]) / len(others)) / 2 if others else at
            for at, others in zip(place, pulls, strict=True)
        ]
        place = _settled(wishes, order, before, after)
    for round_ in range(_SLIDES):
        _slide(place, order if round_ % 2 else order[::-1], pulls, before, after)
    return [place[column] for column in column_of]


def _gaps(cells: Rows, room: list[list[float]], column_of: list[int], count: int) -> tuple[Gaps, Gaps]:
    gaps: dict[tuple[int, int], float] = {}
    for members, row in zip(cells.order, room, strict=True):
        for at in range(1, len(members)):
            pair = column_of[members[at - 1]], column_of[members[at]]
            gaps[pair] = max(gaps.get(pair, 0.0), row[at])
    before: Gaps = [[] for _ in range(count)]
    after: Gaps = [[] for _ in range(count)]
    for (a, b), gap in gaps.items():
        before[b].append((a, gap))
        after[a].append((b, gap))
    return before, after


def _pulls(cells: Rows, column_of: list[int], count: int) -> list[list[int]]:
    """By column: the columns it is joined to; those of its own fans several times, so they weigh more."""
    pulls: list[list[int]] = [[] for _ in range(count)]
    for upper, lowers in enumerate(cells.down):
        for lower in lowers:
            a, b = column_of[upper], column_of[lower]
            if a != b:
                pulls[a].extend([b] * (_FAN_PULL if len(lowers) > 1 else 1))
                pulls[b].extend([a] * (_FAN_PULL if len(cells.up[lower]) > 1 else 1))
    for end, box in cells.lane_side.items():  # a lane comes as near as it may, and no box moves for it
        if column_of[end] != column_of[box]:
            pulls[column_of[end]].append(column_of[box])
    return pulls


def _slide(place: list[float], order: list[int], pulls: list[list[int]], before: Gaps, after: Gaps) -> None:
    """Move each column to the mean of its neighbours, or as near as the columns beside it allow."""
    for column in order:
        others = pulls[column]
        if not others:
            continue
        here = place[column]
        wish = sum([place[other] for other in others]) / len(others)
        if wish > here:
            for other, gap in after[column]:
                wish = min(wish, place[other] - gap)
            place[column] = max(here, wish)
        else:
            for other, gap in before[column]:
                wish = max(wish, place[other] + gap)
            place[column] = min(here, wish)


def _settled(
    wishes: list[float],
    order: list[int],
    before: Gaps,
    after: Gaps,
) -> list[float]:
    """Wishes made possible: the middle between pushing all conflicts to the right and all to the left.

    Both keep every gap, so their middle does; columns that want the same place share it evenly.
    """
    to_right, to_left = list(wishes), list(wishes)
    for column in order:
        at = to_right[column]
        for other, gap in before[column]:
            if to_right[other] + gap > at:
                at = to_right[other] + gap
        to_right[column] = at
    for column in reversed(order):
        at = to_left[column]
        for other, gap in after[column]:
            if to_left[other] - gap < at:
                at = to_left[other] - gap
        to_left[column] = at
    return [(a + b) / 2 for a, b in zip(to_right, to_left, strict=True)]


def _left_to_right(before: Gaps, after: Gaps) -> list[int]:
    missing = [len(others) for others in before]
    order = [column for column, number in enumerate(missing) if number == 0]
    for column in order:
        for other, _ in after[column]:
            missing[other] -= 1
            if missing[other] == 0:
                order.append(other)
    return order
