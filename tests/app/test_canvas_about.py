"""Getting about in a graph: zoom to what is selected, its neighbourhood alone, tooltips, breadcrumbs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from tests.kit.canvas_probe import key_of
from tests.kit.canvas_stage import NEWSROOM, Stage, at_the_barrier, program
from tests.kit.run_script import RunScript, topology
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import CTRL, NO_KEY, SHIFT, WindowProbe, a_window

from stepscope.canvas.neighbourhood import neighbourhood
from stepscope.model.topology import NodeShape, Topology
from stepscope.theme import DARK


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


def said_at(stage: Stage, point: QPoint) -> str:
    """The words of the tooltip there."""
    view = stage.view.viewport()
    QToolTip.hideText()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))
    return QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText()


def shows_dim(stage: Stage, name: str) -> bool:
    """Whether the border of a node is closer to the canvas than an idle one's is."""
    return stage.probe.colour_of(name) != DARK.edge


def between(stage: Stage, source: str, target: str) -> QPoint:
    """A point of the view on the straight edge between two nodes, one below the other."""
    upper, lower = stage.probe.box_in_view(source), stage.probe.box_in_view(target)
    return QPoint(lower.center().x(), (upper.bottom() + lower.top()) // 2)


def test_a_neighbourhood_has_both_ends_of_each_edge_what_is_inside_and_the_frames_around() -> None:
    assert neighbourhood(NEWSROOM, key_of("researcher/tools")) == {
        key_of(name) for name in ("researcher/tools", "researcher/query", "researcher/END", "researcher")
    }
    near = neighbourhood(NEWSROOM, key_of("researcher"))
    assert {key_of(name) for name in ("route", "editor", "researcher/query")} <= near
    assert key_of("writer") not in near


def test_the_neighbourhood_of_the_selected_node_stays_bright(stage: Stage) -> None:
    stage.view.set_focus(True)
    stage.probe.click("writer")

    assert [name for name in ("route", "editor", "fact_check", "plan") if shows_dim(stage, name)] == [
        "fact_check", "plan",
    ]  # fmt: skip

    stage.probe.click("plan")
    assert not shows_dim(stage, "plan")
    assert shows_dim(stage, "writer")

    QTest.keyClick(stage.view, Qt.Key.Key_Escape)
    assert not any(shows_dim(stage, name) for name in ("writer", "fact_check"))


def test_very_far_away_the_rest_is_dim_as_well(stage: Stage) -> None:
    stage.view.zoom_by(0.14 / stage.view.zoom)
    stage.selection.select(("writer",))

    def seen(name: str) -> str:
        centre = stage.probe.box_in_view(name).center()
        return stage.view.grab().toImage().pixelColor(centre).name()

    bright = seen("fact_check")
    stage.view.set_focus(True)
    assert (seen("writer") == bright, seen("fact_check") == bright) == (True, False)


def test_the_band_of_a_superstep_that_is_not_looked_at_is_dim_as_well(stage: Stage) -> None:
    stage.play(at_the_barrier())
    band = stage.probe.band_of()
    assert band is not None
    corner = band.topLeft() + QPointF(6, 6)
    stage.view.set_focus(True)

    stage.selection.select(("writer",))
    assert stage.probe.colour_at(corner) == DARK.band
    stage.selection.select(("plan",))
    assert stage.probe.colour_at(corner) not in (DARK.band, DARK.canvas)
    stage.selection.select(None)
    assert stage.probe.colour_at(corner) == DARK.band


def test_a_band_that_comes_while_a_node_is_looked_at_is_dim(stage: Stage) -> None:
    stage.view.set_focus(True)
    stage.selection.select(("plan",))
    stage.play(at_the_barrier())
    band = stage.probe.band_of()
    assert band is not None
    assert stage.probe.colour_at(band.topLeft() + QPointF(6, 6)) != DARK.band


def test_zooming_to_a_subgraph_fills_the_view_with_it(stage: Stage) -> None:
    stage.view.resize(500, 300)
    stage.view.fit()
    before = stage.view.zoom
    stage.selection.select(("researcher",))
    stage.view.show_selected()

    assert stage.view.zoom > before
    assert stage.probe.is_in_view("researcher")
    assert not stage.probe.is_in_view("editor")


def test_ctrl_and_arrows_move_the_picture_and_select_nothing(stage: Stage) -> None:
    before = stage.probe.point_of("plan")
    QTest.keyClick(stage.view, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(stage.view, Qt.Key.Key_Down, CTRL)

    assert stage.probe.point_of("plan") - before == QPoint(-80, -80)
    assert stage.probe.selected() is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Plus, Qt.Key.Key_Equal])
@pytest.mark.parametrize("modifiers", [NO_KEY, CTRL])
def test_plus_and_minus_zoom_wherever_they_are_on_the_keyboard(
    stage: Stage, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    before = stage.view.zoom
    QTest.keyClick(stage.view, key, modifiers)
    assert stage.view.zoom == pytest.approx(1.2 * before)
    QTest.keyClick(stage.view, Qt.Key.Key_Minus, modifiers)
    assert stage.view.zoom == pytest.approx(before)


def test_a_tooltip_tells_where_an_edge_leads_and_how_often_it_was_taken(stage: Stage) -> None:
    assert said_at(stage, between(stage, "plan", "route")) == "plan → route\nalways leads on"

    stage.play(RunScript().begin().run(1, "plan").run(2, "route"))
    assert said_at(stage, between(stage, "plan", "route")).endswith("Taken in this run.")


def test_the_label_of_an_edge_tells_of_the_edge(stage: Stage) -> None:
    label = next(item for item in stage.view.graph_scene.label_items() if item.text == "revise")
    at = stage.view.mapFromScene(label.boundingRect().center())

    assert said_at(stage, at).startswith("editor → plan: revise\nmay lead there")


def test_inside_a_frame_an_edge_tells_of_itself_and_the_rest_of_the_frame(stage: Stage) -> None:
    edge = between(stage, "researcher/START", "researcher/query")
    assert said_at(stage, edge).startswith("START → query")
    assert said_at(stage, edge + QPoint(60, 0)) == "researcher"


def test_the_tooltip_of_a_node_tells_the_schema_that_it_is_given(stage: Stage) -> None:
    nodes = dict(NEWSROOM.nodes)
    nodes["plan",] = replace(nodes["plan",], doc="Plans ahead.", reads="State: topic str, notes list")
    stage.model.set_program(program(Topology(nodes, NEWSROOM.edges), "other"))

    assert said_at(stage, stage.probe.point_of("plan")) == (
        "plan\nPlans ahead.\nReads State: topic str, notes list"
    )


async def opened(window: WindowProbe) -> None:
    window.workbench.model.set_program(program(NEWSROOM))
    window.window.frame.show_graph("a.py", "newsroom")
    window.workbench.canvas.setFocus()


def crumb(window: WindowProbe, text: str) -> QPushButton:
    crumbs = window.window.frame.crumbs.findChildren(QPushButton)
    return next(button for button in crumbs if button.text() == text and not button.isHidden())


async def test_each_breadcrumb_leads_to_its_graph(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await opened(window)
        window.canvas.click("researcher/query")
        assert window.place == "a.py › newsroom › researcher › query"

        QTest.mouseClick(crumb(window, "researcher"), Qt.MouseButton.LeftButton)
        assert window.canvas.selected() == "researcher"
        assert window.canvas.is_in_view("researcher")

        QTest.mouseClick(crumb(window, "newsroom"), Qt.MouseButton.LeftButton)
        assert window.canvas.selected() is None
        assert window.workbench.canvas.is_fitted


async def test_the_keys_of_the_view_menu_zoom_and_dim(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await opened(window)
        canvas = window.workbench.canvas
        window.press(Qt.Key.Key_0, CTRL)
        assert canvas.zoom == pytest.approx(1.0)
        window.press(Qt.Key.Key_Plus, CTRL)
        assert canvas.zoom == pytest.approx(1.2)
        window.press(Qt.Key.Key_Minus, CTRL)
        assert canvas.zoom == pytest.approx(1.0)

        window.canvas.click("plan")
        window.press(Qt.Key.Key_F, SHIFT)
        assert canvas.zoom == pytest.approx(1.25)
        assert window.canvas.is_in_view("plan")
        window.press(Qt.Key.Key_N)
        assert canvas.graph_scene.focused == ("plan",)
        window.press(Qt.Key.Key_N)
        assert canvas.graph_scene.focused is None


@pytest.mark.parametrize(("factor", "said"), [(1.25, "125 %"), (0.04, "4 %"), (0.0042, "0.4 %")])
async def test_the_zoom_is_told_above_the_graph(tmp_path: Path, factor: float, said: str) -> None:
    async with a_window(tmp_path) as window:
        await opened(window)
        window.workbench.canvas.zoom_by(factor / window.workbench.canvas.zoom)

        header = window.window.findChild(QWidget, "canvasHeader")
        assert header is not None
        assert said in [label.text() for label in header.findChildren(QLabel)]


async def test_the_graph_has_the_keys_once_it_is_open(tmp_path: Path) -> None:
    file = tmp_path / "newsroom.py"
    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        assert window.drop(file)
        await window.until(lambda: bool(window.question))
        window.answer("Only this once")
        await window.opened(file.name)

        assert window.window.focusWidget() is window.workbench.canvas


async def test_before_a_graph_is_open_enter_opens_one(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        focused = window.window.focusWidget()
        assert isinstance(focused, QPushButton)
        assert focused.text() == "Open a Python File…"


def test_the_two_ends_are_called_as_in_code_wherever_they_are_told_of(stage: Stage) -> None:
    start = stage.probe.point_of("START")
    assert said_at(stage, start) == "START"
    stage.play(RunScript().begin().run(1, "plan"))
    assert said_at(stage, start).startswith("START: done")
    stage.selection.select(key_of("researcher/START"))
    assert "Selected: researcher › START" in stage.view.accessibleDescription()


@pytest.mark.qt_log_ignore("does not support raise")  # of the offscreen platform, about the tooltip
def test_a_tooltip_with_a_very_long_word_is_no_wider_than_others(stage: Stage) -> None:
    stage.open(topology(f"START -> {'x' * 600}"))
    said_at(stage, stage.probe.point_of("x" * 600))
    (tip,) = (each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel"))
    assert tip.width() < 700
    QToolTip.hideText()


def test_a_name_of_blanks_is_said_to_be_none(stage: Stage) -> None:
    blank = NodeShape(("  ",), "  ")
    stage.open(Topology({blank.key: blank}, ()))
    assert stage.probe.text_of("  ") == "(no name)"
