"""CompiledStateGraph: a graph that can be invoked, streamed, drawn, and put into another one."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from stepgraph.config import merge_configs
from stepgraph.constants import END, START
from stepgraph.errors import NotSupportedYet, did_you_mean
from stepgraph.graph.branches import Branch, BranchSpec
from stepgraph.graph.json_schema import context_json_schema, json_schema, model_of
from stepgraph.graph.nodes import Node, NodeSpec
from stepgraph.graph.runnable import RunnableMethods, register
from stepgraph.graph.schema import Schema, is_pydantic, reader
from stepgraph.graph.validate import check_keys
from stepgraph.pregel.instruments import Gate, Instrument
from stepgraph.pregel.loop import Run, adrive, drive
from stepgraph.pregel.stream import AsyncOutlet, Outlet, OutputKeys, SyncOutlet, all_keys, read_modes
from stepgraph.pregel.subgraphs import Settings, settle
from stepgraph.pregel.superstep import Topology
from stepgraph.pregel.tasks import TASK_KEY
from stepgraph.pregel.tracing import atraced, hears_chains, traced

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph
    from pydantic import BaseModel
    from typing_extensions import Self

    from stepgraph.graph.state_graph import StateGraph

StreamModes = str | Sequence[str]


class CompiledStateGraph(RunnableMethods):
    """A graph that runs. Made by `StateGraph.compile()`.

    It has the methods of a langchain-core Runnable, and counts as one as soon as langchain-core is imported.
    """

    def __init__(self, builder: StateGraph[Any], topology: Topology, name: str) -> None:
        self.builder = builder
        self.topology = topology
        self.name = name
        self.config: Mapping[str, Any] = {}
        self._instrument: Instrument | None = None
        register(CompiledStateGraph)

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes as they run, START among them."""
        return self.topology.nodes

    @property
    def channels(self) -> Mapping[str, Any]:
        """The keys of the state and how each takes writes."""
        return self.topology.channels

    @property
    def stream_keys(self) -> OutputKeys:
        """The keys that `stream()` shows: all."""
        return all_keys(self.topology.channels)

    @property
    def output_keys(self) -> OutputKeys:
        """The keys that `invoke()` returns: the output schema's."""
        return all_keys(self.builder.output_schema.channels)

    # -- running

    def stream(
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes | None = None,
        output_keys: str | Sequence[str] | None = None,
        subgraphs: bool = False,
        **later: Any,
    ) -> Generator[Any, None, None]:
        """Run the graph and yield chunks as they come; a superstep begins when its first chunk is asked for.

        `stream_mode` is one of values, updates (the default), custom, messages, debug, tasks, or a list of
        them, and then chunks are `(mode, data)`. With `subgraphs` they are preceded by a namespace.
        `output_keys` restrict values and updates.

        Raises ValueError for an unknown mode or key, and what nodes raise, once all earlier chunks are out.
        """
        refuse_later("stream", later)
        settings = settle(self.config, config)
        outlet = SyncOutlet(stream_mode or _default_mode(config), subgraphs=subgraphs)
        run = self._run(
            settings, outlet, self._keys(output_keys, self.stream_keys), context, self._sync_gate(settings)
        )
        return self._drive(run, input, outlet)

    def astream(
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes | None = None,
        output_keys: str | Sequence[str] | None = None,
        subgraphs: bool = False,
        **later: Any,
    ) -> AsyncGenerator[Any, None]:
        """`stream()` on the event loop: async nodes are awaited there, sync ones run in threads.

        Leaving early, with `contextlib.aclosing()`, cancels the nodes that still run.
        """
        refuse_later("astream", later)
        settings = settle(self.config, config)
        mode = stream_mode or _default_mode(config)
        read_modes(mode)
        keys = self._keys(output_keys, self.stream_keys)
        return self._astream(input, settings, mode, subgraphs, keys, context)

    async def _astream(
        self,
        input: Any,
        settings: Settings,
        mode: StreamModes,
        subgraphs: bool,
        keys: OutputKeys,
        context: Any,
    ) -> AsyncGenerator[Any, None]:
        outlet = AsyncOutlet(mode, subgraphs=subgraphs)
        gate = self._async_gate(settings)
        chunks = self._adrive(self._run(settings, outlet, keys, context, gate), input, outlet)
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()
            self._leave(gate)

    def invoke(
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes = "values",
        output_keys: str | Sequence[str] | None = None,
        **later: Any,
    ) -> Any:
        """Run the graph and return the state at its end, or None when nothing was ever written.

        Only the keys of the output schema, or `output_keys`, are in it. With another `stream_mode`: the
        list of chunks. Raises what nodes raise.
        """
        keys = self._keys(output_keys, self.output_keys)
        if stream_mode != "values":
            chunks = self.stream(
                input, config, context=context, stream_mode=stream_mode, output_keys=keys, **later
            )
            return list(chunks)
        refuse_later("invoke", later)
        settings = settle(self.config, config)
        run = self._run(settings, None, keys, context, self._sync_gate(settings))
        for _ in self._drive(run, input, None):
            pass
        return run.output

    async def ainvoke(
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes = "values",
        output_keys: str | Sequence[str] | None = None,
        **later: Any,
    ) -> Any:
        """`invoke()` on the event loop. Cancelling it cancels the nodes that run."""
        keys = self._keys(output_keys, self.output_keys)
        if stream_mode != "values":
            chunks = self.astream(
                input, config, context=context, stream_mode=stream_mode, output_keys=keys, **later
            )
            return [chunk async for chunk in chunks]
        refuse_later("ainvoke", later)
        settings = settle(self.config, config)
        gate = self._async_gate(settings)
        run = self._run(settings, None, keys, context, gate)
        try:
            async for _ in self._adrive(run, input, None):
                pass
        finally:
            self._leave(gate)
        return run.output

    def _run(
        self, settings: Settings, outlet: Outlet | None, keys: OutputKeys, context: Any, gate: Gate | None
    ) -> Run:
        if context is None and settings.parent is not None:
            context = settings.parent.run.context
        else:
            context = _as_context(context, self.builder.context_schema)
        return Run(self, settings, outlet, keys, context, gate)

    def _drive(self, run: Run, input: Any, outlet: SyncOutlet | None) -> Generator[Any, None, None]:
        chunks = drive(run, input, outlet)
        return traced(run, input, chunks) if hears_chains(run.callbacks) else chunks

    def _adrive(self, run: Run, input: Any, outlet: AsyncOutlet | None) -> AsyncGenerator[Any, None]:
        chunks = adrive(run, input, outlet)
        return atraced(run, input, chunks) if hears_chains(run.callbacks) else chunks

    def _keys(self, given: str | Sequence[str] | None, default: OutputKeys) -> OutputKeys:
        if given is None:
            return default
        keys = given if isinstance(given, str) else tuple(given)
        check_keys([keys] if isinstance(keys, str) else keys, self.topology.channels)
        return keys

    def _async_gate(self, settings: Settings) -> Gate | None:
        if self._instrument is not None:
            return Gate(self._instrument, asyncio.get_running_loop())
        return settings.parent.run.gate if settings.parent is not None else None

    def _sync_gate(self, settings: Settings) -> Gate | None:
        around = settings.parent.run.gate if settings.parent is not None else None
        if around is not None and around.is_out_of_reach:
            # An async node calls invoke(): a debugger must not break what works without it.
            return None
        if self._instrument is None:
            return around
        if around is None:
            raise RuntimeError(
                f"Graph {self.name!r} has an instrument, which is awaited on an event loop, but stream() and "
                "invoke() have none. Run it with astream() or ainvoke()."
            )
        return around.for_instrument(self._instrument)

    def _leave(self, gate: Gate | None) -> None:
        """A gate made for this run lets go of its threads; one that came from outside stays in place."""
        if self._instrument is not None and gate is not None:
            gate.open()

    # -- copies

    def with_instrument(self, instrument: Instrument | None) -> Self:
        """A copy whose runs await `instrument` around every task, also in the graphs that its nodes call.

        Such a copy runs with `astream()` and `ainvoke()`. Graphs called by sync nodes may be called with
        `invoke()`: the node's thread then waits for the instrument. Graphs that an async node calls with
        `invoke()` run without it, since the loop stands still meanwhile. None takes an instrument away.
        """
        other = copy.copy(self)
        other._instrument = instrument
        return other

    def with_config(self, config: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """A copy with a config of its own beneath the one of each call."""
        other = copy.copy(self)
        other.config = merge_configs(self.config, config, more)
        return other

    def copy(self, update: Mapping[str, Any] | None = None) -> Self:
        """A copy, with these attributes replaced."""
        other = copy.copy(self)
        for name, value in (update or {}).items():
            setattr(other, name, value)
        return other

    # -- looking at it

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        """The graph's name, with a suffix when one is given."""
        return (name or self.name) + (suffix or "")

    def get_graph(self, config: Any = None, *, xray: int | bool = False) -> Graph:
        """The graph to draw. With `xray`, subgraphs are opened: all the way, or that many levels."""
        from stepgraph.graph.draw import draw

        return draw(self, xray)

    async def aget_graph(self, config: Any = None, *, xray: int | bool = False) -> Graph:
        """The same as `get_graph`."""
        return self.get_graph(config, xray=xray)

    def get_subgraphs(
        self, *, namespace: str | None = None, recurse: bool = False
    ) -> Iterator[tuple[str, CompiledStateGraph]]:
        """The graphs that nodes are or call, by node; with `recurse`, those within as `outer|inner`."""
        from stepgraph.graph.draw import subgraphs

        return subgraphs(self, namespace, recurse)

    def get_input_schema(self, config: Any = None) -> type[BaseModel]:
        """A pydantic model of the input."""
        return model_of(self.builder.input_schema, self.get_name("Input"))

    def get_output_schema(self, config: Any = None) -> type[BaseModel]:
        """A pydantic model of the output."""
        return model_of(self.builder.output_schema, self.get_name("Output"))

    def get_input_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the input."""
        return json_schema(self.builder.input_schema, self.get_name("Input"))

    def get_output_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the output."""
        return json_schema(self.builder.output_schema, self.get_name("Output"))

    def get_context_jsonschema(self) -> dict[str, Any] | None:
        """The JSON schema of the context, or None for a graph without one."""
        source = self.builder.context_schema
        return None if source is None else context_json_schema(source)


def _default_mode(config: Mapping[str, Any] | None) -> str:
    # A node that hands its own config on wants what a subgraph as a node would give.
    return "values" if TASK_KEY in ((config or {}).get("configurable") or {}) else "updates"


def _as_context(context: Any, schema: Any) -> Any:
    """A dict becomes an instance of the context schema, if that is a class with fields of its own."""
    if isinstance(context, dict) and (dataclasses.is_dataclass(schema) or is_pydantic(schema)):
        return schema(**context)
    return context


def refuse_later(method: str, options: Mapping[str, Any]) -> None:
    """Raise NotSupportedYet for a run option that is still to come, TypeError for one that is not."""
    for name, value in options.items():
        if name not in _LATER:
            raise TypeError(
                f"{method}() has no option {name!r}. {did_you_mean(name, [*_NOW, *_LATER])}".rstrip()
            )
        if value != _LATER[name] and value is not None:
            raise NotSupportedYet(f"{method}({name}=...)")


_NOW: Final = ("input", "config", "context", "stream_mode", "output_keys", "subgraphs")
_LATER: Final[Mapping[str, Any]] = {
    "interrupt_before": None,
    "interrupt_after": None,
    "durability": None,
    "control": None,
    "print_mode": (),
    "debug": False,
    "version": "v1",
}


# -- compiling


def make_topology(builder: StateGraph[Any]) -> Topology:
    """The builder's nodes, edges and paths, in the form that a run needs."""
    nodes = {START: _start_node(builder)}
    for spec in builder.nodes.values():
        nodes[spec.name] = _node(builder, spec)
    channels = dict(builder.channels)
    ephemeral = tuple(key for key, channel in channels.items() if channel.ephemeral)
    return Topology(channels, nodes, frozenset(builder.input_schema.channels), ephemeral)


def _start_node(builder: StateGraph[Any]) -> Node:
    branches = _branches(builder, START, builder.state_schema)
    return Node(START, None, reader(builder.input_schema), _successors(builder, START), branches=branches)


def _node(builder: StateGraph[Any], spec: NodeSpec) -> Node:
    waits_for = tuple(barrier for barrier in builder.barriers if barrier.target == spec.name)
    return Node(
        spec.name,
        spec.call,
        reader(spec.input_schema),
        _successors(builder, spec.name),
        tuple(b for b in builder.barriers if spec.name in b.sources and b.target != END),
        _branches(builder, spec.name, spec.input_schema),
        waits_for,
        tuple(sorted([f"branch:to:{spec.name}", *(barrier.name for barrier in waits_for)])),
        spec.metadata,
        spec.defer,
        spec.action,
    )


def _successors(builder: StateGraph[Any], source: str) -> tuple[str, ...]:
    return tuple(sorted(target for start, target in builder.edges if start == source and target != END))


def _branches(builder: StateGraph[Any], source: str, schema: Schema) -> tuple[Branch, ...]:
    return tuple(_branch(builder, source, spec, schema) for spec in builder.branches.get(source, {}).values())


def _branch(builder: StateGraph[Any], source: str, spec: BranchSpec, schema: Schema) -> Branch:
    """`schema` is what the source node reads: a path without annotations gets the same kind of object."""
    if spec.input_schema is not None:
        return Branch(source, spec.call, spec.ends, reader(spec.input_schema), sees_returned=False)
    return Branch(source, spec.call, spec.ends, reader(schema), sees_returned=True)
