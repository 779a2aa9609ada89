"""The quick search for the ways of a graph finds what the walk through its supersteps finds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import TypedDict

from stepgraph.graph import END, START, StateGraph, ways


class State(TypedDict):
    x: int


@st.composite
def builders(draw: st.DrawFn) -> StateGraph[Any]:
    """Edges, choices with and without labels, cycles, dead ends, and nodes that wait."""
    names = [f"n{number}" for number in range(draw(st.integers(1, 7)))]
    builder: StateGraph[Any] = StateGraph(State)
    for name in names:
        builder.add_node(name, lambda state: {}, defer=draw(st.integers(0, 9)) == 0)
    one, target = st.sampled_from(names), st.sampled_from([*names, END])
    builder.add_edge(START, draw(one))
    for pair in draw(st.lists(st.tuples(one, target), max_size=9, unique=True)):
        builder.add_edge(*pair)
    for name in draw(st.lists(one, max_size=3, unique=True)):
        targets = draw(st.lists(target, min_size=1, max_size=3, unique=True))
        builder.add_conditional_edges(name, lambda state: "", {f"to {each}": each for each in targets})
    if len(names) > 2:
        for sources in draw(st.lists(st.lists(one, min_size=2, max_size=3, unique=True), max_size=2)):
            builder.add_edge(sources, draw(one))
    return builder


@given(builders())
@settings(max_examples=300)
def test_what_is_found_quickly_is_what_the_walk_finds(builder: StateGraph[Any]) -> None:
    found = ways.ways_of(builder)
    with patch.object(ways._Walk, "reach", return_value=False):
        assert found == ways.ways_of(builder)


def test_a_graph_of_thousands_of_nodes_in_loops_is_drawn_all_the_same() -> None:
    builder: StateGraph[Any] = StateGraph(State)
    names = [f"n{number}" for number in range(5_000)]
    for name in names:
        builder.add_node(name, lambda state: {})
    builder.add_edge(START, names[0])
    for at in range(1, len(names)):
        builder.add_edge(names[at - 1], names[at])
        builder.add_conditional_edges(names[at], lambda state: "", {"back": names[at - 1], "on": END})
    assert len(ways.ways_of(builder)) == 3 * len(names) - 2


def test_a_graph_of_thousands_of_nodes_that_wait_for_others_is_drawn_all_the_same() -> None:
    builder: StateGraph[Any] = StateGraph(State)
    waves = [[f"n{wave}_{at}" for at in range(5)] for wave in range(1_000)]
    for wave in waves:
        for name in wave:
            builder.add_node(name, lambda state: {}, defer=name in waves[-1])
    for name in waves[0]:
        builder.add_edge(START, name)
    for above, below in pairwise(waves):
        for name in below:
            builder.add_edge(above, name)
    ways_in, ways_out, ways_between = 5, 5, 25 * 999
    assert len(ways.ways_of(builder)) == ways_in + ways_between + ways_out
