"""A saver that fails is told of, and nothing that had arrived is lost."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import TypedDict

from stepgraph.graph import START, StateGraph
from stepgraph.types import Durability

THREAD = {"configurable": {"thread_id": "1"}}


class State(TypedDict):
    log: Annotated[list[str], operator.add]


class FullDisk(InMemorySaver):
    """Keeps `room` checkpoints, and then no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def put(self, *args: Any) -> Any:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        self.room -= 1
        return super().put(*args)

    async def aput(self, *args: Any) -> Any:
        return self.put(*args)


def graph_of(saver: InMemorySaver, **nodes: Any) -> Any:
    builder = StateGraph(State)
    previous = START
    for name, node in nodes.items():
        builder.add_node(name, node).add_edge(previous, name)
        previous = name
    return builder.compile(checkpointer=saver)


def logs(name: str) -> Any:
    return lambda state: {"log": [name]}


def three_steps(room: int) -> Any:
    return graph_of(FullDisk(room), a=logs("a"), b=logs("b"), c=logs("c"))


def stream(graph: Any, durability: Durability) -> tuple[list[Any], BaseException | None]:
    chunks: list[Any] = []
    try:
        chunks.extend(graph.stream({"log": []}, THREAD, durability=durability))
    except Exception as error:
        return chunks, error
    return chunks, None


def astream(graph: Any, durability: Durability) -> tuple[list[Any], BaseException | None]:
    chunks: list[Any] = []

    async def gather() -> None:
        async for chunk in graph.astream({"log": []}, THREAD, durability=durability):
            chunks.append(chunk)

    try:
        asyncio.run(gather())
    except Exception as error:
        return chunks, error
    return chunks, None


@pytest.mark.parametrize("drive", [stream, astream])
@pytest.mark.parametrize("durability", ["sync", "async"])
def test_a_full_disk_ends_the_run_with_what_was_saved_before_it(drive: Any, durability: Durability) -> None:
    graph = three_steps(room=3)
    _, error = drive(graph, durability)
    assert isinstance(error, OSError)
    # The checkpoint after b is lost, but not what b had written: that is kept beside the one before.
    assert graph.get_state(THREAD).values == {"log": ["a", "b"]}


@pytest.mark.parametrize("drive", [stream, astream])
def test_with_durability_sync_no_superstep_begins_before_the_last_one_is_saved(drive: Any) -> None:
    chunks, _ = drive(three_steps(room=2), "sync")
    assert chunks == [{"a": {"log": ["a"]}}]


@pytest.mark.parametrize("drive", [stream, astream])
def test_a_run_goes_on_where_the_disk_was_full_once_there_is_room(drive: Any) -> None:
    saver = FullDisk(room=3)
    graph = graph_of(saver, a=logs("a"), b=logs("b"), c=logs("c"))
    drive(graph, "sync")
    saver.room = 10
    assert graph.invoke(None, THREAD) == {"log": ["a", "b", "c"]}


@pytest.mark.parametrize("drive", [stream, astream])
def test_a_failure_that_cannot_be_saved_is_still_the_failure_that_is_raised(drive: Any) -> None:
    def fails(state: State) -> State:
        raise ValueError("broken")

    graph = graph_of(FullDisk(room=0), fails=fails)
    chunks, error = drive(graph, "exit")
    assert chunks == []
    assert isinstance(error, ValueError)
    assert any("could not all be saved" in note and "No space left" in note for note in error.__notes__)
