"""Configs: how they are merged, and how a node's code finds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stepgraph.runtime import running_task
from stepgraph.types import StreamWriter

__all__ = ["get_config", "get_store", "get_stream_writer"]


def get_config() -> dict[str, Any]:
    """The config of the node that is running. Raises RuntimeError outside of one."""
    return running_task("get_config").config


def get_stream_writer() -> StreamWriter:
    """A function that sends its argument out in mode `custom`. Raises RuntimeError outside of a node."""
    return running_task("get_stream_writer").writer


def get_store() -> Any:
    """The store of the graph that is running: None without one. Raises RuntimeError outside of a node."""
    return running_task("get_store").run.store


def merge_configs(*configs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Join configs, later ones winning: tags and callbacks add up, metadata and configurable merge by key.

    A key that langchain-core does not know is one of `configurable`'s: `{"thread_id": "1"}` will do.
    """
    merged: dict[str, Any] = {}
    for config in configs:
        loose = {}
        for key, value in (config or {}).items():
            if value is None:
                continue
            if key == "tags":
                known = merged.get("tags", [])
                merged["tags"] = [*known, *(tag for tag in value if tag not in known)]
            elif key in ("metadata", "configurable"):
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "callbacks":
                merged[key] = join_callbacks(merged.get(key), value)
            elif key in _WHOLE:
                merged[key] = value
            else:
                loose[key] = value
        if loose:
            merged["configurable"] = {**merged.get("configurable", {}), **loose}
    return merged


_WHOLE: Final = frozenset({"run_name", "run_id", "recursion_limit", "max_concurrency"})


def join_callbacks(known: Any, more: Any) -> Any:
    """Join two langchain-core callbacks, each a list of handlers or a manager, without importing it."""
    if not known or known is more:
        return more
    if not more:
        return known
    if isinstance(known, list) and isinstance(more, list):
        return [*known, *(handler for handler in more if handler not in known)]
    if isinstance(more, list):
        return with_handlers(known, more)
    # A manager knows which run it belongs to; the later one is the nearer one.
    return with_handlers(more, known if isinstance(known, list) else known.inheritable_handlers)


def with_handlers(callbacks: Any, handlers: list[Any]) -> Any:
    """`callbacks` and these handlers too, inherited by everything called beneath."""
    if not callbacks:
        return handlers
    if isinstance(callbacks, list):
        return [*callbacks, *handlers]
    manager = callbacks.copy()
    for handler in handlers:
        if handler not in manager.handlers:
            manager.add_handler(handler, inherit=True)
    return manager
