"""Gates for LangGraph: a copy of a compiled graph in which each node's runnable asks first.

Observed to leave the stream as it is, chunk for chunk, and to reach every subgraph that is a node.
A subgraph called inside a function runs as it was compiled: its node is gated, its inside is not.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stepscope_host.debugger import Task
from stepscope_host.executor import RunningNode, current_node

if TYPE_CHECKING:
    from stepscope_host.gates import Gate

NodePath = tuple[str, ...]


def gated(graph: Any, gate: Gate) -> tuple[Any, frozenset[NodePath]]:
    """The copy, and the paths of all nodes in it that pass the gate."""
    keys: set[NodePath] = set()
    return _gated(graph, gate, (), keys), frozenset(keys)


def _gated(graph: Any, gate: Gate, path: NodePath, keys: set[NodePath]) -> Any:
    nodes = {}
    for name, node in graph.nodes.items():
        if name == "__start__":
            nodes[name] = node
            continue
        bound = node.bound
        if hasattr(bound, "get_subgraphs") and hasattr(bound, "nodes"):
            bound = _gated(bound, gate, (*path, name), keys)
        keys.add((*path, name))
        nodes[name] = node.copy({"bound": _runnable_class()(bound, gate)})
    return graph.copy({"nodes": nodes})


@lru_cache(maxsize=1)
def _runnable_class() -> Any:
    """The wrapper's class, made when LangGraph, and so langchain-core, has been imported by the user."""
    runnable: Any = sys.modules["langchain_core.runnables"].Runnable

    class GatedRunnable(runnable):
        """A node's runnable behind a gate."""

        def __init__(self, inner: Any, gate: Gate) -> None:
            self.inner = inner
            self.gate = gate
            # Cached results are kept under the name of the node's function, unless it is async.
            function = getattr(inner, "func", None)
            if type(inner).__name__ == "RunnableCallable" and function is not None:
                for name in ("__module__", "__qualname__", "__name__"):
                    setattr(self, name, getattr(function, name, ""))

        def __getattr__(self, name: str) -> Any:
            if name in {"inner", "gate"}:
                raise AttributeError(name)
            return getattr(self.inner, name)

        def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
            return str(self.inner.get_name(suffix, name=name))

        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            # Only reached from code that runs without a loop, where nobody steps.
            return self.inner.invoke(input, config, **kwargs)

        async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            task = _task(config)
            if task is None:
                return await self.inner.ainvoke(input, config, **kwargs)
            current_node.set(RunningNode(task.name, self.gate))
            if sys.version_info < (3, 11):
                _give_context(config)
            try:
                await self.gate.enter(task)
                return await self.inner.ainvoke(input, config, **kwargs)
            finally:
                self.gate.leave(task)

    return GatedRunnable


def _give_context(config: Any) -> None:
    """Let a sync node find its config, as it does under `stream()`.

    Before Python 3.11 an asyncio task takes no context, so LangGraph gives none to the nodes of an async
    run: there `get_stream_writer()` fails even in a sync node, which Stepscope runs in such a run.
    """
    sys.modules["langchain_core.runnables.config"].var_child_runnable_config.set(config)


def _task(config: Any) -> Task | None:
    """Which task this is, told by the metadata that LangGraph gives to every node's run."""
    metadata = config.get("metadata") if isinstance(config, Mapping) else None
    if not metadata or "langgraph_checkpoint_ns" not in metadata:
        return None
    *namespace, last = str(metadata["langgraph_checkpoint_ns"]).split("|")
    _, _, task_id = last.rpartition(":")
    return Task(task_id, metadata["langgraph_node"], tuple(namespace), int(metadata["langgraph_step"]))
