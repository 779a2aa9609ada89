"""Points, rectangles and paths."""

from __future__ import annotations

import math

import pytest

from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Rect, union

_QUARTER = EdgePath(Point(0, 0), (Cubic(Point(55.2, 0), Point(100, 44.8), Point(100, 100)),))
_CORNER = EdgePath(Point(0, 0), (Line(Point(30, 0)), Line(Point(30, 10))))


def test_rectangles_that_only_touch_do_not_intersect() -> None:
    rect = Rect(0, 0, 10, 10)
    assert not rect.intersects(Rect(10, 0, 5, 5))
    assert rect.intersects(Rect(9, 9, 5, 5))


def test_a_rectangle_contains_its_border_and_itself() -> None:
    rect = Rect(2, 3, 10, 10)
    assert rect.contains(rect)
    assert rect.contains(Point(12, 13))
    assert not rect.contains(Point(12.1, 13))
    assert not rect.contains(rect.grown(0.1))


def test_the_union_holds_every_rectangle_and_no_more() -> None:
    rects = [Rect(0, 0, 1, 1), Rect(5, -2, 1, 1), Rect(2, 2, 1, 6)]
    assert union(rects) == Rect(0, -2, 6, 10) == rects[0].united(rects[1]).united(rects[2])
    assert union([]) == Rect(0, 0, 0, 0)


def test_a_moved_path_ends_where_its_end_was_moved_to() -> None:
    moved = _QUARTER.moved(5, -7)
    assert moved.start == (5, -7)
    assert moved.end == (105, 93)
    assert moved.bounds == _QUARTER.bounds.moved(5, -7)


def test_the_length_of_a_quarter_circle_is_that_of_a_quarter_circle() -> None:
    assert _QUARTER.length == pytest.approx(100 * math.pi / 2, rel=0.005)


def test_points_on_a_path_go_by_length_not_by_segment() -> None:
    assert _CORNER.point_at(0) == (0, 0)
    assert _CORNER.point_at(0.5) == (20, 0)
    assert _CORNER.point_at(1) == (30, 10)
    x, y = _QUARTER.point_at(0.5)
    assert (x, y) == pytest.approx((100 * math.sin(math.pi / 4), 100 - 100 * math.cos(math.pi / 4)), abs=0.7)


def test_the_arrow_points_the_way_the_path_ends() -> None:
    assert _CORNER.arrow_angle == pytest.approx(math.pi / 2)
    assert _QUARTER.arrow_angle == pytest.approx(math.pi / 2)
    leftwards = EdgePath(Point(0, 0), (Line(Point(-3, 0)),))
    assert abs(leftwards.arrow_angle) == pytest.approx(math.pi)


def test_a_last_piece_without_length_does_not_turn_the_arrow() -> None:
    stub = EdgePath(Point(0, 0), (Cubic(Point(10, 0), Point(20, 5), Point(20, 5)),))
    assert stub.arrow_angle == pytest.approx(math.atan2(5, 10))


def test_the_reversed_path_passes_the_same_points_the_other_way() -> None:
    path = EdgePath(Point(0, 0), (Line(Point(0, 20)), *_QUARTER.moved(0, 20).segments))
    there, back = path.flattened(), path.reversed().flattened()
    assert back == [pytest.approx(point) for point in reversed(there)]
