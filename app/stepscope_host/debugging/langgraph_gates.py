"""Gates for LangGraph: a copy of a compiled graph in which each node's runnable asks first.

Observed to leave the stream as it is, chunk for chunk, and to reach every subgraph that is a node. Those that
a node's code calls are reached by `langgraph_calls`.
"""

from __future__ import annotations

import copy
import sys
import types
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from stepscope_host.debugging.debugger import Task
from stepscope_host.debugging.decisions import Decision, Fail, Skip, Supply, WithInput
from stepscope_host.debugging.langgraph_calls import Caller, Calls, caller_here, hear_calls, without_a_loop
from stepscope_host.running_nodes import RunningNode, current_node

if TYPE_CHECKING:
    from stepscope_host.debugging.gates import Gate

NodePath = tuple[str, ...]
Run = Callable[..., Awaitable[Any]]
"""Runs a node."""


class GatedGraph(NamedTuple):
    """A copy of a graph; `paths` has all nodes of it that pass the gate, and in time those that it calls."""

    copy: Any
    paths: set[NodePath]
    calls: Calls


def gated(graph: Any, gate: Gate) -> GatedGraph:
    """The copy, whose tasks pass the gate."""
    paths: set[NodePath] = set()
    calls = Calls(gate, paths, lambda called, inside: _copied(called, calls, (), inside))
    hear_calls(next(kind for kind in type(graph).__mro__ if "astream" in vars(kind)))
    return GatedGraph(_copied(graph, calls, (), paths), paths, calls)


def _copied(graph: Any, calls: Calls, path: NodePath, paths: set[NodePath]) -> Any:
    if any(isinstance(node.bound, _runnable_class()) for node in graph.nodes.values()):
        return graph
    nodes = {}
    for name, node in graph.nodes.items():
        if name == "__start__":
            nodes[name] = node
            continue
        bound = node.bound
        if hasattr(bound, "get_subgraphs") and hasattr(bound, "nodes"):
            bound = _copied(bound, calls, (*path, name), paths)
        paths.add((*path, name))
        writers = [_routed(writer, calls) for writer in node.writers]
        nodes[name] = node.copy({"bound": _runnable_class()(bound, calls), "writers": writers})
    return graph.copy({"nodes": nodes})


def _routed(writer: Any, calls: Calls) -> Any:
    """A writer that asks the gate where it leads, if it is a conditional edge; any other as it is.

    Observed: the method of a branch carries out a conditional edge, and the branch's `path` says where to.
    """
    branch = getattr(getattr(writer, "afunc", None), "__self__", None)
    if branch is None or not hasattr(branch, "_replace") or not hasattr(branch, "path"):
        return writer
    asking = branch._replace(path=_path_class()(branch.path, getattr(branch, "ends", None), calls))
    routed = copy.copy(writer)
    for name in ("func", "afunc"):
        method = getattr(writer, name)
        setattr(routed, name, types.MethodType(method.__func__, asking))
    return routed


@lru_cache(maxsize=1)
def _path_class() -> Any:
    runnable: Any = sys.modules["langchain_core.runnables"].Runnable

    class GatedPath(runnable):
        """A conditional edge's path function behind a gate."""

        def __init__(self, inner: Any, ends: Mapping[Any, str] | None, calls: Calls) -> None:
            self.inner = inner
            self.ends = dict(ends or {})
            self.calls = calls

        def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
            return str(self.inner.get_name(suffix, name=name))

        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            result = self.inner.invoke(input, config, **kwargs)
            return without_a_loop(self._led(result, config, blocks=True)) if self.calls.reroutes else result

        async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            result = await self.inner.ainvoke(input, config, **kwargs)
            return await self._led(result, config, blocks=False) if self.calls.reroutes else result

        async def _led(self, result: Any, config: Any, blocks: bool) -> Any:
            task = _task(config)
            gate = None if task is None else self.calls.gate_for(task, blocks)
            leads_to = _names(result if isinstance(result, list | tuple) else [result], self.ends)
            if task is None or gate is None:
                return result
            chosen = await gate.route(task, leads_to)
            if chosen is None:
                return result
            words = {name: word for word, name in self.ends.items()}
            return [words.get(name, name) for name in chosen]

    return GatedPath


def _names(words: Iterable[Any], ends: Mapping[Any, str]) -> tuple[str, ...]:
    """The nodes that a path function's words mean; none when there is a Send among them."""
    try:
        names = tuple(ends.get(word, word) for word in words)
    except TypeError:  # a Send is as hashable as what it sends
        return ()
    return names if all(isinstance(name, str) for name in names) else ()


@lru_cache(maxsize=1)
def _runnable_class() -> Any:
    """The wrapper's class, made when LangGraph, and so langchain-core, has been imported by the user."""
    runnable: Any = sys.modules["langchain_core.runnables"].Runnable

    class GatedRunnable(runnable):
        """A node's runnable behind a gate."""

        def __init__(self, inner: Any, calls: Calls) -> None:
            self.inner = inner
            self.calls = calls
            # Cached results are kept under the name of the node's function, unless it is async.
            function = getattr(inner, "func", None)
            if type(inner).__name__ == "RunnableCallable" and function is not None:
                for name in ("__module__", "__qualname__", "__name__"):
                    setattr(self, name, getattr(function, name, ""))

        def __getattr__(self, name: str) -> Any:
            if name in {"inner", "calls"}:
                raise AttributeError(name)
            return getattr(self.inner, name)

        def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
            return str(self.inner.get_name(suffix, name=name))

        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            async def run(input: Any, config: Any, **kwargs: Any) -> Any:
                return self.inner.invoke(input, config, **kwargs)

            return without_a_loop(self._behind_gate(run, True, input, config, kwargs))

        async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            return await self._behind_gate(self.inner.ainvoke, False, input, config, kwargs)

        async def _behind_gate(self, run: Run, blocks: bool, input: Any, config: Any, kwargs: Any) -> Any:
            task = _task(config)
            gate = None if task is None else self.calls.gate_for(task, blocks)
            if task is None or gate is None:
                return await run(input, config, **kwargs)
            current_node.set(RunningNode(task.name, self.calls.gate))
            if sys.version_info < (3, 11):
                _give_context(config)
            before = caller_here.set(Caller(self.calls, task))
            try:
                return await _pass(gate, task, run, input, config, kwargs)
            except BaseException as error:
                if not isinstance(error, Exception):
                    gate.drop(task)
                raise
            finally:
                caller_here.reset(before)

    return GatedRunnable


async def _pass(gate: Gate, task: Task, run: Run, input: Any, config: Any, kwargs: Any) -> Any:
    decision = None if gate.lets_in(task) else await gate.enter(task, input)
    while True:
        try:
            if decision is None:
                output = await run(input, config, **kwargs)
            else:
                output = await _carry_out(decision, run, input, config, kwargs)
            if gate.reroutes and not isinstance(decision, Supply):
                output = await _led(gate, task, output)
            told = None
        except Exception as error:
            output, told = error, None if _is_control_flow(error) else error
        decision = None
        if not gate.lets_out(task.id):
            decision = await gate.leave(task, input, None if told else output, told)
        if decision is None:
            if isinstance(output, Exception):
                raise output
            return output


async def _led(gate: Gate, task: Task, output: Any) -> Any:
    """What a node returns; a Command with the nodes that the gate wants it to go to."""
    if type(output).__name__ != "Command" or not output.goto or output.graph:
        return output
    goto = [output.goto] if isinstance(output.goto, str) else output.goto
    chosen = await gate.route(task, _names(goto if isinstance(goto, list | tuple) else [goto], {}))
    return replace(output, goto=list(chosen)) if chosen else output


async def _carry_out(decision: Decision, run: Run, input: Any, config: Any, kwargs: Any) -> Any:
    match decision:
        case Supply(output, _):
            return output
        case Skip():
            return None
        case Fail(error):
            raise error
        case WithInput(changed):
            return await run(changed, config, **kwargs)
    return await run(input, config, **kwargs)


def _is_control_flow(error: Exception) -> bool:
    """True for what a node raises to ask a question or to leave for the parent graph."""
    return any(kind.__name__ == "GraphBubbleUp" for kind in type(error).__mro__)


def _give_context(config: Any) -> None:
    """Let a sync node find its config, as it does under `stream()`.

    Before Python 3.11 an asyncio task takes no context, so LangGraph gives none to the nodes of an async
    run: there `get_stream_writer()` fails even in a sync node, which Stepscope runs in such a run.
    """
    sys.modules["langchain_core.runnables.config"].var_child_runnable_config.set(config)


def _task(config: Any) -> Task | None:
    """Which task this is, told by the metadata that LangGraph gives to every node's run."""
    metadata = config.get("metadata") if isinstance(config, dict) else None
    if not metadata or "langgraph_checkpoint_ns" not in metadata:
        return None
    *namespace, last = str(metadata["langgraph_checkpoint_ns"]).split("|")
    _, _, task_id = last.rpartition(":")
    return Task(task_id, metadata["langgraph_node"], tuple(namespace), int(metadata["langgraph_step"]))
