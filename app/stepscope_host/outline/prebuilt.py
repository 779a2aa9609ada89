"""What functions and classes from elsewhere give, of which the outcome is known without their source."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from stepscope_host.outline import building
from stepscope_host.outline.arguments import Given
from stepscope_host.outline.draft import END, START, Draft, Node, Way
from stepscope_host.outline.expressions import LONGEST, listed
from stepscope_host.outline.values import UNKNOWN, Compiled, Imported, Instance, Value, name_of


def outcome(of: Imported, given: Given) -> Value:
    """What calling something imported gives; Unknown where only running can tell."""
    if of.name in building.BUILDERS:
        return building.begin(given, of)
    if of.package == "builtins":
        return _of_builtin(of.name, given)
    make = _MAKERS.get(of.name)
    if make is not None:
        return make(of, given)
    return Instance(of) if of.name[:1].isupper() else UNKNOWN


def functional(name: str, engine: str) -> Compiled:
    """The graph that an ``@entrypoint`` is: one node, which goes on or ends."""
    draft = Draft(engine, nodes={name: Node(None)})
    draft.ways = (Way(START, name), Way(name, END, conditional=True))
    return Compiled(draft, name)


def _react_agent(of: Imported, given: Given) -> Value:
    """The agent that the engines have built in: a model, its tools, and hooks around the model."""
    before, after, form = (
        given.named.get(name) for name in ("pre_model_hook", "post_model_hook", "response_format")
    )
    draft = Draft(of.package, given.named.get("state_schema") or Imported("langgraph.graph.MessagesState"))
    has_tools = given.get(1, "tools") not in ([], ())
    draft.nodes["agent"] = Node(None)
    for name, is_there in (
        ("tools", has_tools),
        ("pre_model_hook", before is not None),
        ("post_model_hook", after is not None),
        ("generate_structured_response", form is not None),
    ):
        if is_there:
            draft.nodes[name] = Node(None)
    entry = "agent" if before is None else "pre_model_hook"
    last = "agent" if after is None else "post_model_hook"
    end = END if form is None else "generate_structured_response"
    draft.edges[START, entry] = None
    for source, target in ((entry, "agent"), ("agent", last)):
        if source != target:
            draft.edges[source, target] = None
    if has_tools:
        answers = ["tools", end] if after is None else ["tools", entry, end]
        draft.branches[last] = [tuple((name, None) for name in answers)]
        draft.edges["tools", entry] = None
    else:
        draft.edges[last, end] = None
    return _compiled(draft, given)


def _agent(of: Imported, given: Given) -> Value:
    """langchain's agent. What its middleware adds, only running can tell."""
    draft = Draft("langgraph", Imported("langgraph.graph.MessagesState"))
    draft.nodes["model"] = Node(None)
    draft.edges[START, "model"] = None
    if given.named.get("middleware") not in (None, [], ()):
        draft.miss("helper", given.line, "middleware")
    if given.get(1, "tools") not in (None, [], ()):
        draft.nodes["tools"] = Node(None)
        draft.branches["model"] = [(("tools", None), (END, None))]
        draft.branches["tools"] = [(("model", None),)]
    return _compiled(draft, given)


def _compiled(draft: Draft, given: Given) -> Compiled:
    name = given.named.get("name")
    return Compiled(draft, name) if isinstance(name, str) and name else Compiled(draft)


def _tool_node(of: Imported, given: Given) -> Value:
    name = given.named.get("name", "tools")
    return Instance(of, given_name=name) if isinstance(name, str) else UNKNOWN


def _lambda(of: Imported, given: Given) -> Value:
    name = given.named.get("name") or name_of(given.get(0, "func"))
    return Instance(of, given_name=name) if isinstance(name, str) else UNKNOWN


_MAKERS: dict[str, Callable[[Imported, Given], Value]] = {
    "create_react_agent": _react_agent,
    "create_tool_calling_executor": _react_agent,
    "create_agent": _agent,
    "ToolNode": _tool_node,
    "RunnableLambda": _lambda,
    "RunnableCallable": _lambda,
    "partial": lambda of, given: Instance(of),
    "pairwise": lambda of, given: _pairs(listed(given.get(0, "iterable"))),
}


def _of_builtin(name: str, given: Given) -> Value:
    """Those that loops are made with."""
    lists = [listed(value) for value in given.positional]
    first = lists[0] if lists else None
    if name == "range":
        return _range(given.positional)
    if first is None or given.named or not given.is_whole:
        return UNKNOWN
    match name:
        case "list" | "set" | "frozenset" | "iter":
            return list(first)
        case "tuple":
            return tuple(first)
        case "reversed":
            return first[::-1]
        case "len":
            return len(first)
        case "sorted" if all(isinstance(item, str) for item in first):
            return sorted(first)
        case "enumerate":
            return [(number, item) for number, item in enumerate(first)]
        case "zip" if None not in lists:
            return [tuple(row) for row in zip(*(items for items in lists if items is not None), strict=False)]
    return UNKNOWN


def _range(ends: list[Any]) -> Value:
    if not 1 <= len(ends) <= 3 or not all(isinstance(end, int) for end in ends):
        return UNKNOWN
    if len(ends) == 3 and ends[2] == 0:
        return UNKNOWN
    found = range(*ends)
    return (
        list(found)
        if found.start.bit_length() < 40 and found.stop.bit_length() < 40 and len(found) <= LONGEST
        else UNKNOWN
    )


def _pairs(items: list[Value] | None) -> Value:
    return UNKNOWN if items is None else list(itertools.pairwise(items))
