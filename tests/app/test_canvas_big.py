"""A graph of thousands of nodes: laid out in a thread, its items made little by little."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from tests.benchmarks.graphs import pipeline
from tests.kit.canvas_stage import Stage
from tests.kit.run_script import RunScript

from stepscope.model.phase import Phase

PATIENCE = 60_000


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    """The layout of the graph is there, and hardly any of its items."""
    stage = Stage(qtbot)
    with qtbot.waitSignal(stage.view.graph_shown, timeout=PATIENCE):
        stage.open(pipeline(3_000))
    return stage


def test_the_picture_is_there_before_its_items_are(stage: Stage, qtbot: QtBot) -> None:
    scene = stage.view.graph_scene
    assert stage.view.hint == ""
    assert stage.view.is_overview
    assert len(stage.probe.nodes()) < 3_002
    assert len(scene.layout.nodes) == 3_002
    qtbot.waitUntil(lambda: not scene.is_growing, timeout=PATIENCE)
    assert len(stage.probe.nodes()) == 3_002


def test_what_happens_meanwhile_is_seen_when_all_items_are_there(stage: Stage, qtbot: QtBot) -> None:
    stage.selection.select(("step_2999",))
    stage.play(RunScript().begin().run(1, "step_0").start("step_1", 2))
    qtbot.waitUntil(lambda: not stage.view.graph_scene.is_growing, timeout=PATIENCE)
    assert stage.probe.phase_of("step_0") is Phase.DONE
    assert stage.probe.phase_of("step_1") is Phase.RUNNING
    assert stage.probe.is_edge_taken("step_0", "step_1")
    assert stage.view.graph_scene.node_item(("step_2999",)).is_chosen


def test_another_graph_in_the_meantime_leaves_nothing_of_the_first(stage: Stage) -> None:
    stage.open(pipeline(3))
    assert stage.probe.nodes() == ["END", "START", "step_0", "step_1", "step_2"]
    assert len(stage.view.graph_scene.edge_items()) == 4
