"""Small graphs that sessions talk to: builders, not yet compiled."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Annotated, Any

from tests.kit.engines import Engine
from typing_extensions import TypedDict


class Log(TypedDict):
    x: str
    log: Annotated[list[Any], operator.add]


class Broken(Exception):
    """What nodes raise here."""


def says(word: str) -> Any:
    """A node that logs a word."""

    def node(state: Log) -> Any:
        return {"log": [word]}

    return node


def asks(engine: Engine, *questions: Any) -> Any:
    """A node that asks, question after question, and logs the answers."""

    def node(state: Log) -> Any:
        return {"log": [[engine.interrupt(question) for question in questions]]}

    return node


def fails(times: int = 1, word: str = "mended") -> Any:
    """A node that raises so many times, and then logs a word."""
    left = [times]

    def node(state: Log) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise Broken(f"{word}, not yet")
        return {"log": [word]}

    return node


def counted(calls: list[str], name: str, node: Callable[[Any], Any] | None = None) -> Any:
    """A node that also tells outside that it was called."""

    def counting(state: Log) -> Any:
        calls.append(name)
        return (node or says(name))(state)

    return counting


def line(engine: Engine, names: str = "abc", schema: Any = Log, **nodes: Any) -> Any:
    """Nodes one after the other; those that are not given log their names."""
    builder = engine.StateGraph(schema)
    builder.add_sequence([(name, nodes.get(name) or says(name)) for name in names])
    return builder.add_edge(engine.START, names[0])


def fan(engine: Engine, schema: Any = Log, **nodes: Any) -> Any:
    """Nodes side by side."""
    builder = engine.StateGraph(schema)
    for name, node in nodes.items():
        builder.add_node(name, node or says(name)).add_edge(engine.START, name)
    return builder


def within(engine: Engine, inner: Any, name: str = "sub", checkpointer: Any = None, **options: Any) -> Any:
    """A builder whose one node is the inner builder's graph."""
    graph = inner.compile(checkpointer=checkpointer, **options)
    return engine.StateGraph(Log).add_node(name, graph).add_edge(engine.START, name)


START_LOG: dict[str, Any] = {"x": "in", "log": []}
