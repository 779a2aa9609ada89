"""Leaving a thread's run before its end: nothing is left running, and what had finished is kept."""

from __future__ import annotations

import asyncio
import operator
import threading
from contextlib import aclosing
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import TypedDict

from stepgraph.graph import START, StateGraph

THREAD: dict[str, Any] = {"configurable": {"thread_id": "1"}}


class State(TypedDict):
    log: Annotated[list[str], operator.add]


class Node:
    """An async node that waits to be told to end, and tells how it ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ends: list[str] = []

    async def __call__(self, state: State) -> State:
        self.started.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.ends.append("cancelled")
            raise
        self.ends.append("finished")
        return {"log": [self.name]}


async def quick(state: State) -> State:
    return {"log": ["quick"]}


def side_by_side(**nodes: Any) -> Any:
    builder = StateGraph(State)
    for name, node in nodes.items():
        builder.add_node(name, node).add_edge(START, name)
    return builder.compile(checkpointer=InMemorySaver())


def within(graph: Any) -> Any:
    builder = StateGraph(State).add_node("sub", graph).add_edge(START, "sub")
    return builder.compile(checkpointer=InMemorySaver())


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_closing_a_stream_cancels_what_runs_and_keeps_what_had_finished() -> None:
    slow = Node("slow")
    graph = side_by_side(quick=quick, slow=slow)
    async with aclosing(graph.astream({"log": []}, THREAD)) as chunks:
        assert await anext(chunks) == {"quick": {"log": ["quick"]}}
        await slow.started.wait()
    assert slow.ends == ["cancelled"]
    assert not others()
    state = await graph.aget_state(THREAD)
    assert (state.values, state.next) == ({"log": ["quick"]}, ("slow",))


async def test_a_closed_stream_goes_on_where_it_was() -> None:
    slow = Node("slow")
    graph = side_by_side(quick=quick, slow=slow)
    async with aclosing(graph.astream({"log": []}, THREAD)) as chunks:
        await anext(chunks)
        await slow.started.wait()
    slow.may_end.set()
    again = [chunk async for chunk in graph.astream(None, THREAD)]
    assert again == [
        {"quick": {"log": ["quick"]}, "__metadata__": {"cached": True}},
        {"slow": {"log": ["slow"]}},
    ]


async def test_cancelling_an_invocation_cancels_its_nodes_and_keeps_the_others() -> None:
    slow = Node("slow")
    graph = side_by_side(quick=quick, slow=slow)
    run = asyncio.create_task(graph.ainvoke({"log": []}, THREAD))
    await slow.started.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert slow.ends == ["cancelled"]
    assert not others()
    slow.may_end.set()
    assert await graph.ainvoke(None, THREAD) == {"log": ["quick", "slow"]}


async def test_cancelling_reaches_into_subgraphs() -> None:
    slow = Node("slow")
    builder = StateGraph(State).add_node("first", quick).add_node("slow", slow)
    graph = within(builder.add_edge(START, "first").add_edge("first", "slow").compile())
    run = asyncio.create_task(graph.ainvoke({"log": []}, THREAD))
    await slow.started.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert slow.ends == ["cancelled"]
    assert not others()
    inner = (await graph.aget_state(THREAD, subgraphs=True)).tasks[0].state
    assert (inner.values, inner.next) == ({"log": ["quick"]}, ("slow",))
    slow.may_end.set()
    assert await graph.ainvoke(None, THREAD) == {"log": ["quick", "slow"]}


async def test_a_failure_leaves_no_sibling_running() -> None:
    slow = Node("slow")

    async def fails(state: State) -> State:
        await slow.started.wait()
        raise LookupError("lost")

    graph = side_by_side(fails=fails, slow=slow)
    with pytest.raises(LookupError):
        await graph.ainvoke({"log": []}, THREAD)
    assert slow.ends == ["cancelled"]
    assert not others()


def test_closing_a_sync_stream_waits_for_the_nodes_that_run() -> None:
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(state: State) -> State:
        started.set()
        assert may_end.wait(10)
        ended.set()
        return {"log": ["slow"]}

    graph = side_by_side(quick=lambda state: {"log": ["quick"]}, slow=slow)
    chunks = graph.stream({"log": []}, THREAD)
    assert next(chunks) == {"quick": {"log": ["quick"]}}
    assert started.wait(10)
    may_end.set()
    chunks.close()
    assert ended.is_set()
    assert "quick" in graph.get_state(THREAD).values["log"]
    assert graph.invoke(None, THREAD) == {"log": ["quick", "slow"]}


@pytest.mark.parametrize("durability", ["sync", "async"])
def test_a_stream_left_between_supersteps_has_saved_what_it_streamed(durability: str) -> None:
    builder = StateGraph(State).add_sequence([(name, lambda state: {"log": ["x"]}) for name in "abc"])
    graph = builder.add_edge(START, "a").compile(checkpointer=InMemorySaver())
    chunks = graph.stream({"log": []}, THREAD, durability=durability)
    assert list(next(chunks)) == ["a"]
    assert list(next(chunks)) == ["b"]
    chunks.close()
    state = graph.get_state(THREAD)
    assert (state.values, state.next) == ({"log": ["x", "x"]}, ("c",))
