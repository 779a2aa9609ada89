"""Gates leave the stream as it is: a LangGraph graph with and without them yields the same chunks."""

from __future__ import annotations

import asyncio
import contextvars
import operator
import re
import sys
from collections import Counter
from typing import Annotated, Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import CachePolicy, Command, RetryPolicy, Send, interrupt
from typing_extensions import TypedDict

from stepscope_host.debugging.debugger import Task
from stepscope_host.debugging.gates import OpenGate, gated
from stepscope_host.showing.values import plain

MODES = ["values", "updates", "custom", "messages", "debug"]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


class CountingGate(OpenGate):
    """Lets everything pass, and counts."""

    def __init__(self) -> None:
        self.entered: list[Task] = []
        self.left: list[str] = []

    def lets_in(self, task: Task) -> bool:
        return False

    def lets_out(self, task_id: str) -> bool:
        return False

    async def enter(self, task: Task, input: Any) -> None:
        self.entered.append(task)

    async def leave(self, task: Task, input: Any, output: Any, error: BaseException | None) -> None:
        self.left.append(task.id)

    def drop(self, task: Task) -> None:
        self.left.append(task.id)


def log(word: str) -> Any:
    def node(state: State) -> dict[str, Any]:
        get_stream_writer()(word)
        return {"log": [word]}

    return node


async def again(state: State) -> dict[str, Any]:
    return {"log": ["again"]}


def nested() -> Any:
    innermost = StateGraph(State).add_node("n", log("n")).add_edge(START, "n").compile()
    inner = StateGraph(State).add_node("x", log("x")).add_node("innermost", innermost)
    inner.add_edge(START, "x").add_edge("x", "innermost")
    graph = StateGraph(State).add_node("a", log("a")).add_node("inner", inner.compile())
    return graph.add_edge(START, "a").add_edge("a", "inner").compile()


def called_in_a_function() -> Any:
    inner = StateGraph(State).add_node("x", log("x")).add_edge(START, "x").compile()

    async def caller(state: State) -> Any:
        await inner.ainvoke({"log": []})
        return await inner.ainvoke({"log": []})

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def called_in_a_thread() -> Any:
    inner = StateGraph(State).add_node("x", log("x")).add_node("innermost", nested()).add_edge(START, "x")
    inner = inner.add_edge("x", "innermost").compile()

    def caller(state: State) -> Any:
        for _ in inner.stream({"log": []}):
            pass
        return inner.invoke({"log": []})

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def called_and_asking() -> Any:
    inner = StateGraph(State).add_node("x", log("x")).add_node("ask", lambda state: {"log": [interrupt("?")]})
    inner = inner.add_edge(START, "x").add_edge("x", "ask").compile()

    async def caller(state: State) -> Any:
        return await inner.ainvoke(state)

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile(checkpointer=InMemorySaver())


def called_and_failing() -> Any:
    inner = failing()

    def caller(state: State) -> Any:
        return inner.invoke(state)

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def called_and_sending() -> Any:
    inner = sends()

    async def caller(state: State) -> Any:
        return {"log": [chunk async for chunk in inner.astream({"log": []}, stream_mode="updates")]}

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def called_in_a_thread_of_its_own() -> Any:
    inner = nested()

    async def caller(state: State) -> Any:
        config = {"configurable": {"thread_id": "another"}}
        return await inner.ainvoke({"log": []}, config)

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile(checkpointer=InMemorySaver())


def called_on_the_loop() -> Any:
    inner = nested()

    async def caller(state: State) -> Any:
        return inner.invoke({"log": []})

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def called_beside_the_run() -> Any:
    inner = nested()

    async def caller(state: State) -> Any:
        return await asyncio.to_thread(contextvars.Context().run, inner.invoke, {"log": []})

    return StateGraph(State).add_node(caller).add_edge(START, "caller").compile()


def wrapped_as_a_runnable() -> Any:
    inner = nested().with_config(tags=["inner"]) | RunnableLambda(lambda state: {"log": ["after"]})
    return StateGraph(State).add_node("chain", inner).add_edge(START, "chain").compile()


def sends() -> Any:
    # Async, so that they end in the order in which they begin; threads would race.
    async def work(state: Any) -> dict[str, Any]:
        return {"log": [state["n"]]}

    graph = StateGraph(State).add_node("plan", log("plan")).add_node("w", work)
    graph.add_conditional_edges("plan", lambda s: [Send("w", {"n": n}) for n in range(3)], ["w"])
    return graph.add_edge(START, "plan").compile()


def tokens() -> Any:
    def ask(state: MessagesState) -> Any:
        model = GenericFakeChatModel(messages=iter([AIMessage("a b")]))
        return {"messages": model.with_config(tags=["t"]).invoke("hi")}

    return StateGraph(MessagesState).add_node(ask).add_edge(START, "ask").compile()


def commands() -> Any:
    def leave(state: State) -> Any:
        return Command(graph=Command.PARENT, goto="after", update={"log": ["left"]})

    inner = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
    graph = StateGraph(State).add_node("inner", inner).add_node("after", log("after"))
    return graph.add_edge(START, "inner").compile()


def saved() -> Any:
    inner = StateGraph(State).add_node("x", log("x")).add_edge(START, "x").compile(checkpointer=True)
    graph = StateGraph(State).add_node("inner", inner).add_edge(START, "inner")
    return graph.compile(checkpointer=InMemorySaver())


def asking() -> Any:
    inner = StateGraph(State).add_node("ask", lambda state: {"log": [interrupt("why?")]})
    graph = (
        StateGraph(State).add_node("inner", inner.add_edge(START, "ask").compile()).add_node("b", log("b"))
    )
    return graph.add_edge(START, "b").add_edge("b", "inner").compile(checkpointer=InMemorySaver())


def failing() -> Any:
    def boom(state: State) -> Any:
        raise ValueError("boom")

    return StateGraph(State).add_node(boom).add_edge(START, "boom").compile()


def retried() -> Any:
    tries = Counter[str]()

    def flaky(state: State) -> Any:
        tries["n"] += 1
        if tries["n"] % 2:
            raise ConnectionError("once")
        return {"log": ["ok"]}

    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    return StateGraph(State).add_node("flaky", flaky, retry_policy=policy).add_edge(START, "flaky").compile()


def cached() -> Any:
    graph = StateGraph(State).add_node("slow", log("slow"), cache_policy=CachePolicy())
    graph.add_node("again", again, cache_policy=CachePolicy())
    graph.add_edge(START, "slow").add_edge("slow", "again")
    return graph.compile(cache=InMemoryCache())


def runnables() -> Any:
    async def generate(state: State) -> Any:
        yield {"log": ["one"]}

    graph = StateGraph(State).add_node("lambda", RunnableLambda(lambda s: {"log": ["r"]}))
    graph.add_node("seq", RunnableLambda(lambda s: s) | RunnableLambda(lambda s: {"log": ["s"]}))
    graph.add_node("generated", generate)
    return graph.add_edge(START, "lambda").add_edge("lambda", "seq").add_edge("seq", "generated").compile()


GRAPHS = [
    nested, called_in_a_function, called_in_a_thread, called_and_asking, called_and_failing,
    called_and_sending, called_in_a_thread_of_its_own, called_on_the_loop, called_beside_the_run,
    wrapped_as_a_runnable, sends, tokens, commands, saved, asking, failing, retried, cached, runnables
]  # fmt: skip


needs_context = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="LangGraph's async runs lose their context before Python 3.11"
)


@needs_context
@pytest.mark.parametrize("build", GRAPHS)
async def test_a_gated_copy_streams_the_same_chunks(build: Any) -> None:
    gate = CountingGate()
    bare, wrapped = await stream_of(build()), await stream_of(gated(build(), gate).graph)
    assert wrapped == bare
    assert gate.entered
    assert Counter(task.id for task in gate.entered) == Counter(gate.left)


async def test_a_sync_node_finds_its_writer_behind_the_gate() -> None:
    stream = gated(nested(), CountingGate()).graph.astream({"log": []}, stream_mode="custom", subgraphs=True)
    assert [word async for _, word in stream] == ["a", "x", "n"]


@needs_context
async def test_what_a_graph_has_cached_is_found_by_its_gated_copy() -> None:
    graph, gate = cached(), CountingGate()
    await graph.ainvoke({"log": []})
    bare, wrapped = await stream_of(graph), await stream_of(gated(graph, gate).graph)
    assert wrapped == bare
    assert gate.entered == []


async def test_every_task_passes_the_gate_with_its_id_and_namespace() -> None:
    gate = CountingGate()
    told = [
        (namespace, data["payload"]["id"], data["payload"]["name"], data["step"])
        async for namespace, mode, data in gated(nested(), gate).graph.astream(
            {"log": []}, stream_mode=["debug"], subgraphs=True
        )
        if data["type"] == "task"
    ]
    assert sorted((task.namespace, task.id, task.name, task.step) for task in gate.entered) == sorted(told)


@needs_context
async def test_the_given_graph_is_left_as_it_is() -> None:
    graph, gate = nested(), CountingGate()
    gated(graph, gate)
    await graph.ainvoke({"log": []})
    assert gate.entered == []


async def test_a_graph_called_in_a_function_is_covered_once_it_is_called() -> None:
    nested_gates, called = gated(nested(), CountingGate()), gated(called_in_a_function(), CountingGate())
    assert nested_gates.covers(("inner:1", "innermost:2"), "n")
    assert called.covers((), "caller")
    assert not called.covers(("caller:1",), "x")
    await called.graph.ainvoke({"log": []})
    assert called.covers(("caller:1",), "x")


@pytest.mark.parametrize(
    ("build", "passed"),
    [
        (called_in_a_thread, {"caller", "x", "n", "a", "inner", "innermost"}),
        (called_and_sending, {"caller", "plan", "w"}),
        (wrapped_as_a_runnable, {"chain", "a", "inner", "x", "innermost", "n"}),
        (called_on_the_loop, {"caller"}),  # nobody could answer
        (called_beside_the_run, {"caller"}),  # it belongs to none
    ],
)
async def test_the_tasks_of_a_called_graph_pass_the_gate_where_it_can_be_asked(
    build: Any, passed: set[str]
) -> None:
    gate = CountingGate()
    await gated(build(), gate).graph.ainvoke({"log": []})
    assert {task.name for task in gate.entered} == passed


async def stream_of(graph: Any) -> list[Any]:
    """The chunks in order, ids numbered as they come, times and callbacks left out; then the error."""
    config = {"configurable": {"thread_id": "1"}} if graph.checkpointer else {}
    found: list[Any] = []
    try:
        async for chunk in graph.astream(start(graph), config, stream_mode=MODES, subgraphs=True):
            found.append(plain(chunk))
    except ValueError as error:
        found.append(repr(error))
    known: dict[str, str] = {}
    text = TIME.sub("<time>", repr(found))
    return ID.sub(lambda hit: known.setdefault(hit.group(), f"<id {len(known)}>"), text).split("}, ")


def start(graph: Any) -> dict[str, Any]:
    return {"messages": []} if "messages" in graph.channels else {"log": []}
