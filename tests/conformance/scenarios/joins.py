"""Where ways meet: deferred nodes, list edges that re-arm, and both at once."""

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from tests.conformance.scenario import racing_scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


@dataclass(frozen=True)
class Joined:
    """A graph in short: `d!` is a deferred node d, `START>a b>c` are edges, and `a+b>c` is a list edge.

    `once` are nodes that lead somewhere the first time they run, and to the end from then on; `sends` those
    that send twice to a node.
    """

    nodes: str
    ways: str
    once: dict[str, Sequence[str]] = field(default_factory=dict)
    sends: dict[str, str] = field(default_factory=dict)
    limit: int = 20


def build(joined: Joined, engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in joined.nodes.split():
        plain = name.rstrip("!")
        builder.add_node(plain, functools.partial(logged, plain), defer=name.endswith("!"))
    for way in joined.ways.split():
        source, target = (engine.START if end == "START" else end for end in way.split(">"))
        builder.add_edge(source.split("+") if "+" in source else source, target)
    for source, targets in joined.once.items():
        builder.add_conditional_edges(source, once(engine, targets))
    for source, target in joined.sends.items():
        sends = [engine.Send(target, {"log": []}) for _ in range(2)]
        builder.add_conditional_edges(source, lambda state, sends=sends: sends)
    return Case(builder.compile(), {"log": []}, {"recursion_limit": joined.limit})


def logged(name: str, state: Log) -> Log:
    return {"log": [name]}


def once(engine: Engine, targets: Sequence[str]) -> Callable[[Log], Any]:
    asked: list[int] = []

    def path(state: Log) -> Any:
        asked.append(1)
        return list(targets) if len(asked) == 1 else engine.END

    return path


JOINED: dict[str, Joined] = {
    "a_deferred_node_waits_for_sends": Joined("a w d!", "START>a w>d a>d", sends={"a": "w"}),
    "sends_to_a_deferred_node": Joined("a d!", "START>a", sends={"a": "d"}),
    "two_deferred_nodes": Joined("a b c d! e!", "START>a START>b b>c a>d c>e"),
    "a_deferred_node_after_another": Joined("a b d! e!", "START>a START>b a>d d>e b>e"),
    "a_deferred_node_leads_back": Joined("a b d!", "START>a a>d b>d", once={"d": ["b"]}),
    "a_deferred_node_in_a_loop": Joined("a b d!", "START>a START>b a>d b>d", once={"d": ["a"]}),
    "a_deferred_node_behind_a_list_edge": Joined("a b c d!", "START>a START>b b>c a+c>d"),
    "a_deferred_node_behind_both_kinds_of_edge": Joined("a b c d!", "START>a START>b b>c a>d a+c>d"),
    "a_deferred_node_alone": Joined("d!", "START>d"),
    "a_deferred_node_reached_twice": Joined("a b c d!", "START>a a>d a>b b>c c>d"),
    "a_deferred_node_needs_a_step": Joined("a d!", "START>a a>d", limit=2),
    "a_list_edge_in_a_loop": Joined("a b c", "START>a START>b a+b>c", once={"c": ["a", "b"]}),
    "a_list_edge_of_which_one_end_comes_again": Joined("a b c", "START>a START>b a+b>c", once={"c": ["a"]}),
    "a_list_edge_whose_first_end_comes_twice": Joined(
        "a b c d", "START>a START>b b>d a+d>c", once={"a": ["a"]}
    ),
    "two_list_edges_to_one_node": Joined("a b c d e", "START>a START>b START>c c>d a+b>e c+d>e"),
    "list_edges_that_overlap": Joined("a b c d e", "START>a START>b START>c a+b>d b+c>e"),
    "a_list_edge_to_one_of_its_own": Joined("a b", "START>a START>b a+b>a", limit=4),
    "a_list_edge_from_a_node_that_is_sent_to": Joined("a b c", "START>a a+b>c", sends={"a": "b"}),
}

for _name, _joined in JOINED.items():
    _build = functools.partial(build, _joined)
    _build.__name__ = _name  # type: ignore[attr-defined]
    racing_scenario(_build)
