"""Breakpoints on the graph: marked left of their nodes, set by a click there, told in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage
from tests.kit.run_script import topology

from stepscope.canvas.looks import BreakLook
from stepscope.model.breakpoint import Sign
from stepscope.model.topology import NodeKey
from stepscope.theme import DARK, LIGHT

WRITER, QUERY, RESEARCHER = ("writer",), ("researcher", "query"), ("researcher",)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


def mark(stage: Stage, node: NodeKey, sign: Sign) -> None:
    stage.view.show_breakpoints({node: BreakLook(sign, f"Breakpoint on {' › '.join(node)}.")})


@pytest.mark.parametrize("name", ["writer", "researcher", "researcher/query"])
@pytest.mark.parametrize("sign", list(Sign))
def test_a_node_shows_the_mark_of_its_breakpoint(stage: Stage, name: str, sign: Sign) -> None:
    mark(stage, tuple(name.split("/")), sign)
    middle, edge = stage.probe.mark_colours_of(name)
    is_on = sign in (Sign.BREAKPOINT, Sign.LOGPOINT)
    assert middle == (DARK.failed if is_on else DARK.canvas)
    assert edge != DARK.canvas
    assert stage.probe.text_of(name).startswith(f"{sign.value} ")


def test_a_mark_goes_with_its_breakpoint_and_changes_with_the_theme(stage: Stage) -> None:
    mark(stage, WRITER, Sign.BREAKPOINT)
    stage.view.set_theme(LIGHT)
    assert stage.probe.mark_colours_of("writer")[0] == LIGHT.failed
    stage.view.show_breakpoints({})
    assert stage.probe.mark_colours_of("writer") == (LIGHT.canvas, LIGHT.canvas)


def test_marks_stay_when_the_graph_is_laid_out_anew(stage: Stage) -> None:
    mark(stage, WRITER, Sign.LOGPOINT)
    stage.open(topology("START -> writer", "writer -> END"))
    assert stage.probe.text_of("writer").startswith("◆")


@pytest.mark.parametrize("name", ["writer", "researcher", "researcher/query"])
def test_a_click_left_of_a_node_asks_for_a_breakpoint_and_selects_nothing(
    stage: Stage, qtbot: QtBot, name: str
) -> None:
    with qtbot.waitSignal(stage.view.gutter_clicked, timeout=0) as asked:
        stage.probe.click_margin(name)
    assert asked.args == [tuple(name.split("/"))]
    assert stage.selection.node is None


def test_left_of_the_two_ends_there_is_nothing_to_click(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(stage.view.gutter_clicked):
        stage.probe.click_margin("START")
        stage.probe.click("writer")


def test_from_far_away_a_breakpoint_is_a_dot(stage: Stage) -> None:
    stage.view.zoom_by(0.3 / stage.view.zoom)

    def dots() -> int:
        image, margin = stage.probe.image(), stage.probe.margin_of("writer")
        near = [(margin.x() + dx, margin.y() + dy) for dx in range(-3, 4) for dy in range(-3, 4)]
        return sum(image.pixelColor(*place).name() == DARK.failed for place in near)

    assert dots() == 0
    mark(stage, WRITER, Sign.BREAKPOINT)
    assert dots() > 4
    stage.view.show_breakpoints({})
    assert dots() == 0


def test_from_far_away_a_click_selects_only(stage: Stage, qtbot: QtBot) -> None:
    while stage.view.zoom > 0.3:
        stage.view.zoom_out()
    with qtbot.assertNotEmitted(stage.view.gutter_clicked):
        stage.probe.click_margin("writer")


def test_the_mouse_left_of_a_node_shows_where_a_breakpoint_would_be(stage: Stage) -> None:
    stage.probe.rest_on_margin("writer")
    assert stage.probe.mark_colours_of("writer")[1] != DARK.canvas
    assert stage.view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(stage.view.viewport(), QPoint(3, 3))
    assert stage.probe.mark_colours_of("writer")[1] == DARK.canvas
    assert stage.view.viewport().cursor().shape() is not Qt.CursorShape.PointingHandCursor


def test_the_breakpoint_of_the_selected_node_is_told_to_a_screen_reader(stage: Stage) -> None:
    stage.selection.select(QUERY)
    mark(stage, QUERY, Sign.BREAKPOINT)
    assert stage.view.accessibleDescription().endswith("Breakpoint on researcher › query.")
    stage.view.show_breakpoints({})
    assert "Breakpoint" not in stage.view.accessibleDescription()


def ask_for_menu(stage: Stage, at: QPoint, reason: QContextMenuEvent.Reason) -> None:
    event = QContextMenuEvent(reason, at, stage.view.viewport().mapToGlobal(at))
    QApplication.sendEvent(stage.view.viewport(), event)


def test_a_right_click_asks_for_the_menu_of_the_node_and_selects_it(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.view.menu_wanted, timeout=0) as asked:
        ask_for_menu(stage, stage.probe.point_of("writer"), QContextMenuEvent.Reason.Mouse)
    assert asked.args is not None
    assert asked.args[0] == WRITER
    assert stage.selection.node == WRITER


def test_the_menu_key_asks_for_that_of_the_selected_node(stage: Stage, qtbot: QtBot) -> None:
    stage.selection.select(RESEARCHER)
    with qtbot.waitSignal(stage.view.menu_wanted, timeout=0) as asked:
        ask_for_menu(stage, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    assert asked.args is not None
    assert asked.args[0] == RESEARCHER
    assert stage.view.rect().contains(stage.view.mapFromGlobal(asked.args[1]))


def test_a_right_click_beside_all_nodes_asks_for_nothing(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(stage.view.menu_wanted):
        ask_for_menu(stage, QPoint(2, 2), QContextMenuEvent.Reason.Mouse)
