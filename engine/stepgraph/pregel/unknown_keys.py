"""Warns of a key that a node returned and the state does not have: its value is lost.

LangGraph drops such keys in silence, and the commonest of them is a misspelt one. Some are meant, though, and
are not warned of:
- keys that a path of the node is shown: one without annotations sees all that its node returned;
- keys that the node was given, such as `{**state}` hands back, or `{**item}` for a Send's input;
- keys of a graph that the node is, or calls, for `return agent.invoke(state)` returns its whole state;
- keys that begin with two underscores, which are the engine's.
Nor is an input warned of, nor an instance of a class, whose fields are no misspelling.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.errors import did_you_mean, listing
from stepgraph.warnings import UnknownStateKey

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task


def warn_of_unknown(task: Task, result: Any, keys: Sequence[str]) -> None:
    """Warn once for each of a node's unknown keys, unless it is among those that are meant."""
    told = task.run.topology.told
    for key in keys:
        if (task.node.name, key) not in told:
            if not _is_meant(task, result, key):
                _warn(task, key)
            told.add((task.node.name, key))


def _is_meant(task: Task, result: Any, key: str) -> bool:
    if not isinstance(key, str) or key.startswith("__"):
        return True
    if isinstance(result, dict) and any(branch.sees_returned for branch in task.node.branches):
        return True
    inner = task.node.subgraph
    if inner is not None and key in inner.topology.channels:
        return True
    return key in task.input if isinstance(task.input, Mapping) else hasattr(task.input, key)


def _warn(task: Task, key: str) -> None:
    known = tuple(task.run.topology.channels)
    todo = did_you_mean(key, known) or listing("The keys are", known)
    warning = UnknownStateKey(
        f"Node {task.name!r} returned {key!r}, which is no key of the state, so its value is lost. {todo}",
        task.name,
        key,
        known,
    )
    try:
        function = inspect.unwrap(task.node.action)
        file, line = inspect.getfile(function), function.__code__.co_firstlineno
    except (AttributeError, TypeError, ValueError):  # Not a function of the user's: the message has to do.
        file, line = "<stepgraph>", 1
    warnings.warn_explicit(warning, UnknownStateKey, file, line)
