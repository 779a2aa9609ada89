"""Graphs whose runs callbacks and events tell of: functions of an engine, each with an input."""

from __future__ import annotations

import itertools
import operator
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.runnables import RunnableConfig, RunnableGenerator, RunnableLambda
from langchain_core.runnables.utils import AddableDict
from langchain_core.tools import tool
from tests.kit.engines import Engine
from typing_extensions import TypedDict

Build = Callable[[Engine], Any]


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


TRACEABLE: dict[str, Build] = {}
MODELS: set[str] = set()
"""Graphs whose state is messages."""
RACING: set[str] = set()
"""Graphs whose parallel nodes race one another, or whose nodes race those who listen to them."""


def traceable(build: Build) -> Build:
    """Register a graph; its name says what is to be told of."""
    TRACEABLE[build.__name__] = build
    return build


def input_of(name: str) -> Any:
    return {"messages": [("user", "Hello")]} if name in MODELS else {"log": ["in"]}


def named(name: str, run: Callable[[Any], Any]) -> Any:
    """A Runnable that callbacks hear of by its name."""
    return RunnableLambda(run, name=name)


def logs(name: str) -> Callable[[Log], Any]:
    return lambda state: {"log": [name]}


def line(engine: Engine, *names: str) -> Any:
    """A builder with these nodes in a row; the last leads nowhere."""
    builder = engine.StateGraph(Log).add_node(names[0], logs(names[0])).add_edge(engine.START, names[0])
    for before, name in itertools.pairwise(names):
        builder.add_node(name, logs(name)).add_edge(before, name)
    return builder


def to_b(state: Log) -> str:
    return "b"


@traceable
def nodes_in_a_row(engine: Engine) -> Any:
    return line(engine, "a", "b", "c").compile()


@traceable
def a_graph_with_a_name(engine: Engine) -> Any:
    return line(engine, "a").compile(name="Named")


@traceable
def metadata_of_a_node(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs("a"), metadata={"my": "metadata"})
    return builder.add_edge(engine.START, "a").compile()


@traceable
def a_bound_config(engine: Engine) -> Any:
    return line(engine, "a").compile().with_config(tags=["bound"], run_name="renamed", metadata={"m": 1})


@traceable
def a_path(engine: Engine) -> Any:
    return line(engine, "a").add_node("b", logs("b")).add_conditional_edges("a", to_b).compile()


@traceable
def a_path_from_the_start(engine: Engine) -> Any:
    return engine.StateGraph(Log).add_node("b", logs("b")).add_conditional_edges(engine.START, to_b).compile()


@traceable
def two_paths_beside_edges(engine: Engine) -> Any:
    def to_the_end(state: Log) -> Any:
        return engine.END

    builder = line(engine, "a", "b").add_node("c", logs("c")).add_edge("a", engine.END)
    builder.add_conditional_edges("a", to_the_end).add_conditional_edges("a", to_b)
    return builder.add_edge(["a", "b"], "c").compile()


@traceable
def a_path_that_is_a_runnable(engine: Engine) -> Any:
    builder = line(engine, "a").add_node("b", logs("b"))
    return builder.add_conditional_edges("a", RunnableLambda(lambda state: state) | to_b).compile()


@traceable
def an_async_path(engine: Engine) -> Any:
    inner = named("inner", to_b)

    async def path(state: Log) -> Any:
        return await inner.ainvoke(state)

    return line(engine, "a").add_node("b", logs("b")).add_conditional_edges("a", path).compile()


@traceable
def a_path_that_calls_a_runnable(engine: Engine) -> Any:
    inner = named("inner", to_b)

    def path(state: Log) -> Any:
        return inner.invoke(state)

    return line(engine, "a").add_node("b", logs("b")).add_conditional_edges("a", path).compile()


@traceable
def a_path_that_calls_a_graph(engine: Engine) -> Any:
    inner = line(engine, "x").compile()

    def path(state: Log) -> Any:
        return "b" if inner.invoke(state) else "a"

    return line(engine, "a").add_node("b", logs("b")).add_conditional_edges("a", path).compile()


@traceable
def a_path_that_fails(engine: Engine) -> Any:
    def path(state: Log) -> Any:
        raise ValueError("lost")

    return line(engine, "a").add_conditional_edges("a", path).compile()


@traceable
def a_path_to_nowhere(engine: Engine) -> Any:
    def path(state: Log) -> Any:
        return None

    return line(engine, "a").add_conditional_edges("a", path).compile()


@traceable
def a_node_that_fails(engine: Engine) -> Any:
    def node(state: Log) -> Any:
        raise ValueError("broken")

    return line(engine, "a").add_node(node).add_edge("a", "node").compile()


@traceable
def a_node_that_returns_the_wrong_thing(engine: Engine) -> Any:
    return engine.StateGraph(Log).add_node("a", lambda state: "text").add_edge(engine.START, "a").compile()


@traceable
def a_node_that_returns_nothing(engine: Engine) -> Any:
    return engine.StateGraph(Log).add_node("a", lambda state: None).add_edge(engine.START, "a").compile()


@traceable
def commands(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node(
        "a", lambda state: engine.Command(goto="b", update={"log": ["a"]})
    )
    builder.add_node("b", lambda state: [engine.Command(goto="c"), {"log": ["b"]}]).add_node("c", logs("c"))
    return builder.add_edge(engine.START, "a").compile()


@traceable
def sends(engine: Engine) -> Any:
    def fan_out(state: Log) -> Any:
        return [engine.Send("a", {"log": ["sent"]})]

    return (
        engine.StateGraph(Log).add_node("a", logs("a")).add_conditional_edges("__start__", fan_out).compile()
    )


@traceable
def a_node_that_calls_runnables(engine: Engine) -> Any:
    inner = named("inner", logs("x"))

    def calls(state: Log) -> Any:
        return inner.invoke(state)

    async def awaits(state: Log) -> Any:
        return await inner.ainvoke(state)

    def with_config(state: Log, config: RunnableConfig) -> Any:
        return inner.invoke(state, config)

    def both(state: Log) -> Any:
        return calls(state) if inner.invoke(state) else None

    builder = engine.StateGraph(Log).add_sequence([calls, with_config, both])
    return builder.add_edge(engine.START, "calls").compile()


@traceable
def a_node_that_is_a_runnable(engine: Engine) -> Any:
    runnable = RunnableLambda(logs("a")).with_config(tags=["mine"], run_name="renamed")
    return engine.StateGraph(Log).add_node("a", runnable).add_edge(engine.START, "a").compile()


@traceable
def a_node_that_is_a_chain(engine: Engine) -> Any:
    chain = named("first", logs("a")) | named("second", lambda update: update) | named("third", lambda u: u)
    builder = engine.StateGraph(Log).add_node("chain", chain).add_node("b", logs("b"))
    return builder.add_edge(engine.START, "chain").add_conditional_edges("chain", to_b).compile()


@traceable
def a_node_that_is_a_dict(engine: Engine) -> Any:
    node = {"log": named("inner", lambda state: ["a"])}
    return engine.StateGraph(Log).add_node("a", node).add_edge(engine.START, "a").compile()


@traceable
def a_node_that_yields_parts(engine: Engine) -> Any:
    async def parts(inputs: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for _ in inputs:
            yield AddableDict(log=["p"])
            yield AddableDict(log=["q"])

    node = RunnableGenerator(parts)
    return engine.StateGraph(Log).add_node("a", node).add_edge(engine.START, "a").compile()


@traceable
def a_runnable_that_is_returned(engine: Engine) -> Any:
    def node(state: Log) -> Any:
        return named("returned", logs("a"))

    def path(state: Log) -> Any:
        return named("returned path", lambda state: engine.END)

    builder = engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node")
    return builder.add_conditional_edges("node", path).compile()


@traceable
def a_tool(engine: Engine) -> Any:
    @tool
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    def node(state: Log) -> Any:
        return {"log": [double.invoke({"number": 2})]}

    return engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node").compile()


@traceable
def custom_data(engine: Engine) -> Any:
    def node(state, writer):  # type: ignore[no-untyped-def]
        writer("custom")
        return {"log": ["a"]}

    return engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node").compile()


@traceable
def a_subgraph(engine: Engine) -> Any:
    inner = a_path_from_the_start(engine)
    return engine.StateGraph(Log).add_node("sub", inner).add_edge(engine.START, "sub").compile(name="Outer")


@traceable
def subgraphs_two_deep(engine: Engine) -> Any:
    inner = a_subgraph(engine)
    return engine.StateGraph(Log).add_node("outermost", inner).add_edge(engine.START, "outermost").compile()


@traceable
def a_subgraph_with_a_bound_config(engine: Engine) -> Any:
    inner = line(engine, "a").compile()
    builder = engine.StateGraph(Log).add_node("one", inner.with_config(tags=["bound"], run_name="renamed"))
    builder.add_node("two", inner.with_retry()).add_edge(engine.START, "one").add_edge("one", "two")
    return builder.compile()


@traceable
def a_graph_that_nodes_call(engine: Engine) -> Any:
    inner = a_path_that_calls_a_runnable(engine)

    def invokes(state: Log) -> Any:
        return inner.invoke(state)

    def streams(state: Log) -> Any:
        return list(inner.stream(state, stream_mode="values"))[-1]

    builder = engine.StateGraph(Log).add_sequence([invokes, streams])
    return builder.add_edge(engine.START, "invokes").compile()


@traceable
def a_subgraph_that_fails(engine: Engine) -> Any:
    inner = a_node_that_fails(engine)
    return engine.StateGraph(Log).add_node("sub", inner).add_edge(engine.START, "sub").compile()


@traceable
def a_graph_in_a_chain(engine: Engine) -> Any:
    before, after = RunnableLambda(lambda state: state), RunnableLambda(lambda state: state["log"])
    return before | line(engine, "a").compile() | after


@traceable
def a_question(engine: Engine) -> Any:
    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("Which?")]}

    return engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node").compile()


@traceable
def a_question_in_a_subgraph(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("sub", a_question(engine))
    return builder.add_edge(engine.START, "sub").compile()


@traceable
def a_stop(engine: Engine) -> Any:
    return line(engine, "a", "b").compile(interrupt_before=["b"])


@traceable
def a_command_to_the_parent(engine: Engine) -> Any:
    def node(state: Log) -> Any:
        return engine.Command(graph=engine.Command.PARENT, update={"log": ["from inside"]})

    inner = engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node").compile()
    return engine.StateGraph(Log).add_node("sub", inner).add_edge(engine.START, "sub").compile()


@traceable
def a_node_that_is_tried_again(engine: Engine) -> Any:
    left = [2]

    def node(state: Log) -> Any:
        if left[0]:
            left[0] -= 1
            raise ConnectionError("not yet")
        return {"log": ["at last"]}

    policy = engine.RetryPolicy(initial_interval=0.001, jitter=False)
    builder = engine.StateGraph(Log).add_node("node", node, retry_policy=policy)
    return builder.add_edge(engine.START, "node").compile()


@traceable
def a_handled_failure(engine: Engine) -> Any:
    def node(state: Log) -> Any:
        raise ValueError("broken")

    def handler(state: Log) -> Any:
        return {"log": ["handled"]}

    builder = engine.StateGraph(Log).add_node("node", node, error_handler=handler)
    return builder.add_edge(engine.START, "node").compile()


def asks(engine: Engine, node: Any) -> Any:
    return (
        engine.StateGraph(engine.MessagesState).add_node("ask", node).add_edge(engine.START, "ask").compile()
    )


@traceable
def a_model(engine: Engine) -> Any:
    model = FakeListChatModel(responses=["Yes"])

    def ask(state: Any) -> Any:
        return {"messages": [model.invoke(state["messages"])]}

    return asks(engine, ask)


@traceable
def a_model_in_a_chain(engine: Engine) -> Any:
    model = FakeListChatModel(responses=["Yes"])
    before = RunnableLambda(lambda state: state["messages"])
    return asks(engine, before | model | RunnableLambda(lambda message: {"messages": [message]}))


MODELS |= {"a_model", "a_model_in_a_chain"}


@traceable
def a_task_of_an_entrypoint(engine: Engine) -> Any:
    count = engine.task(name="count")(lambda log, *, more=0: len(log) + more)
    return engine.entrypoint()(lambda state: count(state["log"], more=1).result())


@traceable
def a_task_of_a_task(engine: Engine) -> Any:
    inner = engine.task(name="inner")(lambda x: named("called", lambda y: y).invoke(x))
    outer = engine.task(name="outer")(lambda x: inner(x).result())
    return engine.entrypoint()(lambda state: outer(state["log"]).result())


@traceable
def a_task_of_a_node(engine: Engine) -> Any:
    count = engine.task(name="count")(lambda log: len(log))
    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": [count(state["log"]).result()]})
    return builder.add_edge(engine.START, "a").compile()


@traceable
def a_task_that_fails(engine: Engine) -> Any:
    @engine.task
    def fails() -> None:
        raise ValueError("failed")

    return engine.entrypoint()(lambda state: fails().result())


@traceable
def an_entrypoint_in_an_entrypoint(engine: Engine) -> Any:
    count = engine.task(name="count")(lambda log: len(log))
    inner = engine.entrypoint()(lambda state: count(state["log"]).result())
    return engine.entrypoint()(lambda state: inner.invoke(state))


@traceable
def parallel_nodes(engine: Engine) -> Any:
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, logs(name)).add_edge(engine.START, name)
    return builder.add_conditional_edges(engine.START, to_b).compile()


@traceable
def parallel_subgraphs(engine: Engine) -> Any:
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, line(engine, "x", "y").compile()).add_edge(engine.START, name)
    return builder.compile()


RACING |= {"parallel_nodes", "parallel_subgraphs", "custom_data"}
RACING_EVENTS = RACING | {name for name in TRACEABLE if "task" in name or "entrypoint" in name}
"""And those of which events tell in any order, as chunks and callbacks are two ways to them."""

ASYNC_ONLY = {"an_async_path", "a_node_that_yields_parts"}
"""Graphs that a sync run refuses; how, is for the tests of refusals."""
