"""Each kind of step at each depth, on both engines: in subgraphs that are nodes, and that nodes call."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder
from tests.kit.stops import log_of, stops

CHAIN = """
KIND first(state: State):
    get_stream_writer()("first")
    return {"log": ["first"]}

KIND second(state: State):
    return {"log": ["second"]}

KIND third(state: State):
    return {"log": ["third"]}

KIND after(state: State):
    return {"log": ["after"]}

graph = StateGraph(State).add_sequence([first, second, third]).add_edge(START, "first").compile()
"""
"""At the bottom of each of these programs."""

AROUND = {
    "a node": "builder = StateGraph(State).add_node('level', graph)",
    "called": """
def calling(graph):
    def level(state: State):
        return graph.invoke({"log": []})
    return level
builder = StateGraph(State).add_node('level', calling(graph))
""",
    "called async": """
def calling(graph):
    async def level(state: State):
        return await graph.ainvoke({"log": []})
    return level
builder = StateGraph(State).add_node('level', calling(graph))
""",
    "called in a loop of its own": """
def calling(graph):
    def level(state: State):
        return asyncio.run(graph.ainvoke({"log": []}))
    return level
builder = StateGraph(State).add_node('level', calling(graph))
""",
}
THEN = """
builder.add_node(after).add_edge(START, "level").add_edge("level", "after")
graph = builder.compile()
"""

PLACES = [
    (depth, how, kind)
    for depth in (0, 1, 3)
    for how in AROUND
    for kind in ("def", "async def")
    if (depth or how == "a node") and (how, kind) != ("called", "async def")  # no engine can do that
]


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]} deep, {place[1]}, {place[2]}")
def depth(request: pytest.FixtureRequest, programs: Programs, recorder: Recorder) -> int:
    """A program with the chain so many graphs deep is open."""
    depth, how, kind = request.param
    recorder.open(programs.graph(CHAIN.replace("KIND", kind) + (AROUND[how] + THEN) * depth))
    return int(depth)


def told(depth: int, step: int, node: str) -> str:
    """Why a run stands before a superstep so many graphs deep."""
    return f"superstep {step}{' of level' if depth else ''} is next: {node}"


def arrival(depth: int) -> list[str]:
    """The stops on the way in."""
    return [
        f"{'level' if depth else 'first'} has not begun",
        *["inside level: level is next"] * (depth - 1),
    ] + (["inside level: first is next"] if depth else [])


WHOLE = ["first", "second", "third"]


async def test_into_goes_down_step_goes_on_and_out_comes_up_graph_by_graph(
    recorder: Recorder, depth: int
) -> None:
    reasons = await stops(recorder, *["into"] * depth, "step", *["out"] * (depth + 1))
    ups = [told(above, 2, "after") for above in reversed(range(depth))]
    assert reasons == [*arrival(depth), told(depth, 2, "second"), *ups]
    assert log_of(recorder) == WHOLE + ["after"] * depth


async def test_step_after_step_leaves_each_graph_at_its_end(recorder: Recorder, depth: int) -> None:
    reasons = await stops(recorder, *["into"] * depth, *["step"] * (3 + depth))
    inside = [told(depth, 2, "second"), told(depth, 3, "third")]
    ups = [told(above, 2, "after") for above in reversed(range(depth))]
    assert reasons == [*arrival(depth), *inside, *ups]


async def test_a_step_runs_all_that_is_further_in(recorder: Recorder, depth: int) -> None:
    reasons = await stops(recorder, "step", start="paused")
    assert reasons[1:] == [told(0, 2, "after" if depth else "second")]
    assert len(recorder.all("task_finished")) == 3 + 2 * depth


async def test_a_run_goes_to_a_node_and_on_from_there(recorder: Recorder, depth: int) -> None:
    path = [*["level"] * depth, "second"]
    reasons = await stops(recorder, "step", start="free", run_to=path)
    assert reasons == [f"reached `{' › '.join(path)}`", told(depth, 3, "third")]


async def test_a_pause_stops_before_the_next_task_wherever_it_is(recorder: Recorder, depth: int) -> None:
    recorder.on("custom", lambda event: recorder.host.order("pause", {}))
    reasons = await stops(recorder, start="free")
    # Others may have begun by the time that the message is read.
    assert reasons in ([], *([f"{node} has not begun"] for node in ("second", "third", "after")))
    assert reasons or depth == 0


async def test_breakpoints_before_and_after_a_node_wherever_it_is(recorder: Recorder, depth: int) -> None:
    path = [*["level"] * depth, "second"]
    where = f"`{' › '.join(path)}`"
    items = [
        {"id": "1", "path": path, "when": "before", "condition": "state.log[-1] == 'first'"},
        {"id": "2", "path": path, "when": "after", "condition": "update['log'] == ['second']"},
    ]
    reasons = await stops(recorder, start="free", breakpoints=items)
    assert reasons == [
        f"breakpoint on {where}: `state.log[-1] == 'first'`",
        f"breakpoint after {where}: `update['log'] == ['second']`",
    ]


async def test_what_is_supplied_wherever_it_is_goes_on_from_there(recorder: Recorder, depth: int) -> None:
    def act(event: dict[str, Any]) -> None:
        task = recorder.all("task_held")[-1]["task"]
        recorder.host.order("act", {"task": task, "what": "supply", "output": {"log": ["by hand"]}})
        recorder.host.order("resume", {})

    recorder.on("paused", act)
    last = await recorder.run({"log": []}, run_to=[*["level"] * depth, "second"])
    assert last["outcome"] == "finished", last
    assert log_of(recorder) == ["first", "by hand", "third", *["after"] * depth]


async def test_a_stop_while_a_task_is_held_leaves_nothing_that_runs(recorder: Recorder, depth: int) -> None:
    recorder.on("paused", lambda event: recorder.host.stop())
    last = await recorder.run({"log": []}, run_to=[*["level"] * depth, "second"])
    assert (last["outcome"], last["still_running"]) == ("stopped", [])
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    assert (await recorder.run({"log": []}))["outcome"] == "finished"
