"""One thread, two engines: whichever of them makes a call, it gives what LangGraph gives alone."""

from __future__ import annotations

import pytest
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads.session import ASYNC_ONLY, SESSIONS, gather, hold, langgraph_says
from tests.kit.engines import ORACLE, OURS
from tests.kit.relay import Relay
from tests.kit.thread import WAYS

gather()

SCHEMAS_OF_ONE_ENGINE = {"values_that_are_never_saved", "values_for_one_step", "remaining_steps_on_a_thread"}
"""Sessions whose state is annotated with an engine's own classes, so that it cannot serve both."""
GRAPHS_IN_FUNCTIONS = {
    "a_graph_called_in_a_node_asks",
    "a_graph_called_twice_in_a_node",
    "a_graph_called_twice_asks_twice",
    "a_graph_of_another_state_asks",
    "a_graph_called_with_a_thread_of_another_name",
    "a_graph_streamed_in_a_node_with_its_config",
    "a_node_asks_and_then_its_graph_asks",
    "an_async_graph_called_in_a_node_asks",
}
"""Sessions in which a function calls a graph. Each engine looks for its own there, and finds the relay's."""

TURNS = {"begun-by-langgraph": (ORACLE, OURS), "begun-by-stepgraph": (OURS, ORACLE)}
ASKED = [
    pytest.param(name, way, turns, id=f"{name}-{way}-{turns}")
    for name in SESSIONS
    for way, turns in (("sync-default", "begun-by-langgraph"), ("async-all", "begun-by-stepgraph"))
    if name not in SCHEMAS_OF_ONE_ENGINE | GRAPHS_IN_FUNCTIONS
    and (WAYS[way].awaited or name not in ASYNC_ONLY)
    and (CARRIES_CONTEXT or not WAYS[way].awaited)
]


@pytest.mark.parametrize(("name", "way", "turns"), ASKED)
def test_a_thread_goes_on_under_the_other_engine(name: str, way: str, turns: str) -> None:
    together = hold(SESSIONS[name], Relay(*TURNS[turns]), WAYS[way])
    alone = langgraph_says(name, way)
    for mine, other in zip(together, alone, strict=False):
        assert mine == other
    assert len(together) == len(alone)
