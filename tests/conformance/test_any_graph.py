"""A law instead of scenarios: whatever the graph, both engines stream the same chunks in each superstep."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.runs import Case, Outcome, astream, outcome
from typing_extensions import TypedDict

NAMES = ("a", "b", "c", "d", "e")
MODES = ["values", "updates", "custom", "tasks", "debug"]


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    last: Annotated[str, lambda old, new: new]


@dataclass(frozen=True)
class Plan:
    """A graph as data. `routes` give the targets of each later visit of a node; the last one repeats."""

    entries: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    barriers: tuple[tuple[tuple[str, ...], str], ...]
    routes: dict[str, tuple[tuple[str, ...], ...]]
    sends: dict[str, int]
    deferred: frozenset[str]
    silent: frozenset[str]
    limit: int


names = st.sampled_from(NAMES)
targets = st.lists(st.sampled_from((*NAMES, "end")), max_size=2).map(tuple)
visits = st.lists(targets, min_size=1, max_size=3).map(tuple)
plans = st.builds(
    Plan,
    entries=st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
    edges=st.lists(st.tuples(names, names), max_size=5, unique=True).map(tuple),
    barriers=st.lists(
        st.tuples(st.lists(names, min_size=2, max_size=3, unique=True).map(tuple), names),
        max_size=2,
        unique=True,
    ).map(tuple),
    routes=st.dictionaries(names, visits, max_size=2),
    sends=st.dictionaries(names, st.integers(1, 3), max_size=1),
    deferred=st.frozensets(names, max_size=1),
    silent=st.frozensets(names, max_size=1),
    limit=st.integers(2, 7),
)


def build(engine: Engine, plan: Plan) -> Case:
    builder = engine.StateGraph(State)
    for name in NAMES:
        builder.add_node(name, _node(plan, name), defer=name in plan.deferred)
    for name in plan.entries:
        builder.add_edge(engine.START, name)
    for source, target in plan.edges:
        builder.add_edge(source, target)
    for sources, target in plan.barriers:
        builder.add_edge(list(sources), target)
    for name, visits in plan.routes.items():
        builder.add_conditional_edges(name, _path(engine, plan, name, visits))
    return Case(builder.compile(), {"log": ["in"], "last": ""}, {"recursion_limit": plan.limit})


def _node(plan: Plan, name: str) -> Any:
    async def node(state, writer):  # type: ignore[no-untyped-def]
        if CARRIES_CONTEXT:  # else LangGraph's writer fails in an async node
            writer({name: len(state.get("log", ()))})
        return None if name in plan.silent else {"log": [name], "last": name}

    return node


def _path(engine: Engine, plan: Plan, name: str, visits: tuple[tuple[str, ...], ...]) -> Any:
    async def path(state: State) -> Any:
        visit = min(state["log"].count(name), len(visits)) - 1
        targets: list[Any] = [engine.END if target == "end" else target for target in visits[visit]]
        for target, count in plan.sends.items():
            if visit == 0:
                targets += [engine.Send(target, {"log": [f"sent {n}"], "last": ""}) for n in range(count)]
        return targets

    return path


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(plans)
def test_both_engines_stream_the_same_chunks(plan: Plan) -> None:
    ours, theirs = (
        outcome(astream, build(engine, plan), stream_mode=MODES, subgraphs=True) for engine in (OURS, ORACLE)
    )
    # An engine's own errors are the same by type; their words are each engine's.
    assert (ours.error and ours.error[0]) == (theirs.error and theirs.error[0])
    assert _supersteps(ours) == _supersteps(theirs)


def _supersteps(run: Outcome) -> list[list[str]]:
    """The chunks of each superstep, in no order: how parallel tasks mix is for the loop to say."""
    steps: list[list[str]] = [[]]
    step = 0
    for chunk in run.chunks:
        _, mode, data = chunk
        if mode == "debug" and data["type"] == "task" and data["step"] > step:
            step = data["step"]
            steps.append([])
        steps[-1].append(repr(chunk))
    return [sorted(texts) for texts in steps]
