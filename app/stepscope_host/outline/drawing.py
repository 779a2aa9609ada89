"""The picture of a draft, as the engines draw a loaded graph: they walk it from START.

So a way is drawn only out of what can be reached, and what leads nowhere leads to END. Where something could
not be read, nobody knows what is reached: all is drawn then that the source says, and nothing is added.

Three details that only a walk superstep by superstep tells are not followed. Between two nodes with an edge
and a choice, the choice is drawn; the engines draw the edge when the node is come back to. A graph that never
ends has no END. Edges that wait for what is never reached are left out, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stepscope_host.outline.draft import END, START, Draft, TooLong, Way

KINDS = {START: "start", END: "end"}
DEEPEST = 8
"""Graphs within graphs are drawn that deep."""
MOST_NODES = 2_000
MOST_EDGES = 20_000
"""More are not drawn of what nobody has run: it may be made to be endless."""

Inner = Callable[[Any], Draft | None]
"""The graph that an action is or calls."""


def topology(draft: Draft, inner: Inner) -> dict[str, list[dict[str, Any]]]:
    """``{"nodes": [...], "edges": [...]}`` as `Topology.from_plain` reads it. Raises TooLong."""
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    _collect((draft,), (), inner, nodes, edges)
    return {"nodes": nodes, "edges": edges}


def nested(draft: Draft, inner: Inner) -> Iterator[Draft]:
    """A draft and all within it, each once."""
    seen: set[int] = set()
    waiting = [draft]
    while waiting:
        draft = waiting.pop(0)
        if id(draft) in seen:
            continue
        seen.add(id(draft))
        yield draft
        found = (inner(node.action) for node in draft.nodes.values())
        waiting.extend(graph for graph in found if graph is not None)


def strangers(draft: Draft) -> dict[str, None]:
    """Names that edges lead to or from though no node has them."""
    ends = [name for way in (*_single(draft), *_joined(draft)) for name in (way.source, way.target)]
    return dict.fromkeys(name for name in ends if name not in (START, END, *draft.nodes))


def ways(draft: Draft) -> list[Way]:
    """The edges to draw."""
    if draft.ways is not None:
        return list(draft.ways)
    strange = set(strangers(draft))
    if strange or not draft.is_complete:
        said = (*_single(draft), *_joined(draft))
        return _one_each(way for way in said if not strange & {way.source, way.target})
    reached = _reached(draft)
    # The engines leave out a plain edge to END; it is drawn of what leads nowhere else.
    walked = [
        way
        for way in (*_single(draft), *_joined(draft, reached))
        if way.source in reached and (way.conditional or way.target != END)
    ]
    if _open(draft):  # what lies behind a path that does not say where it leads is declared all the same
        walked += [way for way in (*_single(draft), *_joined(draft)) if way.source not in reached | {START}]
        reached = {*reached, *draft.nodes}
    leading = {way.source for way in walked}
    last = [Way(name, END) for name in draft.nodes if name in reached - leading]
    return _one_each(walked) + sorted(last, key=lambda way: way.source)


def _collect(
    around: tuple[Draft, ...],
    prefix: tuple[str, ...],
    inner: Inner,
    nodes: list[dict[str, Any]],
    edges: list[dict[str, Any]],
) -> None:
    """Collect the innermost of these graphs. None is opened within itself, which a node of it may call."""
    draft = around[-1]
    if len(draft.nodes) + len(nodes) > MOST_NODES or len(draft.edges) + len(edges) > MOST_EDGES:
        raise TooLong
    drawn = ways(draft)
    ends = [END] if any(way.target == END for way in drawn) else []
    names = [START, *draft.nodes] if draft.ways is None else [*draft.nodes, START]  # as the engines do
    for name in [*names, *ends]:
        node = draft.nodes.get(name)
        inside = inner(node.action) if node and len(prefix) < DEEPEST else None
        inside = None if any(inside is graph for graph in around) else inside
        kind = KINDS.get(name, "node" if inside is None else "subgraph")
        metadata = dict(node.metadata) if node else {}
        nodes.append({"key": [*prefix, name], "name": name, "kind": kind, "metadata": metadata})
        if inside is not None:
            _collect((*around, inside), (*prefix, name), inner, nodes, edges)
    for way in drawn:
        edges.append(
            {
                "source": [*prefix, way.source],
                "target": [*prefix, way.target],
                "conditional": way.conditional,
                "label": way.label,
                **({"kind": "undeclared"} if _is_guessed(draft, way) else {}),
            }
        )


def _open(draft: Draft) -> set[str]:
    """What leads where the source does not say."""
    return {gap.name for gap in draft.gaps if gap.kind == "path"}


def _is_guessed(draft: Draft, way: Way) -> bool:
    """True for a way to END that is only drawn because nothing else is known of its node."""
    if way.target != END or way.conditional or way.source not in _open(draft):
        return False
    return (way.source, END) not in draft.edges


def _single(draft: Draft) -> Iterator[Way]:
    """What leads on by itself."""
    for source, target in draft.edges:
        yield Way(source, target)
    for source, branches in draft.branches.items():
        for ends in branches:
            yield from (Way(source, target, True, label) for target, label in ends)
    for name, node in draft.nodes.items():
        yield from (Way(name, target, True, label) for target, label in node.ends)


def _joined(draft: Draft, reached: set[str] | None = None) -> Iterator[Way]:
    """What leads on once others have got there, too; only where all are among `reached`, if that is given."""
    for sources, target in draft.joins:
        if reached is None or reached.issuperset(sources):
            yield from (Way(source, target) for source in sources)


def _reached(draft: Draft) -> set[str]:
    """What something leads to from START; a join leads on when all its sources are reached."""
    following = _following(_single(draft))
    reached: set[str] = set()
    waiting = [START]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += following.get(name, [])
        if not waiting:
            full = (target for sources, target in draft.joins if reached.issuperset(sources))
            waiting = [target for target in full if target not in reached]
    return reached


def _following(walked: Iterable[Way]) -> dict[str, list[str]]:
    following: dict[str, list[str]] = {}
    for way in walked:
        following.setdefault(way.source, []).append(way.target)
    return following


def _one_each(walked: Iterable[Way]) -> list[Way]:
    """One way between two nodes: a choice says more than an edge."""
    ordered = sorted(walked, key=lambda way: (way.source, way.target, not way.conditional, way.label or ""))
    best: dict[tuple[str, str], Way] = {}
    for way in ordered:
        best.setdefault((way.source, way.target), way)
    return list(best.values())
