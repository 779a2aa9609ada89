"""CompiledStateGraph: a graph that can be invoked, streamed, drawn, and put into another one."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from stepgraph.config import merge_configs
from stepgraph.graph.introspection import Introspection
from stepgraph.graph.nodes import Node
from stepgraph.graph.schema import is_pydantic
from stepgraph.graph.subscripts import ContextT, GraphOf, InputT, OutputT, StateT
from stepgraph.graph.thread_methods import ThreadMethods
from stepgraph.graph.tool_output import let_tools_return_commands
from stepgraph.graph.validate import check_durability, check_keys, check_known
from stepgraph.pregel import Pregel
from stepgraph.pregel.cache import namespace_of
from stepgraph.pregel.gates import Gate, LoopGate, is_awaited
from stepgraph.pregel.instruments import AnyInstrument
from stepgraph.pregel.loop import Run, adrive, drive
from stepgraph.pregel.options import NodeNames, RunOptions, old_durability
from stepgraph.pregel.stream import AsyncOutlet, OutputKeys, SyncOutlet, all_keys
from stepgraph.pregel.subgraphs import Settings, settle
from stepgraph.pregel.superstep import Topology
from stepgraph.pregel.tasks import TASK_KEY
from stepgraph.pregel.tracing import atraced, is_traced, traced
from stepgraph.pregel.view import Parts, View, envelope, read_modes, read_version, whole
from stepgraph.types import Durability

if TYPE_CHECKING:
    from typing_extensions import Self

    from stepgraph.graph.state_graph import StateGraph
    from stepgraph.output import GraphOutput
    from stepgraph.runtime import RunControl

StreamModes = str | Sequence[str]


class CompiledStateGraph(ThreadMethods, Introspection, Pregel, GraphOf[StateT, ContextT, InputT, OutputT]):
    """A graph that runs. Made by `StateGraph.compile()`.

    It has the methods of a langchain-core Runnable, and counts as one as soon as langchain-core is imported.
    """

    stream_mode: StreamModes = "updates"
    """What `stream()` yields when it is not told."""
    stream_eager: bool = False
    """Whether chunks are handed over while a lone sync node runs, in every mode."""
    step_timeout: float | None = None
    """How many seconds a superstep may take."""

    def __init__(
        self,
        builder: StateGraph[Any],
        topology: Topology,
        name: str,
        *,
        checkpointer: Any = None,
        store: Any = None,
        cache: Any = None,
        interrupt_before: NodeNames = (),
        interrupt_after: NodeNames = (),
        debug: bool = False,
    ) -> None:
        self.builder = builder
        self.topology = topology
        self.name = name
        self.checkpointer = checkpointer
        self.store = store
        self.cache = cache
        self.interrupt_before_nodes = interrupt_before
        self.interrupt_after_nodes = interrupt_after
        self.debug = debug
        self.config: Mapping[str, Any] = {}
        self._instrument: AnyInstrument | None = None
        let_tools_return_commands()

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
        return all_keys(self.builder.output.channels)

    # -- running

    def stream(  # type: ignore[override]  # Runnable's options may be None
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes | None = None,
        print_mode: StreamModes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: NodeNames | None = None,
        interrupt_after: NodeNames | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Literal["v1", "v2"] = "v1",
        **deprecated: Any,
    ) -> Generator[Any, None, None]:
        """Run the graph and yield chunks as they come; a superstep begins when its first chunk is asked for.

        `stream_mode` is one of values, updates (the default), custom, messages, debug, tasks, checkpoints and
        tools, or a list of them, and then chunks are `(mode, data)`. With `subgraphs` they are preceded by a
        namespace. With `version="v2"` each is a StreamPart, whatever was asked for. Modes in `print_mode` are
        printed too; `debug` prints updates and values. `output_keys` restrict values and updates.

        Raises ValueError for an unknown mode or key, and what nodes raise, once all earlier chunks are out.
        """
        if deprecated:
            durability = old_durability("stream()", deprecated, durability)
        settings = settle(self.config, config)
        mode = self._default_mode(config) if stream_mode is None else stream_mode
        view = self._view(mode, self._printed(print_mode, debug), subgraphs, version)
        outlet = SyncOutlet(view)
        options = self._options(
            self._keys(output_keys, self.stream_keys),
            context,
            interrupt_before,
            interrupt_after,
            durability,
            control,
        )
        run = Run(self, settings, outlet, options, self._sync_gate(settings))
        chunks = self._drive(run, input, outlet)
        return chunks if view.is_plain else view.shown(chunks)

    def astream(  # type: ignore[override]
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes | None = None,
        print_mode: StreamModes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: NodeNames | None = None,
        interrupt_after: NodeNames | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Literal["v1", "v2"] = "v1",
        **deprecated: Any,
    ) -> AsyncGenerator[Any, None]:
        """`stream()` on the event loop: async nodes are awaited there, sync ones run in threads.

        Leaving early, with `contextlib.aclosing()`, cancels the nodes that still run.
        """
        if deprecated:
            durability = old_durability("astream()", deprecated, durability)
        settings = settle(self.config, config)
        mode = self._default_mode(config) if stream_mode is None else stream_mode
        view = self._view(mode, self._printed(print_mode, debug), subgraphs, version)
        options = self._options(
            self._keys(output_keys, self.stream_keys),
            context,
            interrupt_before,
            interrupt_after,
            durability,
            control,
        )
        return self._astream(input, settings, view, options)

    async def _astream(
        self, input: Any, settings: Settings, view: View, options: RunOptions
    ) -> AsyncGenerator[Any, None]:
        outlet = AsyncOutlet(view)
        gate = self._async_gate(settings)
        chunks = self._adrive(Run(self, settings, outlet, options, gate), input, outlet)
        if not view.is_plain:
            chunks = view.ashown(chunks)
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
        print_mode: StreamModes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: NodeNames | None = None,
        interrupt_after: NodeNames | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Literal["v1", "v2"] = "v1",
        **deprecated: Any,
    ) -> Any:
        """Run the graph and return the state at its end, or None when nothing was ever written.

        Only the keys of the output schema, or `output_keys`, are in it. With another `stream_mode`: the
        list of chunks, with those of `subgraphs` if they are asked for. Raises what nodes raise.
        """
        if deprecated:
            durability = old_durability("invoke()", deprecated, durability)
        keys = self._keys(output_keys, self.output_keys)
        if stream_mode != "values":
            chunks = self.stream(
                input,
                config,
                context=context,
                stream_mode=stream_mode,
                print_mode=print_mode,
                output_keys=keys,
                interrupt_before=interrupt_before,
                interrupt_after=interrupt_after,
                durability=durability,
                control=control,
                subgraphs=subgraphs,
                debug=debug,
                version=version,
            )
            return list(chunks)
        wants_parts = read_version(version)
        settings = settle(self.config, config)
        options = self._options(keys, context, interrupt_before, interrupt_after, durability, control)
        printing = self._printing(print_mode, debug)
        outlet = SyncOutlet(printing) if printing else None
        run = Run(self, settings, outlet, options, self._sync_gate(settings))
        chunks = self._drive(run, input, outlet)
        for _ in printing.shown(chunks) if printing else chunks:
            pass
        return self._whole_output(run.result) if wants_parts else run.result

    async def ainvoke(
        self,
        input: Any,
        config: Mapping[str, Any] | None = None,
        *,
        context: Any = None,
        stream_mode: StreamModes = "values",
        print_mode: StreamModes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: NodeNames | None = None,
        interrupt_after: NodeNames | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Literal["v1", "v2"] = "v1",
        **deprecated: Any,
    ) -> Any:
        """`invoke()` on the event loop. Cancelling it cancels the nodes that run."""
        if deprecated:
            durability = old_durability("ainvoke()", deprecated, durability)
        keys = self._keys(output_keys, self.output_keys)
        if stream_mode != "values":
            chunks = self.astream(
                input,
                config,
                context=context,
                stream_mode=stream_mode,
                print_mode=print_mode,
                output_keys=keys,
                interrupt_before=interrupt_before,
                interrupt_after=interrupt_after,
                durability=durability,
                control=control,
                subgraphs=subgraphs,
                debug=debug,
                version=version,
            )
            return [chunk async for chunk in chunks]
        wants_parts = read_version(version)
        settings = settle(self.config, config)
        gate = self._async_gate(settings)
        options = self._options(keys, context, interrupt_before, interrupt_after, durability, control)
        printing = self._printing(print_mode, debug)
        outlet = AsyncOutlet(printing) if printing else None
        run = Run(self, settings, outlet, options, gate)
        chunks = self._adrive(run, input, outlet)
        try:
            async for _ in printing.ashown(chunks) if printing else chunks:
                pass
        finally:
            self._leave(gate)
        return self._whole_output(run.result) if wants_parts else run.result

    def _view(
        self, mode: StreamModes, printed: frozenset[str], subgraphs: bool, version: Literal["v1", "v2"]
    ) -> View:
        labelled = not isinstance(mode, str)
        form = self._parts if read_version(version) else envelope(labelled, subgraphs)
        return View(read_modes(mode), form, subgraphs, self.stream_eager, printed)

    def _printing(self, print_mode: StreamModes, debug: bool | None) -> View | None:
        """For a caller that only waits for the end: None when nothing is to be printed until then."""
        printed = self._printed(print_mode, debug)
        return View(frozenset(), whole, printed=printed) if printed else None

    def _printed(self, print_mode: StreamModes, debug: bool | None) -> frozenset[str]:
        if debug or self.debug:
            return _DEBUGGED
        return read_modes(print_mode, "print_mode") if print_mode else frozenset()

    @property
    def _parts(self) -> Parts:
        return Parts(self.builder.state, self.builder.output)

    def _whole_output(self, output: Any) -> GraphOutput[Any]:
        from stepgraph.output import GraphOutput

        return GraphOutput(*self._parts.value(output))

    def _options(
        self,
        keys: OutputKeys,
        context: Any,
        interrupt_before: NodeNames | None,
        interrupt_after: NodeNames | None,
        durability: Durability | None,
        control: RunControl | None,
    ) -> RunOptions:
        for option, names in (("interrupt_before", interrupt_before), ("interrupt_after", interrupt_after)):
            if names and not isinstance(names, str):
                check_known(f"{option}=", names, self.builder.nodes)
        if durability is not None:
            check_durability(durability)
        return RunOptions(
            keys,
            _as_context(context, self.builder.context_schema),
            interrupt_before or self.interrupt_before_nodes,
            interrupt_after or self.interrupt_after_nodes,
            durability,
            control,
        )

    def _default_mode(self, config: Mapping[str, Any] | None) -> StreamModes:
        # A node that hands its own config on wants what a subgraph as a node would give.
        in_node = TASK_KEY in ((config or {}).get("configurable") or {})
        return "values" if in_node else self.stream_mode

    def _drive(self, run: Run, input: Any, outlet: SyncOutlet | None) -> Generator[Any, None, None]:
        chunks = drive(run, input, outlet)
        return traced(run, input, chunks) if is_traced(run) else chunks

    def _adrive(self, run: Run, input: Any, outlet: AsyncOutlet | None) -> AsyncGenerator[Any, None]:
        chunks = adrive(run, input, outlet)
        return atraced(run, input, chunks) if is_traced(run) else chunks

    def _keys(self, given: str | Sequence[str] | None, default: OutputKeys) -> OutputKeys:
        if given is None:
            return default
        keys = given if isinstance(given, str) else tuple(given)
        check_keys([keys] if isinstance(keys, str) else keys, self.topology.channels)
        return keys

    def _async_gate(self, settings: Settings) -> Gate | None:
        if self._instrument is None:
            return self._gate_around(settings)
        if is_awaited(self._instrument):
            return LoopGate(self._instrument, asyncio.get_running_loop())
        return Gate(self._instrument)

    def _gate_around(self, settings: Settings) -> Gate | None:
        """The gate of the run that this one is called in, which hears of the call."""
        if settings.parent is None or settings.parent.run.gate is None:
            return None
        settings.parent.run.gate.hear_call(self, settings.parent)
        return settings.parent.run.gate

    def _sync_gate(self, settings: Settings) -> Gate | None:
        around = self._gate_around(settings)
        if around is not None and around.is_out_of_reach:
            # An async node calls invoke(): a debugger must not break what works without it.
            around = None
            if self._instrument is None or is_awaited(self._instrument):
                return None
        if self._instrument is None:
            return around
        if not is_awaited(self._instrument):
            return Gate(self._instrument)
        if isinstance(around, LoopGate):
            return around.for_instrument(self._instrument)
        raise RuntimeError(
            f"Graph {self.name!r} has an instrument with async methods, which are awaited on an event loop, "
            "but stream() and invoke() have none. Run it with astream() or ainvoke(), or give it one with "
            "plain methods, a SyncInstrument."
        )

    def _leave(self, gate: Gate | None) -> None:
        """A gate made for this run lets go of its threads; one that came from outside stays in place."""
        if self._instrument is not None and gate is not None:
            gate.open()

    # -- the cache

    def clear_cache(self, nodes: Sequence[str] | None = None) -> None:
        """Forget what these nodes, or all, have returned before. Raises ValueError without a cache."""
        self._cache().clear(self._cached_at(nodes))

    async def aclear_cache(self, nodes: Sequence[str] | None = None) -> None:
        """`clear_cache()` on the event loop."""
        await self._cache().aclear(self._cached_at(nodes))

    def _cache(self) -> Any:
        if self.cache is None:
            raise ValueError(
                f"Graph {self.name!r} has no cache to clear. Compile it with one: "
                "compile(cache=InMemoryCache())."
            )
        return self.cache

    def _cached_at(self, nodes: Sequence[str] | None) -> list[tuple[str, ...]]:
        return [namespace_of(node) for name, node in self.nodes.items() if nodes is None or name in nodes]

    # -- copies

    def with_instrument(self, instrument: AnyInstrument | None) -> Self:
        """A copy whose runs ask `instrument` around every task, also in the graphs that its nodes call.

        With async methods it is for `astream()` and `ainvoke()`. Graphs called by sync nodes may then be
        called with `invoke()`: the node's thread waits for the instrument. Graphs that an async node calls
        with `invoke()` run without it, since the loop stands still meanwhile. One with plain methods, a
        SyncInstrument, is for `stream()` and `invoke()`. None takes an instrument away.

        Raises TypeError for what is no instrument.
        """
        if instrument is not None:
            is_awaited(instrument)
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


def _as_context(context: Any, schema: Any) -> Any:
    """A dict becomes an instance of the context schema, if that is a class with fields of its own."""
    if isinstance(context, dict) and (dataclasses.is_dataclass(schema) or is_pydantic(schema)):
        return schema(**context)
    return context


_DEBUGGED: Final = frozenset(["updates", "values"])
"""What is printed with `debug=True`."""
