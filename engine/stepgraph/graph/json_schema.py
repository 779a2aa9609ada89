"""Schemas as pydantic models and as JSON schemas, for those who ask what a graph takes and gives."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from stepgraph.channels import BinaryOperatorAggregate, Channel
from stepgraph.constants import ROOT
from stepgraph.graph.message import add_messages
from stepgraph.graph.schema import Schema, read_schema
from stepgraph.managed import MANAGED_TYPES

if TYPE_CHECKING:
    from pydantic import BaseModel


def json_schema(schema: Schema, title: str) -> dict[str, Any]:
    """The JSON schema. `title` is for schemas that have no name to be called by."""
    if schema.kind == "bare":
        from pydantic import TypeAdapter

        return {"default": None, "title": title, **TypeAdapter(_type_of(schema.channels[ROOT])).json_schema()}
    model = schema.source if schema.kind == "pydantic" else model_of(schema, title, named=True)
    found: dict[str, Any] = model.model_json_schema()
    return found


def context_json_schema(source: Any) -> dict[str, Any]:
    """The JSON schema of a context class."""
    if dataclasses.is_dataclass(source):
        from pydantic import TypeAdapter

        return TypeAdapter(source).json_schema()
    schema = read_schema(source)
    return json_schema(schema, schema.name)


def model_of(schema: Schema, title: str, *, named: bool = False) -> type[BaseModel]:
    """A pydantic model of a schema, called `title`; `named`, as the class is if it is a TypedDict."""
    from pydantic import ConfigDict, RootModel, create_model

    if schema.kind == "pydantic":
        source: type[BaseModel] = schema.source
        return source
    if schema.kind == "bare":
        root: Any = RootModel[_type_of(schema.channels[ROOT])]  # type: ignore[misc]
        bare: type[BaseModel] = create_model(title, __base__=root)
        return bare
    fields = {key: _field(schema, key, _type_of(channel)) for key, channel in schema.channels.items()}
    fields.update((key, _field(schema, key, MANAGED_TYPES[marker])) for key, marker in schema.managed.items())
    name = schema.name if named and schema.kind == "mapping" else title
    doc = vars(schema.source).get("__doc__") if schema.kind == "mapping" else None
    config = ConfigDict(arbitrary_types_allowed=True)
    made: type[BaseModel] = create_model(name, __config__=config, __doc__=doc, **fields)  # type: ignore[call-overload]
    return made


def _field(schema: Schema, key: str, typ: Any) -> tuple[Any, Any]:
    if schema.kind == "dataclass":
        field = next(field for field in dataclasses.fields(schema.source) if field.name == key)
        if field.default is not dataclasses.MISSING:
            return typ, field.default
        if field.default_factory is not dataclasses.MISSING:
            return typ, field.default_factory()
    if key in schema.optional:
        from pydantic import Field

        # A factory makes the key optional without a default that the schema would show.
        return typ, Field(default_factory=lambda: None)
    return typ, ...


def _type_of(channel: Channel) -> Any:
    is_messages = isinstance(channel, BinaryOperatorAggregate) and _is_add_messages(channel.operator)
    if is_messages and channel.typ == list[Any]:
        from langchain_core.messages import AnyMessage

        return list[AnyMessage]
    return channel.typ


def _is_add_messages(operator: Any) -> bool:
    return getattr(operator, "func", operator) is add_messages
