"""Laws of any graph on any thread: no order of finishing, and no replay, changes what becomes of it."""

from __future__ import annotations

import asyncio
import operator
from dataclasses import dataclass
from typing import Annotated, Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from tests.kit.engines import OURS
from typing_extensions import TypedDict

NAMES = ("a", "b", "c", "d", "z")


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    most: Annotated[int, lambda old, new: max(old, new)]
    last: Annotated[str, lambda old, new: new]


@dataclass(frozen=True)
class Plan:
    """A graph as data."""

    entries: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    barriers: tuple[tuple[tuple[str, ...], str], ...]
    routes: dict[str, tuple[tuple[str, ...], ...]]
    sends: dict[str, int]
    deferred: frozenset[str]
    silent: frozenset[str]
    nested: dict[str, Any]
    limit: int


names = st.sampled_from(NAMES)
targets = st.lists(st.sampled_from((*NAMES, "end")), max_size=2).map(tuple)
visits = st.lists(targets, min_size=1, max_size=3).map(tuple)
STRUCTURE: dict[str, Any] = {
    "entries": st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
    "edges": st.lists(st.tuples(names, names), max_size=4, unique=True).map(tuple),
    "barriers": st.lists(
        st.tuples(st.lists(names, min_size=2, max_size=3, unique=True).map(tuple), names),
        max_size=2,
        unique=True,
    ).map(tuple),
    "routes": st.dictionaries(names, visits, max_size=2),
    "sends": st.dictionaries(st.sampled_from(NAMES[:-1]), st.integers(1, 2), max_size=1),
    "deferred": st.frozensets(names, max_size=1),
    "silent": st.frozensets(names, max_size=1),
    "nested": st.dictionaries(st.sampled_from(NAMES[:-1]), st.sampled_from([None, True, False]), max_size=1),
    "limit": st.integers(3, 5),
}
plans = st.builds(Plan, **STRUCTURE)
IN_FULL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def build(engine: Any, plan: Plan, turns: dict[str, int] | None = None) -> Any:
    builder = engine.StateGraph(State)
    for name in NAMES:
        node = _node(plan, name, (turns or {}).get(name, 0))
        if name in plan.nested:
            inner = engine.StateGraph(State).add_sequence([("one", _said("one")), ("two", node)])
            node = inner.add_edge(engine.START, "one").compile(checkpointer=plan.nested[name])
        builder.add_node(name, node, defer=name in plan.deferred)
    for name in plan.entries:
        builder.add_edge(engine.START, name)
    for source, target in plan.edges:
        builder.add_edge(source, target)
    for sources, target in plan.barriers:
        builder.add_edge(list(sources), target)
    for name, visits in plan.routes.items():
        builder.add_conditional_edges(name, _path(engine, plan, name, visits))
    return builder


def _said(word: str) -> Any:
    async def node(state: State) -> Any:
        return {"log": [word], "last": word, "most": len(state.get("log", ()))}

    return node


def _node(plan: Plan, name: str, turns: int) -> Any:
    async def node(state: State) -> Any:
        for _ in range(turns):
            await asyncio.sleep(0)
        if name in plan.silent:
            return None
        return {"log": [name], "last": name, "most": len(state.get("log", ()))}

    return node


def _path(engine: Any, plan: Plan, name: str, visits: tuple[tuple[str, ...], ...]) -> Any:
    async def path(state: State) -> Any:
        visit = min(max(state["log"].count(name), 1), len(visits)) - 1
        targets: list[Any] = [engine.END if target == "end" else target for target in visits[visit]]
        for target, count in plan.sends.items():
            if visit == 0:
                arguments = ({"log": [f"sent {n}"], "last": "", "most": n} for n in range(count))
                targets += [engine.Send(target, argument) for argument in arguments]
        return targets

    return path


def final(plan: Plan, turns: dict[str, int]) -> Any:
    """The state at the end of a run whose nodes take so many turns of the event loop, or its error's type."""
    graph = build(OURS, plan, turns).compile()
    start = {"log": ["in"], "last": "", "most": 0}
    try:
        return asyncio.run(graph.ainvoke(start, {"recursion_limit": plan.limit}))
    except OURS.GraphRecursionError as error:
        return type(error)


@IN_FULL
@given(plans, st.dictionaries(names, st.integers(0, 5)))
def test_the_order_in_which_tasks_finish_never_changes_the_state(plan: Plan, turns: dict[str, int]) -> None:
    assert final(plan, turns) == final(plan, {})


@IN_FULL
@given(plans.filter(lambda plan: True not in plan.nested.values()))
def test_a_replay_from_any_checkpoint_has_the_same_future(plan: Plan) -> None:
    async def futures() -> tuple[Any, list[Any]]:
        graph = build(OURS, plan).compile(checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "1"}, "recursion_limit": plan.limit}
        try:
            end = await graph.ainvoke({"log": ["in"], "last": "", "most": 0}, config)
        except OURS.GraphRecursionError:
            return None, []
        past = [snapshot.config async for snapshot in graph.aget_state_history(config)]
        return end, [await graph.ainvoke(None, each) for each in past]

    end, again = asyncio.run(futures())
    assume(end is not None)
    assert again == [end] * len(again)
