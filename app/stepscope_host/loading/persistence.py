"""Where a project's graphs keep their threads and memories: `langgraph dev` gives every graph a place."""

from __future__ import annotations

import importlib
from typing import Any

from stepscope_host.loading.server_runtime import in_memory_store


def is_saver(value: Any) -> bool:
    """True for a checkpointer of any make."""
    return all(callable(getattr(type(value), name, None)) for name in ("aget_tuple", "aput"))


def persist(graph: Any, saver: Any = None) -> bool:
    """Give a graph that was compiled without them a saver, one in memory if none is given, and a store.

    True when it has such a saver now, which may be replaced by one that keeps more.
    """
    lacks_saver = getattr(graph, "checkpointer", False) is None
    if lacks_saver:
        graph.checkpointer = saver or _in_memory_saver()
    if getattr(graph, "store", False) is None:
        graph.store = in_memory_store()
    return lacks_saver and saver is None


def _in_memory_saver() -> Any:
    try:
        return importlib.import_module("langgraph.checkpoint.memory").InMemorySaver()
    except ImportError:
        return None
