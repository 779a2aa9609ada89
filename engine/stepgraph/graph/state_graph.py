"""StateGraph: nodes, edges and a state, put together step by step and then compiled."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from stepgraph.channels import Channel
from stepgraph.constants import END, START
from stepgraph.deprecated import Renames, renamed
from stepgraph.errors import InvalidGraph
from stepgraph.graph.branches import BranchSpec, command_ends, declared_ends
from stepgraph.graph.calls import first_parameter_type, is_runnable, read_call
from stepgraph.graph.node_policies import DEFAULT_HANDLER, handler_name, over, read_policies
from stepgraph.graph.nodes import Barrier, NodeSpec
from stepgraph.graph.schema import Schema, field_hints, merge_channels, read_schema
from stepgraph.graph.steps import node_call
from stepgraph.graph.subscripts import ContextT, GraphOf, InputT, OutputT, StateT
from stepgraph.graph.validate import (
    check_edge_ends,
    check_graph,
    check_joined,
    check_known,
    check_new_branch,
    check_new_node,
)
from stepgraph.policies import CachePolicy, Policies, RetryPolicy, Timeout, TracePolicy
from stepgraph.types import ensure_valid_checkpointer
from stepgraph.warnings import LangGraphDeprecatedSinceV05, LangGraphDeprecatedSinceV10

if TYPE_CHECKING:
    from langgraph.cache.base import BaseCache
    from typing_extensions import Self

    from stepgraph.graph.compiled import CompiledStateGraph

RENAMED: Final[Renames] = {
    "config_schema": ("context_schema", LangGraphDeprecatedSinceV10),
    "input": ("input_schema", LangGraphDeprecatedSinceV05),
    "output": ("output_schema", LangGraphDeprecatedSinceV05),
}


class StateGraph(GraphOf[StateT, ContextT, InputT, OutputT]):
    """A graph whose nodes share a state.

    `state_schema` is a TypedDict, a dataclass, a pydantic model, or a bare type such as `Annotated[list,
    add]`. `input_schema` and `output_schema` narrow what goes in and comes out. `context_schema` is the
    class of what is passed as `context=`.

    Raises InvalidGraph when two schemas disagree about a key.
    """

    nodes: dict[str, NodeSpec]
    edges: set[tuple[str, str]]
    branches: dict[str, dict[str, BranchSpec]]
    barriers: dict[Barrier, None]
    channels: dict[str, Channel]
    state: Schema
    input: Schema
    output: Schema
    """The schemas as they were read from their classes."""

    def __init__(
        self,
        state_schema: type[StateT] | Any,
        context_schema: type[ContextT] | None = None,
        *,
        input_schema: type[InputT] | Any = None,
        output_schema: type[OutputT] | Any = None,
        **deprecated: Any,
    ) -> None:
        if deprecated:
            old = renamed("StateGraph()", deprecated, RENAMED, _OPTIONS)
            context_schema = context_schema or old.get("context_schema")
            input_schema = input_schema or old.get("input_schema")
            output_schema = output_schema or old.get("output_schema")
        self.nodes = {}
        self.edges = set()
        self.branches = {}
        self.barriers = {}
        self.defaults: Policies | None = None
        self._default_handler: Any = None
        self.channels = {}
        self.context_schema = context_schema
        self._schemas: dict[Any, Schema] = {}
        self.state_schema = state_schema
        self.input_schema = state_schema if input_schema is None else input_schema
        self.output_schema = state_schema if output_schema is None else output_schema
        self.state = self._schema(self.state_schema)
        self.input = self._schema(self.input_schema)
        self.output = self._schema(self.output_schema)
        # A state's own managed keys are fine: it is only when they are asked for that they make no sense.
        for schema, given in ((self.input, input_schema), (self.output, output_schema)):
            if given is not None and schema.managed:
                raise InvalidGraph(
                    f"Schema {schema.name} has {', '.join(schema.managed)}, which the engine itself fills "
                    "in. Leave managed keys out of input and output schemas."
                )

    def add_node(
        self,
        node: str | Any,
        action: Any = None,
        *,
        defer: bool = False,
        metadata: Mapping[str, Any] | None = None,
        input_schema: Any = None,
        destinations: Mapping[str, str] | Sequence[str] | None = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        cache_policy: CachePolicy | None = None,
        error_handler: Any = None,
        timeout: Timeout = None,
        trace_policy: TracePolicy | None = None,
        **deprecated: Any,
    ) -> Self:
        """Add a node, `add_node(fn)` or `add_node("name", fn)`.

        `action` is a function, sync or async, taking the state and returning an update; or a Runnable, a
        compiled graph, a dict of Runnables. It may also take `config`, `writer` and `runtime`. A `defer`red
        node waits until nothing else is due. `input_schema`, or the annotation of the first parameter,
        chooses the part of the state that the node gets. `destinations` are only drawn.

        When the node fails for good, after the attempts that `retry_policy` grants it, `error_handler` is run
        in the same superstep on the same input; it may take `error: NodeError`. What it returns counts as
        the node's update, but the node's own edges are not followed: it may return a Command with a `goto`.
        `timeout` stops an async node that takes too long, with a NodeTimeoutError.

        Raises InvalidGraph for a name that is taken or cannot be one, TypeError for what cannot be called,
        ValueError for a timeout that leaves no time.
        """
        if deprecated:
            old = renamed("add_node()", deprecated, _RENAMED_OF_NODES, _OPTIONS_OF_NODES)
            input_schema = input_schema or old.get("input_schema")
            retry_policy = retry_policy or old.get("retry_policy")
        if isinstance(node, str):
            if action is None:
                raise RuntimeError(
                    f"Node {node!r} has a name but nothing to run. Write add_node({node!r}, function)."
                )
            name = node
        else:
            name, action = _name_of(node), node
        check_new_node(name, self.nodes)
        call = node_call(action, name)
        if input_schema is not None:
            schema = self._schema(input_schema)
        else:
            schema = self._annotated_schema(action) or self.state
        handler = None
        if error_handler is not None:
            handler = handler_name(name)
            self._add_handler(handler, error_handler, schema)
        self.nodes[name] = NodeSpec(
            name,
            action,
            call,
            schema,
            metadata,
            defer,
            _drawn_ends(action, destinations),
            read_policies(retry_policy, cache_policy, timeout, handler, trace_policy),
        )
        return self

    def set_node_defaults(
        self,
        *,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        cache_policy: CachePolicy | None = None,
        error_handler: Any = None,
        timeout: Timeout = None,
    ) -> Self:
        """Give these to every node that does not bring its own, whenever it was or will be added.

        They do not reach into subgraphs. Handlers get the retries and the timeout too.
        """
        handler = None
        if error_handler is not None:
            self._default_handler = error_handler
            handler = DEFAULT_HANDLER
        self.defaults = over(read_policies(retry_policy, cache_policy, timeout, handler), self.defaults)
        return self

    def _add_handler(self, name: str, action: Any, schema: Schema) -> None:
        check_new_node(name, self.nodes)
        self.nodes[name] = NodeSpec(name, action, node_call(action, name), schema, is_handler=True)

    def add_edge(self, start_key: str | Sequence[str], end_key: str) -> Self:
        """Lead from one node to another; from a list, once all in it have run.

        Raises InvalidGraph for an edge out of END or into START, UnknownNode when a listed node was not
        added before.
        """
        if isinstance(start_key, str):
            check_edge_ends(start_key, end_key)
            self.edges.add((start_key, end_key))
            return self
        sources = tuple(start_key)
        for source in sources:
            check_edge_ends(source, end_key)
        check_joined(sources, end_key, self.nodes)
        self.barriers[Barrier(sources, end_key)] = None
        return self

    def add_conditional_edges(
        self,
        source: str,
        path: Any,
        path_map: Mapping[Hashable, str] | Sequence[str] | None = None,
    ) -> Self:
        """Let a function choose what follows `source`.

        `path` takes the state and returns a node's name, END, a Send, or a list of these; or, with a
        `path_map`, its keys. A return annotation `Literal["a", "b"]` does what a path_map does.

        Raises InvalidGraph when `source` has a path of that name already.
        """
        check_edge_ends(source, END)
        name = _path_name(path)
        known = self.branches.setdefault(source, {})
        check_new_branch(source, name, known)
        call = read_call(path, name)
        known[name] = BranchSpec(name, call, declared_ends(path, path_map), self._annotated_schema(path))
        return self

    def add_sequence(self, nodes: Sequence[Any | tuple[str, Any]]) -> Self:
        """Add nodes, each a function or `("name", function)`, and edges from each to the next.

        Raises InvalidGraph when there are none, or two of one name.
        """
        if not nodes:
            raise InvalidGraph("Sequence requires at least one node: add_sequence([first, second, ...]).")
        previous: str | None = None
        for node in nodes:
            name, action = node if isinstance(node, tuple) else (_name_of(node), node)
            self.add_node(name, action)
            if previous is not None:
                self.add_edge(previous, name)
            previous = name
        return self

    def set_entry_point(self, key: str) -> Self:
        """The same as `add_edge(START, key)`."""
        return self.add_edge(START, key)

    def set_conditional_entry_point(
        self, path: Any, path_map: Mapping[Hashable, str] | Sequence[str] | None = None
    ) -> Self:
        """The same as `add_conditional_edges(START, path, path_map)`."""
        return self.add_conditional_edges(START, path, path_map)

    def set_finish_point(self, key: str) -> Self:
        """The same as `add_edge(key, END)`."""
        return self.add_edge(key, END)

    def validate(self, interrupt: Sequence[str] | None = None) -> Self:
        """Raise InvalidGraph unless the graph can run, and has the nodes before or after which to stop."""
        check_graph(self)
        check_known("validate(interrupt=...)", interrupt or (), self.nodes)
        return self

    def compile(
        self,
        checkpointer: Any = None,
        *,
        cache: BaseCache[Any] | None = None,
        store: Any = None,
        interrupt_before: Sequence[str] | str | None = None,
        interrupt_after: Sequence[str] | str | None = None,
        debug: bool = False,
        name: str | None = None,
        transformers: Sequence[Any] | None = None,
    ) -> CompiledStateGraph:
        """Check the graph and make it runnable; what is added afterwards does not change the compiled one.

        `transformers` belong to event streams of version v3, which stepgraph does not have: they are taken,
        for agents that bring some, and never called.

        `cache` keeps what nodes with a `cache_policy` return.

        Raises InvalidGraph when it cannot run.
        """
        from stepgraph.graph.compiled import CompiledStateGraph
        from stepgraph.graph.topology import make_topology

        if self._default_handler is not None:
            self.nodes.pop(DEFAULT_HANDLER, None)
            self._add_handler(DEFAULT_HANDLER, self._default_handler, self.state)
        self.validate()
        for option, names in (("interrupt_before", interrupt_before), ("interrupt_after", interrupt_after)):
            known = names if names and not isinstance(names, str) else ()
            check_known(f"compile({option}=...)", known, self.nodes)
        ensure_valid_checkpointer(checkpointer)
        return CompiledStateGraph(
            self,
            make_topology(self),
            name or "LangGraph",
            checkpointer=checkpointer,
            store=store,
            cache=cache,
            interrupt_before=interrupt_before or (),
            interrupt_after=interrupt_after or (),
            debug=debug,
        )

    def _schema(self, source: Any) -> Schema:
        if source not in self._schemas:
            schema = read_schema(source)
            merge_channels(self.channels, schema)
            self._schemas[source] = schema
        return self._schemas[source]

    def _annotated_schema(self, action: Any) -> Schema | None:
        """The schema that the first parameter is annotated with, if it is a class with fields."""
        if is_runnable(action) or isinstance(action, Mapping) or hasattr(action, "ainvoke"):
            return None
        annotation = first_parameter_type(action)
        return self._schema(annotation) if field_hints(annotation) else None


_RENAMED_OF_NODES: Final[Renames] = {
    "input": ("input_schema", LangGraphDeprecatedSinceV05),
    "retry": ("retry_policy", LangGraphDeprecatedSinceV05),
}
_OPTIONS_OF_NODES: Final = (
    "cache_policy",
    "defer",
    "destinations",
    "error_handler",
    "input_schema",
    "metadata",
    "retry_policy",
    "timeout",
    "trace_policy",
)
_OPTIONS: Final = ("state_schema", "context_schema", "input_schema", "output_schema")


def _name_of(action: Any) -> str:
    if is_runnable(action) or hasattr(action, "get_name"):
        return str(action.get_name())
    if not callable(action):
        raise TypeError(
            f"add_node({action!r}): a {type(action).__name__} cannot be called. Write add_node(function) or "
            "add_node('name', function)."
        )
    function = getattr(action, "func", action)
    name = getattr(action, "__name__", None)
    return name if isinstance(name, str) else "partial" if function is not action else type(action).__name__


def _path_name(path: Any) -> str:
    if is_runnable(path):
        name = path.get_name() if getattr(path, "name", None) or not _is_lambda_like(path) else None
    else:
        name = getattr(path, "__name__", None) or type(path).__name__
    return "condition" if name in (None, "<lambda>") else str(name)


def _is_lambda_like(runnable: Any) -> bool:
    return getattr(getattr(runnable, "func", None), "__name__", "") == "<lambda>"


def _drawn_ends(
    action: Any, destinations: Mapping[str, str] | Sequence[str] | None
) -> Mapping[str, str | None] | None:
    if isinstance(destinations, Mapping):
        return dict(destinations)
    names = tuple(destinations) if destinations is not None else command_ends(action)
    return dict.fromkeys(names) or None
