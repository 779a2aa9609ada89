"""The picture of a graph, and the graphs inside it."""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal

import pytest
from typing_extensions import TypedDict

from stepgraph.graph import END, START, StateGraph
from stepgraph.types import Command


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def graph_of(nodes: str, *edges: tuple[Any, str]) -> StateGraph[State]:
    graph = StateGraph(State)
    for name in nodes:
        graph.add_node(name, lambda state: None)
    for source, target in edges:
        graph.add_edge(source, target)
    return graph


def edges(graph: StateGraph[State], **options: Any) -> list[tuple[Any, ...]]:
    return [tuple(edge) for edge in graph.compile().get_graph(**options).edges]


def plain(*pairs: tuple[str, str]) -> list[tuple[Any, ...]]:
    return [(source, target, None, False) for source, target in pairs]


def test_nodes_come_in_the_order_they_were_added_between_start_and_end() -> None:
    graph = graph_of("ba", (START, "a"), ("a", "b"))
    assert list(graph.compile().get_graph().nodes) == [START, "b", "a", END]


def test_a_node_that_leads_nowhere_leads_to_the_end() -> None:
    assert edges(graph_of("ab", (START, "a"), ("a", "b"))) == plain((START, "a"), ("a", "b"), ("b", END))


def test_conditional_edges_carry_the_answer_where_it_is_not_the_nodes_name() -> None:
    graph = graph_of("ab", (START, "a")).add_conditional_edges(
        "a", lambda state: True, {True: "b", False: END}
    )
    assert edges(graph)[1:3] == [("a", END, "False", True), ("a", "b", "True", True)]


def test_a_literal_says_where_a_path_may_lead() -> None:
    def path(state: State) -> Literal["b", "__end__"]:
        return "b"

    assert edges(graph_of("ab", (START, "a")).add_conditional_edges("a", path))[1:3] == [
        ("a", END, None, True),
        ("a", "b", None, True),
    ]


def test_a_path_that_does_not_say_adds_no_edge() -> None:
    graph = graph_of("ab", (START, "a")).add_conditional_edges("a", lambda state: "b")
    assert edges(graph) == plain((START, "a"), ("a", END))


def test_commands_and_destinations_are_drawn_as_conditional() -> None:
    def choose(state: State) -> Command[Literal["b"]]:
        return Command(goto="b")

    graph = graph_of("b").add_node("a", choose).add_node("c", choose, destinations={"b": "back"})
    graph.add_edge(START, "a").add_edge("b", "c")
    assert ("a", "b", None, True) in edges(graph)
    assert ("c", "b", "back", True) in edges(graph)


def test_a_barrier_is_an_edge_from_each_source_once_all_can_be_reached() -> None:
    assert edges(graph_of("abc", (START, "a"), (START, "b"), (["a", "b"], "c")))[2:4] == plain(
        ("a", "c"), ("b", "c")
    )
    assert edges(graph_of("abc", (START, "a"), (["a", "b"], "c"))) == plain((START, "a"), ("a", END))


def test_a_barrier_that_is_added_twice_is_one() -> None:
    once = graph_of("abc", (START, "a"), (START, "b"), (["a", "b"], "c"))
    twice = graph_of("abc", (START, "a"), (START, "b"), (["a", "b"], "c"), (["a", "b"], "c"))
    assert edges(twice) == edges(once)


def test_metadata_is_shown_and_that_a_node_is_deferred() -> None:
    graph = graph_of("a", (START, "a")).add_node("b", lambda state: None, defer=True, metadata={"k": 1})
    nodes = graph.compile().get_graph().nodes
    assert (nodes["a"].metadata, nodes["b"].metadata) == (None, {"k": 1, "defer": True})


@pytest.fixture
def nested() -> StateGraph[State]:
    inner = graph_of("xy", (START, "x"), ("x", "y")).compile()
    middle = StateGraph(State).add_node("m", inner).add_edge(START, "m").compile()
    graph = StateGraph(State).add_node("o", middle).add_node("z", lambda state: inner.invoke({}))
    return graph.add_edge(START, "o").add_edge("o", "z")


def test_subgraphs_stay_closed_unless_asked(nested: StateGraph[State]) -> None:
    assert edges(nested) == plain((START, "o"), ("o", "z"), ("z", END))


def test_xray_opens_subgraphs_as_deep_as_asked(nested: StateGraph[State]) -> None:
    one = nested.compile().get_graph(xray=1).nodes
    assert {"o:m", "z:x", "z:y"} <= set(one)
    everything = nested.compile().get_graph(xray=True)
    assert [node for node in everything.nodes if node.startswith("o")] == ["o:m:x", "o:m:y"]
    assert everything.nodes["o:m:x"].name == "x"
    pairs = [(edge.source, edge.target) for edge in everything.edges]
    assert pairs[:2] == [(START, "o:m:x"), ("o:m:y", "z:x")]
    assert ("o:m:x", "o:m:y") in pairs


def test_the_picture_can_be_drawn(nested: StateGraph[State]) -> None:
    assert "o --> z" in nested.compile().get_graph().draw_mermaid()


def test_subgraphs_are_found_as_nodes_and_in_functions(nested: StateGraph[State]) -> None:
    compiled = nested.compile()
    assert [name for name, _ in compiled.get_subgraphs()] == ["o", "z"]
    assert [name for name, _ in compiled.get_subgraphs(recurse=True)] == ["o", "o|m", "z"]
    assert [name for name, _ in compiled.get_subgraphs(namespace="z")] == ["z"]
    assert [name for name, _ in compiled.get_subgraphs(namespace="o|m", recurse=True)] == ["o|m"]
