"""Subgraphs folded and open: by mouse, keys and menus, with a run inside them, kept for the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage, at_the_barrier, program
from tests.kit.run_script import topology
from tests.kit.window_probe import CTRL, a_window

from stepscope.canvas.looks import BreakLook
from stepscope.model.breakpoint import Sign
from stepscope.model.folding import folded, seen
from stepscope.model.phase import Phase
from stepscope.model.topology import NodeKey, Topology
from stepscope.run.folds import Folds
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings

from .layout_graphs import topologies

DEEP = topology(
    "START -> team",
    "team/START -> team/lead",
    "team/lead -> team/crew",
    "team/crew/START -> team/crew/work",
    "team/crew/work -> team/crew/END",
    "team -> END",
)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


def subgraphs(shape: Topology) -> list[NodeKey]:
    return [key for key in shape.nodes if shape.children(key)]


# What is left of a graph


@given(topologies(), st.data())
@settings(max_examples=50)
def test_what_is_folded_is_one_node_and_its_inside_is_gone(shape: Topology, data: st.DataObject) -> None:
    keys = frozenset(data.draw(st.lists(st.sampled_from(subgraphs(shape)))) if subgraphs(shape) else ())
    left = folded(shape, keys)
    assert set(left.nodes) == {seen(key, keys) for key in shape.nodes}
    assert all(edge in shape.edges and {edge.source, edge.target} <= set(left.nodes) for edge in left.edges)
    assert not any(left.children(key) for key in keys)


def test_a_folded_subgraph_counts_what_is_inside_without_both_ends() -> None:
    assert folded(DEEP, {("team",)}).nodes["team",].inside == 3  # lead, crew, work
    assert folded(DEEP, {("team", "crew")}).nodes["team", "crew"].inside == 1


def test_a_graph_in_which_nothing_is_folded_is_the_same() -> None:
    assert folded(DEEP, ()) is DEEP


# By hand


def test_a_double_click_on_its_title_folds_a_subgraph_and_one_on_the_node_opens_it(stage: Stage) -> None:
    stage.probe.double_click("researcher")
    assert "researcher/query" not in stage.probe.nodes()
    assert "2 nodes inside" in stage.probe.text_of("researcher")
    stage.probe.double_click("researcher")
    assert "researcher/query" in stage.probe.nodes()


def test_a_click_on_the_mark_left_of_its_name_folds_and_opens_it_where_it_stands(stage: Stage) -> None:
    stage.view.zoom_by(0.9)  # so that the picture is not fitted anew
    corner = stage.probe.box_in_view("researcher").topLeft()
    mark = corner + QPoint(18, 16) * stage.view.zoom
    QTest.mouseClick(stage.view.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert "researcher/query" not in stage.probe.nodes()
    assert (stage.probe.box_in_view("researcher").topLeft() - corner).manhattanLength() <= 2
    assert stage.probe.selected() == "researcher"


def test_the_mark_can_be_clicked_from_as_far_away_as_names_can_be_read(stage: Stage) -> None:
    stage.view.zoom_by(0.3 / stage.view.zoom)
    mark = stage.probe.box_in_view("researcher").topLeft() + QPoint(18, 16) * stage.view.zoom
    QTest.mouseClick(stage.view.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert "researcher/query" not in stage.probe.nodes()


def test_a_double_click_on_the_mark_folds_once(stage: Stage) -> None:
    corner = stage.probe.box_in_view("researcher").topLeft()
    mark, viewport = corner + QPoint(18, 16) * stage.view.zoom, stage.view.viewport()
    opened: list[NodeKey] = []
    stage.view.node_activated.connect(opened.append)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=mark)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=mark)
    assert "researcher/query" not in stage.probe.nodes()
    assert opened == []


def test_enter_folds_and_opens_the_selected_subgraph_and_still_activates_a_node(stage: Stage) -> None:
    activated: list[NodeKey] = []
    stage.view.node_activated.connect(activated.append)
    stage.selection.select(("researcher",))
    QTest.keyClick(stage.view, Qt.Key.Key_Return)
    assert "researcher/query" not in stage.probe.nodes()
    QTest.keyClick(stage.view, Qt.Key.Key_Return)
    assert "researcher/query" in stage.probe.nodes()
    assert activated == []
    stage.selection.select(("researcher", "query"))
    QTest.keyClick(stage.view, Qt.Key.Key_Return)
    assert activated == [("researcher", "query")]


def test_what_is_open_inside_a_folded_subgraph_is_so_again_when_that_is_opened(stage: Stage) -> None:
    stage.open(DEEP)
    folds = stage.view.folds
    folds.toggle(("team", "crew"))
    folds.toggle(("team",))
    assert stage.probe.nodes() == ["END", "START", "team"]
    folds.toggle(("team",))
    assert "team/crew" in stage.probe.nodes()
    assert "team/crew/work" not in stage.probe.nodes()


def test_the_arrow_keys_walk_on_from_the_folded_subgraph_around_the_selected_node(stage: Stage) -> None:
    stage.selection.select(("researcher", "query"))
    stage.view.folds.toggle(("researcher",))
    assert stage.probe.selected() == "researcher"
    QTest.keyClick(stage.view, Qt.Key.Key_Down)
    assert stage.probe.selected() == "editor"


def test_a_hidden_node_that_is_looked_for_is_brought_to_light(stage: Stage) -> None:
    stage.view.folds.fold_all()
    stage.view.bring(("researcher", "tools"))
    assert stage.probe.is_in_view("researcher/tools")
    with pytest.raises(KeyError):
        stage.view.bring(("nobody",))


# With a run


def test_a_folded_subgraph_shows_how_its_inside_stands(stage: Stage) -> None:
    stage.view.folds.fold_all()
    stage.play(at_the_barrier())
    assert stage.probe.phase_of("researcher") is Phase.RUNNING
    assert "for tools" in stage.probe.text_of("researcher")


def test_what_happened_while_it_was_folded_is_shown_when_it_is_opened(stage: Stage) -> None:
    stage.view.folds.fold_all()
    stage.play(at_the_barrier())
    stage.view.folds.open_all()
    assert stage.probe.phase_of("researcher/query") is Phase.DONE
    assert stage.probe.phase_of("researcher/tools") is Phase.RUNNING
    assert stage.probe.is_edge_taken("researcher/query", "researcher/tools")


def test_a_run_lays_nothing_out_whether_folded_or_open(stage: Stage) -> None:
    stage.view.folds.fold_all()
    before = stage.view.graph_scene.layout
    stage.play(at_the_barrier())
    assert stage.view.graph_scene.layout is before


def test_what_was_open_before_is_not_laid_out_again(stage: Stage) -> None:
    before = stage.view.graph_scene.layout
    stage.view.folds.fold_all()
    assert stage.view.graph_scene.layout is not before
    stage.view.folds.open_all()
    assert stage.view.graph_scene.layout is before


def test_a_folded_subgraph_bears_the_mark_of_a_breakpoint_inside(stage: Stage) -> None:
    stage.view.show_breakpoints({("researcher", "query"): BreakLook(Sign.BREAKPOINT, "Stops before query.")})
    stage.view.folds.fold_all()
    assert Sign.BREAKPOINT.value in stage.probe.text_of("researcher")
    stage.view.folds.open_all()
    assert Sign.BREAKPOINT.value not in stage.probe.text_of("researcher")


def test_a_screen_reader_hears_that_the_selected_subgraph_is_folded(stage: Stage) -> None:
    stage.selection.select(("researcher",))
    assert "folded" not in stage.view.accessibleDescription()
    stage.view.folds.fold_all()
    assert "It is folded: 2 nodes inside." in stage.view.accessibleDescription()


# Kept


def test_what_is_folded_is_kept_for_its_file_and_for_no_other(tmp_path: Path) -> None:
    settings_ = Settings(tmp_path / "settings.ini")
    model = RunModel()
    folds = Folds(model, settings_)
    model.set_program(program(NEWSROOM))
    folds.toggle(("researcher",))
    model.set_program(program(NEWSROOM, "other"))
    assert folds.keys == frozenset()
    again = Folds(model, settings_)
    model.set_program(program(NEWSROOM))
    assert again.keys == {("researcher",)}


async def test_the_keyboard_folds_what_is_around_the_selected_node_and_the_menu_all(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        window.workbench.model.set_program(program(DEEP))
        window.window.frame.show_graph("a.py", "deep")
        window.workbench.canvas.setFocus()
        window.workbench.selection.select(("team", "crew", "work"))
        window.press(Qt.Key.Key_O)
        assert "team/crew/work" not in window.canvas.nodes()
        assert window.canvas.selected() == "team/crew"
        window.press(Qt.Key.Key_O)
        assert "team/crew/work" in window.canvas.nodes()
        await window.choose("View", "Fold All")
        assert window.canvas.nodes() == ["END", "START", "team"]
        window.press(Qt.Key.Key_F, CTRL)
        QTest.keyClicks(window.window.focusWidget(), "work")
        assert window.canvas.selected() == "team/crew/work"
        await window.choose("View", "Open All")
        assert "team/crew/work" in window.canvas.nodes()
