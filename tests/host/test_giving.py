"""What a person gives a held or failed task, or pins, arrives in the graph's own types, or is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

TYPES = """
import asyncio, operator
from dataclasses import dataclass
from typing import Annotated, Any
from typing_extensions import TypedDict
from pydantic import BaseModel, Field
from langchain_core.messages import AnyMessage, HumanMessage
from ENGINE.graph import START, StateGraph
from ENGINE.graph.message import add_messages
from ENGINE.types import Command, Send

class Person(BaseModel):
    name: str
    age: int = Field(ge=0)

@dataclass
class Point:
    x: int
    y: int = 0

class Typed(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    who: Person
    at: Point
    log: Annotated[list[str], operator.add]

class Model(BaseModel):
    who: Person
    size: int = Field(default=1, le=9)
    log: Annotated[list[str], operator.add] = []

@dataclass
class Data:
    who: Person
    at: Point
    log: Annotated[list[str], operator.add]

def kinds(*values):
    return {"log": [" ".join(type(value).__name__ for value in values)]}
"""
TYPED = """
def a(state):
    return {"messages": [("user", "hi")], "who": Person(name="Ada", age=36), "at": Point(1)}

async def b(state):
    if state["who"].age == 36:
        raise ValueError("too old")
    return kinds(state["messages"][-1], state["who"], state["at"])

graph = StateGraph(Typed).add_sequence([a, b]).add_edge(START, "a").compile()
"""
OUTPUT = {
    "messages": {"role": "user", "content": "yes"},
    "who": {"name": "Bo", "age": 3},
    "at": {"x": 4},
}


def held(recorder: Recorder, node: str) -> dict[str, Any]:
    known = [*recorder.all("task_held"), *recorder.all("task_lingers")]
    found: dict[str, Any] = [event for event in known if event["node"] == node][-1]
    return found


async def ask(recorder: Recorder, question: str, node: str, what: str, **parts: Any) -> dict[str, Any]:
    return await recorder.host.ask(
        question, {"path": [node], "kind": what, "task": held(recorder, node)["task"], **parts}
    )


def act(recorder: Recorder, node: str, what: str, **parts: Any) -> None:
    recorder.host.order("act", {"task": held(recorder, node)["task"], "what": what, **parts})


async def stepped(recorder: Recorder, input: Any, at: dict[str, Callable[[], Any]], **given: Any) -> None:
    """Run superstep by superstep; where a node is held or has failed, do what `at` has for it first."""
    doing = []

    def on_paused(event: dict[str, Any]) -> None:
        async def go_on() -> None:
            try:
                for node in event["next"]:
                    if node in at:
                        await at.pop(node)()
            except BaseException:
                recorder.host.stop()
                raise
            recorder.host.order("step", {})

        doing.append(asyncio.ensure_future(go_on()))

    recorder.on("paused", on_paused)
    await recorder.run(input, start="paused", **given)
    await asyncio.gather(*doing)


def log(recorder: Recorder) -> Any:
    return recorder.all("values")[-1]["values"]["log"]


async def test_a_supplied_output_arrives_as_the_graphs_own_types(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))

    async def supply() -> None:
        editing = await ask(recorder, "giving", "a", "output")
        assert editing.get("values") == {}, editing
        assert "who" in editing["schema"]["properties"]
        assert (await ask(recorder, "fits", "a", "output", value=OUTPUT)) == {"errors": []}
        act(recorder, "a", "supply", output=OUTPUT)

    await stepped(recorder, {"messages": []}, {"a": supply})
    assert log(recorder) == ["HumanMessage Person Point"]


async def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_taken(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))
    wrong = {"who": {"name": "Bo", "age": -3}, "at": {"x": "far"}, "whom": 1, "messages": {"role": "nobody"}}
    found: list[dict[str, Any]] = []

    async def supply() -> None:
        found.extend((await ask(recorder, "fits", "a", "output", value=wrong))["errors"])
        act(recorder, "a", "supply", output=wrong)
        assert recorder.all("refused")
        assert not recorder.all("acted")
        act(recorder, "a", "supply", output=OUTPUT)

    await stepped(recorder, {"messages": []}, {"a": supply})
    assert {".".join(map(str, each["path"])) for each in found} == {"who.age", "at.x", "whom", "messages.0"}
    assert any("Did you mean 'who'?" in each["message"] for each in found)
    assert log(recorder) == ["HumanMessage Person Point"]


async def test_a_failed_task_is_tried_again_with_an_edited_input_of_its_own_types(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))

    async def retry() -> None:
        if not recorder.all("task_lingers"):
            at["b"] = retry
            return
        values = (await ask(recorder, "giving", "b", "input"))["values"]
        assert values["who"] == {"name": "Ada", "age": 36}
        values["who"]["age"] = "old"
        [error] = (await ask(recorder, "fits", "b", "input", value=values))["errors"]
        assert error["path"] == ["who", "age"]
        values["who"]["age"] = 7
        values["messages"].append({"type": "ai", "content": "then"})
        act(recorder, "b", "retry", input=values)

    at = {"b": retry}
    await stepped(recorder, {"messages": []}, at, breakpoints=[{"path": [], "when": "error"}])
    assert log(recorder) == ["AIMessage Person Point"]


@pytest.mark.parametrize("state", ["Model", "Data"])
async def test_an_edited_input_is_an_object_of_the_states_class(
    programs: Programs, recorder: Recorder, state: str
) -> None:
    recorder.open(
        programs.write(
            f"""{TYPES}
def a(state: {state}):
    return kinds(state, state.who) | {{"who": state.who}}

graph = StateGraph({state}).add_node(a).add_edge(START, "a").compile()
"""
        )
    )

    async def change() -> None:
        editing = await ask(recorder, "giving", "a", "input")
        values = editing["values"]
        assert "who" in editing["schema"]["properties"]
        values["who"] = {"name": "Bo", "age": -1}
        [error] = (await ask(recorder, "fits", "a", "input", value=values))["errors"]
        assert error["path"] == ["who", "age"]
        values["who"]["age"] = 5
        act(recorder, "a", "retry", input=values)

    given = {"who": {"name": "Ada", "age": 36}, "log": [], **({"at": {"x": 1}} if state == "Data" else {})}
    await stepped(recorder, given, {"a": change})
    assert log(recorder) == [f"{state} Person"]
    assert "Bo" in str(recorder.all("values")[-1]["values"]["who"])


async def test_a_pydantic_states_own_rules_count_for_an_output(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.write(
            TYPES
            + """
def a(state: Model):
    return {"size": 3}

def b(state: Model):
    return kinds(state.who)

graph = StateGraph(Model).add_sequence([a, b]).add_edge(START, "a").compile()
"""
        )
    )

    async def supply() -> None:
        [error] = (await ask(recorder, "fits", "a", "output", value={"size": 10}))["errors"]
        assert error["path"] == ["size"]
        act(recorder, "a", "supply", output={"who": {"name": "Bo", "age": 1}, "size": 9})

    await stepped(recorder, {"who": {"name": "Ada", "age": 36}}, {"a": supply})
    assert log(recorder) == ["Person"]


async def test_what_is_sent_to_a_task_is_edited_as_it_is(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            TYPES
            + """
def a(state):
    return {"log": []}

def w(sent):
    return kinds(sent["one"], sent["who"], sent["two"])

def fan(state):
    return [Send("w", {"one": Point(1), "who": "anybody", "two": HumanMessage("x")})]

builder = StateGraph(Typed).add_node(a).add_node(w).add_edge(START, "a")
graph = builder.add_conditional_edges("a", fan, ["w"]).compile()
"""
        )
    )

    async def change() -> None:
        values = (await ask(recorder, "giving", "w", "input"))["values"]
        values["one"]["x"] = 2
        values["who"] = "nobody"
        assert (await ask(recorder, "fits", "w", "input", value=values)) == {"errors": []}
        act(recorder, "w", "retry", input=values)

    await stepped(recorder, {"messages": []}, {"w": change})
    assert log(recorder) == ["Point str HumanMessage"]


async def test_a_reducer_may_take_what_its_key_does_not_hold(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            TYPES
            + """
def put(old: list, new: Person) -> list:
    return [*old, type(new).__name__]

class Put(TypedDict):
    log: Annotated[list, put]
    loose: Annotated[list[str], lambda old, new: [*old, new]]

def a(state):
    return {}

graph = StateGraph(Put).add_node(a).add_edge(START, "a").compile()
"""
        )
    )

    async def supply() -> None:
        [error] = (await ask(recorder, "fits", "a", "output", value={"log": "Bo"}))["errors"]
        assert error["path"] == ["log"]
        act(recorder, "a", "supply", output={"log": {"name": "Bo", "age": 1}, "loose": "x"})

    await stepped(recorder, {"loose": "a"}, {"a": supply})
    assert log(recorder) == ["Person"]
    assert recorder.all("values")[-1]["values"]["loose"] == ["a", "x"]


async def test_a_pinned_output_arrives_as_the_graphs_own_types_at_each_visit(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))
    await recorder.run({"messages": []}, pins=[{"path": ["a"], "output": OUTPUT}])
    assert log(recorder) == ["HumanMessage Person Point"]


async def test_a_pin_that_does_not_fit_fails_its_node_and_says_why(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))
    pin = {"path": ["a"], "output": {"who": {"name": "Bo"}}}
    found = await recorder.host.ask(
        "fits", {"path": ["a"], "kind": "output", "task": "", "value": pin["output"]}
    )
    assert found == {"errors": [{"path": ["who", "age"], "message": "Field required"}]}
    last = await recorder.run({"messages": []}, pins=[pin])
    assert last["outcome"] == "failed"
    assert last["failure"]["message"] == ("who.age: Field required. Pin another output, or unpin the node.")


async def test_a_task_in_a_subgraph_is_given_its_own_graphs_types(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.write(
            TYPES
            + """
class Inner(TypedDict):
    log: Annotated[list[str], operator.add]
    at: Point

def a(state):
    return {"at": Point(1)}

def b(state):
    return kinds(state["at"])

inner = StateGraph(Inner).add_sequence([a, b]).add_edge(START, "a").compile()
graph = StateGraph(Typed).add_node("inner", inner).add_edge(START, "inner").compile()
"""
        )
    )
    pin = {"path": ["inner", "a"], "output": {"at": {"x": 3}}}
    await recorder.run({"messages": []}, pins=[pin])
    assert log(recorder) == ["Point"]
    wrong = {"path": ["inner", "a"], "kind": "output", "task": "", "value": {"who": {}}}
    [error] = (await recorder.host.ask("fits", wrong))["errors"]
    assert error["path"] == ["who"]


async def test_a_task_that_is_let_go_is_given_nothing_any_more(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.write(TYPES + TYPED))
    await recorder.run({"messages": []}, pins=[{"path": ["a"], "output": OUTPUT}])
    gone = {"path": ["a"], "kind": "output", "task": "gone"}
    assert await recorder.host.ask("giving", gone) == {"problem": "The run is over, and this task with it."}
