"""Checkpoints made for going on from them: a second time, they are the past, and what follows is a fork."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from tests.kit.engines import ORACLE, OURS, Engine

THREAD = {"configurable": {"thread_id": "1"}}


def graph(engine: Engine) -> Any:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_sequence([("a", lambda state: None), ("b", lambda state: None)])
    return builder.add_edge(engine.START, "a").compile(checkpointer=InMemorySaver())


def entrypoint(engine: Engine) -> Any:
    return engine.entrypoint(checkpointer=InMemorySaver())(lambda x: x)


def history(graph: Any) -> list[Any]:
    states = graph.get_state_history(THREAD)
    return [(state.metadata["source"], state.metadata["step"], state.next) for state in states]


@pytest.mark.parametrize("as_node", ["a", "b"])
def test_an_update_is_gone_on_from_twice(as_node: str) -> None:
    def histories(engine: Engine) -> list[Any]:
        runs = graph(engine)
        runs.invoke({"messages": []}, THREAD)
        config = runs.update_state(THREAD, {"messages": []}, as_node=as_node)
        found = []
        for _ in range(3):
            list(runs.stream(None, config))
            found.append(history(runs))
        return found

    assert histories(OURS) == histories(ORACLE)


def test_an_update_that_a_new_input_has_followed() -> None:
    def histories(engine: Engine) -> list[Any]:
        runs = entrypoint(engine)
        runs.invoke(1, THREAD)
        config = runs.update_state(THREAD, 2, as_node="<lambda>")
        list(runs.stream(None, config))
        found = [history(runs)]
        runs.invoke(3, THREAD)
        list(runs.stream(None, config))
        return [*found, history(runs)]

    assert histories(OURS) == histories(ORACLE)
