"""What a graph takes: a skeleton to fill in, and a word when an input cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.kit.programs import Programs, Recorder

from stepscope_host import inputs


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, ""),
        ({"type": "integer"}, 0),
        ({"type": "number"}, 0.0),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "object"}, {}),
        ({"type": "object", "properties": {"a": {"type": "string"}, "b": {}}}, {"a": "", "b": None}),
        ({"type": "string", "default": "red"}, "red"),
        ({"enum": ["red", "blue"]}, "red"),
        ({"const": 7}, 7),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, 0),
        ({"$ref": "#/$defs/City", "$defs": {"City": {"properties": {"n": {"type": "string"}}}}}, {"n": ""}),
        ({"allOf": [{"type": "integer"}]}, 0),
        (
            {"properties": {"messages": {"type": "array", "items": {"oneOf": []}}}},
            {"messages": [{"role": "user", "content": ""}]},
        ),
        ({}, None),
        ({"$ref": "#/nowhere"}, None),
    ],
)
def test_a_skeleton_has_the_schemas_shape(schema: dict[str, Any], value: Any) -> None:
    assert inputs.skeleton(schema) == value


def test_a_schema_that_contains_itself_has_a_skeleton() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#/$defs/Tree"}}}
    schema = {"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}}
    assert "child" in inputs.skeleton(schema)


WRITE = 'Write it like this: {"topic": ..., "joke": ...}'
STATE = {"type": "object", "properties": {"topic": {}, "joke": {}}, "required": ["topic", "joke"]}


@pytest.mark.parametrize("value", [{"topic": "cats"}, {"joke": 1}, {}, {"topic": "cats", "extra": 1}])
def test_an_input_that_may_be_meant_passes(value: Any) -> None:
    inputs.check(value, STATE)


@pytest.mark.parametrize(
    ("value", "message", "remedy"),
    [
        (
            {"topc": "cats"},
            "The input has no key that this graph knows: 'topc'. Did you mean 'topic'?",
            "It knows: topic, joke.",
        ),
        (
            {"a": 1, "b": 2},
            "None of the input's keys is known to this graph: 'a', 'b'.",
            "It knows: topic, joke.",
        ),
        ([1], "The input is a list, but this graph takes an object.", WRITE),
        (None, "The input is null, but this graph takes an object.", WRITE),
        ("cats", "The input is a text, but this graph takes an object.", WRITE),
        (3, "The input is a number, but this graph takes an object.", WRITE),
        (True, "The input is true or false, but this graph takes an object.", WRITE),
    ],
)
def test_an_input_that_cannot_be_meant_is_refused(value: Any, message: str, remedy: str) -> None:
    with pytest.raises(inputs.InputError) as caught:
        inputs.check(value, STATE)
    assert (caught.value.failure["message"], caught.value.failure["remedy"]) == (message, remedy)


def test_a_graph_whose_input_is_no_object_takes_anything() -> None:
    inputs.check([1], {"type": "array"})
    inputs.check("x", {})


def test_messages_are_written_as_people_write_them() -> None:
    assert inputs.as_json({"messages": [HumanMessage("hi"), AIMessage("ho")]}) == {
        "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]
    }


TYPED = """
from typing import Literal, Optional, TypedDict as Plain
class Inner(Plain):
    n: int

class Wide(Plain, total=False):
    topic: str
    count: int
    tags: list[str]
    colour: Literal["red", "blue"]
    maybe: Optional[str]
    inner: Inner
    odd: "Unknown"

graph = StateGraph(Wide).add_node("a", lambda state: {}).add_edge(START, "a").compile()
"""


def test_typing_s_typed_dict_has_a_skeleton_on_every_python(programs: Programs, recorder: Recorder) -> None:
    opened = recorder.open(programs.graph(TYPED.replace('    odd: "Unknown"\n', "")))
    assert opened["input"] == {
        "topic": "",
        "count": 0,
        "tags": [],
        "colour": "red",
        "maybe": None,
        "inner": {"n": 0},
    }


def test_a_programs_own_inputs_come_first(programs: Programs, recorder: Recorder) -> None:
    path = programs.graph(TYPED.replace('    odd: "Unknown"\n', "") + 'inputs = {"topic": "owls"}')
    assert recorder.open(path)["input"] == {"topic": "owls"}


def test_a_conversation_begins_with_one_empty_question(programs: Programs, recorder: Recorder) -> None:
    opened = recorder.open(
        programs.write(
            """
            from ENGINE.graph import START, MessagesState, StateGraph
            graph = StateGraph(MessagesState).add_node("a", lambda state: {}).add_edge(START, "a").compile()
            """
        )
    )
    assert opened["input"] == {"messages": [{"role": "user", "content": ""}]}


async def test_a_key_that_nobody_gave_is_told_from_any_other_key_error(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def a(state: State):
                return {"log": [state["word"]]}

            graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
            """
        )
    )
    last = await recorder.run({"log": ["x"]})
    assert last["failure"]["remedy"].startswith("The state has no 'word' yet: give it in the input")


async def test_pydantics_own_complaint_surfaces(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            """
            from pydantic import BaseModel
            from ENGINE.graph import START, StateGraph

            class State(BaseModel):
                topic: str
                count: int = 0

            def a(state: State):
                return {"count": 1}

            graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
            """
        )
    )
    last = await recorder.run({"topic": 5})
    assert last["failure"]["type"] == "ValidationError"
    assert "topic" in last["failure"]["message"]
