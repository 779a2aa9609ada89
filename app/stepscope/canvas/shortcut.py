"""The way of an edge that no layout knows, from one box straight to another; lines of the layout stay."""

from __future__ import annotations

from stepscope.model.geometry import Cubic, EdgePath, Point, Rect

_ASIDE = 46.0
"""How far a way bulges that leaves and enters on the right."""
_PART = 0.3
"""Where along a border it leaves, away from the middle, where the layout's own edges are."""


def shortcut(source: Rect, target: Rect) -> EdgePath:
    """Down where the target lies lower, else round on the right."""
    if target.top >= source.bottom:
        start = Point(source.centre.x + _PART * source.width, source.bottom)
        end = Point(target.centre.x + _PART * target.width, target.top)
        pull = max(24.0, (end.y - start.y) / 2)
        return EdgePath(start, (Cubic(start.moved(0.0, pull), end.moved(0.0, -pull), end),))
    start = Point(source.right, source.centre.y + _PART * source.height)
    end = Point(target.right, target.centre.y - _PART * target.height)
    aside = max(start.x, end.x) + _ASIDE
    return EdgePath(start, (Cubic(Point(aside, start.y), Point(aside, end.y), end),))
