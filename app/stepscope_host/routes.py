"""Which ways of a graph are declared, and which are only guessed by who draws it.

The engines' drawing walks from START along what is declared. A path function without a path map, and a node
that returns a Command without saying where it may lead, declare nothing: the drawing then lets the node end
the graph, which is not so, and leaves out all that lies behind it. The builder knows better.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

START, END = "__start__", "__end__"
Edge = tuple[str, str, bool, "str | None"]


def undeclared(graph: Any, code_of: dict[str, CodeType | None]) -> set[str]:
    """The nodes, or START, that may lead where nothing says."""
    builder = getattr(graph, "builder", None)
    branches = getattr(builder, "branches", {})
    names = {
        str(source)
        for source, choices in branches.items()
        if any(getattr(choice, "ends", ()) is None for choice in choices.values())
    }
    leads: dict[int, bool] = {}  # by code, which thousands of nodes may share
    for name, node in getattr(builder, "nodes", {}).items():
        code = code_of.get(name)
        if code is None or getattr(node, "ends", None):
            continue
        if id(code) not in leads:
            leads[id(code)] = _commands(code)
        if leads[id(code)]:
            names.add(str(name))
    return names


def is_guessed(graph: Any, edge: Edge, open_names: set[str]) -> bool:
    """True for a way to END that is only drawn because nothing else is known of its node."""
    source, target, is_conditional, _ = edge
    if target != END or source not in open_names:
        return False
    builder = graph.builder
    choices = builder.branches.get(source, {}).values()
    known = (source, END) in builder.edges or any(END in (choice.ends or {}).values() for choice in choices)
    return not known and not (is_conditional and END in (_ends(builder, source)))


def left_out(graph: Any, drawn: list[Edge], open_names: set[str]) -> list[Edge]:
    """What is declared beyond the open nodes, where the drawing does not get."""
    builder = getattr(graph, "builder", None)
    if builder is None or not open_names:
        return []
    reached = {START} | {target for _, target, _, _ in drawn}
    found = [edge for edge in _declared(builder) if edge[0] not in reached]
    leading = {source for source, _, _, _ in found}
    found += [
        (str(name), END, False, None) for name in builder.nodes if name not in reached and name not in leading
    ]
    return sorted(set(found), key=lambda edge: (edge[0], edge[1], edge[3] or ""))


def _declared(builder: Any) -> Iterator[Edge]:
    for source, target in builder.edges:
        yield str(source), str(target), False, None
    for sources, target in getattr(builder, "waiting_edges", ()):
        yield from ((str(source), str(target), False, None) for source in sources)
    for barrier in getattr(builder, "barriers", ()):
        yield from ((str(source), str(barrier.target), False, None) for source in barrier.sources)
    for source, choices in builder.branches.items():
        for choice in choices.values():
            for answer, target in (choice.ends or {}).items():
                yield str(source), str(target), True, None if str(answer) == target else str(answer)
    for name in builder.nodes:
        yield from ((str(name), target, True, None) for target in _ends(builder, name))


def _ends(builder: Any, name: str) -> list[str]:
    ends = getattr(builder.nodes.get(name), "ends", None) or ()
    return [str(target) for target in ends]


def _commands(code: CodeType) -> bool:
    """Whether code makes a Command that leads somewhere: ``Command(goto=...)``."""
    constants = code.co_consts
    if "Command" in code.co_names and any(
        constant == "goto" or (isinstance(constant, tuple) and "goto" in constant) for constant in constants
    ):
        return True
    return any(_commands(constant) for constant in constants if isinstance(constant, CodeType))
