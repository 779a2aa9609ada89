"""The canvas under the hand: click, drag, wheel and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage
from tests.kit.run_script import topology

from stepscope.canvas.zoom_view import LEAST_ZOOM

NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


def turn_wheel(
    stage: Stage,
    notches: float,
    at: QPoint,
    keys: Qt.KeyboardModifier = NO_KEY,
    pixels: QPoint | None = None,
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
) -> None:
    angle = QPoint(0, round(notches * 120))
    nowhere = QPoint()
    event = QWheelEvent(
        QPointF(at), QPointF(at), pixels or nowhere, angle, Qt.MouseButton.NoButton, keys, phase, False
    )
    QApplication.sendEvent(stage.view.viewport(), event)


def drag(stage: Stage, start: QPoint, end: QPoint) -> None:
    viewport, left = stage.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=start)
    for part in range(1, 5):
        QTest.mouseMove(viewport, start + (end - start) * part / 4)
    QTest.mouseRelease(viewport, left, pos=end)


def test_a_click_selects_a_node_and_a_click_beside_selects_none(stage: Stage):
    stage.probe.click("writer")
    assert stage.selection.node == ("writer",)
    assert stage.probe.selected() == "writer"
    QTest.mouseClick(stage.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert stage.selection.node is None
    assert stage.probe.selected() is None


def test_a_click_in_a_subgraph_selects_what_lies_innermost(stage: Stage):
    stage.probe.click("researcher/query")
    assert stage.selection.node == ("researcher", "query")
    stage.probe.click("researcher")
    assert stage.selection.node == ("researcher",)


def test_a_selection_made_elsewhere_is_drawn_and_brought_into_view(stage: Stage):
    stage.view.zoom_by(3.0)
    stage.view.centerOn(stage.probe.box_of("START").center())
    assert not stage.probe.is_in_view("END")
    stage.selection.select(("__end__",))
    assert stage.probe.selected() == "END"
    assert stage.probe.is_in_view("END")


def test_a_click_moves_nothing_so_that_a_second_one_hits_the_same_node(stage: Stage):
    stage.view.zoom_by(2.0)
    view = stage.view.viewport()
    box = stage.probe.box_in_view("writer")
    stage.view.pan(-box.center().x(), view.height() // 2 - box.center().y())
    activated = []
    stage.view.node_activated.connect(activated.append)
    inside = QPoint(15, view.height() // 2)

    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=inside)
    assert stage.probe.selected() == "writer"
    assert stage.probe.box_in_view("writer").left() < 0
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=inside)
    assert activated == [("writer",)]


def test_a_double_click_and_enter_activate_a_node(stage: Stage):
    activated: list[object] = []
    stage.view.node_activated.connect(activated.append)
    stage.probe.double_click("editor")
    stage.selection.select(("writer",))
    QTest.keyClick(stage.view, Qt.Key.Key_Return)
    assert activated == [("editor",), ("writer",)]


def test_a_drag_moves_the_picture_by_as_much_and_selects_nothing(stage: Stage):
    before = stage.probe.point_of("writer")
    drag(stage, QPoint(300, 300), QPoint(340, 260))
    assert stage.probe.point_of("writer") - before == QPoint(40, -40)
    assert stage.selection.node is None


def test_the_picture_cannot_be_dragged_wholly_out_of_sight(stage: Stage):
    stage.view.pan(100_000, 100_000)
    middle = stage.view.mapToScene(stage.view.viewport().rect().center())
    assert stage.view.graph_scene.sceneRect().adjusted(-2, -2, 2, 2).contains(middle)


def test_there_and_back_is_where_one_began(stage: Stage):
    before = stage.probe.point_of("writer")
    for _ in range(20):
        stage.view.pan(7, 3)
        stage.view.pan(-7, -3)
    assert stage.probe.point_of("writer") == before


@pytest.mark.parametrize("notches", [1, -1, 5, -3])
def test_the_wheel_zooms_and_what_lies_under_the_pointer_stays_there(stage: Stage, notches: int):
    pointer = stage.probe.point_of("writer") + QPoint(13, 5)
    seen, zoom = stage.view.mapToScene(pointer), stage.view.zoom
    turn_wheel(stage, notches, pointer)
    assert stage.view.zoom == pytest.approx(zoom * 1.2**notches)
    moved = stage.view.mapFromScene(seen) - pointer
    assert abs(moved.x()) <= 1
    assert abs(moved.y()) <= 1


def test_a_touchpad_scrolls_and_with_ctrl_it_zooms(stage: Stage):
    pointer, zoom = QPoint(300, 300), stage.view.zoom
    before = stage.probe.point_of("writer")
    finger = Qt.ScrollPhase.ScrollUpdate
    turn_wheel(stage, 1, pointer, pixels=QPoint(5, -20), phase=finger)
    assert stage.view.zoom == zoom
    assert stage.probe.point_of("writer") - before == QPoint(5, -20)
    turn_wheel(stage, 1, pointer, Qt.KeyboardModifier.ControlModifier, QPoint(0, 20), finger)
    assert stage.view.zoom > zoom


def test_the_zoom_is_told_and_has_its_bounds(stage: Stage):
    told: list[float] = []
    stage.view.zoom_changed.connect(told.append)
    for _ in range(40):
        stage.view.zoom_in()
    assert told[-1] == pytest.approx(4.0)
    for _ in range(100):
        stage.view.zoom_out()
    assert told[-1] == pytest.approx(LEAST_ZOOM)
    told.clear()
    stage.view.fit()
    assert told == [stage.view.zoom]


def test_a_zoomed_view_keeps_its_zoom_when_the_window_grows(stage: Stage):
    stage.view.zoom_by(1.5)
    zoom = stage.view.zoom
    stage.view.resize(1300, 900)
    assert stage.view.zoom == zoom
    stage.view.fit()
    assert all(stage.probe.is_in_view(name) for name in stage.probe.nodes())


def test_arrow_keys_walk_along_edges_and_aside(stage: Stage):
    walked = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(stage.view, key)
        walked.append(stage.probe.selected())
    assert walked[:3] == ["START", "plan", "route"]
    assert walked[3] in ("researcher", "writer", "fact_check")
    stage.selection.select(("writer",))
    QTest.keyClick(stage.view, Qt.Key.Key_Up)
    assert stage.probe.selected() == "route"


def test_tab_goes_through_all_nodes_and_then_leaves_the_graph(qtbot: QtBot):
    stage = Stage(qtbot)
    stage.open(topology("START -> a", "a -> END"))
    window, before, after = QWidget(), QLineEdit(), QLineEdit()
    qtbot.addWidget(window)
    box = QVBoxLayout(window)
    for widget in (before, stage.view, after):
        box.addWidget(widget)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    before.setFocus()
    assert stage.probe.selected() is None
    QTest.keyClick(before, Qt.Key.Key_Tab)
    seen = [stage.probe.selected()]
    for _ in range(2):
        QTest.keyClick(stage.view, Qt.Key.Key_Tab)
        seen.append(stage.probe.selected())
    assert seen == ["START", "a", "END"]
    assert stage.view.hasFocus()
    QTest.keyClick(stage.view, Qt.Key.Key_Tab)
    assert after.hasFocus()
    stage.view.setParent(None)  # its window ends with this function, the stage a little later


def test_escape_takes_the_selection_away(stage: Stage):
    stage.selection.select(("plan",))
    QTest.keyClick(stage.view, Qt.Key.Key_Escape)
    assert stage.selection.node is None
