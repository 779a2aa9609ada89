"""A Command that a person lets a node return: what it writes, and where it goes next, given as JSON.

``{"Command": {"update": {...}, "goto": ["b", {"node": "c", "arg": {...}}], "graph": "__parent__"}}``,
each part only where it is wanted. As long as it goes somewhere the conditional edges of the node are not
asked; the plain ones are followed beside it, as both engines do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from stepscope_host.engines import types_of
from stepscope_host.failures import did_you_mean
from stepscope_host.threads import hints, typed
from stepscope_host.threads.state_edit import Edit

COMMAND = "Command"
END, PARENT = "__end__", "__parent__"
PARTS = {"update", "goto", "graph"}

NO_COMMAND = 'A Command is an object with an "update", a "goto" or a "graph".'
NO_RESUME = "A node's Command answers no question: answer it in the Questions pane."
NO_GRAPH = f'A Command goes on in the node\'s own graph, or with "graph": "{PARENT}" in the one around it.'
NO_TARGET = 'A Command goes to the name of a node, or to {"node": name, "arg": its input}.'


def is_given(given: Any, known: Collection[str]) -> bool:
    """True for JSON that stands for a Command, in a graph whose state has the keys that are `known`."""
    return isinstance(given, dict) and list(given) == [COMMAND] and COMMAND not in known


def leads(output: Any) -> bool:
    """True for a Command that says where its own graph goes on."""
    return type(output).__name__ == COMMAND and bool(output.goto) and not output.graph


def node_names(graph: Any) -> list[str]:
    """Where a Command can go in a graph."""
    return [
        *(str(name) for name in getattr(graph, "nodes", None) or () if not str(name).startswith("__")),
        END,
    ]


def followed(graph: Any, node: str) -> list[str]:
    """Where the plain edges of a node lead."""
    builder = getattr(graph, "builder", None)
    barriers = ((each.sources, each.target) for each in getattr(builder, "barriers", ()))  # of stepgraph
    joins = (*barriers, *getattr(builder, "waiting_edges", ()))
    joined = ((source, end) for sources, end in joins for source in sources)
    return sorted({str(end) for source, end in (*getattr(builder, "edges", ()), *joined) if source == node})


def made(given: Any, root: Any, graph: Any, around: Any, output: Callable[[Any, Any], Edit]) -> Edit:
    """The Command of a node of `graph`, which lies in the graph `around` it; `output` makes what it writes.

    None stands for a graph of which nothing is known, and for one around the outermost.
    """
    edit = Edit()
    if not isinstance(given, dict) or set(given) - PARTS:
        is_answer = isinstance(given, dict) and "resume" in given
        edit.refuse([COMMAND], NO_RESUME if is_answer else NO_COMMAND)
        return edit
    if given.get("graph") not in (None, PARENT) or (given.get("graph") and graph is root):
        edit.refuse([COMMAND, "graph"], NO_GRAPH)
        return edit
    there = around if given.get("graph") else graph
    written = output(there, given.get("update"))
    for problem in written.errors:
        edit.refuse([COMMAND, "update", *problem["path"]], problem["message"])
    goto = given.get("goto") or []
    goto = goto if isinstance(goto, list) else [goto]
    types = types_of(root)
    targets = [_target(edit, place, each, there, types) for place, each in enumerate(goto)]
    if not edit.errors:
        graph_named = {"graph": PARENT} if given.get("graph") else {}
        edit.update = types.Command(update=written.update, goto=targets, **graph_named)
    return edit


def _target(edit: Edit, place: int, given: Any, graph: Any, types: Any) -> Any:
    """A node's name, or a Send."""
    name = given.get("node") if isinstance(given, dict) and set(given) == {"node", "arg"} else given
    path = [COMMAND, "goto", place]
    if not isinstance(name, str):
        edit.refuse(path, NO_TARGET)
        return None
    known = node_names(graph)
    if graph is not None and name not in known:
        edit.refuse(path, f"There is no node {name!r} to go to.{did_you_mean(name, known)}")
    if name is given:
        return name
    try:
        return types.Send(name, typed.made(hints.of_input(graph, name) or Any, given["arg"]))
    except typed.Problem as problem:
        for inner, words in problem.found:
            edit.refuse([*path, "arg", *inner], words)
    return None
