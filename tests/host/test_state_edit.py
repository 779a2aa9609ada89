"""A state edited as JSON becomes the graph's own types again, or is refused field by field."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

TYPES = """
import enum, datetime, operator
from dataclasses import dataclass
from typing import Annotated, Any, Optional, TypedDict as OldTypedDict
from typing_extensions import NotRequired, TypedDict
from pydantic import BaseModel, Field, model_validator
from langchain_core.messages import AnyMessage
from ENGINE.graph import START, StateGraph
from ENGINE.graph.message import add_messages

class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"

class Person(BaseModel):
    name: str
    age: int = Field(ge=0)
    born: Optional[datetime.date] = None

@dataclass
class Point:
    x: int
    colour: Colour = Colour.RED

class Old(OldTypedDict):
    inner: int

class Odd:
    pass
"""
TYPED = """
class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    people: Annotated[list[Person], operator.add]
    point: NotRequired[Point]
    old: Old
    loose: Any
    odd: Odd
    seen: list[str]

def write(state):
    return {
        "messages": [("user", "hi"), ("ai", "hello")],
        "people": [Person(name="Ada", age=36, born="1815-12-10"), Person(name="Bo", age=1)],
        "point": Point(1),
        "old": {"inner": 1},
        "loose": [Point(5), {"odd": Odd()}],
        "odd": Odd(),
    }

def read(state):
    kinds = [type(m).__name__ for m in state["messages"]]
    people = [f"{type(p).__name__} {p.name} {p.age} {type(p.born).__name__}" for p in state["people"]]
    point, loose = state["point"], state["loose"]
    return {"seen": [
        *kinds, *people, f"{type(point).__name__} {point.x} {point.colour}", f"{state['old']}",
        f"{type(loose[0]).__name__} {loose[0].x} {type(loose[1]['odd']).__name__}",
        type(state["odd"]).__name__,
    ]}

graph = StateGraph(State).add_sequence([write, read]).add_edge(START, "write").compile()
"""


async def edit(recorder: Recorder, path: str, input: Any = None) -> tuple[str, str, dict[str, Any]]:
    recorder.open(path)
    await recorder.run({} if input is None else input)
    [thread] = (await recorder.host.ask("threads", {}))["threads"]
    history = await recorder.host.ask("history", {"thread": thread["id"]})
    at = next(each["id"] for each in history["checkpoints"] if each["next"] == ["read"])
    editing = await recorder.host.ask("editing", {"thread": thread["id"], "checkpoint": at})
    return thread["id"], at, editing["values"]


async def save(recorder: Recorder, thread: str, at: str, values: Any) -> dict[str, Any]:
    return await recorder.host.ask("update", {"thread": thread, "checkpoint": at, "values": values})


async def seen(recorder: Recorder, thread: str) -> list[str]:
    last = await recorder.run(None, thread=thread)
    assert last["outcome"] == "finished", last
    found: list[str] = recorder.all("values")[-1]["values"]["seen"]
    return found


async def test_what_is_edited_arrives_as_the_class_that_it_was(
    programs: Programs, recorder: Recorder
) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + TYPED))
    values["people"][1]["age"] = 7
    values["point"] |= {"x": 4, "colour": "blue"}
    values["old"]["inner"] = 9
    values["loose"][0]["x"] = 6
    values["messages"].append({"role": "user", "content": "and?"})
    reply = await save(recorder, thread, at, values)
    assert sorted(reply["keys"]) == ["loose", "messages", "old", "people", "point"]
    assert await seen(recorder, thread) == [
        "HumanMessage", "AIMessage", "HumanMessage", "Person Ada 36 date", "Person Bo 7 NoneType",
        "Point 4 Colour.BLUE", "{'inner': 9}", "Point 6 Odd", "Odd",
    ]  # fmt: skip


async def test_what_is_taken_out_of_a_list_is_gone_and_the_rest_stays_what_it_was(
    programs: Programs, recorder: Recorder
) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + TYPED))
    del values["people"][0], values["messages"][0]
    await save(recorder, thread, at, values)
    assert (await seen(recorder, thread))[:2] == ["AIMessage", "Person Bo 1 NoneType"]


async def test_a_message_becomes_one_of_another_kind(programs: Programs, recorder: Recorder) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + TYPED))
    values["messages"][1]["type"] = "human"
    await save(recorder, thread, at, values)
    assert (await seen(recorder, thread))[:2] == ["HumanMessage", "HumanMessage"]


async def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(
    programs: Programs, recorder: Recorder
) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + TYPED))
    before = await recorder.host.ask("history", {"thread": thread})
    values["people"][0]["age"] = -1
    values["people"][1] = {"age": 3}
    values["point"]["x"] = "wide"
    values["old"] = {"inner": "much"}
    values["odd"] = "text"
    values["messages"][0] |= {"type": "nobody"}
    values["poeple"] = []
    errors = {
        ".".join(map(str, each["path"])): each["message"]
        for each in (await save(recorder, thread, at, values))["errors"]
    }
    assert set(errors) == {
        "people.0.age", "people.1.name", "point.x", "old.inner", "odd", "messages.0", "poeple"
    }  # fmt: skip
    assert "greater than or equal to 0" in errors["people.0.age"]
    assert errors["people.1.name"] == "Field required"
    assert "Did you mean 'people'?" in errors["poeple"]
    assert await recorder.host.ask("history", {"thread": thread}) == before


async def test_a_state_that_is_not_edited_is_written_as_it_is(programs: Programs, recorder: Recorder) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + TYPED))
    assert (await save(recorder, thread, at, values))["keys"] == []
    assert (await seen(recorder, thread))[0] == "HumanMessage"


LOOSE = """
class Named(BaseModel):
    inner: int = Field(alias="outerName")

class State(TypedDict):
    loose: Any
    named: Named
    seen: list[str]

def write(state):
    return {
        "loose": {"pair": (1, Point(2)), "set": {1, Colour.RED}, "frozen": frozenset("ab")},
        "named": Named(outerName=1),
    }

def read(state):
    loose, (first, point) = state["loose"], state["loose"]["pair"]
    kinds = " ".join(type(part).__name__ for part in loose.values())
    return {"seen": [
        f"{kinds} {first} {type(point).__name__} {point.x}",
        f"{sorted(map(str, loose['set']))} {sorted(loose['frozen'])}",
        f"{type(state['named']).__name__} {state['named'].inner}",
    ]}

graph = StateGraph(State).add_sequence([write, read]).add_edge(START, "write").compile()
"""


async def test_what_no_annotation_tells_stays_of_its_kind(programs: Programs, recorder: Recorder) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + LOOSE))
    values["loose"]["pair"][0] = 5
    values["loose"]["pair"][1]["x"] = 6
    values["loose"]["set"].append(7)
    values["loose"]["frozen"] = ["a"]
    values["named"]["inner"] = 8
    assert "errors" not in await save(recorder, thread, at, values)
    # Savers keep a tuple as a list.
    assert await seen(recorder, thread) == [
        "list set frozenset 5 Point 6", "['1', '7', 'Colour.RED'] ['a']", "Named 8"
    ]  # fmt: skip


MODEL = """
class State(BaseModel):
    low: int = 0
    high: int = Field(default=9, le=100)
    who: Optional[Person] = None
    seen: list[str] = []

    @model_validator(mode="after")
    def ordered(self):
        if self.low > self.high:
            raise ValueError("low is above high")
        return self

def write(state):
    return {"who": Person(name="Ada", age=3)}

def read(state):
    return {"seen": [f"{type(state).__name__} {state.low} {type(state.who).__name__} {state.who.age}"]}

graph = StateGraph(State).add_sequence([write, read]).add_edge(START, "write").compile()
"""


async def test_a_pydantic_state_is_edited_under_its_own_rules(programs: Programs, recorder: Recorder) -> None:
    thread, at, values = await edit(recorder, programs.write(TYPES + MODEL), {"low": 1})
    values["low"] = 10
    assert (await save(recorder, thread, at, values))["errors"] == [
        {"path": [], "message": "Value error, low is above high"}
    ]
    values["high"] = 1000
    [error] = (await save(recorder, thread, at, values))["errors"]
    assert error["path"] == ["high"]
    values["high"] = 20
    values["who"]["age"] = 4
    assert "errors" not in await save(recorder, thread, at, values)
    assert await seen(recorder, thread) == ["State 10 Person 4"]


@pytest.mark.parametrize("given", [[1], "text", None])
async def test_a_state_with_keys_is_edited_as_an_object(
    programs: Programs, recorder: Recorder, given: Any
) -> None:
    thread, at, _ = await edit(recorder, programs.write(TYPES + MODEL), {"low": 1})
    [error] = (await save(recorder, thread, at, given))["errors"]
    assert error == {"path": [], "message": "A state is an object with a value for each key."}


async def test_a_state_without_keys_is_edited_as_the_one_value_that_it_is(
    programs: Programs, recorder: Recorder
) -> None:
    path = programs.write(
        TYPES
        + """
def write(state):
    return [Point(1)]

def read(state):
    return [type(part).__name__ for part in state]

graph = (
    StateGraph(Annotated[list, operator.add])
    .add_sequence([write, read]).add_edge(START, "write").compile()
)
"""
    )
    thread, at, values = await edit(recorder, path, [])
    assert values == [{"x": 1, "colour": "red"}]
    await save(recorder, thread, at, [{"x": 2, "colour": "red"}])
    await recorder.run(None, thread=thread)
    assert recorder.all("values")[-1]["values"][-1] == "Point"
