"""When a node fails: which chunks still come, what happens to its siblings, and what the caller is told."""

from __future__ import annotations

import asyncio
import operator
import threading
from contextlib import aclosing
from typing import Annotated, Any

import pytest
from typing_extensions import TypedDict

from stepgraph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def side_by_side(**nodes: Any) -> Any:
    graph = StateGraph(State)
    for name, node in nodes.items():
        graph.add_node(name, node).add_edge(START, name)
    return graph.compile()


def fails(state: State) -> None:
    raise LookupError("lost")


def drain(chunks: Any) -> tuple[list[Any], BaseException]:
    """All chunks, and the error after them."""
    seen = []
    try:
        for chunk in chunks:
            seen.append(chunk)
    except LookupError as error:
        return seen, error
    raise AssertionError("it did not fail")


def test_the_exception_is_the_nodes_own_with_a_note_of_where_it_was() -> None:
    (start, end), error = drain(side_by_side(a=fails).stream({}, stream_mode="tasks"))
    assert str(error) == "lost"
    assert error.__notes__ == [f"During task with name 'a' and id '{start['id']}'"]
    assert end["error"] is error
    assert end["result"] == {}


def test_chunks_of_earlier_steps_and_of_finished_siblings_come_before_the_error() -> None:
    finished = threading.Event()

    def quick(state: State) -> dict[str, Any]:
        return {"log": ["quick"]}

    def waits_then_fails(state: State) -> None:
        assert finished.wait(10)
        fails(state)

    chunks = side_by_side(quick=quick, slow=waits_then_fails).stream(
        {"log": ["in"]}, stream_mode=["values", "updates"]
    )
    assert next(chunks) == ("values", {"log": ["in"]})
    assert next(chunks) == ("updates", {"quick": {"log": ["quick"]}})
    finished.set()
    with pytest.raises(LookupError):
        next(chunks)


def test_a_sync_run_waits_for_siblings_but_does_not_report_them_after_the_failure() -> None:
    failed, ended = threading.Event(), threading.Event()

    def slow(state: State) -> dict[str, Any]:
        assert failed.wait(10)
        ended.set()
        return {"log": ["slow"]}

    chunks = side_by_side(a=fails, slow=slow).stream({}, stream_mode=["tasks", "updates"])
    seen = [next(chunks) for _ in range(3)]
    failed.set()
    more, _ = drain(chunks)
    assert [payload["name"] for _, payload in seen] == ["a", "slow", "a"]
    assert more == []
    assert ended.is_set()


async def test_an_async_run_cancels_siblings() -> None:
    cancelled: list[str] = []
    started = asyncio.Event()

    async def slow(state: State) -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append("slow")
            raise

    async def fails_then(state: State) -> None:
        await started.wait()
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        await side_by_side(a=fails_then, slow=slow).ainvoke({})
    assert cancelled == ["slow"]


async def test_cancelling_a_run_cancels_its_nodes() -> None:
    started, cancelled = asyncio.Event(), []

    async def slow(state: State) -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    for graph in (side_by_side(a=slow), side_by_side(a=slow, b=slow)):
        started.clear()
        run = asyncio.create_task(graph.ainvoke({}))
        await started.wait()
        await asyncio.sleep(0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert len(cancelled) == 3


async def test_leaving_a_stream_early_cancels_what_runs_and_waits_for_it() -> None:
    cancelled: list[str] = []

    async def quick(state: State) -> dict[str, Any]:
        return {"log": ["quick"]}

    async def slow(state: State) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cancelled.append("slow")

    async with aclosing(side_by_side(quick=quick, slow=slow).astream({})) as chunks:
        assert await anext(chunks) == {"quick": {"log": ["quick"]}}
    assert cancelled == ["slow"]


def test_closing_a_stream_runs_no_further_step() -> None:
    ran: list[str] = []
    graph = StateGraph(State).add_sequence(
        [("a", lambda s: ran.append("a")), ("b", lambda s: ran.append("b"))]
    )
    chunks = graph.add_edge(START, "a").compile().stream({})
    next(chunks)
    chunks.close()
    assert ran == ["a"]


def test_what_a_node_wrote_is_reported_even_when_its_path_fails() -> None:
    graph = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_edge(START, "a")
    seen, _ = drain(
        graph.add_conditional_edges("a", fails).compile().stream({}, stream_mode=["updates", "tasks"])
    )
    assert seen[1] == ("updates", {"a": {"log": ["a"]}})
    assert seen[2][1]["result"] == {"log": ["a"]}
    assert isinstance(seen[2][1]["error"], LookupError)


async def test_stop_iteration_in_a_sync_node_does_not_hang_an_async_run() -> None:
    def stops(state: State) -> None:
        raise StopIteration("early")

    with pytest.raises(RuntimeError, match="StopIteration: early"):
        await side_by_side(a=stops).ainvoke({})


async def test_an_asyncio_timeout_inside_a_lone_node_is_the_nodes_own_affair() -> None:
    async def tries(state: State) -> dict[str, Any]:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except asyncio.TimeoutError:
            return {"log": ["timed out"]}
        return {}

    assert (await side_by_side(a=tries).ainvoke({}))["log"] == ["timed out"]
