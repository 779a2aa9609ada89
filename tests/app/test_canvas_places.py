"""Where the superstep's band goes and where the arrow keys lead: rectangles alone, no widget."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from tests.kit.canvas_stage import NEWSROOM
from tests.kit.run_script import topology

from stepscope.canvas.band_place import Surroundings, place
from stepscope.canvas.edge_item import arrow_head, line_path
from stepscope.canvas.measures import ARROW_LENGTH, BAND_PADDING
from stepscope.canvas.navigation import Direction, in_turn, towards
from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Rect, union
from stepscope.model.layout import layered
from stepscope.model.topology import END, START

CAPTION = (200.0, 18.0)
SPACE = Rect(-2000, -2000, 4000, 4000)
ROW = [Rect(0, 0, 150, 44), Rect(180, 0, 150, 44), Rect(360, 0, 150, 44)]


def around(
    boxes: Sequence[Rect] = (), labels: Sequence[Rect] = (), edges: Sequence[Sequence[Point]] = ()
) -> Surroundings:
    return Surroundings(boxes, labels, edges, SPACE)


def test_the_band_holds_its_tasks_and_its_caption_below_them():
    found = place(ROW, CAPTION, around())
    assert found is not None
    assert found.rect.contains(union(ROW).grown(BAND_PADDING))
    assert found.rect.contains(found.caption)
    assert found.caption.top >= 44


def test_a_band_that_would_run_through_a_foreign_box_is_not_drawn():
    scattered = [Rect(0, 0, 150, 44), Rect(0, 400, 150, 44)]
    assert place(scattered, CAPTION, around(boxes=[Rect(10, 200, 150, 44)])) is None
    assert place([], CAPTION, around()) is None


def test_the_caption_makes_room_for_a_label():
    label = Rect(150, 48, 200, 18)
    found = place(ROW, CAPTION, around(labels=[label]))
    assert found is not None
    assert not found.caption.intersects(label)


def test_the_caption_keeps_off_an_edge_where_it_can():
    edge = [Point(255, 44), Point(255, 200)]
    found = place(ROW, CAPTION, around(edges=[edge]))
    assert found is not None
    assert not found.caption.left <= 255 <= found.caption.right or found.caption.bottom <= 44


def test_the_caption_rather_covers_a_few_edges_than_widen_the_band():
    edges = [[Point(x, -200), Point(x, 200)] for x in (75, 255, 435)]
    found = place(ROW, CAPTION, around(edges=edges))
    assert found is not None
    assert found.rect.width == found.core.width


def test_the_caption_keeps_off_an_arrow_where_it_can():
    arrow = [Point(75, -60), Point(75, 0)]
    label = Rect(-100, 48, 350, 18)
    found = place([Rect(0, 0, 150, 44)], CAPTION, around(edges=[arrow], labels=[label]))
    assert found is not None
    assert not found.caption.grown(8).contains(Point(75, 0))


def test_the_caption_goes_beside_the_task_rather_than_along_edges_that_come_from_the_sides():
    task, label = Rect(0, 0, 150, 44), Rect(40, 52, 70, 18)
    sides = [
        [Point(x, -60), Point(x, -25), Point(tip, -14), Point(tip, 0)] for x, tip in ((-90, 45), (240, 105))
    ]
    straight, back = [Point(75, -60), Point(75, 0)], [Point(150, 22), Point(330, 22)]
    found = place([task], (140.0, 18.0), around(labels=[label], edges=[*sides, straight, back]))
    assert found is not None
    assert found.caption.right <= task.left


def test_the_caption_stays_where_it_is_seen():
    visible = Rect(-40, -200, 240, 400)
    found = place([Rect(0, 0, 150, 44)], CAPTION, Surroundings([], [], [], visible))
    assert found is not None
    assert visible.contains(found.caption)


def test_a_band_wider_than_its_only_task_leans_away_from_a_neighbour():
    neighbour = Rect(-170, 0, 150, 44)
    found = place([Rect(0, 0, 150, 44)], (300.0, 18.0), around(boxes=[neighbour]))
    assert found is not None
    assert not found.rect.intersects(neighbour)


def test_between_neighbours_on_both_sides_the_caption_hangs_out_of_the_band():
    column = [Rect(0, y, 150, 44) for y in (0, 70, 140)]
    neighbours = [Rect(-200, 70, 150, 44), Rect(200, 70, 150, 44)]
    found = place(column, (300.0, 18.0), around(boxes=neighbours))
    assert found is not None
    assert found.rect == union(column).grown(BAND_PADDING)
    assert found.caption.top >= column[-1].bottom
    assert not any(found.caption.intersects(box) for box in neighbours)


rects = st.builds(Rect, st.floats(-500, 500), st.floats(-500, 500), st.floats(20, 200), st.floats(20, 100))


@given(st.lists(rects, min_size=1, max_size=5), st.lists(rects, max_size=6))
def test_a_band_never_touches_a_foreign_box_and_always_holds_all_it_must(
    tasks: list[Rect], boxes: list[Rect]
):
    found = place(tasks, CAPTION, around(boxes=boxes))
    if found is not None:
        assert not any(found.rect.intersects(box) or found.caption.intersects(box) for box in boxes)
        assert all(found.rect.contains(task) for task in tasks)
        assert found.rect.grown(1e-6).contains(found.caption) or found.rect.intersects(found.caption)


def size(_: object) -> tuple[float, float]:
    return 120.0, 44.0


def test_down_and_up_follow_the_edges():
    shape = topology("START -> a", "a -> b", "a -> c", "b -> END", "c -> END")
    places = layered(shape, size).nodes
    assert towards(shape, places, (START,), Direction.DOWN) == ("a",)
    below = towards(shape, places, ("a",), Direction.DOWN)
    assert below in {("b",), ("c",)}
    assert towards(shape, places, (END,), Direction.UP) in {("b",), ("c",)}
    assert towards(shape, places, (START,), Direction.UP) is None


def test_left_and_right_go_to_the_neighbours_in_the_row():
    shape = topology("START -> a", "START -> b", "START -> c")
    places = {
        (START,): Rect(200, 0, 50, 30),
        ("a",): Rect(0, 80, 100, 44),
        ("b",): Rect(150, 80, 100, 44),
        ("c",): Rect(300, 80, 100, 44),
    }
    assert towards(shape, places, ("a",), Direction.RIGHT) == ("b",)
    assert towards(shape, places, ("b",), Direction.RIGHT) == ("c",)
    assert towards(shape, places, ("c",), Direction.RIGHT) is None
    assert towards(shape, places, ("c",), Direction.LEFT) == ("b",)


def test_tab_visits_every_node_once_in_reading_order():
    layout = layered(NEWSROOM, size)
    places = {**layout.groups, **layout.nodes}
    visited = []
    key = in_turn(places, None, True)
    while key is not None:
        visited.append(key)
        key = in_turn(places, key, True)
    assert len(visited) == len(set(visited)) == len(NEWSROOM.nodes)
    assert visited[0] == (START,)
    assert in_turn(places, visited[0], False) is None


def test_every_node_can_be_reached_with_the_arrow_keys():
    layout = layered(NEWSROOM, size)
    places = {**layout.groups, **layout.nodes}
    reached, queue = {(START,)}, [(START,)]
    while queue:
        here = queue.pop()
        for direction in Direction:
            there = towards(NEWSROOM, places, here, direction)
            if there is not None and there not in reached:
                reached.add(there)
                queue.append(there)
    assert reached == set(NEWSROOM.nodes)


def test_an_arrow_touches_the_node_with_its_tip_and_the_line_ends_inside_the_arrow():
    path = EdgePath(Point(0, 0), (Line(Point(0, 20)), Cubic(Point(0, 60), Point(100, 20), Point(100, 80))))
    head, line = arrow_head(path.end, path.arrow_angle), line_path(path, path.arrow_angle)
    assert (head.at(0).x(), head.at(0).y()) == (100, 80)
    assert line.pointAtPercent(0).y() == 0
    end = line.currentPosition()
    assert 0 < path.end.y - end.y() < ARROW_LENGTH
    assert head.containsPoint(end, Qt.FillRule.OddEvenFill)
