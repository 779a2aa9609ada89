"""Graphs that sync nodes call, and so run in a thread: stopped as one and led elsewhere like any other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

ROUNDS = 15
CALLED = """
from ENGINE.graph import END

def node(name):
    def run(state: State):
        return {"log": [name]}
    run.__name__ = name
    return run

inner = StateGraph(State).add_node("begin", node("begin"))
for name in NAMES:
    inner.add_node(name, node(name)).add_edge("begin", name)
inner.add_node("join", node("join")).add_edge(NAMES, "join").add_edge(START, "begin")
inner.add_conditional_edges("join", lambda state: "begin" if state["log"].count("join") < ROUNDS else END)
inner = inner.compile()

def call(state: State):
    return {"log": [len(inner.invoke({"log": []})["log"])]}

builder = StateGraph(State).add_node("call", call).add_edge(START, "call")
graph = builder.compile()
"""


def called(programs: Programs, names: list[str]) -> str:
    program = CALLED.replace("NAMES", repr(names)).replace("ROUNDS", str(ROUNDS))
    return f"{programs.graph(program)}:graph"


async def test_each_superstep_of_a_called_graph_is_one_stop(programs: Programs, recorder: Recorder) -> None:
    recorder.open(called(programs, ["p", "q", "r"]))

    def on_paused(event: dict[str, Any]) -> None:
        inside = recorder.all("task_held")[-1]["namespace"]
        recorder.host.order("step" if inside else "into", {})

    recorder.on("paused", on_paused)
    last = await recorder.run({"log": []}, start="paused")
    assert last["outcome"] == "finished", last
    stops = [sorted(event["next"]) for event in recorder.all("paused")]
    assert stops == [["call"], *([["begin"], ["p", "q", "r"], ["join"]] * ROUNDS)]


LED = """
import asyncio
from ENGINE.graph import END
from ENGINE.types import Send

def node(name):
    def run(state: State):
        return {"log": [name]}
    run.__name__ = name
    return run

inner = StateGraph(State)
for name in ("begin", "x", "y"):
    inner.add_node(name, node(name))
inner.add_edge(START, "begin").add_conditional_edges("begin", LEADS)
inner = inner.compile()

def in_a_thread(state: State):
    return {"log": inner.invoke({"log": []})["log"]}

async def on_the_loop(state: State):
    return {"log": (await inner.ainvoke({"log": []}))["log"]}

async def on_a_loop_of_its_own(state: State):
    def run():
        return asyncio.run(inner.ainvoke({"log": []}))
    return {"log": (await asyncio.to_thread(run))["log"]}

def streamed(state: State):
    return {"log": [key for chunk in inner.stream({"log": []}, stream_mode="updates") for key in chunk]}

graph = StateGraph(State).add_node("call", CALL).add_edge(START, "call").compile()
"""
LEADS = {
    "by name": 'lambda state: "x"',
    "by word": 'lambda state: "go", {"go": "x", "other": "y"}',
    "by Send": 'lambda state: [Send("x", {"log": []})], ["x", "y"]',
}
anyhow_called = pytest.mark.parametrize(
    "how", ["in_a_thread", "on_the_loop", "on_a_loop_of_its_own", "streamed"]
)
Y_BY_COMMAND = {"Command": {"update": {"log": ["given"]}, "goto": ["y"]}}


def led(programs: Programs, how: str, leads: str) -> str:
    return f"{programs.graph(LED.replace('CALL', how).replace('LEADS', LEADS[leads]))}:graph"


def log(recorder: Recorder) -> list[str]:
    found: list[str] = [each for each in recorder.all("values") if not each["namespace"]][-1]["values"]["log"]
    return found


@anyhow_called
@pytest.mark.parametrize("leads", ["by name", "by word"])
async def test_a_called_graphs_edge_is_led_elsewhere_for_good(
    programs: Programs, recorder: Recorder, how: str, leads: str
) -> None:
    recorder.open(led(programs, how, leads))
    await recorder.run({"log": []})
    assert log(recorder) == ["begin", "x"]
    pins = [{"path": ["call", "begin"], "to": ["y"]}]
    last = await recorder.run({"log": []}, pins=pins)
    assert last["outcome"] == "finished", last
    assert log(recorder) == ["begin", "y"]
    [acted] = recorder.all("acted")
    assert (acted["node"], acted["what"]) == ("begin", "rerouted")
    assert acted["value"] == {"from": ["x"], "to": ["y"]}


async def held_at_begin(recorder: Recorder, what: str, **parts: Any) -> None:
    """Stop before `begin` in the called graph, act on it, and go on."""

    def on_paused(event: dict[str, Any]) -> None:
        held = recorder.all("task_held")[-1]
        recorder.host.order("act", {"task": held["task"], "what": what, **parts})
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    breakpoints = [{"id": "1", "path": ["call", "begin"], "when": "before"}]
    last = await recorder.run({"log": []}, breakpoints=breakpoints)
    assert last["outcome"] == "finished", last
    assert not recorder.all("refused")


@anyhow_called
@pytest.mark.parametrize("leads", ["by name", "by word"])
async def test_a_called_graphs_held_task_is_led_elsewhere_once(
    programs: Programs, recorder: Recorder, how: str, leads: str
) -> None:
    recorder.open(led(programs, how, leads))
    await held_at_begin(recorder, "route", to=["y"])
    assert log(recorder) == ["begin", "y"]


@anyhow_called
@pytest.mark.parametrize("leads", LEADS)
async def test_a_command_given_in_a_called_graph_goes_where_it_says(
    programs: Programs, recorder: Recorder, how: str, leads: str
) -> None:
    recorder.open(led(programs, how, leads))
    await held_at_begin(recorder, "supply", output=Y_BY_COMMAND)
    assert log(recorder) == (["begin", "y"] if how == "streamed" else ["given", "y"])


GO_ON = threading.Event()
WAITING = f"""
from {__name__} import GO_ON
from ENGINE.config import get_stream_writer

def p(state: State):
    get_stream_writer()("p")
    GO_ON.wait(20)
    return {{"log": ["p"]}}

def q(state: State):
    return {{"log": ["q"]}}

inner = StateGraph(State).add_sequence([p, q]).add_edge(START, "p").compile()

def call(state: State):
    return {{"log": inner.invoke({{"log": []}})["log"]}}

graph = StateGraph(State).add_node(call).add_edge(START, "call").compile()
"""


async def test_a_called_graph_that_was_let_run_is_paused_in_its_midst(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(f"{programs.graph(WAITING)}:graph")
    GO_ON.clear()

    def on_custom(event: dict[str, Any]) -> None:
        recorder.host.order("pause", {})
        GO_ON.set()

    recorder.on("custom", on_custom)
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    last = await recorder.run({"log": []})
    assert last["outcome"] == "finished", last
    assert [event["next"] for event in recorder.all("paused")] == [["q"]]
    assert log(recorder) == ["p", "q"]
