"""Threads with a DeltaChannel, which LangGraph may save as what was written, without its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict

from stepgraph.errors import NotSupportedYet

THREAD = {"configurable": {"thread_id": "1"}}


def joined(value: list[str], writes: Sequence[str]) -> list[str]:
    return [*value, *writes]


def graph(engine: Engine, saver: Any, snapshot_frequency: int = 100) -> Any:
    channel = engine.DeltaChannel(joined, snapshot_frequency=snapshot_frequency)
    State = TypedDict("State", {"log": Annotated[list, channel]})  # noqa: UP013
    builder = engine.StateGraph(State).add_node("a", lambda state: {"log": "a"})
    return builder.add_edge(engine.START, "a").compile(checkpointer=saver)


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_a_thread_of_stepgraphs_goes_on_in_either_engine(engine: Engine) -> None:
    saver = InMemorySaver()
    graph(OURS, saver).invoke({"log": "in"}, THREAD)
    assert graph(engine, saver).invoke({"log": "more"}, THREAD) == {"log": ["in", "a", "more", "a"]}


def test_a_thread_of_langgraphs_goes_on_from_a_whole_value() -> None:
    saver = InMemorySaver()
    graph(ORACLE, saver, snapshot_frequency=1).invoke({"log": "in"}, THREAD)
    assert graph(OURS, saver).get_state(THREAD).values == {"log": ["in", "a"]}


def test_a_thread_of_langgraphs_without_a_whole_value_is_refused_and_not_begun_anew() -> None:
    saver = InMemorySaver()
    graph(ORACLE, saver).invoke({"log": "in"}, THREAD)
    with pytest.raises(NotSupportedYet, match=r"only what was written to 'log'"):
        graph(OURS, saver).invoke({"log": "more"}, THREAD)
