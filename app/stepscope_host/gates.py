"""Gates: every task of a graph asks before it begins, and tells when it has ended.

One gate serves both engines: `instrument` fits stepgraph, which awaits an instrument around every
task; `langgraph_gates` wraps each node of a copy of a LangGraph graph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from stepscope_host import langgraph_gates
from stepscope_host.debugger import Namespace, Task
from stepscope_host.executor import RunningNode, current_node


class Gate(Protocol):
    """Who decides: awaited by the engine around every task."""

    async def enter(self, task: Task) -> None:
        """Return when the task may begin."""

    def leave(self, task: Task) -> None:
        """The task has ended, in whatever way."""


@dataclass(frozen=True)
class Gated:
    """A graph whose tasks pass a gate. `covers` tells which tasks do, by namespace and node name."""

    graph: Any
    covers: Callable[[Namespace, str], bool]


class Instrument:
    """The gate as stepgraph calls it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def before_task(self, task: Any) -> None:
        current_node.set(RunningNode(task.name, self._gate))
        await self._gate.enter(_task(task))

    async def after_task(self, task: Any, error: BaseException | None) -> None:
        self._gate.leave(_task(task))


def gated(graph: Any, gate: Gate) -> Gated:
    """A graph like this one whose tasks pass the gate; the given one is left as it is.

    Raises whatever an unusual graph raises when it is copied or wrapped.
    """
    if hasattr(graph, "with_instrument"):
        return Gated(graph.with_instrument(Instrument(gate)), lambda namespace, name: True)
    copy, keys = langgraph_gates.gated(graph, gate)
    return Gated(copy, lambda namespace, name: (*node_path(namespace), name) in keys)


def refusal(graph: Any) -> str:
    """Why a graph's tasks cannot be made to pass a gate, or "" when they can."""
    try:
        gated(graph, _OpenGate())
    except Exception as error:
        return f"wrapping its nodes raises {type(error).__name__}: {error}"
    return ""


def with_context(graph: Any) -> Any:
    """A graph whose sync nodes find their config in an async run.

    Before Python 3.11 LangGraph's do so only behind a gate.
    """
    if sys.version_info >= (3, 11) or hasattr(graph, "with_instrument") or refusal(graph):
        return graph
    return gated(graph, _OpenGate()).graph


def in_engine_threads() -> dict[int, RunningNode]:
    """The nodes whose code runs in threads of the engine's own, by thread: stepgraph has such."""
    threads = sys.modules.get("stepgraph.pregel.threads")
    contexts = threads.contexts() if threads is not None else {}
    return {thread: context[current_node] for thread, context in contexts.items() if current_node in context}


def node_path(namespace: Namespace) -> tuple[str, ...]:
    """The names of the nodes whose subgraphs a namespace lies in, outermost first."""
    return tuple(segment.partition(":")[0] for segment in namespace if not segment.isdigit())


class _OpenGate:
    async def enter(self, task: Task) -> None:
        """Every task may begin."""

    def leave(self, task: Task) -> None:
        """Nobody has to know."""


def _task(task: Any) -> Task:
    return Task(task.id, task.name, tuple(task.namespace), task.step)
