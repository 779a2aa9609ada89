"""Graphs that a node's code calls: drawn inside the node from the first call on, with what runs in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import Stage, program
from tests.kit.run_script import RunScript, fold, taken, topology

from stepscope.model.called import as_seen_in, with_called
from stepscope.model.phase import Phase
from stepscope.model.topology import NodeShape, Topology
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.settings import Settings

AGENT = topology("START -> model", "model ?> tools", "tools -> model", "model ?> END")
CRITIC = topology("START -> read", "read -> judge", "judge -> END")
TOOLS = ("tools",)
INSIDE = ("tools:tools",)


def called() -> RunScript:
    """The agent's tools have called the critic, whose first node runs."""
    script = RunScript().begin().run(1, "model").start("tools", 2).call("tools", CRITIC)
    return script.start("read", 1, INSIDE)


def names(shape: Topology, *prefix: str) -> list[str]:
    return [node.name for node in shape.children(prefix)]


def test_a_called_graph_is_a_part_of_its_caller() -> None:
    shape = with_called(AGENT, TOOLS, CRITIC)

    assert names(shape, "tools") == names(CRITIC)
    assert len(shape.edges) == len(AGENT.edges) + len(CRITIC.edges)
    assert (shape.nodes[TOOLS].kind, shape.nodes[TOOLS].is_caller) == ("subgraph", True)
    assert shape.edges[: len(AGENT.edges)] == AGENT.edges


def test_two_graphs_called_by_one_node_share_what_they_have_in_common() -> None:
    other = topology("START -> read", "read -> shorten", "shorten -> END")
    shape = with_called(with_called(AGENT, TOOLS, CRITIC), TOOLS, other)

    assert names(shape, "tools") == ["__start__", "read", "judge", "__end__", "shorten"]
    assert len(shape.edges) == len(AGENT.edges) + len({*CRITIC.edges, *other.edges})


@pytest.mark.parametrize("key", [("nobody",), ("__start__",)])
def test_nothing_is_drawn_where_there_is_no_caller(key: tuple[str, ...]) -> None:
    assert with_called(AGENT, key, CRITIC) is AGENT


def test_a_declared_subgraph_stays_as_it_is_declared() -> None:
    declared = topology("START -> tools", "tools/START -> tools/a")
    assert with_called(declared, TOOLS, CRITIC) is declared


def test_what_runs_in_a_called_graph_is_lit_and_its_edges_are_taken() -> None:
    state = fold(AGENT, called())
    assert state.nodes["tools", "read"].phase is Phase.RUNNING
    assert state.nodes["tools", "__start__"].phase is Phase.DONE

    state = fold(AGENT, called().finish("read").run(2, "judge", namespace=INSIDE).finish("tools").end())
    assert taken(state)["tools/read -> tools/judge"] == 1
    assert taken(state)["tools/judge -> tools/END"] == 1


def test_a_program_that_is_read_again_keeps_what_it_was_seen_to_call() -> None:
    deep = with_called(with_called(AGENT, TOOLS, CRITIC), ("tools", "judge"), AGENT)
    assert as_seen_in(AGENT, deep).nodes.keys() == deep.nodes.keys()
    assert set(as_seen_in(AGENT, deep).edges) == set(deep.edges)

    without_tools = Topology({("model",): NodeShape(("model",), "model")}, ())
    assert as_seen_in(without_tools, deep) == without_tools


SEND = ("__pregel_push",)


def with_tasks() -> RunScript:
    """A function has called one task, and another one twice."""
    script = RunScript().begin().start("flow", 0).start("write", 0, triggers=SEND).finish("write")
    return script.start("score#1", 0, triggers=SEND).start("score#2", 0, triggers=SEND)


FLOW = topology("START -> flow", "flow -> END")


def test_a_task_of_the_functional_api_is_drawn_beside_the_function_that_calls_it() -> None:
    state = fold(FLOW, with_tasks())

    assert [state.topology.nodes[name,].kind for name in ("flow", "write", "score")] == [
        "node",
        "task",
        "task",
    ]
    assert taken(state) == {"START -> flow": 1, "flow ?> write": 1, "flow ?> score": 2}
    assert {edge.kind for edge in state.topology.edges if edge.target[-1] in ("write", "score")} == {"learnt"}
    assert state.nodes["score",].phase is Phase.RUNNING


def test_a_task_is_not_drawn_where_two_nodes_may_have_called_it() -> None:
    script = RunScript().begin().start("plan", 1).start("write", 1).start("score", 1, triggers=SEND)
    assert ("score",) not in fold(topology("START -> plan", "START -> write"), script).topology.nodes


def test_a_program_that_is_read_again_keeps_its_tasks() -> None:
    seen = fold(FLOW, with_tasks()).topology
    assert as_seen_in(FLOW, seen) == seen
    assert as_seen_in(AGENT, seen) == AGENT


def test_a_function_that_runs_again_takes_the_way_to_its_tasks_again() -> None:
    seen = fold(FLOW, with_tasks()).topology
    assert taken(fold(seen, with_tasks())) == {"START -> flow": 1, "flow ?> write": 1, "flow ?> score": 2}


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(AGENT)
    return stage


def test_the_picture_grows_by_a_graph_that_is_called(stage: Stage) -> None:
    assert ("tools", "read") not in stage.view.places()
    stage.play(called())

    scene = stage.view.graph_scene
    frame, inner = scene.layout.groups[TOOLS], scene.layout.nodes["tools", "read"]
    assert frame.contains(inner.centre)
    assert scene.node_item(("tools", "read")).look.phase is Phase.RUNNING
    assert scene.node_item(("model",)).look.phase is Phase.DONE


def test_a_caller_is_folded_and_opened_like_a_subgraph(stage: Stage) -> None:
    stage.play(called())
    stage.view.folds.toggle(TOOLS)
    assert ("tools", "read") not in stage.view.places()
    assert stage.view.graph_scene.node_item(TOOLS).look.phase is Phase.RUNNING
    stage.view.folds.toggle(TOOLS)
    assert ("tools", "read") in stage.view.places()


def test_the_next_run_finds_the_called_graph_drawn(stage: Stage) -> None:
    stage.play(called())
    drawn = stage.view.graph_scene.layout
    stage.model.reset()
    assert stage.view.graph_scene.node_item(("tools", "read")).look.phase is Phase.IDLE
    stage.play(called())
    assert stage.view.graph_scene.layout is drawn


def test_what_is_called_in_a_later_run_replaces_what_was_called_before(stage: Stage) -> None:
    stage.play(called())
    stage.model.reset()
    renamed = topology("START -> read", "read -> weigh", "weigh -> END")
    stage.play(RunScript().begin().run(1, "model").start("tools", 2).call("tools", renamed))

    assert ("tools", "weigh") in stage.view.places()
    assert ("tools", "judge") not in stage.view.places()


def test_another_program_calls_nothing_yet(stage: Stage) -> None:
    stage.play(called())
    stage.model.set_program(replace(program(AGENT), target="b.py"))
    assert ("tools", "read") not in stage.view.places()


@pytest.mark.parametrize(("engine", "holds"), [("stepgraph 0.1.0", True), ("langgraph 1.2.22", False)])
def test_a_breakpoint_on_a_task_is_offered_where_the_engine_holds_tasks(
    stage: Stage, tmp_path: Path, engine: str, holds: bool
) -> None:
    stage.model.set_program(replace(program(FLOW), engine=engine))
    store = Breakpoints(stage.model, Settings(tmp_path / "settings.ini"))
    stage.play(with_tasks())
    assert store.can_hold(("write",)) is holds


def test_a_breakpoint_waits_for_its_graph_to_be_called_and_is_then_on_its_node(
    stage: Stage, tmp_path: Path
) -> None:
    store = Breakpoints(stage.model, Settings(tmp_path / "settings.ini"))
    store.toggle(("tools", "read"))
    [item] = store.at(("tools", "read"))
    assert not store.is_gone(item)
    heard = []
    store.changed.connect(lambda: heard.append(store.can_hold(("tools", "read"))))
    stage.play(called())
    assert heard
    assert all(heard)
    assert not store.is_gone(item)
