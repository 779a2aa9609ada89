"""What a state is made of, read from its class."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Optional

import pytest
from pydantic import BaseModel
from typing_extensions import NotRequired, TypedDict

from stepgraph.channels import (
    MISSING,
    BinaryOperatorAggregate,
    Channel,
    EphemeralValue,
    LastValue,
    Topic,
    UntrackedValue,
)
from stepgraph.errors import InvalidGraph
from stepgraph.graph import START, StateGraph
from stepgraph.graph.schema import read_schema
from stepgraph.managed import IsLastStep, RemainingSteps


class Base(TypedDict):
    plain: str
    maybe: NotRequired[int]


class Full(Base):
    log: Annotated[list[str], operator.add]
    brief: Annotated[str, EphemeralValue]
    kept: Annotated[str, UntrackedValue(str)]
    left: RemainingSteps
    last: IsLastStep


class Held(Channel):
    def update(self, values: list[Any]) -> bool:
        return True


class Holding(TypedDict):
    held: Annotated[str, Held]


@dataclass
class Order:
    item: str
    count: int = 1


class Parcel(BaseModel):
    weight: int
    label: Optional[str] = None  # noqa: UP045


def test_a_typed_dict_gives_a_channel_a_key_and_inherits() -> None:
    schema = read_schema(Full)
    kinds = {key: type(channel) for key, channel in schema.channels.items()}
    assert kinds == {
        "plain": LastValue,
        "maybe": LastValue,
        "log": BinaryOperatorAggregate,
        "brief": EphemeralValue,
        "kept": UntrackedValue,
    }
    assert list(schema.managed) == ["left", "last"]


def test_a_requirement_around_a_type_is_taken_off() -> None:
    assert read_schema(Full).channels["maybe"].typ is int


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (Full, "mapping"),
        (Order, "dataclass"),
        (Parcel, "pydantic"),
        (int, "bare"),
        (Annotated[list, operator.add], "bare"),
        (dict, "bare"),
    ],
)
def test_each_kind_of_state_is_known(source: Any, kind: str) -> None:
    assert read_schema(source).kind == kind


def test_nodes_read_instances_where_the_state_is_a_class() -> None:
    assert read_schema(Order).read({"item": "tea", "count": MISSING}, 1) == Order("tea", 1)
    assert read_schema(Parcel).read({"weight": 3, "label": MISSING}, 1) == Parcel(weight=3)


def test_managed_keys_tell_how_many_steps_remain() -> None:
    values = dict.fromkeys(read_schema(Full).channels, MISSING)
    assert read_schema(Full).read(values, 1) == {"left": 1, "last": True}
    assert read_schema(Full).read(values, 2) == {"left": 2, "last": False}


@pytest.mark.parametrize(
    ("typ", "empty"),
    [
        (list, []),
        (list[int], []),
        (Sequence[int], []),
        (dict, {}),
        (int, 0),
        (set, set()),
        (int | None, MISSING),
    ],
)
def test_a_reduced_key_starts_empty_where_its_type_has_an_empty_value(typ: Any, empty: Any) -> None:
    assert BinaryOperatorAggregate(typ, operator.add).initial() == empty


def test_a_reducer_without_a_start_takes_the_first_write_as_it_is() -> None:
    channel = BinaryOperatorAggregate(int | None, operator.add)
    assert channel.apply("n", channel.initial(), [2, 3]) == 5


def three(a: int, b: int, c: int) -> int:
    return a


def one(a: int) -> int:
    return a


@pytest.mark.parametrize("reducer", [three, one])
def test_a_reducer_that_does_not_take_two_values_is_refused(reducer: Any) -> None:
    class State(TypedDict):
        n: Annotated[int, reducer]

    # Annotations of local classes are strings that cannot be resolved here.
    State.__annotations__["n"] = Annotated[int, reducer]
    with pytest.raises(InvalidGraph, match=r"The reducer of 'n' takes \(a"):
        StateGraph(State)


def test_a_second_schema_may_repeat_a_key_plainly_but_not_with_another_reducer() -> None:
    class State(TypedDict):
        log: Annotated[list, operator.add]

    class Plain(TypedDict):
        log: list

    class Other(TypedDict):
        log: Annotated[list, operator.or_]

    assert isinstance(StateGraph(State, input_schema=Plain).channels["log"], BinaryOperatorAggregate)
    with pytest.raises(InvalidGraph, match="Channel 'log' already exists with a different type"):
        StateGraph(State, input_schema=Other)
    with pytest.raises(InvalidGraph, match="Channel 'log' already exists"):
        StateGraph(Plain, input_schema=State)


def test_lambdas_agree_with_any_reducer() -> None:
    add = BinaryOperatorAggregate(list, operator.add)
    assert add.agrees_with(BinaryOperatorAggregate(list, lambda a, b: b))
    assert not add.agrees_with(BinaryOperatorAggregate(list, operator.or_))


def test_managed_keys_have_no_place_in_an_input() -> None:
    class Asked(TypedDict):
        left: RemainingSteps

    with pytest.raises(InvalidGraph, match="Schema Asked has left"):
        StateGraph(Base, input_schema=Asked)


def test_a_nodes_annotation_chooses_what_it_reads_and_may_add_private_keys() -> None:
    class Private(TypedDict):
        secret: str

    def write(state: Base) -> dict[str, str]:
        return {"secret": "s"}

    def read(state: Private) -> dict[str, str]:
        return {"plain": repr(state)}

    # The annotations of local classes cannot be resolved by name: they are given.
    graph = StateGraph(Base).add_node(write).add_node(read, input_schema=Private)
    graph.add_edge(START, "write").add_edge("write", "read")
    assert graph.compile().invoke({"plain": "in"}) == {"plain": "{'secret': 's'}"}


def test_an_input_may_be_an_instance_of_the_state() -> None:
    graph = StateGraph(Order).add_node("double", lambda order: {"count": order.count * 2})
    compiled = graph.add_edge(START, "double").compile()
    assert compiled.invoke(Order("tea", 3)) == {"item": "tea", "count": 6}


def test_json_schemas_are_titled_and_know_what_is_required() -> None:
    graph = StateGraph(Base).add_node("a", lambda state: None).add_edge(START, "a").compile()
    assert graph.get_input_jsonschema() == {
        "properties": {
            "plain": {"title": "Plain", "type": "string"},
            "maybe": {"title": "Maybe", "type": "integer"},
        },
        "required": ["plain"],
        "title": "Base",
        "type": "object",
    }


def test_a_channel_that_does_not_say_how_it_takes_writes_is_refused() -> None:
    with pytest.raises(InvalidGraph, match=r"'held', Held, .* method apply"):
        read_schema(Holding)


def test_a_channel_in_an_annotation_takes_the_type_of_its_key() -> None:
    class State(TypedDict):
        names: Annotated[list[str], Topic(str, accumulate=True)]

    channel = read_schema(State).channels["names"]
    assert (channel.typ, channel.accumulate) == (list[str], True)
