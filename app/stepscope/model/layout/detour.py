"""The way of an edge that no layout knows: drawn over one that stays as it is, round whatever stands there.

The short way, straight to where the target stands, is taken where it is free. Else the edge leaves downwards,
runs along below its source's row, goes up or down beside what is in the way, and comes in from above. Places
to turn at are those right beside obstacles; of all that lead through, the shortest way wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product

from stepscope.model.geometry import Cubic, EdgePath, Point, Rect
from stepscope.model.layout.corners import rounded
from stepscope.model.layout.parts import Direction

_ASIDE = 46.0
"""How far a way bulges that leaves and enters on the right."""
_PART = 0.3
"""Where along a border it leaves, away from the middle, where the layout's own edges are."""
_GAP = 12.0
"""Between a way and what it goes round."""
_REACH = 600.0
"""How far off a way may lead."""
_MOST_TURNS, _MOST_LANES = 4, 80


def detour(source: Rect, target: Rect, obstacles: Iterable[Rect], direction: Direction = "down") -> EdgePath:
    """A way from one box to another that runs through no obstacle, if there is one within reach."""
    if direction == "right":
        return detour(source.turned(), target.turned(), [each.turned() for each in obstacles]).turned()
    around = source.united(target).grown(_REACH)
    near = [each for each in obstacles if each.intersects(around)]
    short = _short(source, target)
    if not any(_meets(short, each) for each in near):
        return short
    corners = _corners(source, target, near)
    return rounded(corners) if corners is not None else short


def _short(source: Rect, target: Rect) -> EdgePath:
    """Down where the target lies lower, across where it stands beside, else round on the right."""
    if target.top >= source.bottom:
        start, end = _ports(source, target)
        pull = max(24.0, (end.y - start.y) / 2)
        return EdgePath(start, (Cubic(start.moved(0.0, pull), end.moved(0.0, -pull), end),))
    if source.top < target.bottom and (target.left >= source.right or target.right <= source.left):
        return _across(source, target)
    start = Point(source.right, source.centre.y + _PART * source.height)
    end = Point(target.right, target.centre.y - _PART * target.height)
    aside = max(start.x, end.x) + _ASIDE
    return EdgePath(start, (Cubic(Point(aside, start.y), Point(aside, end.y), end),))


def _across(source: Rect, target: Rect) -> EdgePath:
    """From one border to the one that faces it; to the right lower than to the left, and so beside that."""
    is_right = target.left >= source.right
    aside = _PART if is_right else -_PART
    start = Point(source.right if is_right else source.left, source.centre.y + aside * source.height)
    end = Point(target.left if is_right else target.right, target.centre.y + aside * target.height)
    pull = (end.x - start.x) / 2
    return EdgePath(start, (Cubic(start.moved(pull, 0.0), end.moved(-pull, 0.0), end),))


def _ports(source: Rect, target: Rect) -> tuple[Point, Point]:
    return (
        Point(source.centre.x + _PART * source.width, source.bottom),
        Point(target.centre.x + _PART * target.width, target.top),
    )


def _meets(path: EdgePath, obstacle: Rect) -> bool:
    if not path.bounds.intersects(obstacle):
        return False
    inside = obstacle.grown(2.0)
    return any(inside.contains(point) for point in path.flattened(24))


def _corners(source: Rect, target: Rect, obstacles: Sequence[Rect]) -> list[Point] | None:
    start, end = _ports(source, target)
    solid = [*obstacles, source, target]
    first = sorted({source.bottom + _GAP, *(each.bottom + _GAP for each in obstacles)})
    last = sorted({target.top - _GAP, *(each.top - _GAP for each in obstacles)}, reverse=True)
    first = [y for y in first if y > start.y and _is_free(start, Point(start.x, y), obstacles)]
    last = [y for y in last if y < end.y and _is_free(Point(end.x, y), end, obstacles)]
    lanes = {start.x, end.x, *(x for each in solid for x in (each.left - _GAP, each.right + _GAP))}
    nearest = sorted(lanes, key=lambda x: (abs(x - start.x) + abs(x - end.x), x))[:_MOST_LANES]
    lanes_tried = [*nearest, min(lanes), max(lanes)]
    best, best_length = None, float("inf")
    for leave, enter in product(first[:_MOST_TURNS], last[:_MOST_TURNS]):
        for x in lanes_tried:
            way = [Point(start.x, leave), Point(x, leave), Point(x, enter), Point(end.x, enter)]
            corners = [start, *way, end]
            length = sum(abs(a.x - b.x) + abs(a.y - b.y) for a, b in pairwise(corners))
            if length < best_length and all(_is_free(a, b, solid) for a, b in pairwise(way)):
                best, best_length = corners, length
    return best


def _is_free(a: Point, b: Point, obstacles: Iterable[Rect]) -> bool:
    """Whether an upright or level piece meets nothing."""
    left, right = min(a.x, b.x) - 2.0, max(a.x, b.x) + 2.0
    top, bottom = min(a.y, b.y), max(a.y, b.y)
    return not any(
        each.left < right and left < each.right and each.top < bottom + 2.0 and top - 2.0 < each.bottom
        for each in obstacles
    )
