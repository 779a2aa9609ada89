"""How a graph that is called inside a node finds the run around it, and what it takes over from there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stepgraph.config import merge_configs
from stepgraph.pregel.tasks import TASK_KEY, Task
from stepgraph.pregel.tracing import TaskConfig, langchain_config_var
from stepgraph.runtime import current_task

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph
    from stepgraph.pregel.checkpoints import Checkpoints
    from stepgraph.pregel.loop import Run

DEFAULT_RECURSION_LIMIT: Final = int(os.environ.get("LANGGRAPH_DEFAULT_RECURSION_LIMIT", "10007"))
"""How many supersteps a run may take that does not say; from the environment when this is imported."""

_ENGINE_KEYS: Final = frozenset([TASK_KEY, "checkpoint_ns", "checkpoint_id", "checkpoint_map"])
_ADDRESS_KEYS: Final = ("thread_id", "checkpoint_ns", "checkpoint_id")
_PASSED_ON: Final = ("tags", "recursion_limit", "max_concurrency")


@dataclass(frozen=True, slots=True)
class Settings:
    """A run's config, taken apart.

    `address` says which checkpoint a run of its own starts from. `passed_on` are the keys that tasks hand on
    as they were given.
    """

    parent: Task | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    configurable: Mapping[str, Any] = field(default_factory=dict)
    callbacks: Any = None
    address: Mapping[str, Any] = field(default_factory=dict)
    passed_on: Mapping[str, Any] = field(default_factory=dict)
    run_name: str | None = None
    run_id: Any = None

    @property
    def recursion_limit(self) -> int:
        return int(self.passed_on.get("recursion_limit", DEFAULT_RECURSION_LIMIT))

    @property
    def max_concurrency(self) -> int | None:
        return self.passed_on.get("max_concurrency")


def settle(bound: Mapping[str, Any], given: Mapping[str, Any] | None) -> Settings:
    """Join a graph's bound config, the call's, and what surrounds the call.

    Raises ValueError when the recursion limit is below 1.
    """
    configurable = (given or {}).get("configurable") or {}
    parent = configurable.get(TASK_KEY)
    surrounding: Mapping[str, Any] | None = None
    if parent is None and not any(key in configurable for key in _ADDRESS_KEYS):
        # A call with a thread of its own stands alone; any other belongs to the node that makes it.
        parent = current_task.get()
        surrounding = _langchain_config()
    if parent is not None and not bound and not given and _is_own(surrounding, parent):
        return _of_parent(parent)
    return _of_config(parent, merge_configs(surrounding or (parent and parent.config), bound, given))


def _of_parent(parent: Task) -> Settings:
    run = parent.run
    metadata = _inner_metadata(parent, parent.metadata)
    return Settings(parent, metadata, run.configurable, parent.callbacks, passed_on=run.passed_on)


def _of_config(parent: Task | None, config: Mapping[str, Any]) -> Settings:
    configurable = {k: v for k, v in config.get("configurable", {}).items() if k not in _ENGINE_KEYS}
    metadata = dict(config.get("metadata", {}))
    if "thread_id" in configurable:
        metadata.setdefault("thread_id", configurable["thread_id"])
    settings = Settings(
        parent,
        _inner_metadata(parent, metadata) if parent else metadata,
        configurable,
        config.get("callbacks"),
        {} if parent else _address(config),
        {key: config[key] for key in _PASSED_ON if key in config},
        config.get("run_name"),
        config.get("run_id"),
    )
    if settings.recursion_limit < 1:
        raise ValueError(
            f"recursion_limit must be at least 1, and is {settings.recursion_limit}. It is how many "
            "supersteps a run may take; a graph whose nodes run one after another needs one more than it "
            "has nodes."
        )
    return settings


def _address(config: Mapping[str, Any]) -> dict[str, Any]:
    """Where a run starts, with what it is to find in the graphs inside: their checkpoints by namespace."""
    configurable = config.get("configurable", {})
    address = {key: configurable[key] for key in _ADDRESS_KEYS if configurable.get(key) is not None}
    by_namespace: Mapping[str, str] = configurable.get("checkpoint_map") or {}
    if address.get("checkpoint_ns") and "" in by_namespace:
        # The config names a checkpoint of a graph inside: this one starts where it stood then.
        address["checkpoint_id"] = by_namespace[""]
        address["inside"] = {name: id for name, id in by_namespace.items() if name}
    return address


def make_checkpoints(graph: CompiledStateGraph, settings: Settings, run: Run) -> Checkpoints | None:
    """Where a run keeps its state, or None for one that keeps nothing.

    Raises ValueError or KeyError when there is a saver but no `thread_id`, RuntimeError for a graph that has
    `checkpointer=True` and no graph around it to have one from.
    """
    around = run.parent.run.checkpoints if run.parent is not None else None
    if graph.checkpointer is False or (around is None and graph.checkpointer is None):
        if run.options.durability is not None:
            _warn_of_durability(graph)
        return None
    from stepgraph.pregel.checkpoints import Checkpoints

    durability = run.options.durability
    about = {"configurable": settings.configurable, "metadata": settings.metadata}
    if around is not None:
        parents = {**around.parents, around.namespace: around.id or ""}
        address = {"thread_id": around.thread_id}
        branch = run.branch if run.is_accumulating else None
        if branch is not None and run.parent is not None and run.parent.run.is_going_on:
            address.update(branch.start(run.checkpoint_ns))
        return Checkpoints(
            around.saver, address, run.namespace, parents, durability or around.durability, about, branch
        )
    if graph.checkpointer is True:
        if run.parent is not None:
            return None
        raise RuntimeError(
            f"Graph {graph.name!r} was compiled with checkpointer=True, which keeps its state with the graph "
            "around it, but it was called on its own. Compile it with a saver: "
            "compile(checkpointer=InMemorySaver())."
        )
    if "thread_id" not in settings.configurable:
        advice = "A checkpointer needs a thread to keep: config={'configurable': {'thread_id': ...}}."
        raise KeyError("thread_id", advice) if settings.configurable else ValueError(advice)
    return Checkpoints(graph.checkpointer, settings.address, (), {}, durability or "async", about)


def _warn_of_durability(graph: CompiledStateGraph) -> None:
    warnings.warn(
        f"`durability` has no effect: graph {graph.name!r} keeps no threads. Compile it with a saver: "
        "compile(checkpointer=InMemorySaver()).",
        stacklevel=6,
    )


def _inner_metadata(parent: Task, metadata: dict[str, Any]) -> dict[str, Any]:
    # The outermost task's, as langchain-core has it: set once, and kept all the way in.
    metadata.setdefault("checkpoint_ns", parent.checkpoint_ns)
    return metadata


def _is_own(surrounding: Mapping[str, Any] | None, parent: Task) -> bool:
    if isinstance(surrounding, TaskConfig):
        return surrounding.task is parent
    return surrounding is None or surrounding is parent.config


def _langchain_config() -> Mapping[str, Any] | None:
    variable = langchain_config_var()
    return variable.get() if variable is not None else None
