"""Whatever is asked of the debugger, in whatever order: every run ends, and as it would have without it."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kit.engines import ORACLE, OURS
from typing_extensions import TypedDict

from stepscope_host.host import Host
from stepscope_host.loading.given import GivenGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


Shape = list[list[Any]]
"""Layers of nodes that run side by side; an entry is an int, or the Shape of a subgraph.

In every second layer subgraphs are called by nodes, in the first place of it in a thread.
"""

SHAPES: st.SearchStrategy[Shape] = st.recursive(
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=3),
    lambda inner: st.lists(
        st.lists(st.integers(0, 3) | inner, min_size=1, max_size=2), min_size=1, max_size=2
    ),
    max_leaves=4,
)
ORDERS = st.lists(
    st.sampled_from(["step", "into", "out", "resume", "pause", "release", "keep", "run_to"]), max_size=12
)


def build(engine: Any, shape: Shape, name: str = "n", is_sync: bool = False) -> Any:
    builder = engine.StateGraph(State)
    before: list[str] = [engine.START]
    for depth, layer in enumerate(shape):
        here = []
        for place, entry in enumerate(layer):
            node = f"{name}{depth}{place}"
            builder.add_node(
                node, says(node) if isinstance(entry, int) else inside(engine, entry, node, is_sync)
            )
            here.append(node)
            if before == [engine.START]:
                builder.add_edge(engine.START, node)
            else:
                builder.add_edge(before, node)
        before = here
    return builder.compile()


def inside(engine: Any, shape: Shape, node: str, is_sync: bool) -> Any:
    """A subgraph, or a function that calls it: names end in the number of the layer and of the place."""
    if int(node[-2]) % 2 == 0:
        return build(engine, shape, node, is_sync)
    is_sync = is_sync or node.endswith("0")
    graph = build(engine, shape, node, is_sync)

    def call(state: State) -> Any:
        return graph.invoke(state)

    async def acall(state: State) -> Any:
        return await graph.ainvoke(state)

    return call if is_sync else acall


def says(word: str) -> Any:
    def node(state: State) -> Any:
        return {"log": [word]}

    return node


class Operator:
    """Answers each pause with the next order; when there are none left, with Continue until the end.

    Asks for a pause whenever that many events have been told.
    """

    def __init__(self, graph: Any, orders: list[str], pauses: frozenset[int] = frozenset()) -> None:
        self.pauses = pauses
        self.events: list[dict[str, Any]] = []
        self.orders = list(orders)
        self.host = Host(self._take, loader=GivenGraph(graph, None, "given.py", "graph"))
        assert "opened" in self.host.load("given.py:graph")

    def _take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if len(self.events) in self.pauses:
            self.host.order("pause", {})
        if event["event"] == "paused":
            self._answer(event)

    def _answer(self, paused: dict[str, Any]) -> None:
        held: list[str] = []
        for event in self.events:
            if event["event"] == "task_held":
                held.append(event["task"])
            elif event["event"] == "task_released":
                held.remove(event["task"])
        order = self.orders.pop(0) if self.orders else "resume"
        parts: dict[str, Any] = {}
        if order in ("release", "keep"):
            parts = {"task": held[-1]}
        elif order == "run_to":
            parts = {"path": [paused["next"][0]]}
        self.host.order(order, parts)
        if order in ("pause", "keep"):  # these alone let nothing go
            self.host.order("resume", {})

    async def run(self, start: str) -> list[str]:
        await self.host.run({"input": {"log": []}, "start": start})
        assert self.events[-1]["event"] == "run_finished"
        assert self.events[-1]["outcome"] == "finished", self.events[-1]
        return self.of("values")[-1]["values"]["log"]  # type: ignore[no-any-return]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def tasks(self, kind: str) -> list[tuple[Any, ...]]:
        return sorted((_path(event["namespace"]), event["step"], event["node"]) for event in self.of(kind))


def _path(namespace: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(segment.partition(":")[0] for segment in namespace)


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
@settings(max_examples=40, deadline=None)
@given(
    shape=SHAPES,
    orders=ORDERS,
    start=st.sampled_from(["free", "step", "paused"]),
    pauses=st.frozensets(st.integers(1, 60), max_size=4),
)
def test_a_debugged_run_ends_as_it_would_by_itself(
    engine: Any, shape: Shape, orders: list[str], start: str, pauses: frozenset[int]
) -> None:
    free, debugged = Operator(build(engine, shape), []), Operator(build(engine, shape), orders, pauses)
    alone = asyncio.run(free.run("free"))
    under = asyncio.run(asyncio.wait_for(debugged.run(start), 20))
    assert under == alone
    assert debugged.tasks("task_started") == free.tasks("task_started")
    assert debugged.tasks("task_finished") == free.tasks("task_finished")
    held, released = debugged.tasks("task_held"), debugged.tasks("task_released")
    assert held == released, "whatever was held was let go"
