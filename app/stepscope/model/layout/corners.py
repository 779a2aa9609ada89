"""Ways of straight pieces with rounded corners."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Segment

_RADIUS = 9.0


def rounded(corners: Sequence[Point]) -> EdgePath:
    """Straight from corner to corner, each of them rounded."""
    points = [corners[0]]
    for corner in corners[1:]:
        if math.dist(corner, points[-1]) > 1e-6:
            points.append(corner)
    segments: list[Segment] = []
    for at in range(1, len(points) - 1):
        before, corner, after = points[at - 1 : at + 2]
        radius = min(_RADIUS, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        segments += [Line(start), Cubic(_middle(start, corner), _middle(end, corner), end)]
    return EdgePath(points[0], (*segments, Line(points[-1])))


def _towards(origin: Point, goal: Point, distance: float) -> Point:
    return Line(goal).point_at(origin, distance / math.dist(origin, goal))


def _middle(a: Point, b: Point) -> Point:
    return Line(b).point_at(a, 0.5)
