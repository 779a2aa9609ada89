"""Nodes on their way from one layout to the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage
from tests.kit.run_script import topology

from stepscope.theme import DARK


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.view.set_motion(True)
    stage.open(NEWSROOM)
    return stage


def drawn_at(stage: Stage, name: str) -> QPoint:
    """Where in the view the middle of a node is drawn just now, wherever it stands."""
    item = stage.view.graph_scene.node_item((name,))
    return stage.view.mapFromScene(item.pos())


def fold(stage: Stage) -> None:
    stage.view.folds.toggle(("researcher",))


def test_the_first_picture_of_a_graph_is_there_at_once(stage: Stage) -> None:
    assert not stage.view.is_gliding


def test_a_node_sets_out_from_where_it_was_seen_and_arrives_where_it_stands(
    stage: Stage, qtbot: QtBot
) -> None:
    before = drawn_at(stage, "editor")
    fold(stage)
    assert stage.view.is_gliding
    assert (drawn_at(stage, "editor") - before).manhattanLength() <= 2
    assert (stage.probe.box_in_view("editor").center() - before).manhattanLength() > 40

    qtbot.waitUntil(lambda: not stage.view.is_gliding)
    item = stage.view.graph_scene.node_item(("editor",))
    assert item.scale() == 1.0
    assert item.sceneBoundingRect().contains(stage.probe.box_of("editor"))


def test_what_a_subgraph_holds_comes_out_of_it_and_the_lines_come_last(stage: Stage, qtbot: QtBot) -> None:
    stage.view.set_motion(False)
    fold(stage)
    stage.view.set_motion(True)
    folded = stage.probe.box_in_view("researcher")
    fold(stage)
    item = stage.view.graph_scene.node_item(("researcher", "query"))
    assert folded.contains(stage.view.mapFromScene(item.pos()))
    assert item.opacity() == 0.0
    qtbot.waitUntil(lambda: not stage.view.is_gliding)
    assert {each.opacity() for each in stage.view.graph_scene.items()} == {1.0}


def test_a_click_in_the_meantime_hits_what_stands_there(stage: Stage) -> None:
    fold(stage)
    stage.probe.click("writer")
    assert stage.selection.node == ("writer",)
    assert not stage.view.is_gliding


def test_the_neighbourhood_stays_dim_and_bright_when_nodes_have_glided(stage: Stage, qtbot: QtBot) -> None:
    stage.view.set_focus(True)
    fold(stage)
    stage.selection.select(("plan",))
    assert not stage.view.is_gliding
    assert stage.probe.colour_of("writer") != DARK.edge
    assert stage.probe.colour_of("plan") == DARK.edge


def test_another_program_in_the_meantime_leaves_nothing_of_the_first(stage: Stage) -> None:
    fold(stage)
    stage.open(topology("START -> only"))
    assert stage.probe.nodes() == ["START", "only"]
    QTest.keyClick(stage.view, Qt.Key.Key_Down)
    assert stage.selection.node is not None


def test_without_motion_everything_is_at_once_where_it_stands(stage: Stage) -> None:
    stage.view.set_motion(False)
    fold(stage)
    assert not stage.view.is_gliding


def test_motion_that_is_switched_off_in_the_meantime_ends_at_once(stage: Stage) -> None:
    fold(stage)
    stage.view.set_motion(False)
    assert not stage.view.is_gliding
    assert stage.probe.box_in_view("editor").contains(drawn_at(stage, "editor"))


def test_flat_boxes_do_not_glide(stage: Stage) -> None:
    stage.view.zoom_by(0.1 / stage.view.zoom)
    fold(stage)
    assert stage.view.is_overview
    assert not stage.view.is_gliding


def test_a_graph_of_a_thousand_nodes_does_not_glide(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.view.graph_shown):
        stage.open(topology("START -> n0", *(f"n{number} -> n{number + 1}" for number in range(800))))
    with qtbot.waitSignal(stage.view.graph_shown):
        stage.view.set_direction("right")
    assert not stage.view.is_gliding
