"""A key that a node returns and the state lacks is warned of, unless it is meant."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from typing_extensions import TypedDict

from stepgraph.graph import END, START, StateGraph
from stepgraph.types import Command, Send
from stepgraph.warnings import UnknownStateKey


class State(TypedDict):
    topic: str
    joke: str


def of(node: Any, path: Any = None, **options: Any) -> Any:
    graph = StateGraph(State).add_node("tell", node, **options).add_edge(START, "tell")
    return (graph.add_conditional_edges("tell", path) if path else graph).compile()


def warned(graph: Any, input: Any = None) -> list[UnknownStateKey]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        graph.invoke({"topic": "ice"} if input is None else input)
    return [warning.message for warning in caught if isinstance(warning.message, UnknownStateKey)]


def misspells(state: State) -> Any:
    return {"joek": "J"}


def test_the_warning_names_node_and_key_and_the_key_that_was_meant() -> None:
    (warning,) = warned(of(misspells))
    assert (warning.node, warning.key, warning.known) == ("tell", "joek", ("topic", "joke"))
    assert str(warning) == (
        "Node 'tell' returned 'joek', which is no key of the state, so its value is lost. "
        "Did you mean 'joke'?"
    )


def test_a_key_like_no_other_is_told_what_keys_there_are() -> None:
    (warning,) = warned(of(lambda state: {"zzz": 1}))
    assert str(warning).endswith("The keys are: 'topic', 'joke'.")


def test_it_points_at_the_node() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        of(misspells).invoke({})
    assert (caught[0].filename, caught[0].lineno) == (__file__, misspells.__code__.co_firstlineno)


def test_each_node_and_key_is_warned_of_once() -> None:
    graph = of(lambda state: {"one": 1, "two": 2})
    assert [warning.key for warning in warned(graph)] == ["one", "two"]
    assert warned(graph) == []


def test_one_that_is_raised_is_raised_every_time() -> None:
    graph = of(misspells)
    for _ in range(2):
        with pytest.raises(UnknownStateKey):
            graph.invoke({})


@pytest.mark.parametrize(
    "returned",
    [
        Command(update={"joek": "J"}),
        Command(update=[("joek", "J"), ("joke", "J")]),
        [Command(update={"joke": "J"}), {"joek": "J"}],
    ],
    ids=["a Command", "a Command of pairs", "a list"],
)
def test_whatever_a_node_returns_is_looked_at(returned: Any) -> None:
    assert [warning.key for warning in warned(of(lambda state: returned))] == ["joek"]


async def test_async_nodes_are_warned_of_too() -> None:
    async def tell(state: State) -> Any:
        return {"joek": "J"}

    with pytest.warns(UnknownStateKey):
        await of(tell).ainvoke({})


def test_keys_that_a_path_is_shown_are_meant() -> None:
    assert warned(of(lambda state: {"mood": "good"}, lambda state: state["mood"] and END)) == []


def test_keys_that_an_annotated_path_is_not_shown_are_lost() -> None:
    def path(state: State) -> str:
        return END

    assert [warning.key for warning in warned(of(lambda state: {"mood": "good"}, path))] == ["mood"]


def test_what_a_node_was_given_it_may_hand_back() -> None:
    def fan(state: State) -> Any:
        return Send("tell", {"topic": "ice", "number": 1})

    graph = StateGraph(State).add_node("tell", lambda item: {**item, "joke": "J"})
    assert warned(graph.add_conditional_edges(START, fan, ["tell"]).compile()) == []


def inner() -> Any:
    class Inner(TypedDict):
        joke: str
        draft: str

    graph = StateGraph(Inner).add_node("write", lambda state: {"draft": "D", "joke": "J"})
    return graph.add_edge(START, "write").compile()


def test_a_subgraphs_own_keys_are_its_own_affair() -> None:
    assert warned(of(inner())) == []


def test_so_are_those_of_a_graph_that_the_node_calls() -> None:
    agent = inner()
    assert warned(of(lambda state: agent.invoke(state))) == []
    assert [warning.key for warning in warned(of(lambda state: {**agent.invoke(state), "z": 1}))] == ["z"]


def test_an_input_may_have_more_than_the_state_takes() -> None:
    assert warned(of(lambda state: None), {"topic": "ice", "extra": 1}) == []
