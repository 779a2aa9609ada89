"""The checkpoints of subgraphs: found beneath those of the graphs around, edited, compared, gone on from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

LOOP = """
from langgraph.checkpoint.memory import InMemorySaver
from ENGINE.graph import END
from ENGINE.types import Send

def node(name):
    def run(state: State):
        return {"log": [name]}
    run.__name__ = name
    return run

def chain(*names):
    return StateGraph(State).add_sequence([node(name) for name in names]).add_edge(START, names[0])

deep = chain("p", "q").compile()
sub = chain("x", "y").add_node("deep", deep).add_edge("y", "deep").compile(checkpointer=KEEPS)
builder = StateGraph(State).add_node("a", node("a")).add_node("sub", sub).add_node("b", node("b"))
builder.add_edge(START, "a").add_edge("a", "sub").add_edge("sub", "b")
builder.add_conditional_edges("b", lambda state: "sub" if state["log"].count("b") < 2 else END)
graph = builder.compile()
"""
KINDS = {
    "the thread's saver": "None",
    "a history of its own": "True",
    "a saver of its own": "InMemorySaver()",
}
of_each_kind = pytest.mark.parametrize("keeps", KINDS)

Plain = dict[str, Any]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.host.close()


class History:
    """What is asked of the only thread there is."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.thread = ""

    async def ask(self, what: str, **parts: Any) -> Plain:
        if not self.thread:
            [thread] = (await self._recorder.host.ask("threads", {}))["threads"]
            self.thread = thread["id"]
        reply = await self._recorder.host.ask(what, {"thread": self.thread, **parts})
        assert "problem" not in reply, reply
        return reply

    async def root(self) -> list[Plain]:
        found: list[Plain] = (await self.ask("history"))["checkpoints"]
        return found

    async def beneath(self, checkpoint: Plain, task: int = 0) -> list[Plain]:
        """The checkpoints of the subgraph that a task of this one runs."""
        namespace = checkpoint["tasks"][task]["namespace"]
        reply = await self.ask("history", namespace=namespace, beneath=checkpoint["id"])
        found: list[Plain] = reply["checkpoints"]
        return found


def due(checkpoints: list[Plain], *nodes: str) -> Plain:
    """The newest checkpoint at which these nodes are due."""
    return next(each for each in checkpoints if each["next"] == list(nodes))


def log(recorder: Recorder) -> list[str]:
    found: list[str] = [event for event in recorder.all("values") if not event["namespace"]][-1]["values"][
        "log"
    ]
    return found


async def ran(programs: Programs, recorder: Recorder, keeps: str) -> History:
    assert "opened" in recorder.host.load(programs.graph(LOOP.replace("KEEPS", KINDS[keeps])))
    await recorder.run({"log": []})
    return History(recorder)


@of_each_kind
async def test_a_subgraphs_checkpoints_are_beneath_the_one_that_it_began_at(
    programs: Programs, recorder: Recorder, keeps: str
) -> None:
    history = await ran(programs, recorder, keeps)
    second, first = [each for each in await history.root() if each["next"] == ["sub"]]
    for began_at in (first, second):
        found = await history.beneath(began_at)
        assert [each["next"] for each in found] == [[], ["deep"], ["y"], ["x"], ["__start__"]]
        assert [each["writers"] for each in found] == [["deep"], ["y"], ["x"], [], []]
        deep = await history.beneath(due(found, "deep"))
        assert [each["next"] for each in deep] == [[], ["q"], ["p"], ["__start__"]]
        assert (await history.beneath(due(found, "deep")))[0]["namespace"].count("|") == 1


@of_each_kind
async def test_a_run_on_from_a_subgraphs_checkpoint_begins_where_that_stood(
    programs: Programs, recorder: Recorder, keeps: str
) -> None:
    history = await ran(programs, recorder, keeps)
    before = await history.root()
    began_at = [each for each in before if each["next"] == ["sub"]][-1]
    at = due(await history.beneath(began_at), "y")
    last = await recorder.run(None, thread=history.thread, checkpoint=at["id"], of=at["namespace"])
    assert last["outcome"] == "finished", last
    started = [event["node"] for event in recorder.all("task_started")]
    assert started[:5] == ["sub", "y", "deep", "p", "q"]
    forked, *_ = [each for each in await history.root() if each not in before and each["source"] == "fork"]
    assert forked["parent"] == began_at["parent"]
    inside = await history.beneath(forked)
    assert [each["next"] for each in inside] == [[], ["deep"], ["y"]]
    assert [each for each in await history.root() if each in before] == before


@of_each_kind
async def test_a_run_goes_on_from_two_subgraphs_deep(
    programs: Programs, recorder: Recorder, keeps: str
) -> None:
    history = await ran(programs, recorder, keeps)
    began_at = [each for each in await history.root() if each["next"] == ["sub"]][-1]
    deep = await history.beneath(due(await history.beneath(began_at), "deep"))
    at = due(deep, "q")
    await recorder.run(None, thread=history.thread, checkpoint=at["id"], of=at["namespace"])
    started = [event["node"] for event in recorder.all("task_started")]
    assert started[:4] == ["sub", "deep", "q", "b"]


@of_each_kind
async def test_an_edited_old_state_of_a_subgraph_is_gone_on_from(
    programs: Programs, recorder: Recorder, keeps: str
) -> None:
    history = await ran(programs, recorder, keeps)
    began_at = [each for each in await history.root() if each["next"] == ["sub"]][-1]
    at = due(await history.beneath(began_at), "y")
    place = {"checkpoint": at["id"], "namespace": at["namespace"]}
    editing = await history.ask("editing", **place, of=at["namespace"])
    assert editing["values"] == {"log": ["a", "x"]}
    assert editing["as_node"] == "x"
    assert editing["runs_again"] == [], "that superstep is over"
    assert [each["words"] for each in editing["graphs"]] == ["sub"]
    saved = await history.ask("update", **place, values={"log": ["edited"]}, as_node="x")
    newer = due(await history.beneath(began_at), "y")
    assert (newer["id"], newer["parent"], newer["source"]) == (saved["checkpoint"], at["id"], "update")
    await recorder.run(None, thread=history.thread, checkpoint=newer["id"], of=newer["namespace"])
    assert log(recorder)[: log(recorder).index("b")] == ["a", "edited", "y", "edited", "y", "p", "q"]


async def test_one_of_several_tasks_is_gone_on_from_and_the_others_begin_anew(
    programs: Programs, recorder: Recorder
) -> None:
    program = (
        LOOP.replace("KEEPS", "None").partition("builder =")[0]
        + """
builder = StateGraph(State).add_node("a", node("a")).add_node("sub", sub)
builder.add_conditional_edges("a", lambda state: [Send("sub", {"log": [word]}) for word in ("one", "two")])
graph = builder.add_edge(START, "a").compile()
"""
    )
    assert "opened" in recorder.host.load(programs.graph(program))
    await recorder.run({"log": []})
    history = History(recorder)
    began_at = due(await history.root(), "sub", "sub")
    inside = await history.beneath(began_at, task=1)
    at = due(inside, "deep")
    assert (await history.ask("state_at", checkpoint=at["id"], namespace=at["namespace"]))["values"] == {
        "log": ["two", "x", "y"]
    }
    await recorder.run(None, thread=history.thread, checkpoint=at["id"], of=at["namespace"])
    started = [event["node"] for event in recorder.all("task_started")]
    assert started.count("x") == 1
    assert started.count("deep") == 2


async def test_checkpoints_of_two_graphs_are_compared(programs: Programs, recorder: Recorder) -> None:
    history = await ran(programs, recorder, "the thread's saver")
    began_at = [each for each in await history.root() if each["next"] == ["sub"]][-1]
    at = due(await history.beneath(began_at), "y")
    told = await history.ask("compare", was=began_at["id"], now=at["id"], now_of=at["namespace"])
    assert told["differences"] == [{"path": ["log", "1"], "now": "x"}]


async def test_a_checkpoint_of_a_subgraph_that_is_gone_is_named(
    programs: Programs, recorder: Recorder
) -> None:
    history = await ran(programs, recorder, "the thread's saver")
    began_at = [each for each in await history.root() if each["next"] == ["sub"]][-1]
    of = began_at["tasks"][0]["namespace"]
    last = await recorder.run(None, thread=history.thread, checkpoint="none", of=of)
    assert last["outcome"] == "failed"
    assert "There is no checkpoint none" in last["failure"]["message"]
