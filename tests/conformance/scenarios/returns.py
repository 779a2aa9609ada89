"""What a node may return, and what becomes of it."""

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Optional

from langchain_core.runnables import RunnableLambda
from pydantic import BaseModel
from tests.conformance.scenario import scenario, warned_scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Log(TypedDict):
    x: str
    log: Annotated[list[Any], operator.add]


def returning(engine: Engine, value: Any, schema: Any = Log) -> Case:
    builder = engine.StateGraph(schema).add_node("a", lambda state: value).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: {"x": "b"}).add_edge("a", "b")
    return Case(builder.compile(), {"x": "in"})


@scenario
def a_dict(engine: Engine) -> Case:
    return returning(engine, {"x": "a", "log": ["a"]})


@warned_scenario
def a_dict_with_an_unknown_key(engine: Engine) -> Case:
    return returning(engine, {"x": "a", "unknown": 1})


@warned_scenario
def a_dict_of_unknown_keys(engine: Engine) -> Case:
    return returning(engine, {"unknown": 1})


@scenario
def nothing(engine: Engine) -> Case:
    return returning(engine, None)


@scenario
def an_empty_dict(engine: Engine) -> Case:
    return returning(engine, {})


@scenario
def a_text(engine: Engine) -> Case:
    return returning(engine, "text")


@scenario
def a_number(engine: Engine) -> Case:
    return returning(engine, 7)


@scenario
def a_list_of_dicts(engine: Engine) -> Case:
    return returning(engine, [{"x": "a"}])


@scenario
def an_empty_list(engine: Engine) -> Case:
    return returning(engine, [])


@scenario
def a_runnable_is_invoked(engine: Engine) -> Case:
    return returning(engine, RunnableLambda(lambda state: {"x": state["x"] + " by the runnable"}))


@dataclass
class Data:
    x: Optional[str] = None  # noqa: UP045
    y: Optional[str] = "y"  # noqa: UP045


@scenario
def a_dataclass_instance_writes_every_field(engine: Engine) -> Case:
    return returning(engine, Data(y=None), Data)


class Model(BaseModel):
    x: Optional[str] = None  # noqa: UP045
    y: Optional[str] = "y"  # noqa: UP045
    z: str = "z"


@scenario
def a_pydantic_instance_leaves_out_unset_nones(engine: Engine) -> Case:
    return returning(engine, Model(), Model)


@scenario
def a_pydantic_instance_keeps_nones_that_were_set(engine: Engine) -> Case:
    return returning(engine, Model(x=None, y=None), Model)


@scenario
def of_a_generator_the_last_yield_counts(engine: Engine) -> Case:
    def a(state: Log) -> Iterator[Any]:
        yield {"log": ["first"]}
        yield {"log": ["last"]}

    return Case(engine.StateGraph(Log).add_node(a).add_edge(engine.START, "a").compile(), {"x": "in"})


@scenario
def a_bare_state_returned_whole(engine: Engine) -> Case:
    builder = engine.StateGraph(str).add_node("a", lambda state: state + "!").add_edge(engine.START, "a")
    return Case(builder.compile(), "in")


@scenario
def nothing_returned_for_a_bare_state(engine: Engine) -> Case:
    builder = engine.StateGraph(str).add_node("a", lambda state: None).add_edge(engine.START, "a")
    return Case(builder.compile(), "in")
