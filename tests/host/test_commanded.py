"""A Command given in place of a node's output: it writes what it says and goes where it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

GRAPH = """
from ENGINE.graph import END
from ENGINE.types import Send

def node(name):
    def run(state: State):
        return {"log": [name]}
    run.__name__ = name
    return run

builder = StateGraph(State)
for name in "abcd":
    builder.add_node(name, node(name))
builder.add_edge(START, "a")
LEADS
graph = builder.compile()
"""
KINDS = {
    "conditional edges": 'builder.add_conditional_edges("a", lambda state: "b", ["b", "c", "d"])',
    "edges to Sends": 'builder.add_conditional_edges("a", lambda state: [Send("b", state)], ["b", "c"])',
    "no edges": "",
}
whatever_leads_on = pytest.mark.parametrize("leads", KINDS)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.host.close()


def opened(programs: Programs, recorder: Recorder, leads: str = "conditional edges") -> None:
    recorder.open(programs.graph(GRAPH.replace("LEADS", KINDS.get(leads, leads))))


async def supplied(recorder: Recorder, output: Any, node: str = "a") -> list[str]:
    """Hold the node, let it have returned this, and tell which nodes have run in the end."""

    def on_paused(event: dict[str, Any]) -> None:
        held = [each for each in recorder.all("task_held") if each["node"] == node]
        if held and not recorder.all("acted"):
            recorder.host.order("act", {"task": held[-1]["task"], "what": "supply", "output": output})
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    breakpoints = [{"id": "1", "path": [node], "when": "before"}]
    last = await recorder.run({"log": []}, breakpoints=breakpoints)
    assert last["outcome"] == "finished", last
    return [event["node"] for event in recorder.all("task_started")]


def log(recorder: Recorder) -> list[str]:
    found: list[str] = recorder.all("values")[-1]["values"]["log"]
    return found


@whatever_leads_on
async def test_a_command_goes_where_it_says_and_the_conditional_edges_are_not_asked(
    programs: Programs, recorder: Recorder, leads: str
) -> None:
    opened(programs, recorder, leads)
    ran = await supplied(recorder, {"Command": {"update": {"log": ["by hand"]}, "goto": ["c", "d"]}})
    assert ran[0] == "a"
    assert sorted(ran[1:]) == ["c", "d"]
    assert sorted(log(recorder)) == ["by hand", "c", "d"]
    assert not recorder.all("refused")


@whatever_leads_on
async def test_a_command_to_the_end_ends_the_graph(
    programs: Programs, recorder: Recorder, leads: str
) -> None:
    opened(programs, recorder, leads)
    assert await supplied(recorder, {"Command": {"goto": "__end__"}}) == ["a"]


async def test_a_command_without_a_goto_leaves_the_edges_as_they_are(
    programs: Programs, recorder: Recorder
) -> None:
    opened(programs, recorder)
    assert await supplied(recorder, {"Command": {"update": {"log": ["x"]}}}) == ["a", "b"]


async def test_a_plain_edge_is_followed_beside_a_command(programs: Programs, recorder: Recorder) -> None:
    opened(programs, recorder, 'builder.add_edge("a", "b")')
    about = {"path": ["a"], "kind": "output", "task": ""}
    editing = await recorder.host.ask("giving", about)
    assert (editing["nodes"], editing["followed"]) == (["a", "b", "c", "d", "__end__"], ["b"])
    assert sorted(await supplied(recorder, {"Command": {"goto": ["c"]}})) == ["a", "b", "c"]


async def test_a_node_that_joins_others_still_counts_as_one_of_them_after_a_command(
    programs: Programs, recorder: Recorder
) -> None:
    opened(programs, recorder, 'builder.add_edge(START, "b").add_edge(["a", "b"], "d")')
    about = {"path": ["a"], "kind": "output", "task": ""}
    assert (await recorder.host.ask("giving", about))["followed"] == ["d"]
    assert sorted(await supplied(recorder, {"Command": {"goto": ["c"]}})) == ["a", "b", "c", "d"]


async def test_a_command_sends_a_node_an_input_of_its_own(programs: Programs, recorder: Recorder) -> None:
    opened(programs, recorder)
    send = {"node": "c", "arg": {"log": ["sent"], "word": ""}}
    assert await supplied(recorder, {"Command": {"goto": [send, send]}}) == ["a", "c", "c"]
    [started, _] = [event for event in recorder.all("task_started") if event["node"] == "c"]
    assert started["input"]["log"] == ["sent"]


async def test_a_pinned_command_goes_where_it_says_at_each_visit(
    programs: Programs, recorder: Recorder
) -> None:
    opened(programs, recorder)
    pins = [{"path": ["a"], "output": {"Command": {"update": {"log": ["pinned"]}, "goto": ["d"]}}}]
    for _ in range(2):
        await recorder.run({"log": []}, pins=pins)
        assert [event["node"] for event in recorder.all("task_started")] == ["a", "d"]
        assert log(recorder) == ["pinned", "d"]


@pytest.mark.parametrize(
    ("command", "path", "words"),
    [
        ({"goto": ["bb"]}, ["goto", 0], "There is no node 'bb' to go to. Did you mean 'b'?"),
        ({"goto": [{"node": 1}]}, ["goto", 0], "A Command goes to the name of a node"),
        ({"update": {"lgo": []}}, ["update", "lgo"], "The state has no key 'lgo'. Did you mean 'log'?"),
        ({"resume": 1}, [], "A node's Command answers no question"),
        ({"graph": "__parent__"}, ["graph"], "A Command goes on in the node's own graph"),
        ({"to": "b"}, [], "A Command is an object with"),
    ],
)
async def test_what_is_wrong_with_a_command_is_said_at_its_place(
    programs: Programs, recorder: Recorder, command: Any, path: list[Any], words: str
) -> None:
    opened(programs, recorder)
    about = {"path": ["a"], "kind": "output", "task": "", "value": {"Command": command}}
    [error] = (await recorder.host.ask("fits", about))["errors"]
    assert error["path"] == ["Command", *path]
    assert error["message"].startswith(words)


async def test_a_command_of_a_subgraph_goes_on_in_the_graph_around(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def run(state: State):
                return {"log": ["ran"]}
            inner = StateGraph(State).add_node("x", run).add_node("y", run)
            inner = inner.add_edge(START, "x").add_edge("x", "y").compile()
            builder = StateGraph(State).add_node("sub", inner, destinations=("b", "c")).add_node("b", run)
            graph = builder.add_node("c", run).add_edge(START, "sub").compile()
            """
        )
    )
    parent = {"update": {"log": ["up"]}, "goto": "c", "graph": "__parent__"}

    def on_paused(event: dict[str, Any]) -> None:
        held = [each for each in recorder.all("task_held") if each["node"] == "x"]
        recorder.host.order(
            "act", {"task": held[-1]["task"], "what": "supply", "output": {"Command": parent}}
        )
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    last = await recorder.run({"log": []}, breakpoints=[{"id": "1", "path": ["sub", "x"], "when": "before"}])
    assert last["outcome"] == "finished", last
    assert [event["node"] for event in recorder.all("task_started")] == ["sub", "x", "c"]
    assert log(recorder) == ["up", "ran"]
