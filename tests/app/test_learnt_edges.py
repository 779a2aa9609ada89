"""Ways that nothing declares: inferred from who ran before, drawn when taken, kept for the program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import Stage, program
from tests.kit.run_script import RunScript, fold, taken, topology
from tests.kit.window_probe import a_window

from stepscope.canvas.legend import Legend
from stepscope.model.topology import EdgeShape, Topology

LINE = topology("START -> a", "a -> END", nodes=("b", "c", "d"))


def opened(shape: Topology, *names: str) -> Topology:
    nodes = {
        key: replace(node, is_open=True) if "/".join(key) in names else node
        for key, node in shape.nodes.items()
    }
    edges = tuple(
        replace(edge, kind="undeclared")
        if edge.source[-1] in names and edge.target[-1] == "__end__"
        else edge
        for edge in shape.edges
    )
    return Topology(nodes, edges)


def learnt(shape: Topology, script: RunScript) -> set[str]:
    state = fold(shape, script)
    return {f"{edge.source[-1]} -> {edge.target[-1]}" for edge in state.taken if edge.kind == "learnt"}


def test_a_node_that_no_edge_leads_to_was_led_to_by_the_one_that_ran_before() -> None:
    assert learnt(LINE, RunScript().begin().run(1, "a").run(2, "b").run(3, "c")) == {"a -> b", "b -> c"}


def test_of_several_that_ran_before_the_open_ones_led_there() -> None:
    fan = topology("START -> a", "a -> b", "a -> c", "a -> d", nodes=("e",))
    script = RunScript().begin().run(1, "a").run(2, "b", "c", "d").run(3, "e")
    assert learnt(opened(fan, "b", "d"), script) == {"b -> e", "d -> e"}


def test_of_several_that_ran_before_and_declare_all_none_is_blamed() -> None:
    fan = topology("START -> a", "a -> b", "a -> c", nodes=("e",))
    assert learnt(fan, RunScript().begin().run(1, "a").run(2, "b", "c").run(3, "e")) == set()


def test_a_run_that_goes_on_in_the_middle_teaches_nothing_about_start() -> None:
    assert learnt(LINE, RunScript().begin().run(5, "b")) == set()


def test_a_way_that_is_declared_is_not_learnt_again() -> None:
    assert learnt(topology("START -> a", "a ?> b"), RunScript().begin().run(1, "a").run(2, "b")) == set()


def test_an_undeclared_way_to_the_end_is_taken_only_by_who_ran_last() -> None:
    shape = opened(LINE, "a")
    went_on = fold(shape, RunScript().begin().run(1, "a").run(2, "b").end())
    assert "a -> END" not in taken(went_on)
    ended = fold(shape, RunScript().begin().run(1, "a").end())
    assert "a -> END" in taken(ended)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(LINE)
    return stage


def test_a_learnt_way_is_drawn_when_it_is_taken_and_stays_for_the_next_run(stage: Stage) -> None:
    assert stage.probe.learnt() == []
    stage.play(RunScript().begin().run(1, "a").run(2, "b"))
    assert stage.probe.learnt() == ["a ..> b"]
    assert stage.probe.is_edge_taken("a", "b")
    stage.model.reset()
    assert stage.probe.learnt() == ["a ..> b"]
    assert not stage.probe.is_edge_taken("a", "b")


def test_another_program_has_learnt_nothing(stage: Stage) -> None:
    stage.play(RunScript().begin().run(1, "a").run(2, "b"))
    stage.model.set_program(replace(program(LINE), target="b.py"))
    assert stage.probe.learnt() == []


def test_a_way_that_is_declared_at_last_is_drawn_once(stage: Stage) -> None:
    stage.play(RunScript().begin().run(1, "a").run(2, "b"))
    stage.model.renew_program(program(topology("START -> a", "a ?> b", "a -> END")))
    assert stage.probe.learnt() == []


def test_learning_a_way_moves_nothing(stage: Stage) -> None:
    before = stage.view.graph_scene.layout
    stage.play(RunScript().begin().run(1, "a").run(2, "b"))
    assert stage.view.graph_scene.layout is before


def test_each_kind_of_edge_has_a_line_of_its_own_without_its_colour(stage: Stage) -> None:
    ends = ("__start__",), ("a",)
    kinds = [
        EdgeShape(*ends),
        EdgeShape(*ends, conditional=True),
        EdgeShape(*ends, kind="undeclared"),
        EdgeShape(*ends, conditional=True, kind="learnt"),
    ]
    dashes = {tuple(stage.probe.dashes_of(kind)) for kind in kinds}
    assert len(dashes) == len(kinds)


async def test_the_legend_names_every_kind_of_line_and_mark_and_goes_away_again(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        window.workbench.model.set_program(program(LINE))
        window.window.frame.show_graph("a.py", "line")
        window.workbench.canvas.setFocus()
        legend = window.window.findChild(Legend)
        assert legend is not None
        assert not legend.isVisible()
        window.press(Qt.Key.Key_Question)
        assert legend.isVisible()
        assert len(set(legend.words)) == 20
        assert "not declared, but a run went that way" in legend.words
        assert "a folded subgraph: a click opens it" in legend.words
        await window.choose("View", "Legend")
        assert not legend.isVisible()
