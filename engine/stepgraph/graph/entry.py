"""An entrypoint as a graph: one node, from the channel of its input to that of its result.

It has no hidden step that takes the input apart: the node takes it as it comes, in superstep 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stepgraph.channels import EphemeralValue, LastValue
from stepgraph.constants import END, PREVIOUS, ROOT, START
from stepgraph.graph.calls import read_call
from stepgraph.graph.compiled import CompiledStateGraph
from stepgraph.graph.node_policies import effective_policies
from stepgraph.graph.nodes import Node, NodeSpec
from stepgraph.graph.schema import Schema, is_pydantic, read_schema
from stepgraph.graph.state_graph import StateGraph
from stepgraph.pregel.superstep import Topology

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from stepgraph.policies import CachePolicy, Policies, RetryPolicy
    from stepgraph.pregel.stream import OutputKeys

Writes = Callable[[Any], list[tuple[str, Any]]]


class CompiledEntrypoint(CompiledStateGraph[Any, Any, Any, Any]):
    """A graph that runs one function. Made by `@entrypoint()`."""

    stream_eager = True

    @property
    def stream_keys(self) -> OutputKeys:
        """The one key that `stream()` shows."""
        return END

    @property
    def output_keys(self) -> OutputKeys:
        """The one key that `invoke()` returns."""
        return END

    @property
    def InputType(self) -> Any:
        """The type of the input."""
        return self.channels[START].typ

    @property
    def OutputType(self) -> Any:
        """The type of the result."""
        return self.channels[END].typ

    @property
    def retry_policy(self) -> Sequence[RetryPolicy]:
        """How often the function, and tasks that do not say it themselves, are tried."""
        policies = self._policies
        return policies.retry if policies is not None else ()

    @property
    def cache_policy(self) -> CachePolicy | None:
        """How results are kept, of the function and of tasks that do not say it themselves."""
        policies = self._policies
        return policies.cache if policies is not None else None

    @property
    def _policies(self) -> Policies | None:
        return next(iter(self.nodes.values())).policies

    def get_graph(self, config: Any = None, *, xray: int | bool = False) -> Graph:
        """The graph to draw. With `xray`, the graphs that the function calls are opened, that many levels."""
        drawn = super().get_graph(config, xray=xray)
        own = {name: node for name, node in drawn.nodes.items() if name in self.builder.nodes}
        drawn.nodes = own | drawn.nodes
        return drawn

    def get_input_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the input."""
        return self.get_input_schema().model_json_schema()

    def get_output_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the result."""
        return self.get_output_schema().model_json_schema()


class EntrypointBuilder(StateGraph[Any]):
    """What an entrypoint's graph is made of, in the form that drawing and schemas look at."""

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        writes: Writes,
        types: tuple[Any, Any, Any],
        context: Any,
        policies: Policies | None,
    ) -> None:
        input, value, save = types
        self.nodes = {}
        self.edges = {(START, name)}
        self.branches = {}
        self.barriers = {}
        self.channels = {START: EphemeralValue(input), END: LastValue(value), PREVIOUS: LastValue(save)}
        self.context_schema = context
        self.input = read_schema(input) if is_pydantic(input) else _bare(input)
        self.output = self.state = _bare(value)
        call = read_call(function, name)
        self.nodes[name] = NodeSpec(name, function, call, self.input, ends={END: None}, policies=policies)
        self._writes = writes

    def topology(self) -> Topology:
        """The graph in the form that a run needs."""
        spec = next(iter(self.nodes.values()))
        node = Node(
            spec.name,
            spec.call,
            _read_input,
            triggers=(START,),
            action=spec.action,
            writes=self._writes,
            policies=effective_policies(spec, None),
        )
        policies = spec.policies
        return Topology(
            self.channels,
            {spec.name: node},
            frozenset([START]),
            (START,),
            entry=spec.name,
            for_children=policies and replace(policies, timeout=None),
        )


def _bare(typ: Any) -> Schema:
    return Schema(typ, "bare", {ROOT: LastValue(typ)}, {})


def _read_input(values: Any, remaining: int) -> Any:
    return values[START]
