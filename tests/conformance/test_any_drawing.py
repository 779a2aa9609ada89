"""A law instead of pictures: whatever the graph, both engines draw the same, folded and opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.test_drawing import Log, drawing, logs
from tests.kit.engines import ORACLE, OURS, Engine

NAMES = ("a", "b", "c", "d")
Names = tuple[str, ...]
WAYS = ["path_map", "list", "literal", "command", "destinations"]


@dataclass(frozen=True)
class Plan:
    """A graph as data. `declared` says how a node tells where it may lead, and whether with labels."""

    entries: Names
    edges: tuple[tuple[str, str], ...]
    barriers: tuple[tuple[Names, str], ...]
    declared: dict[str, tuple[str, bool, Names]]
    start: Names
    deferred: frozenset[str]
    stops: tuple[Names, Names]
    inside: dict[str, tuple[str, Plan]] = field(default_factory=dict)


names = st.sampled_from(NAMES)
ends = st.sampled_from((*NAMES, "__end__"))
some = st.lists(names, max_size=2, unique=True).map(tuple)


def plans(inside: st.SearchStrategy[dict[str, tuple[str, Plan]]]) -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan,
        entries=st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
        edges=st.lists(st.tuples(names, ends), max_size=5, unique=True).map(tuple),
        barriers=st.lists(
            st.tuples(st.lists(names, min_size=2, max_size=3, unique=True).map(tuple), ends), max_size=1
        ).map(tuple),
        declared=st.dictionaries(
            names,
            st.tuples(
                st.sampled_from(WAYS),
                st.booleans(),
                st.lists(ends, min_size=1, max_size=3, unique=True).map(tuple),
            ),
            max_size=2,
        ),
        start=st.lists(ends, max_size=2, unique=True).map(tuple),
        deferred=st.frozensets(names, max_size=1),
        stops=st.tuples(some, some),
        inside=inside,
    )


def nested(plan: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    kinds = st.sampled_from(["node", "called", "awaited"])
    return plans(st.dictionaries(names, st.tuples(kinds, plan), max_size=2))


any_plan = st.recursive(plans(st.just({})), nested, max_leaves=4)


def build(engine: Engine, plan: Plan) -> Any:
    builder = engine.StateGraph(Log)
    for name in NAMES:
        way, is_labelled, targets = plan.declared.get(name, ("", False, ()))
        action = _action(engine, plan, name)
        options: dict[str, Any] = {}
        if way == "destinations":
            options["destinations"] = {t: f"to {t}" for t in targets} if is_labelled else targets
        if way == "command" and name not in plan.inside:
            action = _commands(engine, targets)
        builder.add_node(name, action, defer=name in plan.deferred, **options)
        if way in ("path_map", "list", "literal"):
            builder.add_conditional_edges(name, *_path(way, is_labelled, targets))
    for name in plan.entries:
        builder.add_edge(engine.START, name)
    for source, target in plan.edges:
        builder.add_edge(source, target)
    for sources, target in plan.barriers:
        builder.add_edge(list(sources), target)
    if plan.start:
        builder.add_conditional_edges(engine.START, lambda state: [], list(plan.start))
    before, after = plan.stops
    return builder.compile(interrupt_before=list(before), interrupt_after=list(after))


def _action(engine: Engine, plan: Plan, name: str) -> Any:
    if name not in plan.inside:
        return logs
    kind, inner = plan.inside[name]
    graph = build(engine, inner)

    def calls(state: Log) -> Any:
        return graph.invoke(state)

    async def awaits(state: Log) -> Any:
        return await graph.ainvoke(state)

    return {"node": graph, "called": calls, "awaited": awaits}[kind]


def _commands(engine: Engine, targets: Names) -> Any:
    def node(state: Any) -> Any:
        return engine.Command(goto=targets[0])

    node.__annotations__ = {"return": engine.Command[Literal[targets]]}
    return node


def _path(way: str, is_labelled: bool, targets: Names) -> tuple[Any, ...]:
    def path(state: Any) -> Any:
        return targets[0]

    if way == "path_map":
        return path, {f"to {target}" if is_labelled else target: target for target in targets}
    if way == "list":
        return path, list(targets)
    path.__annotations__ = {"return": Literal[targets]}
    return (path,)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_plan)
def test_both_engines_draw_the_same(plan: Plan) -> None:
    ours, theirs = build(OURS, plan), build(ORACLE, plan)
    for xray in (False, 1, 2, True):
        assert drawing(ours, xray) == drawing(theirs, xray)
    for recurse in (False, True):
        names = [name for name, _ in ours.get_subgraphs(recurse=recurse)]
        assert names == [name for name, _ in theirs.get_subgraphs(recurse=recurse)]
