"""What a graph tells of itself: its name, its picture, the graphs inside it, what it takes and gives."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.constants import ROOT, START
from stepgraph.graph import json_schema
from stepgraph.graph.runnable import RunnableMethods
from stepgraph.pregel.stream import OutputKeys, all_keys
from stepgraph.warnings import LangGraphDeprecatedSinceV10

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph
    from pydantic import BaseModel
    from typing_extensions import Self

    from stepgraph.graph.compiled import CompiledStateGraph
    from stepgraph.graph.state_graph import StateGraph
    from stepgraph.graph.ways import Way


class Introspection(RunnableMethods):
    """Mixed into a compiled graph."""

    name: str
    builder: StateGraph[Any]

    input_channels = START
    """The name under which the input arrives."""

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        """The graph's name, with a suffix when one is given."""
        return (name or self.name) + (suffix or "")

    # -- its picture

    def get_graph(self, config: Any = None, *, xray: int | bool = False) -> Graph:
        """The graph to draw. With `xray`, subgraphs are opened: all the way, or that many levels."""
        from stepgraph.graph.draw import draw

        return draw(self, xray)  # type: ignore[arg-type]

    def _outline(self) -> tuple[dict[str, dict[str, Any] | None], list[Way]]:
        """What `get_graph` draws, as plain as a debugger wants it."""
        from stepgraph.graph.draw import outline

        return outline(self)  # type: ignore[arg-type]

    async def aget_graph(self, config: Any = None, *, xray: int | bool = False) -> Graph:
        """The same as `get_graph`."""
        return self.get_graph(config, xray=xray)

    def get_subgraphs(
        self, *, namespace: str | None = None, recurse: bool = False
    ) -> Iterator[tuple[str, CompiledStateGraph]]:
        """The graphs that nodes are or call, by node; with `recurse`, those within as `outer|inner`."""
        from stepgraph.graph.nested import subgraphs

        return subgraphs(self, namespace, recurse)  # type: ignore[arg-type]

    async def aget_subgraphs(
        self, *, namespace: str | None = None, recurse: bool = False
    ) -> AsyncIterator[tuple[str, CompiledStateGraph]]:
        """The same as `get_subgraphs`."""
        for found in self.get_subgraphs(namespace=namespace, recurse=recurse):
            yield found

    # -- what it takes and gives

    @property
    def output_channels(self) -> str | list[str]:
        """The keys that `invoke()` returns; the only one, for a state of one bare value."""
        return _listed(all_keys(self.builder.output.channels))

    @property
    def stream_channels(self) -> str | list[str]:
        """The keys that `stream()` shows."""
        return _listed(all_keys(self.builder.channels))

    def validate(self) -> Self:
        """The graph itself: it was checked when it was compiled."""
        return self

    @property
    def context_schema(self) -> Any:
        """The class of what is passed as `context=`, or None."""
        return self.builder.context_schema

    @property
    def InputType(self) -> Any:
        """The input's schema, as it was given."""
        return self.builder.input.source

    @property
    def OutputType(self) -> Any:
        """The output's type, or None when the output is a dict."""
        schema = self.builder.output
        return schema.source if ROOT in schema.channels else None

    def get_input_schema(self, config: Any = None) -> type[BaseModel]:
        """A pydantic model of the input."""
        return json_schema.input_model(self.builder.input, self.get_name("Input"))

    def get_output_schema(self, config: Any = None) -> type[BaseModel]:
        """A pydantic model of the output. Any of its keys may be missing."""
        return json_schema.output_model(self.builder.output, self.get_name("Output"))

    def get_input_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the input."""
        return json_schema.json_schema(self.builder.input, self.get_name("Input"))

    def get_output_jsonschema(self, config: Any = None) -> dict[str, Any]:
        """The JSON schema of the output."""
        return json_schema.json_schema(self.builder.output, self.get_name("Output"))

    def get_context_jsonschema(self) -> dict[str, Any] | None:
        """The JSON schema of the context, or None for a graph without one."""
        return None if self.context_schema is None else json_schema.context_json_schema(self.context_schema)

    def config_schema(self, *, include: Sequence[str] | None = None) -> type[BaseModel]:
        """Deprecated: `get_context_jsonschema()` says what there is to say."""
        _deprecated("config_schema")
        return json_schema.config_model(self.context_schema, self.get_name("Config"), include or ())

    def get_config_jsonschema(self, *, include: Sequence[str] | None = None) -> dict[str, Any]:
        """Deprecated: `get_context_jsonschema()` says what there is to say."""
        _deprecated("get_config_jsonschema")
        model = json_schema.config_model(self.context_schema, self.get_name("Config"), include or ())
        return model.model_json_schema()


def _deprecated(name: str) -> None:
    warnings.warn(
        f"{name}() describes a config whose `configurable` is the context, which is now passed as context=. "
        "Use get_context_jsonschema()",
        LangGraphDeprecatedSinceV10,
        stacklevel=3,
    )


def _listed(keys: OutputKeys) -> str | list[str]:
    return keys if isinstance(keys, str) else list(keys)
