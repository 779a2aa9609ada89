"""Where stepgraph behaves otherwise than LangGraph on purpose, and why: all such places stand here.

Those of threads stand in threads/differences.py.
"""

from __future__ import annotations

import functools
import operator
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from tests.kit.callbacks import Recorder
from tests.kit.engines import Engine
from typing_extensions import TypedDict

LOST_BY_LANGGRAPH = {
    "a_key_that_cannot_be_made",
    "a_reducer_that_raises",
    "an_unknown_message_removed",
    "a_dataclass_whose_field_is_missing",
    "a_pydantic_state_that_does_not_validate",
}
"""Scenarios that fail between two supersteps. Whoever debugs wants to see what had happened until then, so
stepgraph yields it before it raises; LangGraph raises at once, and loses what it had not yet handed over."""


@dataclass(frozen=True)
class Difference:
    """A question that the two engines answer differently."""

    reason: str
    ask: Callable[[Engine], Any]
    ours: Any
    theirs: Any
    """An answer, or the name of the error that is raised instead of one."""


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Topic(typing.TypedDict):
    topic: str


def one_node(engine: Engine, schema: Any = Log, node: Any = lambda state: {"log": ["a"]}) -> Any:
    return engine.StateGraph(schema).add_node("a", node).add_edge(engine.START, "a").compile()


def diamond_of_bare_state(engine: Engine) -> Any:
    builder = engine.StateGraph(dict)
    for name in "abc":
        builder.add_node(name, lambda state: None)
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("a", "c").add_edge("b", "c")
    return [(edge.source, edge.target) for edge in builder.compile().get_graph().edges]


def yielding(state: Log) -> Any:
    yield {"log": ["a"]}


def heard(graph: Any) -> list[tuple[str, str | None]]:
    """The runs that callbacks hear of, each with the run it belongs to."""
    recorder = Recorder()
    graph.invoke({"log": []}, {"callbacks": [recorder]})
    started = {event["run"]: event for event in recorder.heard if "name" in event}
    parents = (started.get(event["parent"], {}).get("name") for event in started.values())
    return [(event["name"], parent) for event, parent in zip(started.values(), parents, strict=True)]


def a_chain_in_a_graph_that_a_node_calls(engine: Engine) -> Any:
    first, second = (
        RunnableLambda(lambda state: state).with_config(run_name=name) for name in ("1st", "2nd")
    )
    inner = one_node(engine, node=first | second)

    def calls(state: Log) -> Any:
        return inner.invoke(state)

    return heard(engine.StateGraph(Log).add_node(calls).add_edge(engine.START, "calls").compile())


def a_path_that_is_a_lambda(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", lambda state: None).add_edge(engine.START, "a")
    return heard(builder.add_conditional_edges("a", lambda state: engine.END).compile())


@dataclass
class Topics:
    topic: str


class Private(TypedDict):
    topic: str
    secret: str


def stream_of_a_private_key(engine: Engine) -> Any:
    def shout(state: Private) -> Any:
        return {"topic": state["topic"].upper(), "secret": "s"}

    graph = engine.StateGraph(Topics).add_node(shout).add_edge(engine.START, "shout").compile()
    return graph.stream({"topic": "ice"}, stream_mode="values", version="v2")


def parts_of_one_key(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("ask", lambda state: {"log": [engine.interrupt("?")]})
    graph = builder.add_edge(engine.START, "ask").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    modes = ["updates", "values"]
    return list(graph.stream({"log": []}, thread, stream_mode=modes, output_keys="log", version="v2"))


def custom_data_in_a_node(engine: Engine) -> Any:
    def writing(word: str) -> Any:
        return lambda state: engine.get_stream_writer()(word)

    deep = one_node(engine, node=writing("deep"))
    builder = engine.StateGraph(Log).add_node("near", writing("near")).add_node("deep", deep)
    graph = builder.add_edge(engine.START, "near").add_edge("near", "deep").compile()

    def gather(state: Log) -> Any:
        return {"log": list(graph.stream({"log": []}, stream_mode="custom"))}

    outer = one_node(engine, node=gather)
    streams = [
        outer.stream({"log": []}, stream_mode=["custom", "values"], subgraphs=s) for s in (False, True)
    ]
    return [list(stream)[-1][-1]["log"] for stream in streams]


def stored_by_a_subgraph(engine: Engine) -> Any:
    store = InMemoryStore()

    def keep(state: Log, runtime: Any) -> None:
        runtime.store.put(("things",), "made", {"by": "sub"})

    inner = engine.StateGraph(Log).add_node(keep).add_edge(engine.START, "keep").compile(store=store)
    outer = engine.StateGraph(Log).add_node("sub", inner).add_edge(engine.START, "sub").compile()
    outer.invoke({"log": []})
    return store.search(("things",))


def asker(engine: Engine, questions: int = 1) -> Any:
    """An entrypoint that asks, and has a checkpointer."""

    @engine.entrypoint(checkpointer=InMemorySaver())
    def wf(x: int) -> Any:
        return {"answers": [engine.interrupt(f"{x} {number}") for number in range(questions)]}

    return wf


THREAD = {"configurable": {"thread_id": "1"}}


def answer_to_what_was_dropped(engine: Engine) -> Any:
    wf = asker(engine, questions=2)
    wf.invoke(1, THREAD)
    wf.invoke(engine.Command(resume="to 1 0"), THREAD)
    return [asked.value for asked in wf.invoke(2, THREAD)["__interrupt__"]]


def questions_of_an_entrypoint_inside(engine: Engine) -> Any:
    ask = engine.task(name="ask")(lambda: engine.interrupt("?"))
    inner = engine.entrypoint()(lambda x: ask().result())
    outer = engine.entrypoint()(lambda x: inner.invoke(x))
    return [asked.value for asked in outer.invoke(1)["__interrupt__"]]


def tasks_of_a_path_from_the_start(engine: Engine) -> Any:
    choose = engine.task(name="choose")(lambda: "a")
    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]})
    graph = builder.add_conditional_edges(engine.START, lambda state: choose().result(), ["a"]).compile()
    return [list(chunk) for chunk in graph.stream({"log": []})]


def question_that_nobody_waits_for(engine: Engine) -> Any:
    ask = engine.task(name="ask")(lambda: engine.interrupt("?"))

    @engine.entrypoint(checkpointer=InMemorySaver())
    def wf(x: int) -> Any:
        ask()
        return "done"

    wf.invoke(1, THREAD)
    return wf.get_state(THREAD).metadata["source"]


def a_graph_behind_a_partial(engine: Engine) -> Any:
    inner = one_node(engine)

    def calls(times: int, state: Log) -> Any:
        return inner.invoke(state)

    builder = engine.StateGraph(Log).add_node("partial", functools.partial(calls, 1))
    builder.add_edge(engine.START, "partial")
    return [name for name, _ in builder.compile().get_subgraphs()]


DIFFERENCES: dict[str, Difference] = {
    "an unknown stream mode": Difference(
        "A mistyped mode should be told, and not look like a graph that streams nothing.",
        lambda engine: list(one_node(engine).stream({"log": []}, stream_mode="update")),
        ours="ValueError",
        theirs=[],
    ),
    "a tuple of stream modes": Difference(
        "Several modes always come labelled; a tuple means what a list means.",
        lambda engine: list(one_node(engine).stream({"log": []}, stream_mode=("updates", "values"))),
        ours=[("values", {"log": []}), ("updates", {"a": {"log": ["a"]}}), ("values", {"log": ["a"]})],
        theirs=[{"log": []}, {"a": {"log": ["a"]}}, {"log": ["a"]}],
    ),
    "an unknown mode to print": Difference(
        "A mistyped mode should be told, and not print nothing.",
        lambda engine: one_node(engine).invoke({"log": []}, print_mode="value"),
        ours="ValueError",
        theirs={"log": ["a"]},
    ),
    "an unknown version": Difference(
        "Whoever asks for a version that is still to come would get the chunks of the oldest.",
        lambda engine: one_node(engine).invoke({"log": []}, version="v3"),
        ours="ValueError",
        theirs={"log": ["a"]},
    ),
    "an option that does not exist": Difference(
        "A mistyped option should be told, as it is for any other function.",
        lambda engine: one_node(engine).invoke({"log": []}, output_key="log"),
        ours="TypeError",
        theirs={"log": ["a"]},
    ),
    "parts of a dataclass whose state has private keys": Difference(
        "A key that is no field is left out, as it is for a pydantic model. LangGraph's stream breaks.",
        lambda engine: [part["data"] for part in stream_of_a_private_key(engine)],
        ours=[Topics("ice"), Topics("ICE")],
        theirs="TypeError",
    ),
    "parts of one output key when a node asks": Difference(
        "What is asked is told in mode updates as well. LangGraph moves it out of the values, and takes it "
        "out of both.",
        lambda engine: [len(part["data"]) for part in parts_of_one_key(engine) if part["type"] == "updates"],
        ours=[1],
        theirs=[0],
    ),
    "custom data of a subgraph, gathered in a node": Difference(
        "Whoever streams a graph without its subgraphs does not hear them. In LangGraph a node does when the "
        "graph around it is streamed with subgraphs.",
        custom_data_in_a_node,
        ours=[["near"], ["near"]],
        theirs=[["near"], ["near", "deep"]],
    ),
    "the store of a subgraph": Difference(
        "A subgraph uses a store of its own where the graph around it has none. LangGraph leaves it without.",
        lambda engine: [kept.key for kept in stored_by_a_subgraph(engine)],
        ours=["made"],
        theirs="AttributeError",
    ),
    "a breakpoint at a node that is not there": Difference(
        "A mistyped name should be told: the run that was to stop there would go on.",
        lambda engine: one_node(engine).invoke({"log": []}, interrupt_before=["b"]),
        ours="UnknownNode",
        theirs={"log": ["a"]},
    ),
    "a durability that does not exist": Difference(
        "A mistyped word should be told, and not save less than was meant.",
        lambda engine: (
            one_node(engine)
            .copy({"checkpointer": InMemorySaver()})
            .invoke({"log": []}, {"configurable": {"thread_id": "1"}}, durability="synk")
        ),
        ours="ValueError",
        theirs={"log": ["a"]},
    ),
    "an empty Command as input": Difference(
        "It is no input, and LangGraph means to say so, but trips over a variable of its own.",
        lambda engine: one_node(engine).invoke(engine.Command()),
        ours="EmptyInputError",
        theirs="UnboundLocalError",
    ),
    "a Command with an update as input": Difference(
        "The update is written once; LangGraph reduces it twice.",
        lambda engine: one_node(engine).invoke(engine.Command(update={"log": ["in"]})),
        ours={"log": ["in", "a"]},
        theirs={"log": ["in", "in", "a"]},
    ),
    "an answer to a question that a new input has replaced": Difference(
        "An answer belongs to the question that it was given to; LangGraph gives it once more to the first "
        "question of the new run.",
        answer_to_what_was_dropped,
        ours=["2 0"],
        theirs=["2 1"],
    ),
    "a task that asks in an entrypoint inside another": Difference(
        "One question is one interrupt; LangGraph tells of it for the task and for its caller.",
        questions_of_an_entrypoint_inside,
        ours=["?"],
        theirs=["?", "?"],
    ),
    "a task of a path from START": Difference(
        "A task can be seen wherever it is called; LangGraph hides those of the paths from START.",
        tasks_of_a_path_from_the_start,
        ours=[["choose"], ["a"]],
        theirs=[["a"]],
    ),
    "a task that asks when nobody waits for it": Difference(
        "The entrypoint has returned, so its run is over; LangGraph leaves it to be gone on with.",
        question_that_nobody_waits_for,
        ours="loop",
        theirs="input",
    ),
    "a Command whose update is no mapping": Difference(
        "Nothing can be written from it, which is an error for any other return value as well.",
        lambda engine: one_node(engine, node=lambda state: engine.Command(update="text")).invoke({"log": []}),
        ours="InvalidUpdateError",
        theirs={"log": []},
    ),
    "the picture of a diamond over a bare state": Difference(
        "Drawing runs nothing, so it cannot fail for two writers of one step.",
        diamond_of_bare_state,
        ours=[("__start__", "a"), ("a", "b"), ("a", "c"), ("b", "c"), ("c", "__end__")],
        theirs="InvalidUpdateError",
    ),
    "the name under which callbacks hear of a path that is a lambda": Difference(
        "It is the one that add_conditional_edges knows it by, and not a class that the user never wrote.",
        a_path_that_is_a_lambda,
        ours=[("LangGraph", None), ("a", "LangGraph"), ("condition", "a")],
        theirs=[("LangGraph", None), ("a", "LangGraph"), ("RunnableCallable", "a")],
    ),
    "a graph that a partial calls": Difference(
        "It is worth seeing, also where some of the function's parameters are given beforehand.",
        a_graph_behind_a_partial,
        ours=["partial"],
        theirs=[],
    ),
    "the run that a chain's second step belongs to": Difference(
        "Its node's, also where the graph is called by a node of another: there LangGraph lets the context "
        "of the first step go.",
        a_chain_in_a_graph_that_a_node_calls,
        ours=[
            *(("LangGraph", None), ("calls", "LangGraph"), ("LangGraph", "calls")),
            *(("a", "LangGraph"), ("1st", "a"), ("2nd", "a")),
        ],
        theirs=[
            *(("LangGraph", None), ("calls", "LangGraph"), ("LangGraph", "calls")),
            *(("a", "LangGraph"), ("1st", "a"), ("2nd", "calls")),
        ],
    ),
    "the run of a generator function": Difference(
        "It is a node like any other function. LangGraph makes a Runnable of it, with a run of its own, and "
        "`astream_events` then fails on it.",
        lambda engine: heard(one_node(engine, node=yielding)),
        ours=[("LangGraph", None), ("a", "LangGraph")],
        theirs=[("LangGraph", None), ("a", "LangGraph"), ("a", "a")],
    ),
}


TYPING_TYPED_DICT = Difference(
    "The streaming guide's states are all `typing.TypedDict`, and an input form is made from their schema. "
    "Before Python 3.12 LangGraph has a schema only for `typing_extensions.TypedDict`.",
    lambda engine: one_node(engine, Topic).get_input_jsonschema()["properties"],
    ours={"topic": {"title": "Topic", "type": "string"}},
    theirs="PydanticUserError",
)
