"""A graph is a Runnable like LangGraph's: in chains, as a tool, with retries, in batches."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import pytest
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import (
    Runnable,
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnableSequence,
)
from langchain_core.runnables.base import RunnableEach, coerce_to_runnable
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber
from typing_extensions import TypedDict


class Count(TypedDict):
    n: int
    log: Annotated[list[str], operator.add]


def add(state: Count) -> Any:
    return {"n": state["n"] + 1, "log": ["add"]}


def double(state: Count) -> Any:
    if state["n"] > 100:
        raise OverflowError(f"{state['n']} is too much")
    return {"n": state["n"] * 2, "log": ["double"]}


def counting(engine: Engine) -> Any:
    builder = engine.StateGraph(Count).add_node(add).add_node(double)
    return builder.add_edge(engine.START, "add").add_edge("add", "double").compile()


def talking(engine: Engine) -> Any:
    """A graph that answers the messages of a prompt with their number."""

    def answer(state: Any) -> Any:
        return {"messages": [("ai", f"{len(state['messages'])} messages")]}

    return engine.StateGraph(engine.MessagesState).add_node(answer).add_edge(engine.START, "answer").compile()


def flaky(engine: Engine, failures: int) -> Any:
    """A graph that fails so many times before it works."""
    left = [failures]

    def node(state: Count) -> Any:
        if left[0]:
            left[0] -= 1
            raise ConnectionError("not yet")
        return {"n": 1}

    return engine.StateGraph(Count).add_node("node", node).add_edge(engine.START, "node").compile()


def telling(engine: Engine) -> Any:
    """A graph that tells the config that its node was run with."""

    def node(state: Any, config: Any) -> Any:
        kept = {key: config.get(key) for key in ("tags", "recursion_limit", "max_concurrency")}
        metadata = {key: value for key, value in config["metadata"].items() if key.startswith("my")}
        configurable = {key: value for key, value in config["configurable"].items() if key.startswith("my")}
        return {"seen": {**kept, "metadata": metadata, "configurable": configurable}}

    return engine.StateGraph(dict).add_node("node", node).add_edge(engine.START, "node").compile()


ONE: Any = {"n": 1}
TOO_MUCH: Any = {"n": 1000}

as_messages = RunnableLambda(lambda prompt: {"messages": prompt.to_messages()})
last_message = RunnableLambda(lambda state: state["messages"][-1])

CHAINS: dict[str, tuple[Callable[[Engine], Runnable[Any, Any]], Any]] = {
    "before a function": (lambda e: counting(e) | (lambda state: state["n"]), ONE),
    "after a function": (lambda e: (lambda n: {"n": n}) | counting(e), 3),
    "after a dict": (lambda e: {"n": lambda n: n} | counting(e), 3),
    "before a dict": (lambda e: counting(e) | {"n": lambda state: state["n"]}, ONE),
    "after a Runnable": (lambda e: RunnableLambda(lambda n: {"n": n}) | counting(e), 3),
    "between two graphs": (lambda e: counting(e) | counting(e) | counting(e), ONE),
    "between a prompt and a parser": (
        lambda e: (
            ChatPromptTemplate([("system", "Be {how}."), ("user", "Count.")])
            | as_messages
            | talking(e)
            | last_message
            | StrOutputParser()
        ),
        {"how": "brief"},
    ),
    "in a RunnableSequence": (lambda e: RunnableSequence(counting(e), counting(e)), ONE),
    "in a RunnableParallel": (lambda e: RunnableParallel(a=counting(e), b=counting(e)), ONE),
    "in a RunnableBranch": (
        lambda e: RunnableBranch((lambda state: state["n"] > 5, lambda state: state), counting(e)),
        ONE,
    ),
    "in RunnablePassthrough.assign": (lambda e: RunnablePassthrough.assign(x=counting(e)), ONE),
    "in a RunnableEach": (lambda e: RunnableEach(bound=counting(e)), [ONE, {"n": 2}]),
    "pipe": (lambda e: counting(e).pipe(lambda state: state["n"], lambda n: n + 1), ONE),
    "pick one": (lambda e: counting(e).pick("n"), ONE),
    "pick several": (lambda e: counting(e).pick(["n", "log"]), ONE),
    "assign": (lambda e: counting(e).assign(more=lambda state: state["n"] + 1), ONE),
    "map": (lambda e: counting(e).map(), [ONE, {"n": 2}]),
    "bind": (lambda e: counting(e).bind(stream_mode=["updates", "values"]), ONE),
    "bind output keys": (lambda e: counting(e).bind(output_keys="n"), ONE),
    "with_config": (lambda e: counting(e).with_config(recursion_limit=2), ONE),
    "with_types": (lambda e: counting(e).with_types(input_type=Count, output_type=Count), ONE),
    "with_retry": (lambda e: flaky(e, 2).with_retry(wait_exponential_jitter=False), ONE),
    "with_retry, too few": (
        lambda e: flaky(e, 2).with_retry(wait_exponential_jitter=False, stop_after_attempt=2),
        ONE,
    ),
    "with_retry of something else": (
        lambda e: flaky(e, 1).with_retry(
            wait_exponential_jitter=False, retry_if_exception_type=(ZeroDivisionError,)
        ),
        ONE,
    ),
    "with_fallbacks": (
        lambda e: counting(e).with_fallbacks([RunnableLambda(lambda state: "less")]),
        TOO_MUCH,
    ),
    "with a graph as fallback": (
        lambda e: RunnableLambda(lambda state: 1 // 0).with_fallbacks([counting(e)]),
        ONE,
    ),
    "with_fallbacks that are told the error": (
        lambda e: counting(e).with_fallbacks(
            [RunnableLambda(lambda state: str(state["error"]))], exception_key="error"
        ),
        TOO_MUCH,
    ),
    "a chain that is a node": (
        lambda e: (
            e.StateGraph(Count)
            .add_node("chain", RunnableLambda(lambda state: state) | counting(e))
            .add_edge(e.START, "chain")
            .compile()
        ),
        ONE,
    ),
    "a bound graph that is a node": (
        lambda e: (
            e.StateGraph(Count)
            .add_node("bound", counting(e).with_retry())
            .add_edge(e.START, "bound")
            .compile()
        ),
        ONE,
    ),
}


def answer(ask: Callable[[], Any]) -> Any:
    """What comes of it, as plain data: a value or an error."""
    try:
        return Scrubber()(ask())
    except Exception as error:
        return Scrubber().error(error)


def same(ask: Callable[[Engine], Any]) -> Any:
    """The answer of both engines."""
    ours, theirs = (answer(lambda engine=engine: ask(engine)) for engine in (OURS, ORACLE))
    assert ours == theirs
    return ours


async def all_of(chunks: AsyncIterator[Any]) -> list[Any]:
    return [chunk async for chunk in chunks]


def by_side(label: str, chunks: list[Any]) -> list[Any]:
    """The chunks, each side's apart where two run side by side."""
    return sorted(chunks, key=lambda chunk: list(chunk)) if "Parallel" in label else chunks


@pytest.mark.parametrize("label", CHAINS)
def test_a_chain_gives_the_same(label: str) -> None:
    build, input = CHAINS[label]
    same(lambda engine: build(engine).invoke(input))
    same(lambda engine: asyncio.run(build(engine).ainvoke(input)))


@pytest.mark.parametrize("label", CHAINS)
def test_a_chain_streams_the_same(label: str) -> None:
    build, input = CHAINS[label]
    same(lambda engine: by_side(label, list(build(engine).stream(input))))
    same(lambda engine: by_side(label, asyncio.run(all_of(build(engine).astream(input)))))


@pytest.mark.parametrize("label", CHAINS)
def test_a_chain_transforms_the_same(label: str) -> None:
    build, input = CHAINS[label]

    async def once() -> AsyncIterator[Any]:
        yield input

    same(lambda engine: by_side(label, list(build(engine).transform(iter([input])))))
    same(lambda engine: by_side(label, asyncio.run(all_of(build(engine).atransform(once())))))


CONFIGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "tags": ({"tags": ["one"]}, {"tags": ["two", "one"]}),
    "metadata": ({"metadata": {"my_a": 1, "my_b": 1}}, {"metadata": {"my_b": 2}}),
    "configurable": ({"configurable": {"my_a": 1, "my_b": 1}}, {"configurable": {"my_b": 2}}),
    "limits": ({"recursion_limit": 50, "max_concurrency": 3}, {"recursion_limit": 40}),
    "a limit of the bound config": ({"recursion_limit": 50}, {}),
}


@pytest.mark.parametrize("label", CONFIGS)
def test_a_bound_config_joins_the_calls(label: str) -> None:
    bound, given = CONFIGS[label]
    same(lambda engine: telling(engine).with_config(bound).invoke({}, given))
    same(lambda engine: telling(engine).with_config(**bound).invoke({}, given))
    same(lambda engine: telling(engine).with_config({"tags": ["first"]}).with_config(bound).invoke({}, given))
    same(lambda engine: telling(engine).with_config(bound, tags=["more"]).invoke({}, given))
    same(lambda engine: (telling(engine).with_config(bound) | (lambda state: state)).invoke({}, given))
    same(lambda engine: asyncio.run(telling(engine).with_config(bound).ainvoke({}, given)))


BATCHES: dict[str, tuple[list[Any], Any, dict[str, Any]]] = {
    "one config": ([ONE, {"n": 2}], {"tags": ["t"]}, {}),
    "a config each": ([ONE, {"n": 2}], [{"tags": ["t"]}, {"max_concurrency": 1}], {}),
    "too few configs": ([ONE, {"n": 2}], [{"tags": ["t"]}], {}),
    "nothing": ([], None, {}),
    "a failure": ([ONE, TOO_MUCH], None, {}),
    "a failure as a value": ([ONE, TOO_MUCH], None, {"return_exceptions": True}),
    "one at a time": ([ONE, TOO_MUCH, {"n": 2}], {"max_concurrency": 1}, {"return_exceptions": True}),
    "with options": ([ONE, {"n": 2}], None, {"output_keys": "n"}),
}


@pytest.mark.parametrize("label", BATCHES)
def test_a_batch_gives_the_same(label: str) -> None:
    inputs, config, options = BATCHES[label]
    same(lambda engine: counting(engine).batch(inputs, config, **options))
    same(lambda engine: asyncio.run(counting(engine).abatch(inputs, config, **options)))


@pytest.mark.parametrize("label", BATCHES)
def test_a_batch_in_the_order_of_completion_gives_the_same(label: str) -> None:
    inputs, config, options = BATCHES[label]

    def by_index(results: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        return sorted(results, key=lambda pair: pair[0])

    same(lambda engine: by_index(list(counting(engine).batch_as_completed(inputs, config, **options))))
    same(
        lambda engine: by_index(
            asyncio.run(all_of(counting(engine).abatch_as_completed(inputs, config, **options)))
        )
    )


@pytest.mark.filterwarnings("ignore:This API is in beta")
def test_a_graph_is_a_tool() -> None:
    def tool(engine: Engine) -> Any:
        return counting(engine).as_tool(name="count", description="Counts.", arg_types={"n": int})

    same(lambda engine: tool(engine).invoke(ONE))
    same(lambda engine: asyncio.run(tool(engine).ainvoke(ONE)))
    same(lambda engine: tool(engine).invoke({"n": "not a number"}))
    same(lambda engine: (tool(engine).name, tool(engine).description, tool(engine).args))
    call = {"name": "count", "args": ONE, "id": "1", "type": "tool_call"}
    same(lambda engine: tool(engine).invoke(call))


@pytest.mark.filterwarnings("ignore:This API is in beta")
def test_a_tool_without_declared_types_reads_them_from_the_schema() -> None:
    same(lambda engine: counting(engine).as_tool(name="count", description="Counts.").args)
    same(lambda engine: counting(engine).as_tool().invoke({"n": 1, "log": []}))


def test_listeners_hear_a_run_begin_and_end() -> None:
    def heard(engine: Engine, run: Callable[[Any], Any]) -> list[Any]:
        events: list[Any] = []
        graph = counting(engine).with_listeners(
            on_start=lambda run: events.append(("start", run.name, run.inputs)),
            on_end=lambda run: events.append(("end", run.name, run.outputs)),
            on_error=lambda run: events.append(("error", run.name)),
        )
        answer(lambda: run(graph))
        return events

    for input in (ONE, TOO_MUCH):
        assert same(lambda engine, input=input: heard(engine, lambda graph: graph.invoke(input)))
        assert same(lambda engine, input=input: heard(engine, lambda graph: list(graph.stream(input))))


def test_async_listeners_hear_a_run_begin_and_end() -> None:
    def heard(engine: Engine, input: Any) -> list[Any]:
        events: list[Any] = []

        async def note(run: Any) -> None:
            events.append((run.name, run.inputs, run.outputs))

        graph = counting(engine).with_alisteners(on_start=note, on_end=note, on_error=note)
        answer(lambda: asyncio.run(graph.ainvoke(input)))
        return events

    for input in (ONE, TOO_MUCH):
        assert same(lambda engine, input=input: heard(engine, input))


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_a_graph_counts_as_a_runnable(engine: Engine) -> None:
    graph = counting(engine)
    assert isinstance(graph, Runnable)
    assert issubclass(type(graph), Runnable)
    assert coerce_to_runnable(graph) is graph
    assert not isinstance(graph, RunnableLambda)


@pytest.mark.parametrize("name", [name for name in vars(Runnable) if not name.startswith("_")])
def test_a_graph_has_every_method_of_a_runnable(name: str) -> None:
    graph = counting(OURS)
    assert hasattr(graph, name)
    assert name in dir(graph)


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_what_no_runnable_has_a_graph_has_not(engine: Engine) -> None:
    with pytest.raises(AttributeError, match="streem"):
        counting(engine).streem  # noqa: B018
