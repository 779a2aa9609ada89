"""State: what kinds of schema there are, what a reducer starts from, and what each node gets to see."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Optional

from pydantic import BaseModel
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import NotRequired, TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


def one_node(engine: Engine, schema: Any, node: Any, **schemas: Any) -> Any:
    return engine.StateGraph(schema, **schemas).add_node("a", node).add_edge(engine.START, "a").compile()


def add(left: Any, right: Any) -> Any:
    return left + right


@scenario
def reducers_start_from_an_empty_value_where_there_is_one(engine: Engine) -> Case:
    class State(TypedDict):
        items: Annotated[list, operator.add]
        count: Annotated[int, operator.add]
        text: Annotated[str, operator.add]
        table: Annotated[dict, operator.or_]
        names: Annotated[set, operator.or_]
        some: Annotated[Sequence[int], operator.add]
        maybe: Annotated[Optional[int], add]  # noqa: UP045
        plain: str

    return Case(one_node(engine, State, lambda state: {"plain": repr(sorted(state))}), {})


@scenario
def a_reduced_value_without_a_start_is_stored_as_it_is(engine: Engine) -> Case:
    class State(TypedDict):
        maybe: Annotated[Optional[int], add]  # noqa: UP045

    builder = engine.StateGraph(State)
    for name in "ab":
        builder.add_node(name, lambda state: {"maybe": 2})
    return Case(builder.add_edge(engine.START, "a").add_edge("a", "b").compile(), {})


@scenario
def a_plain_key_is_absent_until_it_is_written(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        y: str

    return Case(one_node(engine, State, lambda state: {"y": repr(state)}), {"x": "in"})


@scenario
def none_is_a_value(engine: Engine) -> Case:
    class State(TypedDict):
        x: str | None

    return Case(one_node(engine, State, lambda state: {"x": None}), {"x": "in"})


@scenario
def an_equal_value_written_again_is_still_a_write(engine: Engine) -> Case:
    class State(TypedDict):
        x: str

    return Case(one_node(engine, State, lambda state: {"x": state["x"]}), {"x": "in"})


@scenario
def two_writers_of_a_plain_key_are_refused(engine: Engine) -> Case:
    class State(TypedDict):
        x: str

    turns = Turns({"x": "a"}, {"x": "b"})
    builder = engine.StateGraph(State)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: turns.finish({"x": name}))
        builder.add_edge(engine.START, name)
    return Case(builder.compile(), {"x": "in"}, turns=turns)


@scenario
def a_reducer_of_ones_own(engine: Engine) -> Case:
    def keep_longest(left: str, right: str) -> str:
        return max(left, right, key=len)

    class State(TypedDict):
        x: Annotated[str, keep_longest]

    return Case(one_node(engine, State, lambda state: {"x": "hi"}), {"x": "hello"})


@scenario
def a_reducer_that_raises(engine: Engine) -> Case:
    def refuse(left: str, right: str) -> str:
        if right == "bad":
            raise ValueError("will not merge")
        return right

    class State(TypedDict):
        x: Annotated[str, refuse]

    return Case(one_node(engine, State, lambda state: {"x": "bad"}), {"x": "good"})


@scenario
def a_reducer_among_other_annotations(engine: Engine) -> Case:
    class State(TypedDict):
        last: Annotated[list, "a note", operator.add]
        first: Annotated[list, operator.add, "a note"]

    return Case(
        one_node(engine, State, lambda state: {"last": [1], "first": [1]}), {"last": [0], "first": [0]}
    )


@scenario
def a_key_that_need_not_be_there(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        y: NotRequired[Annotated[list, operator.add]]
        z: NotRequired[str]

    return Case(one_node(engine, State, lambda state: {"x": repr(state), "y": [1]}), {"x": "in"})


@scenario
def a_state_that_inherits(engine: Engine) -> Case:
    class More(Log):
        x: str

    return Case(one_node(engine, More, lambda state: {"x": "more", "log": ["a"]}), {"log": ["in"]})


def overwriting(engine: Engine, value: Any) -> Case:
    return Case(one_node(engine, Log, lambda state: {"log": value}), {"log": ["in"]})


@scenario
def an_overwrite_bypasses_the_reducer(engine: Engine) -> Case:
    return overwriting(engine, engine.Overwrite(["new"]))


@scenario
def an_overwrite_as_a_dict(engine: Engine) -> Case:
    return overwriting(engine, {"__overwrite__": ["new"]})


@scenario
def an_overwrite_as_a_typed_dict(engine: Engine) -> Case:
    return overwriting(engine, {"type": "__overwrite__", "value": ["new"]})


def overwriting_beside(engine: Engine, *writes: Any) -> Case:
    turns = Turns(*({"log": write} for write in writes))
    builder = engine.StateGraph(Log)
    for name, write in zip("abc", writes, strict=False):
        builder.add_node(name, lambda state, write=write: turns.finish({"log": write}))
        builder.add_edge(engine.START, name)
    return Case(builder.compile(), {"log": ["in"]}, turns=turns)


@scenario
def an_overwrite_between_ordinary_writes(engine: Engine) -> Case:
    return overwriting_beside(engine, ["before"], engine.Overwrite(["new"]), ["after"])


@scenario
def two_overwrites_in_a_step_are_refused(engine: Engine) -> Case:
    return overwriting_beside(engine, engine.Overwrite(["new"]), engine.Overwrite(["newer"]))


@scenario
def untracked_and_ephemeral_values(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        lasting: Annotated[Any, engine.UntrackedValue]
        passing: Annotated[Any, engine.EphemeralValue]

    builder = engine.StateGraph(State).add_node("a", lambda state: {"lasting": "L", "passing": "P"})
    for name in "bc":
        builder.add_node(name, lambda state: {"x": repr(sorted(state.items()))})
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", "c")
    return Case(builder.compile(), {"x": "in"})


@scenario
def the_remaining_steps_can_be_read(engine: Engine) -> Case:
    class State(TypedDict):
        log: Annotated[list[Any], operator.add]
        left: engine.RemainingSteps  # type: ignore[name-defined]
        last: engine.IsLastStep  # type: ignore[name-defined]

    builder = engine.StateGraph(State)
    for name in "abc":
        builder.add_node(name, lambda state: {"log": [(state["left"], state["last"])]})
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", "c")
    return Case(builder.compile(), {"log": []}, {"recursion_limit": 4})


@scenario
def input_output_and_private_keys(engine: Engine) -> Case:
    class In(TypedDict):
        q: str

    class Out(TypedDict):
        a: str

    class Full(TypedDict):
        q: str
        a: str
        mid: str

    class Private(TypedDict):
        secret: str

    def first(state: In) -> Private:
        return {"secret": repr(sorted(state))}

    def second(state: Private) -> Full:
        return {"mid": repr(sorted(state))}  # type: ignore[typeddict-item]

    def third(state: Full) -> Out:
        return {"a": repr(sorted(state))}

    builder = engine.StateGraph(Full, input_schema=In, output_schema=Out)
    builder.add_sequence([first, second, third]).add_edge(engine.START, "first")
    return Case(builder.compile(), {"q": "Q", "mid": "not an input", "secret": "nor this"})


@scenario
def a_nodes_input_schema_by_keyword(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        y: str

    class OnlyY(TypedDict):
        y: str

    builder = engine.StateGraph(State)
    builder.add_node("a", lambda state: {"x": repr(state)}, input_schema=OnlyY).add_edge(engine.START, "a")
    return Case(builder.compile(), {"x": "X", "y": "Y"})


@scenario
def an_output_schema_of_a_key_that_is_never_written(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        y: str

    class Out(TypedDict):
        y: str

    return Case(one_node(engine, State, lambda state: {"x": "X"}, output_schema=Out), {"x": "in"})


@scenario
def a_plain_declaration_of_a_reduced_key_is_ignored(engine: Engine) -> Case:
    class Plain(TypedDict):
        log: list

    def a(state: Plain) -> Any:
        return {"log": ["a"]}

    builder = engine.StateGraph(Log).add_node(a).add_edge(engine.START, "a")
    return Case(builder.compile(), {"log": ["in"]})


@dataclass
class Point:
    x: int
    y: int = 5
    trail: Annotated[list, operator.add] = field(default_factory=list)


@scenario
def a_dataclass_state(engine: Engine) -> Case:
    def a(state: Point) -> Any:
        return {"trail": [repr(state)], "x": state.x + state.y}

    return Case(one_node(engine, Point, a), {"x": 1})


@scenario
def a_dataclass_instance_as_input(engine: Engine) -> Case:
    return Case(one_node(engine, Point, lambda state: {"x": state.x + 1}), Point(x=1, trail=["in"]))


@scenario
def a_dataclass_whose_field_is_missing(engine: Engine) -> Case:
    return Case(one_node(engine, Point, lambda state: {"x": 1}), {"y": 1})


class Order(BaseModel):
    item: str
    count: int = 1
    notes: Annotated[list[str], operator.add] = []


@scenario
def a_pydantic_state(engine: Engine) -> Case:
    def a(state: Order) -> Any:
        return {"notes": [repr(state)], "count": state.count + 1}

    return Case(one_node(engine, Order, a), {"item": "tea", "count": "3"})


@scenario
def a_pydantic_instance_as_input(engine: Engine) -> Case:
    return Case(one_node(engine, Order, lambda state: {"count": 2}), Order(item="tea"))


@scenario
def a_pydantic_state_that_does_not_validate(engine: Engine) -> Case:
    return Case(one_node(engine, Order, lambda state: {"count": 2}), {"item": "tea", "count": "many"})


@scenario
def a_pydantic_state_is_not_validated_when_written(engine: Engine) -> Case:
    return Case(one_node(engine, Order, lambda state: {"count": "many"}), {"item": "tea"})


@scenario
def a_pydantic_input_schema_on_a_typed_dict_is_not_validated(engine: Engine) -> Case:
    class In(BaseModel):
        x: int

    class State(TypedDict):
        x: int

    return Case(one_node(engine, State, lambda state: {"x": state["x"]}, input_schema=In), {"x": "5"})


@scenario
def nodes_with_schemas_of_their_own(engine: Engine) -> Case:
    class State(TypedDict):
        x: str
        log: Annotated[list[Any], operator.add]

    class Model(BaseModel):
        x: str = "default"

    @dataclass
    class Data:
        x: str = "default"
        log: list = field(default_factory=list)

    def model(state: Model) -> Any:
        return {"log": [repr(state)]}

    def data(state: Data) -> Any:
        return {"log": [repr(state.x), len(state.log)]}

    builder = engine.StateGraph(State).add_sequence([model, data]).add_edge(engine.START, "model")
    return Case(builder.compile(), {"x": "X"})


@scenario
def a_bare_type_as_state(engine: Engine) -> Case:
    return Case(one_node(engine, int, lambda state: state + 1), 3)


@scenario
def a_bare_type_with_a_reducer(engine: Engine) -> Case:
    return Case(one_node(engine, Annotated[list, operator.add], lambda state: [len(state)]), [3])


@scenario
def a_node_that_changes_its_input_in_place(engine: Engine) -> Case:
    def a(state: Log) -> Any:
        state["log"].append("in place")
        return {"log": ["a"]}

    return Case(one_node(engine, Log, a), {"log": ["in"]})


@scenario
def messages_are_added_by_id(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("a", lambda state: {"messages": ("ai", "hello")})
    builder.add_node("b", lambda state: {"messages": [{"role": "user", "content": "again", "id": "1"}]})
    builder.add_edge(engine.START, "a").add_edge("a", "b")
    return Case(builder.compile(), {"messages": [{"role": "user", "content": "hi", "id": "1"}]})
