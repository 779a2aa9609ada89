"""Points, rectangles and edge paths of the picture: floats in scene coordinates, y downwards."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Point(NamedTuple):
    """A place in the scene."""

    x: float
    y: float

    def moved(self, dx: float, dy: float) -> Point:
        return Point(self.x + dx, self.y + dy)

    def turned(self) -> Point:
        """Mirrored at the diagonal: what was below is now to the right."""
        return Point(self.y, self.x)


class Rect(NamedTuple):
    """An upright rectangle by its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Rect:
        return cls(centre.x - width / 2, centre.y - height / 2, width, height)

    @property
    def left(self) -> float:
        return self.x

    @property
    def top(self) -> float:
        return self.y

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def contains(self, other: Rect | Point) -> bool:
        """Whether a point or a whole rectangle lies inside; the border counts as inside."""
        if isinstance(other, Point):
            return self.x <= other.x <= self.right and self.y <= other.y <= self.bottom
        in_width = self.x <= other.x and other.right <= self.right
        return in_width and self.y <= other.y and other.bottom <= self.bottom

    def intersects(self, other: Rect) -> bool:
        """Whether both share some area; touching borders share none."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def united(self, other: Rect) -> Rect:
        """The smallest rectangle around both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        return Rect(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)

    def moved(self, dx: float, dy: float) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def turned(self) -> Rect:
        return Rect(self.y, self.x, self.height, self.width)

    def grown(self, margin: float) -> Rect:
        """The rectangle with this much more (or, below zero, less) on every side."""
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)


def union(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around all; an empty one at the origin when there are none."""
    rects = list(rects)
    if not rects:
        return Rect(0.0, 0.0, 0.0, 0.0)
    left, top = min(rect.x for rect in rects), min(rect.y for rect in rects)
    right, bottom = max(rect.right for rect in rects), max(rect.bottom for rect in rects)
    return Rect(left, top, right - left, bottom - top)


class Line(NamedTuple):
    """A straight piece of a path, from wherever the path stands to `end`."""

    end: Point

    def point_at(self, start: Point, t: float) -> Point:
        return Point(start.x + (self.end.x - start.x) * t, start.y + (self.end.y - start.y) * t)

    def moved(self, dx: float, dy: float) -> Line:
        return Line(self.end.moved(dx, dy))

    def turned(self) -> Line:
        return Line(self.end.turned())


class Cubic(NamedTuple):
    """A Bézier piece of a path, from wherever the path stands to `end`."""

    control1: Point
    control2: Point
    end: Point

    def point_at(self, start: Point, t: float) -> Point:
        s = 1 - t
        a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        return Point(
            a * start.x + b * self.control1.x + c * self.control2.x + d * self.end.x,
            a * start.y + b * self.control1.y + c * self.control2.y + d * self.end.y,
        )

    def moved(self, dx: float, dy: float) -> Cubic:
        return Cubic(self.control1.moved(dx, dy), self.control2.moved(dx, dy), self.end.moved(dx, dy))

    def turned(self) -> Cubic:
        return Cubic(self.control1.turned(), self.control2.turned(), self.end.turned())


Segment = Line | Cubic

# Points a Bézier piece is cut into for lengths and positions: within 0.5 % of its true length.
_STEPS = 12


@dataclass(frozen=True)
class EdgePath:
    """The way of an edge: where it starts, then straight and Bézier pieces, each going on from the last."""

    start: Point
    segments: tuple[Segment, ...]

    @property
    def end(self) -> Point:
        return self.segments[-1].end if self.segments else self.start

    @property
    def arrow_angle(self) -> float:
        """Where the path is heading at its end, in radians: 0 to the right, pi/2 downwards."""
        origin = self.start
        for segment in self.segments[:-1]:
            origin = segment.end
        tail = self.segments[-1] if self.segments else Line(self.start)
        behind = [origin, tail.control1, tail.control2] if isinstance(tail, Cubic) else [origin]
        for point in reversed(behind):
            dx, dy = tail.end.x - point.x, tail.end.y - point.y
            if abs(dx) + abs(dy) > 1e-9:
                return math.atan2(dy, dx)
        return math.pi / 2

    @property
    def bounds(self) -> Rect:
        """A rectangle that holds the whole path (control points count, so it may be a little larger)."""
        points = [self.start]
        for segment in self.segments:
            points.extend(segment)
        left, top = min(point.x for point in points), min(point.y for point in points)
        return Rect(left, top, max(p.x for p in points) - left, max(p.y for p in points) - top)

    @property
    def length(self) -> float:
        points = self.flattened()
        return sum(math.dist(a, b) for a, b in pairwise(points))

    def flattened(self, steps: int = _STEPS) -> list[Point]:
        """The path as a polyline; each Bézier piece becomes `steps` straight ones."""
        points = [self.start]
        for segment in self.segments:
            if isinstance(segment, Line):
                points.append(segment.end)
            else:
                origin = points[-1]
                points.extend(segment.point_at(origin, step / steps) for step in range(1, steps + 1))
        return points

    def point_at(self, t: float) -> Point:
        """The point at the part `t` of the path's length: 0 is its start, 0.5 its middle, 1 its end."""
        points = self.flattened()
        left = t * sum(math.dist(a, b) for a, b in pairwise(points))
        for a, b in pairwise(points):
            step = math.dist(a, b)
            if step > 0 and left <= step:
                return Line(b).point_at(a, max(0.0, left / step))
            left -= step
        return points[-1]

    def moved(self, dx: float, dy: float) -> EdgePath:
        return EdgePath(self.start.moved(dx, dy), tuple(segment.moved(dx, dy) for segment in self.segments))

    def turned(self) -> EdgePath:
        """Mirrored at the diagonal."""
        return EdgePath(self.start.turned(), tuple(segment.turned() for segment in self.segments))

    def reversed(self) -> EdgePath:
        """The same way from its end to its start."""
        points = [self.start, *(segment.end for segment in self.segments)]
        segments: list[Segment] = []
        for origin, segment in zip(reversed(points[:-1]), reversed(self.segments), strict=True):
            if isinstance(segment, Cubic):
                segments.append(Cubic(segment.control2, segment.control1, origin))
            else:
                segments.append(Line(origin))
        return EdgePath(self.end, tuple(segments))
