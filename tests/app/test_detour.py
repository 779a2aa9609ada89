"""Edges that are drawn over a layout, round what stands in it."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from pytestqt.qtbot import QtBot
from tests.benchmarks.graphs import DRAWN
from tests.kit.canvas_stage import Stage
from tests.kit.run_script import RunScript, topology

from stepscope.model.geometry import Point, Rect
from stepscope.model.layout import Direction, Options, detour, layered

from .layout_graphs import label_sizes, size

SMALL = [
    "agent loop",
    "prebuilt agent",
    "supervisor of 5",
    "corrective RAG",
    "nested three deep",
    "self-loops",
]


def runs_through(points: list[Point], rect: Rect) -> bool:
    return any(rect.grown(-1).contains(point) for point in points)


@pytest.mark.parametrize(("name", "direction"), [*product(SMALL, ("down", "right"))])
def test_a_way_between_any_two_nodes_meets_no_other_node_and_no_label(
    name: str, direction: Direction
) -> None:
    shape = DRAWN[name]()
    layout = layered(shape, size, label_sizes(shape), Options(direction=direction))
    places = {key: rect for key, rect in {**layout.groups, **layout.nodes}.items() if len(key) == 1}
    labels = [route.label_rect for route in layout.edges if route.label_rect and len(route.edge.source) == 1]
    for source, target in permutations(places, 2):
        others = [rect for key, rect in places.items() if key not in (source, target)] + labels
        points = detour(places[source], places[target], others, direction).flattened(24)
        assert not any(runs_through(points, rect) for rect in others), (source, target)


def test_a_way_begins_and_ends_on_the_borders_of_its_nodes() -> None:
    upper, lower = Rect(0, 0, 100, 44), Rect(40, 300, 100, 44)
    wall = Rect(-200, 150, 500, 44)
    for source, target in ((upper, lower), (lower, upper)):
        path = detour(source, target, [wall])
        assert path.start.y == source.bottom
        assert source.left < path.start.x < source.right
        assert path.end.y == target.top
        assert target.left < path.end.x < target.right


def test_a_free_way_is_the_short_one() -> None:
    path = detour(Rect(0, 0, 100, 44), Rect(0, 100, 100, 44), [Rect(300, 0, 100, 44)])
    assert len(path.segments) == 1


@pytest.mark.parametrize(
    "target",
    [Rect(200, 0, 100, 44), Rect(-200, 20, 100, 44), Rect(400, -60, 100, 44), Rect(-400, -60, 100, 44)],
)
def test_a_way_to_a_node_beside_or_above_runs_through_neither_of_the_two(target: Rect) -> None:
    source = Rect(0, 0, 100, 44)
    points = detour(source, target, []).flattened(24)
    assert not any(runs_through(points, rect) for rect in (source, target))


def test_a_learnt_way_goes_round_the_nodes_that_stand_between(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.open(topology("START -> a", "a -> b", "b -> c", "c -> d", "d -> END"))
    stage.play(RunScript().begin().run(1, "a").run(2, "d"))
    scene = stage.view.graph_scene
    (way,) = scene.learnt_items()
    points = way.route.path.flattened(24)
    assert not any(runs_through(points, scene.box_of((name,))) for name in "bc")
