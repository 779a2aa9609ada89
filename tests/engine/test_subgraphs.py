"""Graphs in graphs: as nodes and called in nodes, their namespaces, and what goes in and comes out."""

from __future__ import annotations

import operator
import re
from typing import Annotated, Any

import pytest
from langchain_core.runnables import RunnableConfig
from typing_extensions import TypedDict

from stepgraph.errors import GraphRecursionError
from stepgraph.graph import START, StateGraph
from stepgraph.runtime import get_runtime
from stepgraph.types import Command


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def logs(word: str) -> Any:
    return lambda state: {"log": [word]}


def of(**nodes: Any) -> Any:
    """A graph of these nodes, one after another."""
    graph = StateGraph(State).add_sequence(list(nodes.items()))
    return graph.add_edge(START, next(iter(nodes))).compile()


def named(chunks: Any) -> list[Any]:
    """Chunks with namespaces, the task ids in them cut off."""
    return [(tuple(re.sub(":.*", "", part) for part in namespace), *rest) for namespace, *rest in chunks]


inner = of(one=logs("1"), two=logs("2"))


def test_chunks_of_a_graph_inside_carry_its_namespace() -> None:
    graph = of(outer=of(middle=inner))
    assert named(graph.stream({}, subgraphs=True)) == [
        (("outer", "middle"), {"one": {"log": ["1"]}}),
        (("outer", "middle"), {"two": {"log": ["2"]}}),
        (("outer",), {"middle": {"log": ["1", "2"]}}),
        ((), {"outer": {"log": ["1", "2"]}}),
    ]


def test_a_namespace_is_made_of_task_ids() -> None:
    chunks = list(of(sub=inner).stream({}, stream_mode="tasks", subgraphs=True))
    (_, start), (namespace, _) = chunks[:2]
    assert namespace == (f"sub:{start['id']}",)


def test_without_subgraphs_no_chunk_of_any_mode_comes_from_inside() -> None:
    chatty = of(one=lambda state, writer: writer("custom"))
    modes = ["updates", "values", "custom", "messages", "tasks", "debug"]
    chunks = of(sub=chatty).stream({"log": ["in"]}, stream_mode=modes)
    assert {mode for mode, _ in chunks} == {"updates", "values", "tasks", "debug"}


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_graph_called_in_a_node_is_numbered_from_the_second_call_on(times: int) -> None:
    def calls(state: State) -> dict[str, Any]:
        return {"log": [inner.invoke({})["log"] for _ in range(times)]}

    chunks = named(of(calls=calls).stream({}, subgraphs=True))
    expected = [("calls",), ("calls", "1"), ("calls", "2")][:times]
    assert list(dict.fromkeys(namespace for namespace, _ in chunks)) == [*expected, ()]


async def test_a_graph_called_in_an_async_node_is_inside_too() -> None:
    async def calls(state: State) -> dict[str, Any]:
        return {"log": (await inner.ainvoke({}))["log"]}

    chunks = [chunk async for chunk in of(calls=calls).astream({}, subgraphs=True)]
    assert [namespace for namespace, _ in named(chunks)] == [("calls",), ("calls",), ()]


async def test_a_graph_called_by_a_sync_node_of_an_async_run_is_inside_too() -> None:
    chunks = [chunk async for chunk in of(calls=lambda state: inner.invoke({})).astream({}, subgraphs=True)]
    assert [namespace for namespace, _ in named(chunks)] == [("calls",), ("calls",), ()]


def test_a_call_with_a_thread_of_its_own_stands_alone() -> None:
    graph = of(calls=lambda state: inner.invoke({}, {"configurable": {"thread_id": "own"}}))
    assert [namespace for namespace, _ in graph.stream({}, subgraphs=True)] == [()]


def test_a_stream_inside_a_node_gives_its_chunks_to_the_node_and_to_those_around() -> None:
    seen: list[Any] = []
    graph = of(calls=lambda state: seen.extend(inner.stream({})))
    outside = named(graph.stream({}, subgraphs=True))
    assert seen == [{"one": {"log": ["1"]}}, {"two": {"log": ["2"]}}]
    assert outside == [(("calls",), seen[0]), (("calls",), seen[1]), ((), {"calls": None})]


def test_with_the_nodes_config_a_stream_inside_gives_values() -> None:
    seen: list[Any] = []
    of(calls=lambda state, config: seen.extend(inner.stream({}, config))).invoke({})
    assert seen == [{"log": ["1"]}, {"log": ["1", "2"]}]


def test_settings_reach_the_graphs_inside() -> None:
    def node(state: State, config: RunnableConfig) -> dict[str, Any]:
        metadata = config["metadata"]
        return {"log": [config["tags"], metadata["m"], metadata["n"], get_runtime().context]}

    inside = of(node=node)
    inside_again = of(calls=lambda state: inside.invoke({}, {"tags": ["call"], "metadata": {"n": 2}}))
    config = {"tags": ["run"], "metadata": {"m": 1}}
    assert inside_again.invoke({}, config, context="ctx")["log"] == [["run", "call"], 1, 2, "ctx"]


def test_a_recursion_limit_reaches_the_graphs_inside() -> None:
    with pytest.raises(GraphRecursionError):
        of(sub=inner).invoke({}, {"recursion_limit": 2})


def test_a_node_that_is_a_graph_writes_its_whole_output() -> None:
    assert of(sub=of(one=logs("1"))).invoke({"log": ["in"]}) == {"log": ["in", "in", "1"]}


def test_a_graph_inside_shows_and_returns_its_output_schema_only() -> None:
    class Both(State):
        secret: str

    sub = StateGraph(Both, output_schema=State).add_node("a", lambda state: {"log": ["a"], "secret": "s"})
    graph = of(sub=sub.add_edge(START, "a").compile())
    assert named(graph.stream({}, subgraphs=True))[0] == (("sub",), {"a": {"log": ["a"]}})
    assert list(graph.stream({})) == [{"sub": {"log": ["a"]}}]


def parent_of(child: Any) -> Any:
    graph = StateGraph(State).add_node("sub", child).add_node("after", logs("after"))
    return graph.add_node("edge", logs("edge")).add_edge(START, "sub").add_edge("sub", "edge").compile()


def test_a_command_to_the_parent_acts_there_as_if_the_parents_node_had_returned_it() -> None:
    leave = of(one=lambda state: Command(graph=Command.PARENT, update={"log": ["left"]}, goto="after"))
    chunks = named(parent_of(leave).stream({}, stream_mode=["updates", "tasks"], subgraphs=True))
    first, *others = [chunk[2] for chunk in chunks if chunk[1] == "updates"]
    assert first == {"sub": {"log": ["left"]}}
    # These two run side by side in threads, and either may be the first to end.
    assert sorted(others, key=str) == [{"after": {"log": ["after"]}}, {"edge": {"log": ["edge"]}}]
    inside = [chunk[2] for chunk in chunks if chunk[0] == ("sub",)]
    assert ["error" in payload for payload in inside] == [False], "the inner task reported an end"


async def test_a_command_to_the_parent_works_from_a_graph_called_in_an_async_node() -> None:
    leave = of(one=lambda state: Command(graph=Command.PARENT, goto="after"))

    async def calls(state: State) -> Any:
        return await leave.ainvoke({})

    assert (await parent_of(calls).ainvoke({}))["log"] == ["after", "edge"]


def test_an_error_inside_is_reported_at_every_depth_and_notes_each_task() -> None:
    def fails(state: State) -> None:
        raise LookupError("lost")

    chunks = of(outer=of(fails=fails)).stream({}, stream_mode="tasks", subgraphs=True)
    seen = [next(chunks) for _ in range(4)]
    with pytest.raises(LookupError, match="lost") as caught:
        next(chunks)
    assert [payload["name"] for _, payload in seen[2:] if payload["error"]] == ["fails", "outer"]
    assert [note.split("'")[1] for note in caught.value.__notes__] == ["fails", "outer"]
