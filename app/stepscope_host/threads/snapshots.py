"""What snapshots of a thread tell: where they are, what wrote them, which subgraphs have their own states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from stepscope_host.debugging.debugger import Namespace, node_path
from stepscope_host.threads.state_edit import START

AS_NODE = "stepscope_as_node"
"""The key in a checkpoint's metadata that says as which node it was written by hand."""


def has_ended(task: Any) -> bool:
    """True for a task of a snapshot whose result is saved."""
    return getattr(task, "result", None) is not None and not task.error and not task.interrupts


def arrived(snapshot: Any) -> list[str]:
    """The tasks that have ended in a superstep that has not; none of one that is over."""
    ended = [task.name for task in snapshot.tasks if has_ended(task)]
    return ended if len(ended) < len(snapshot.tasks) else []


def is_beneath(snapshot: Any, checkpoint: str) -> bool:
    """True for a subgraph's that was made while a checkpoint of a graph around it was the newest."""
    return checkpoint in ((snapshot.metadata or {}).get("parents") or {}).values()


def inner(snapshot: Any) -> Iterator[str]:
    """The namespaces of the subgraphs that have begun and not ended, outer ones first."""
    states = [task.state for task in snapshot.tasks if hasattr(task.state, "tasks") and not has_ended(task)]
    for state in states:
        if state.created_at is not None:
            yield namespace_of(state)
    for state in states:
        yield from inner(state)


def nodes(graph: Any) -> list[str]:
    """The nodes as which a state can be written, the input first."""
    nodes = getattr(graph, "nodes", None) or {}
    return [START, *(str(name) for name in nodes if not str(name).startswith("__"))]


def parts(namespace: str) -> Namespace:
    """A namespace as a run has it."""
    return tuple(namespace.split("|")) if namespace else ()


def named(namespaces: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a person calls graphs: by the nodes that they lie in, with a number where that tells no more."""
    names = [" › ".join(node_path(parts(each))) for each in namespaces]
    for place, (namespace, name) in enumerate(zip(namespaces, names, strict=True)):
        number = f" #{names[: place + 1].count(name)}" if names.count(name) > 1 else ""
        yield namespace, f"{name}{number}"


def writers(metadata: Mapping[str, Any], parent: Any) -> list[str]:
    """The nodes whose writes made a checkpoint: those that were due before it, or as whom it was edited."""
    if metadata.get("source") == "update" and metadata.get(AS_NODE):
        return [metadata[AS_NODE]]
    if metadata.get("source") != "loop" or parent is None:
        return []
    return list(dict.fromkeys(task.name for task in parent.tasks if not task.name.startswith("__")))


def config_at(thread: str, checkpoint: str = "", namespace: str = "") -> dict[str, Any]:
    """Where a state is: at the newest checkpoint unless one is named."""
    configurable = {"thread_id": thread, "checkpoint_ns": namespace}
    return {"configurable": {**configurable, "checkpoint_id": checkpoint} if checkpoint else configurable}


def gone(thread: str, checkpoint: str = "") -> str:
    """Why nothing can be done with what is not there."""
    what = f"checkpoint {checkpoint} in thread {thread}" if checkpoint else f"thread {thread}"
    return f"There is no {what} any more."


def id_of(config: Any) -> str:
    """The checkpoint that a config names, or ""."""
    return str(((config or {}).get("configurable") or {}).get("checkpoint_id") or "")


def namespace_of(state: Any) -> str:
    """The namespace that a config names, or that of a snapshot."""
    config = getattr(state, "config", state)
    return str(((config or {}).get("configurable") or {}).get("checkpoint_ns") or "")


def seconds(told: Any) -> float:
    """A time as savers write it."""
    try:
        return datetime.fromisoformat(told).timestamp()
    except (TypeError, ValueError):
        return 0.0
