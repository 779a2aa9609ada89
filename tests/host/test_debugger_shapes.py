"""Stepping graphs that are no chains, on both engines: fan-outs, loops, deferred nodes, exits."""

from __future__ import annotations

import pytest
from tests.kit.programs import Programs, Recorder
from tests.kit.stops import Order, log_of, stops

FAN_OUT = """
KIND plan(state: State):
    return {"word": "planned"}

KIND work(state):
    return {"log": [state["n"]]}

KIND gather(state: State):
    return {"log": ["all"]}

builder = StateGraph(State).add_node(plan).add_node(work).add_node(gather).add_edge(START, "plan")
builder.add_conditional_edges("plan", lambda state: [Send("work", {"n": n}) for n in range(3)], ["work"])
graph = builder.add_edge("work", "gather").compile()
"""

LOOP = """
KIND again(state: State):
    return {"log": [len(state["log"])]}

builder = StateGraph(State).add_node(again).add_edge(START, "again")
builder.add_conditional_edges("again", lambda state: len(state["log"]) < 4, {True: "again", False: END})
graph = builder.compile()
"""

DEFERRED = """
KIND a(state: State):
    return {"log": ["a"]}

KIND b(state: State):
    return {"log": ["b"]}

KIND c(state: State):
    return {"log": ["c"]}

KIND last(state: State):
    return {"log": ["last"]}

builder = StateGraph(State).add_node(a).add_node(b).add_node(c).add_node(last, defer=True)
builder.add_edge(START, "a").add_edge(START, "b").add_edge("b", "c").add_edge("a", "last")
graph = builder.add_edge("c", "last").compile()
"""

LEAVING = """
KIND leave(state: State):
    return Command(graph=Command.PARENT, goto="after", update={"log": ["left"]})

KIND after(state: State):
    return {"log": ["after"]}

inner = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
"""
AROUND = {
    "a node": "level = inner",
    "called": "def level(state: State): return inner.invoke({'log': []})",
    "called async": "async def level(state: State): return await inner.ainvoke({'log': []})",
}
LEFT = """
builder = StateGraph(State).add_node("level", level).add_node(after).add_edge(START, "level")
graph = builder.compile()
"""


@pytest.fixture(params=["def", "async def"], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(programs: Programs, recorder: Recorder, kind: str, request: pytest.FixtureRequest) -> int:
    """A program is open, as a subgraph so many graphs deep."""
    text, depth = request.param
    around = 'graph = StateGraph(State).add_node("level", graph).add_edge(START, "level").compile()\n'
    recorder.open(programs.graph(text.replace("KIND", kind) + around * depth) + ":graph")
    return int(depth)


def deep(text: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "opened", [(text, depth) for depth in (0, 1, 3)], indirect=True, ids="{0[1]} deep".format
    )


def at(depth: int, step: int, nodes: str) -> str:
    return f"superstep {step}{' of level' if depth else ''} is next: {nodes}"


def held(name: str, order: str, number: int) -> Order:
    """Order something about one of the tasks of a node that were held first."""

    def give(recorder: Recorder) -> None:
        tasks = list(dict.fromkeys(e["task"] for e in recorder.all("task_held") if e["node"] == name))
        recorder.host.order(order, {"task": tasks[number]})

    return give


@deep(FAN_OUT)
async def test_one_of_three_sends_starts_alone_and_another_is_held_to_the_last(
    recorder: Recorder, opened: int
) -> None:
    def keep_and_go_on(recorder: Recorder) -> None:
        held("work", "keep", 0)(recorder)
        recorder.host.order("resume", {})

    into = ["into"] * opened
    reasons = await stops(
        recorder, *into, "step", held("work", "into", 1), keep_and_go_on, held("work", "release", 0)
    )
    assert reasons[opened + 1 :] == [
        at(opened, 2, "work"),
        "work has ended, work is held",
        "work is held by you",
    ]
    started = [event["task"] for event in recorder.all("task_started") if event["node"] == "work"]
    released = [event["task"] for event in recorder.all("task_released") if event["task"] in started]
    assert released == [started[1], started[2], started[0]]
    assert log_of(recorder) == [0, 1, 2, "all"], "in whatever order they ran"


@deep(FAN_OUT)
async def test_a_step_runs_all_sends_and_stands_before_what_follows(recorder: Recorder, opened: int) -> None:
    reasons = await stops(recorder, *["into"] * opened, "step", "step")
    assert reasons[opened + 1 :] == [at(opened, 2, "work"), at(opened, 3, "gather")]


@deep(FAN_OUT)
async def test_a_condition_over_its_input_picks_one_of_the_sends(recorder: Recorder, opened: int) -> None:
    path = [*["level"] * opened, "work"]
    item = {"id": "1", "path": path, "when": "before", "condition": "input['n'] == 1"}
    reasons = await stops(recorder, start="free", breakpoints=[item])
    assert reasons == [f"breakpoint on `{' › '.join(path)}`, visit 2: `input['n'] == 1`"]


@deep(LOOP)
async def test_each_turn_of_a_loop_is_a_step(recorder: Recorder, opened: int) -> None:
    reasons = await stops(recorder, *["into"] * opened, *["step"] * 4)
    assert reasons[opened + 1 :] == [at(opened, step, "again") for step in (2, 3, 4)]
    assert log_of(recorder) == [0, 1, 2, 3]


@deep(LOOP)
async def test_a_run_goes_to_a_node_of_a_loop_turn_by_turn(recorder: Recorder, opened: int) -> None:
    path = [*["level"] * opened, "again"]

    def go(recorder: Recorder) -> None:
        recorder.host.order("run_to", {"path": path})

    reasons = await stops(recorder, go, go, start="free", run_to=path)
    assert reasons == [f"reached `{' › '.join(path)}`"] * 3


@deep(LOOP)
async def test_a_breakpoint_lets_the_first_turns_of_a_loop_pass(recorder: Recorder, opened: int) -> None:
    path = [*["level"] * opened, "again"]
    items = [{"id": "1", "path": path, "when": "before", "visits": 3}]
    reasons = await stops(recorder, start="free", breakpoints=items)
    where = f"breakpoint on `{' › '.join(path)}`"
    assert reasons == [f"{where}, visit 3", f"{where}, visit 4"]


@deep(DEFERRED)
async def test_a_deferred_node_is_next_when_all_others_have_run(recorder: Recorder, opened: int) -> None:
    reasons = await stops(recorder, *["into"] * opened, *["step"] * 3)
    assert reasons[opened + 1 :] == [at(opened, 2, "c"), at(opened, 3, "last")]
    assert log_of(recorder) == ["a", "b", "c", "last"]


@deep(DEFERRED)
async def test_a_deferred_node_waits_for_a_task_that_is_held(recorder: Recorder, opened: int) -> None:
    def keep_b(recorder: Recorder) -> None:
        held("b", "keep", 0)(recorder)
        recorder.host.order("resume", {})

    reasons = await stops(recorder, *["into"] * opened, keep_b, held("b", "release", 0))
    assert reasons[opened + 1 :] == ["b is held by you"]
    assert log_of(recorder) == ["a", "b", "c", "last"]


HOWS = [(how, kind) for how in AROUND for kind in ("def", "async def")]
EXITS = [each for each in HOWS if each != ("called", "async def")]  # no engine can do that


@pytest.mark.parametrize("order", ["step", "out"])
@pytest.mark.parametrize(("around", "kind"), EXITS)
async def test_a_command_that_leaves_for_the_parent_comes_out_of_its_graph(
    programs: Programs, recorder: Recorder, around: str, kind: str, order: str
) -> None:
    recorder.open(programs.graph(LEAVING.replace("KIND", kind) + AROUND[around] + LEFT) + ":graph")
    reasons = await stops(recorder, "into", order)
    assert reasons[1:] == ["inside level: leave is next", "superstep 2 is next: after"]
    assert log_of(recorder) == ["left", "after"]
