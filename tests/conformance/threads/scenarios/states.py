"""Kinds of state on a thread: schemas of every sort, private keys, values that are never saved."""

import dataclasses
import operator
from typing import Annotated, Any

from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel
from tests.conformance.threads.graphs import line
from tests.conformance.threads.session import session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread
from typing_extensions import TypedDict


@dataclasses.dataclass
class Data:
    x: str = "default"
    log: Annotated[list[Any], operator.add] = dataclasses.field(default_factory=list)


class Model(BaseModel):
    x: str = "default"
    log: Annotated[list[Any], operator.add] = []


class Whole(TypedDict):
    question: str
    answer: str
    secret: str


class Question(TypedDict):
    question: str


class Answer(TypedDict):
    answer: str


@session
def a_dataclass(engine: Engine, thread: GraphThread) -> None:
    def node(state: Data) -> Any:
        return {"log": [state.x, len(state.log)]}

    def whole(state: Data) -> Any:
        return Data(x=state.x + "!", log=["whole"])

    thread.opens(line(engine, "ab", Data, a=node, b=whole), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(None)
    thread.run(Data(x="again"))
    thread.update({"x": "edit"})
    thread.update(Data(x="edit"), as_node="a")
    thread.run(None)


@session
def a_pydantic_model(engine: Engine, thread: GraphThread) -> None:
    def node(state: Model) -> Any:
        return {"log": [state.x, len(state.log)]}

    def whole(state: Model) -> Any:
        return Model(x=state.x + "!")

    thread.opens(line(engine, "ab", Model, a=node, b=whole), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(None)
    thread.run(Model(x="again"))
    thread.update({"x": "edit"})
    thread.update(Model(x="edit"), as_node="a")
    thread.run(None)


@session
def private_keys(engine: Engine, thread: GraphThread) -> None:
    class Private(TypedDict):
        hidden: str

    def first(state: Question) -> Private:
        return {"hidden": "for b"}

    def second(state: Private) -> Any:
        return {"answer": state["hidden"], "secret": "s"}

    builder = engine.StateGraph(Whole, input_schema=Question, output_schema=Answer)
    builder.add_node("a", first).add_node("b", second)
    builder.add_edge(engine.START, "a").add_edge("a", "b")
    thread.opens(builder, interrupt_before=["b"])
    thread.run({"question": "why?", "secret": "not an input"})
    thread.update({"hidden": "edited"})
    thread.run(None)
    thread.run({"question": "again?"})


@session
def values_that_are_never_saved(engine: Engine, thread: GraphThread) -> None:
    class Untracked(TypedDict):
        log: Annotated[list[Any], operator.add]
        tool: Annotated[Any, engine.UntrackedValue]

    def first(state: Any) -> Any:
        return {"tool": "a tool", "log": ["a"]}

    def second(state: Any) -> Any:
        return {"log": [state.get("tool", "no tool")]}

    thread.opens(line(engine, "abc", Untracked, a=first, b=second, c=second), interrupt_before=["c"])
    thread.run({"log": []})
    thread.run(None)
    thread.run({"log": [], "tool": "given"})
    thread.update({"tool": "edited"}, as_node="b")


@session
def values_for_one_step(engine: Engine, thread: GraphThread) -> None:
    class Ephemeral(TypedDict):
        log: Annotated[list[Any], operator.add]
        once: Annotated[str, engine.EphemeralValue]

    def first(state: Any) -> Any:
        return {"once": "for b", "log": [state.get("once", "gone")]}

    def second(state: Any) -> Any:
        return {"log": [state.get("once", "gone")]}

    thread.opens(line(engine, "abc", Ephemeral, a=first, b=second, c=second), interrupt_before=["b"])
    thread.run({"log": [], "once": "given"})
    thread.run(None)
    thread.update({"once": "edited"}, as_node="a")
    thread.run(None)


@session
def a_root_state(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Annotated[list, operator.add])
    builder.add_node("a", lambda state: ["a"]).add_node("b", lambda state: ["b"])
    builder.add_edge(engine.START, "a").add_edge("a", "b")
    thread.opens(builder, interrupt_before=["b"])
    thread.run(["in"])
    thread.update(["edit"])
    thread.run(None)
    thread.run(["again"])


@session
def a_root_state_without_a_reducer(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(int)
    builder.add_node("a", lambda state: state + 1).add_node("b", lambda state: state * 10)
    builder.add_edge(engine.START, "a").add_edge("a", "b")
    thread.opens(builder, interrupt_before=["b"])
    thread.run(1)
    thread.run(None)
    thread.run(5)


@session
def messages(engine: Engine, thread: GraphThread) -> None:
    def reply(state: Any) -> Any:
        count = len(state["messages"])
        return {"messages": [AIMessage(f"reply {count}", id=f"r{count}")]}

    thread.opens(line(engine, "a", engine.MessagesState, a=reply))
    thread.run({"messages": [HumanMessage("hello", id="h1")]})
    thread.run({"messages": ("user", "more")})
    thread.update({"messages": [HumanMessage("edited", id="h1")]})


@session
def an_output_that_was_never_written(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Whole, input_schema=Question, output_schema=Answer)
    builder.add_node("a", lambda state: {"secret": "s"}).add_edge(engine.START, "a")
    thread.opens(builder)
    thread.run({"question": "why?"})
    thread.run({"question": "again?"})


@session
def an_input_schema_of_other_keys(engine: Engine, thread: GraphThread) -> None:
    class Asked(TypedDict):
        asked: str

    builder = engine.StateGraph(Whole, input_schema=Asked)
    builder.add_node("a", lambda state: {"answer": "a"}).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: {"answer": "b"}).add_edge("a", "b")
    thread.opens(builder, interrupt_before=["b"])
    thread.run({"asked": "in"})
    thread.run({"asked": "again"})


@session
def fewer_output_keys(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"), interrupt_before=["b"])
    thread.run({"x": "in"}, output_keys=["x"])
    thread.run(None, output_keys="log")
    thread.run({"x": "again"}, output_keys="x")


@session
def values_of_every_plain_type(engine: Engine, thread: GraphThread) -> None:
    values = [None, True, 1, 2.5, "text", b"bytes", (1, 2), {"a": [1]}, {"a set"}, frozenset({1})]
    thread.opens(line(engine, "ab", a=lambda state: {"log": values}), interrupt_before=["b"])
    thread.run({"x": "in", "log": [Model(x="m"), Data(x="d")]})
    thread.run(None)
