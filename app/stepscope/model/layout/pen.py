"""Draws the way of an arrow piece by piece: upright through rows, sideways in the channels between them."""

from __future__ import annotations

from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Segment


class Pen:
    """Stands at the end of what it has drawn."""

    def __init__(self, start: Point) -> None:
        self._start = self._at = start
        self._segments: list[Segment] = []

    @property
    def y(self) -> float:
        return self._at.y

    def path(self) -> EdgePath:
        return EdgePath(self._start, tuple(self._segments))

    def upright(self, y: float) -> None:
        """Straight up or down."""
        if abs(y - self._at.y) < 1e-6:
            return
        end = Point(self._at.x, y)
        if self._segments and isinstance(self._segments[-1], Line):
            self._segments.pop()
        self._draw(Line(end))

    def across(self, x: float, y: float) -> None:
        """Through a channel: upright at both borders of it."""
        if abs(x - self._at.x) < 0.5:
            if abs(x - self._at.x) > 1e-6:
                self._draw(Line(Point(x, y)))
            else:
                self.upright(y)
            return
        middle = (self._at.y + y) / 2
        self._draw(Cubic(Point(self._at.x, middle), Point(x, middle), Point(x, y)))

    def turn_up(self, x: float, y: float) -> None:
        """From a box's side into an upright lane, and in it up to y."""
        at = self._at
        bend = self._bend(x - at.x, at.y - y)
        control1 = Point(at.x + 0.7 * (x - at.x), at.y)
        self._draw(Cubic(control1, Point(x, at.y - 0.7 * bend), Point(x, at.y - bend)))
        self.upright(y)

    def turn_in(self, end: Point) -> None:
        """Up an upright lane to a box's side."""
        x = self._at.x
        bend = self._bend(x - end.x, self._at.y - end.y)
        self.upright(end.y + bend)
        control1 = Point(x, end.y + 0.3 * bend)
        self._draw(Cubic(control1, Point(end.x + 0.7 * (x - end.x), end.y), end))

    @staticmethod
    def _bend(across: float, upright: float) -> float:
        """How much of the upright way a turn takes: the wider, the rounder."""
        return min(upright, 12.0 + 0.6 * abs(across))

    def swing(self, x: float, y: float, depth: float) -> None:
        """Out of a row and back into it, through the channel beside it."""
        self._draw(Cubic(Point(self._at.x, y + depth), Point(x, y + depth), Point(x, y)))

    def _draw(self, segment: Segment) -> None:
        self._segments.append(segment)
        self._at = segment.end
