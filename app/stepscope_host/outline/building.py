"""What the calls of a builder add to its draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepscope_host.outline.annotations import Annotations
from stepscope_host.outline.arguments import Given
from stepscope_host.outline.draft import END, START, Draft, Ends, Node
from stepscope_host.outline.values import UNKNOWN, Compiled, Function, Imported, Value, is_known, name_of

BUILDERS = {"StateGraph", "MessageGraph", "Graph"}

_KNOWN_PATHS: dict[str, Ends] = {"tools_condition": (("tools", None), (END, None))}
"""Path functions that come with the engines."""


def begin(given: Given, of: Imported) -> Draft:
    """A new builder."""
    state = given.named.get("input_schema") or given.named.get("input") or given.get(0, "state_schema")
    if of.name == "MessageGraph":
        state = Imported("langgraph.graph.MessagesState")
    return Draft(of.package, state)


def build(draft: Draft, method: str, given: Given, annotations: Annotations) -> Value:
    """Carry a builder's method out on its draft; returns what it gives."""
    carry_out = _METHODS.get(method)
    return UNKNOWN if carry_out is None else carry_out(draft, given, annotations)


def adds(method: str) -> bool:
    """True for a method that adds to the graph."""
    return method in _METHODS and method != "compile"


def _add_node(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    first, action = given.get(0, "node"), given.get(1, "action")
    _add(draft, first if action is None else (first, action), given, annotations)
    return draft


def _add_sequence(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    nodes = given.get(0, "nodes")
    if not isinstance(nodes, list | tuple):
        draft.miss("node", given.line)
        return draft
    previous: str | None = None
    for node in nodes:
        name = _add(draft, node, Given(given.line), annotations)
        if previous is not None and name is not None:
            draft.edges[previous, name] = None
        previous = name
    return draft


def _add(draft: Draft, node: Value, given: Given, annotations: Annotations) -> str | None:
    """Add ``action`` or ``(name, action)``; returns the name, if it is known."""
    name, action = node if isinstance(node, tuple) and len(node) == 2 else (name_of(node), node)
    if not isinstance(name, str):
        name = name_of(name)
    if name is None:
        draft.miss("node", given.line)
        return None
    metadata = given.named.get("metadata")
    shown: dict[str, Any] = dict(metadata) if isinstance(metadata, dict) and is_known(metadata) else {}
    if given.named.get("defer") is True:
        shown["defer"] = True
    draft.nodes.setdefault(name, Node(action, _node_ends(draft, name, action, given, annotations), shown))
    return name


def _node_ends(draft: Draft, name: str, action: Value, given: Given, annotations: Annotations) -> Ends:
    destinations = given.named.get("destinations")
    if destinations is None:
        return annotations.command_ends(action) if isinstance(action, Function) else ()
    if isinstance(destinations, dict):
        found = tuple((str(target), _label(label, str(target))) for target, label in destinations.items())
        return found if is_known(destinations) else _missed(draft, given, name)
    ends = _listed(destinations)
    return _missed(draft, given, name) if ends is None else ends


def _add_edge(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    _lead(draft, given.line, given.get(0, "start_key"), given.get(1, "end_key"))
    return draft


def _lead(draft: Draft, line: int, source: Value, target: Value) -> None:
    sources = source if isinstance(source, list | tuple) else [source]
    if not isinstance(target, str) or not all(isinstance(name, str) for name in sources):
        draft.miss("edge", line)
    elif isinstance(source, str):
        draft.edges[source, target] = None
    elif sources:
        draft.joins.append((tuple(sources), target))


def _add_conditional_edges(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    _branch(draft, given, annotations, given.get(0, "source"), given.get(1, "path"), given.get(2, "path_map"))
    return draft


def _branch(
    draft: Draft, given: Given, annotations: Annotations, source: Value, path: Value, path_map: Value
) -> None:
    if not isinstance(source, str):
        draft.miss("edge", given.line)
        return
    ends: Ends | None
    if isinstance(path_map, dict):
        ends = tuple(
            (target, _label(answer, target)) for answer, target in path_map.items() if isinstance(target, str)
        )
        if len(ends) < len(path_map):
            draft.miss("path", given.line, source)
    elif path_map is not None:
        ends = _listed(path_map)
    elif isinstance(path, Function):
        ends = annotations.path_ends(path)
    else:
        ends = _KNOWN_PATHS.get(path.name) if isinstance(path, Imported) else None
    draft.branches.setdefault(source, []).append(_missed(draft, given, source) if ends is None else ends)


def _set_entry_point(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    _lead(draft, given.line, START, given.get(0, "key"))
    return draft


def _set_finish_point(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    _lead(draft, given.line, given.get(0, "key"), END)
    return draft


def _set_conditional_entry_point(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    _branch(draft, given, annotations, START, given.get(0, "path"), given.get(1, "path_map"))
    return draft


def _compile(draft: Draft, given: Given, annotations: Annotations) -> Compiled:
    name = given.named.get("name")
    return Compiled(draft, name) if isinstance(name, str) and name else Compiled(draft)


def _same(draft: Draft, given: Given, annotations: Annotations) -> Draft:
    return draft


_METHODS: dict[str, Callable[[Draft, Given, Annotations], Value]] = {
    "add_node": _add_node,
    "add_edge": _add_edge,
    "add_conditional_edges": _add_conditional_edges,
    "add_sequence": _add_sequence,
    "set_entry_point": _set_entry_point,
    "set_conditional_entry_point": _set_conditional_entry_point,
    "set_finish_point": _set_finish_point,
    "set_node_defaults": _same,
    "validate": _same,
    "compile": _compile,
}


def _missed(draft: Draft, given: Given, name: str) -> Ends:
    draft.miss("path", given.line, name)
    return ()


def _listed(names: Value) -> Ends | None:
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return None
    return tuple((name, None) for name in names)


def _label(answer: Any, target: str) -> str | None:
    return None if answer is None or str(answer) == target else str(answer)
