"""Laws instead of sessions: whatever the graph asks, fails at, pauses before or nests, on whatever thread."""

from __future__ import annotations

import asyncio
import operator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads.graphs import Broken
from tests.kit.engines import ORACLE, OURS
from tests.kit.runs import Case, astream, racing_outcome
from tests.kit.thread import THREAD_MODES
from typing_extensions import TypedDict

NAMES = ("a", "b", "c", "d", "z")
"""The last one alone may fail: it is the last of its superstep, so that all of its siblings have finished."""

MOST_RUNS = 5


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    most: Annotated[int, lambda old, new: max(old, new)]
    last: Annotated[str, lambda old, new: new]


@dataclass(frozen=True)
class Plan:
    """A graph as data, and how its questions are answered."""

    entries: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    barriers: tuple[tuple[tuple[str, ...], str], ...]
    routes: dict[str, tuple[tuple[str, ...], ...]]
    sends: dict[str, int]
    deferred: frozenset[str]
    silent: frozenset[str]
    questions: dict[str, int]
    failures: int
    nested: dict[str, Any]
    before: frozenset[str]
    after: frozenset[str]
    by_id: bool
    durability: str
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
    "sends": st.dictionaries(st.sampled_from(NAMES[:-1]), st.just(1), max_size=1),
    "deferred": st.frozensets(names, max_size=1),
    "silent": st.frozensets(names, max_size=1),
    "nested": st.dictionaries(st.sampled_from(NAMES[:-1]), st.sampled_from([None, True, False]), max_size=1),
    "limit": st.integers(2, 4),
}
EVENTS: dict[str, Any] = {
    "questions": st.dictionaries(names, st.integers(1, 2), max_size=2),
    "failures": st.integers(0, 2),
    "before": st.frozensets(names, max_size=1),
    "after": st.frozensets(names, max_size=1),
    "by_id": st.booleans(),
    # Not "exit", under which LangGraph loses what had finished beside a question.
    "durability": st.sampled_from(["sync", "async"]),
}
UNEVENTFUL = {
    "questions": st.just({}),
    "failures": st.just(0),
    "before": st.just(frozenset()),
    "after": st.just(frozenset()),
    "by_id": st.just(False),
    "durability": st.just("async"),
}
plans = st.builds(Plan, **STRUCTURE, **EVENTS)
uneventful_plans = st.builds(Plan, **STRUCTURE, **UNEVENTFUL)
# Some graphs fan out so far that one takes LangGraph minutes: always the same ones, which do not.
ALWAYS_THE_SAME = settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
IN_FULL = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def build(engine: Any, plan: Plan, turns: dict[str, int] | None = None) -> Any:
    builder = engine.StateGraph(State)
    failures = [plan.failures]
    for name in NAMES:
        node = _node(engine, plan, name, failures, (turns or {}).get(name, 0))
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


def _node(engine: Any, plan: Plan, name: str, failures: list[int], turns: int) -> Any:
    async def node(state: State) -> Any:
        for _ in range(turns):
            await asyncio.sleep(0)
        if name == "z" and failures[0]:
            failures[0] -= 1
            raise Broken(name)
        answers = [engine.interrupt(f"{name}{n}") for n in range(plan.questions.get(name, 0))]
        if name in plan.silent:
            return None
        return {"log": [name, *answers], "last": name, "most": len(state.get("log", ()))}

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


def talk(engine: Any, plan: Plan) -> list[Any]:
    """Run to the end, answering what is asked and going on after failures, and tell all that came of it."""
    stops = {"interrupt_before": sorted(plan.before), "interrupt_after": sorted(plan.after)}
    graph = build(engine, plan).compile(checkpointer=InMemorySaver(), **stops)
    config = {"configurable": {"thread_id": "1"}, "recursion_limit": plan.limit}
    options = {"stream_mode": THREAD_MODES, "subgraphs": True, "durability": plan.durability}
    said: list[Any] = []
    input: Any = {"log": ["in"], "last": "", "most": 0}
    for _ in range(MOST_RUNS):
        run = racing_outcome(astream, Case(graph, input, config), **options)
        state = graph.get_state(config)
        said.append((run.chunks, run.error and run.error[0], state.values, set(state.next)))
        if not state.next or (run.error and run.error[0] == "GraphRecursionError"):
            break
        input = _answer(engine, state.interrupts, plan)
    return said


def _answer(engine: Any, asked: Any, plan: Plan) -> Any:
    """What to go on with: an answer to the last of several questions, to the only one, or nothing."""
    if not asked:
        return None
    if plan.by_id or len(asked) > 1:
        last = max(asked, key=lambda one: one.value)
        return engine.Command(resume={last.id: f"to {last.value}"})
    return engine.Command(resume=f"to {asked[0].value}")


def _is_alike(plan: Plan) -> bool:
    """Whether both engines are to say the same: a subgraph with a past of its own has an address of its own,
    and LangGraph fails where one without a saver is run with durability sync."""
    kept = plan.nested.values()
    return True not in kept and (False not in kept or plan.durability != "sync")


@pytest.mark.skipif(not CARRIES_CONTEXT, reason="no interrupt() in LangGraph's async nodes on this Python")
@ALWAYS_THE_SAME
@given(plans.filter(_is_alike))
def test_both_engines_say_the_same_of_any_graph(plan: Plan) -> None:
    assert talk(OURS, plan) == talk(ORACLE, plan)


def final(plan: Plan, turns: dict[str, int]) -> Any:
    """The state at the end of a run whose nodes take so many turns of the event loop, or its error's type."""
    graph = build(OURS, plan, turns).compile()
    start = {"log": ["in"], "last": "", "most": 0}
    try:
        return asyncio.run(graph.ainvoke(start, {"recursion_limit": plan.limit}))
    except OURS.GraphRecursionError as error:
        return type(error)


@IN_FULL
@given(uneventful_plans, st.dictionaries(names, st.integers(0, 5)))
def test_the_order_in_which_tasks_finish_never_changes_the_state(plan: Plan, turns: dict[str, int]) -> None:
    assert final(plan, turns) == final(plan, {})


@IN_FULL
@given(uneventful_plans.filter(lambda plan: True not in plan.nested.values()))
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
