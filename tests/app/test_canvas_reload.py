"""The canvas when its program is read again: what the person looked at stays where it was."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage, program
from tests.kit.run_script import RunScript, topology

from stepscope.model.phase import Phase
from stepscope.model.topology import Topology
from stepscope.theme import DARK, LIGHT, Theme

BEFORE = topology("START -> plan", "plan -> write", "write -> check", "check -> END")
AFTER = topology("START -> plan", "plan -> research", "research -> write", "write -> check", "check -> END")


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(BEFORE)
    return stage


def reload(stage: Stage, shape: Topology) -> None:
    stage.model.renew_program(program(shape))


def middle_of(stage: Stage, name: str) -> QPoint:
    return stage.probe.box_in_view(name).center()


def is_near(place: QPoint, other: QPoint) -> bool:
    return (place - other).manhattanLength() <= 3


def test_what_is_selected_stays_selected_where_it_was(stage: Stage) -> None:
    stage.view.zoom_by(1.7)
    stage.probe.click("check")
    zoom, place = stage.view.zoom, middle_of(stage, "check")

    reload(stage, AFTER)

    assert stage.probe.selected() == "check"
    assert stage.view.zoom == zoom
    assert is_near(middle_of(stage, "check"), place)
    assert "research" in stage.probe.nodes()


def test_with_nothing_selected_the_node_in_the_middle_stays_there(stage: Stage) -> None:
    stage.view.zoom_by(2.5)
    stage.view.pan(0, -120)
    middle = stage.view.viewport().rect().center()
    name = min(("plan", "write", "check"), key=lambda n: (middle_of(stage, n) - middle).manhattanLength())
    place = middle_of(stage, name)

    reload(stage, AFTER)

    assert is_near(middle_of(stage, name), place)


def test_a_selection_out_of_sight_does_not_move_the_picture(stage: Stage) -> None:
    stage.probe.click("plan")
    stage.view.zoom_by(3.0)
    stage.view.pan(0, -1500)
    assert not stage.probe.is_in_view("plan")

    reload(stage, AFTER)

    assert stage.probe.selected() == "plan"
    assert not stage.probe.is_in_view("plan")


def test_a_graph_that_was_shown_whole_is_shown_whole_again(stage: Stage) -> None:
    reload(stage, NEWSROOM)

    assert all(stage.probe.is_in_view(name) for name in stage.probe.nodes())


def test_when_nothing_that_is_in_view_is_left_the_whole_graph_is_shown(stage: Stage) -> None:
    stage.probe.click("write")
    stage.view.zoom_by(4.0, stage.view.mapFromScene(stage.probe.box_of("write").center()).toPointF())
    stage.view.pan(0, 0)
    assert not stage.probe.is_in_view("plan")

    reload(stage, topology("START -> other", "other -> END"))

    assert stage.probe.selected() is None
    assert all(stage.probe.is_in_view(name) for name in stage.probe.nodes())


def test_what_has_run_stays_to_be_seen_on_the_nodes_that_are_left(stage: Stage) -> None:
    stage.play(RunScript().begin().run(1, "plan").run(2, "write").run(3, "check").end())

    reload(stage, topology("START -> plan", "plan -> research", "research -> check", "check -> END"))

    assert stage.probe.phase_of("plan") is Phase.DONE
    assert stage.probe.phase_of("check") is Phase.DONE
    assert stage.probe.phase_of("research") is Phase.IDLE
    assert stage.probe.is_edge_taken("START", "plan")
    assert not stage.probe.is_edge_taken("plan", "research")


def test_the_next_run_shows_on_the_new_graph(stage: Stage) -> None:
    stage.play(RunScript().begin().run(1, "plan").end())
    reload(stage, AFTER)

    stage.model.reset()
    stage.play(RunScript().begin().run(1, "plan").run(2, "research").end())

    assert stage.probe.phase_of("research") is Phase.DONE
    assert stage.probe.phase_of("write") is Phase.IDLE


def test_another_program_of_the_same_shape_of_graph_begins_with_nothing_selected(stage: Stage) -> None:
    stage.probe.click("check")

    stage.model.set_program(program(AFTER, "another"))

    assert stage.probe.selected() is None


async def test_a_big_graph_stays_in_view_until_its_new_picture_is_there(qtbot: QtBot) -> None:
    names = [f"node_{number}" for number in range(150)]
    stage = Stage(qtbot)
    stage.open(topology(*(f"START -> {name}" for name in names)))
    await _shown(stage)

    reload(stage, topology(*(f"START -> {name}" for name in [*names, "new"])))

    assert stage.probe.hint() == ""
    assert "node_7" in stage.probe.nodes()
    await _shown(stage)
    assert "new" in stage.probe.nodes()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("zoom", [1.0, 0.2], ids=["near", "far"])
def test_an_old_picture_is_dimmed_and_the_mended_one_is_not(stage: Stage, theme: Theme, zoom: float) -> None:
    stage.view.set_theme(theme)
    stage.view.zoom_by(zoom / stage.view.zoom)
    bright = stage.probe.image()
    place = middle_of(stage, "plan")
    left = QPoint(stage.probe.box_in_view("plan").left() + 2, place.y())

    stage.view.set_stale(True)
    dimmed = stage.probe.image()
    stage.view.set_stale(False)

    background = bright.pixelColor(3, 3)
    assert _contrast(dimmed.pixelColor(3, 3), background) < 0.01
    assert _contrast(dimmed.pixelColor(left), background) < _contrast(bright.pixelColor(left), background)
    assert stage.probe.image() == bright


def test_an_old_picture_says_so_to_who_cannot_see_it(stage: Stage) -> None:
    stage.view.set_stale(True)
    assert "as it was before" in stage.view.accessibleDescription()

    stage.view.set_stale(False)
    assert "as it was before" not in stage.view.accessibleDescription()


def _contrast(colour: QColor, other: QColor) -> float:
    return abs(colour.lightnessF() - other.lightnessF())


async def _shown(stage: Stage) -> None:
    shown = asyncio.get_running_loop().create_future()
    stage.view.graph_shown.connect(lambda: shown.done() or shown.set_result(None))
    await shown
