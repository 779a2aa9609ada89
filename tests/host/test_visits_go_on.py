"""A run that is taken up, after an edit of its state or an answer, goes on counting visits."""

from __future__ import annotations

from typing import Any

import pytest
from tests.host.test_editing_held import Standing
from tests.kit.programs import Programs, Recorder

LOOP = """
from ENGINE.graph import END
from ENGINE.types import interrupt

def a(state: State):
    return {"log": ["a"]}

async def b(state: State):
    return {"log": ["b"]}

inner = StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile()
builder = StateGraph(State).add_node("a", a).add_node("inner", inner)
builder.add_edge(START, "a").add_edge("a", "inner")
builder.add_conditional_edges("inner", lambda state: "a" if len(state["log"]) < 40 else END, ["a", END])
graph = builder.compile()
"""


async def stood_at(run: Standing, path: list[str], visit: int) -> str:
    """Run until the breakpoint at a path has stopped at a visit; its reason."""
    breakpoints = [{"id": "1", "path": path, "when": "before", "condition": f"visit == {visit}"}]
    await run.begin({"log": []}, breakpoints=breakpoints)
    return str(run.recorder.all("paused")[-1]["reason"])


async def taken_up(run: Standing, visit: int, path: list[str], namespace: str = "") -> str:
    """Edit the state where the run stands at visit 2, and go on to this visit of the same node."""
    stood_at_visit = 2
    thread = run.thread
    await run.stop()
    told = await run.recorder.host.ask(
        "update", {"thread": thread, "namespace": namespace, "values": {"log": ["edited"]}}
    )
    assert "problem" not in told, told
    breakpoints = [{"id": "1", "path": path, "when": "before", "condition": f"visit == {visit}"}]
    inside = namespace.split("|") if namespace else []
    await run.begin(
        None, thread=thread, start="paused", inside=inside, continues=True, breakpoints=breakpoints
    )
    if visit != stood_at_visit:
        await run.order("resume")
    return str(run.recorder.all("paused")[-1]["reason"])


async def test_visits_go_on_after_the_state_was_edited(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(LOOP))
    run = Standing(recorder)
    assert (await stood_at(run, ["a"], 2)).startswith("breakpoint on `a`, visit 2")
    assert (await taken_up(run, 3, ["a"])).startswith("breakpoint on `a`, visit 3")
    await run.stop()


async def test_the_task_that_begins_anew_is_the_same_visit(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(LOOP))
    run = Standing(recorder)
    await stood_at(run, ["a"], 2)
    assert (await taken_up(run, 2, ["a"])).startswith("breakpoint on `a`, visit 2")
    await run.stop()


async def test_visits_of_a_subgraphs_nodes_go_on_where_its_state_was_edited(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LOOP))
    run = Standing(recorder)
    assert (await stood_at(run, ["inner", "b"], 2)).startswith("breakpoint on `inner › b`, visit 2")
    [*_, held] = [event for event in recorder.all("task_held") if event["node"] == "b"]
    reason = await taken_up(run, 3, ["inner", "b"], "|".join(held["namespace"]))
    assert reason.startswith("breakpoint on `inner › b`, visit 3")
    await run.stop()


async def test_another_run_counts_from_one(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(LOOP))
    for _ in range(2):
        run = Standing(recorder)
        await stood_at(run, ["a"], 2)
        reasons = [event["reason"] for event in recorder.all("paused")]
        assert reasons == ["breakpoint on `a`, visit 2: `visit == 2`"]
        await run.stop()


ASKING = """
from ENGINE.graph import END
from ENGINE.types import interrupt

def a(state: State):
    return {"log": [interrupt("again?")]}

def inner():
    return StateGraph(State).add_node("a", a).add_edge(START, "a").compile()

builder = StateGraph(State).add_node("a", INNER).add_edge(START, "a")
builder.add_conditional_edges("a", lambda state: "a" if state["log"][-1] == "yes" else END, ["a", END])
graph = builder.compile()
"""


@pytest.mark.parametrize("inner", ["a", "inner()"])
async def test_an_answered_task_is_the_visit_that_has_asked(
    programs: Programs, recorder: Recorder, inner: str
) -> None:
    recorder.open(programs.graph(ASKING.replace("INNER", inner)))
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    path = ["a"] if inner == "a" else ["a", "a"]
    given: dict[str, Any] = {"breakpoints": [{"id": "1", "path": path, "when": "before", "log": "{visit}"}]}
    said = []
    await recorder.run({"log": []}, **given)
    for _ in range(3):
        said += [event["text"] for event in recorder.all("printed")]
        [asked] = recorder.all("asked")
        given |= {"thread": recorder.all("run_started")[0]["thread"], "continues": True}
        await recorder.run(None, resume={asked["id"]: "yes"}, **given)
    said += [event["text"] for event in recorder.all("printed")]
    assert said == ["1", "1", "2", "2", "3", "3", "4"]
