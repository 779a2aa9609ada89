"""Whether an engine will deal with an error by itself: by another attempt, or by an error handler.

Both engines show a node's policies. LangGraph makes its attempts around the gate, so that each passes it;
stepgraph makes them behind it, so that only the last one's error is seen, but how many there were of a
node around that one is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from stepscope_host.debugging.debugger import Task, path_of
from stepscope_host.loading.finding import is_graph, subgraphs


class Fate(Enum):
    """What becomes of an error."""

    UNHANDLED = "unhandled"
    HANDLED = "handled"
    UNKNOWN = "unknown"


def fate(graph: Any, task: Task, error: BaseException, attempts: Callable[[str], int]) -> tuple[Fate, str]:
    """What the engine will do about a task's error, and in words what makes that uncertain.

    `attempts` tells how often the gate has let a task in, by its id.
    """
    if not isinstance(error, Exception):
        return Fate.UNHANDLED, ""
    path = path_of(task)
    ids = [*(part.partition(":")[2] for part in task.namespace if not part.isdigit()), task.id]
    doubt = ""
    nodes = list(_nodes(graph, path))
    for depth in reversed(range(len(path))):
        node, is_gated_by_attempt = nodes[depth]
        is_innermost = depth == len(path) - 1
        if not is_innermost and not is_graph(_action(node)):
            doubt = doubt or f"the code of `{path[depth]}` may still take it"
        policy = next((each for each in _retry(node) if _matches(each, error)), None)
        if policy is not None and is_gated_by_attempt:
            if attempts(ids[depth]) < policy.max_attempts:
                return Fate.HANDLED, ""
        elif policy is not None and not is_innermost:
            doubt = doubt or f"`{path[depth]}` may still be tried again"
        if _handler(node):
            return Fate.HANDLED, ""
    return (Fate.UNKNOWN, doubt) if doubt else (Fate.UNHANDLED, "")


def _nodes(graph: Any, path: Sequence[str]) -> Any:
    """Each node on the way to one, None where none is to be seen; and whether its gate sees every attempt."""
    for name in path:
        try:
            node = graph.nodes[name]
        except (AttributeError, KeyError, TypeError):
            node = None
        yield node, hasattr(node, "retry_policy")
        graph = None if node is None else dict(subgraphs(graph)).get(name)


def _action(node: Any) -> Any:
    """What a node runs."""
    return getattr(node, "bound", None) or getattr(node, "action", None)


def _retry(node: Any) -> Sequence[Any]:
    given = getattr(node, "retry_policy", None) or getattr(getattr(node, "policies", None), "retry", None)
    if not given:
        return ()
    return given if isinstance(given, list | tuple) and not hasattr(given, "max_attempts") else (given,)


def _handler(node: Any) -> str | None:
    return getattr(node, "error_handler_node", None) or getattr(
        getattr(node, "policies", None), "handler", None
    )


def _matches(policy: Any, error: Exception) -> bool:
    retry_on = policy.retry_on
    try:
        if isinstance(retry_on, type):
            return isinstance(error, retry_on)
        if isinstance(retry_on, Sequence):
            return isinstance(error, tuple(retry_on))
        return bool(retry_on(error))
    except Exception:  # the engine will find out, too
        return False
