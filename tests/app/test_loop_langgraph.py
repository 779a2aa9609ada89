"""LangGraph runs on the Qt loop as it does on asyncio's."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import Annotated, Any, TypedDict

import pytest

StateGraph: Any = pytest.importorskip("langgraph.graph").StateGraph


def appended(old: list[str], new: list[str]) -> list[str]:
    return old + new


class State(TypedDict):
    said: Annotated[list[str], appended]


async def ask(state: State) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"said": ["ask"]}


async def answer(state: State) -> dict[str, Any]:
    return {"said": [await asyncio.to_thread(lambda: "answer")]}


def enough(state: State) -> str:
    return "__end__" if len(state["said"]) >= 20 else "ask"


@pytest.fixture
def graph() -> Any:
    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_node("answer", answer)
    builder.add_edge("__start__", "ask")
    builder.add_edge("ask", "answer")
    builder.add_conditional_edges("answer", enough)
    return builder.compile()


async def test_a_graph_that_goes_round_streams_every_superstep(graph: Any) -> None:
    async with aclosing(graph.astream({"said": []}, stream_mode="updates")) as chunks:
        steps = [next(iter(chunk)) async for chunk in chunks]
    assert steps == ["ask", "answer"] * 10


async def test_two_graphs_run_side_by_side(graph: Any) -> None:
    first, second = await asyncio.gather(graph.ainvoke({"said": []}), graph.ainvoke({"said": ["before"]}))
    assert first["said"] == ["ask", "answer"] * 10
    assert second["said"] == ["before", *["ask", "answer"] * 10]


async def test_breaking_out_of_a_stream_leaves_nothing_behind(graph: Any) -> None:
    """Without a loop that finalises generators: `async generator ignored GeneratorExit`."""
    async for _ in graph.astream({"said": []}, stream_mode="updates"):
        break
    gc.collect()
    await asyncio.sleep(0)  # Now the loop has begun to close the stream.
    while asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0.001)
