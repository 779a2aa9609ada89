"""Schemas as pydantic models and as JSON schemas, for those who ask what a graph takes and gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_type_hints

from stepgraph.channels import BinaryOperatorAggregate, Channel
from stepgraph.constants import ROOT
from stepgraph.graph.message import add_messages
from stepgraph.graph.schema import Schema, field_hints, read_schema, requirement
from stepgraph.managed import MANAGED_TYPES

if TYPE_CHECKING:
    from pydantic import BaseModel


def json_schema(schema: Schema, title: str) -> dict[str, Any]:
    """The JSON schema. `title` is for schemas that have no name to be called by."""
    from pydantic import PydanticUserError, TypeAdapter

    if schema.kind == "bare":
        return {"default": None, "title": title, **TypeAdapter(_whole_type(schema)).json_schema()}
    if schema.kind == "pydantic":
        model: type[BaseModel] = schema.source
        return model.model_json_schema()
    if schema.kind == "mapping":
        try:
            return TypeAdapter(_whole_type(schema)).json_schema()
        except PydanticUserError:
            title = schema.name
    return _fields_model(schema, title).model_json_schema()


def context_json_schema(source: Any) -> dict[str, Any]:
    """The JSON schema of a context class."""
    if dataclasses.is_dataclass(source):
        from pydantic import TypeAdapter

        return TypeAdapter(source).json_schema()
    schema = read_schema(source)
    return json_schema(schema, schema.name)


def input_model(schema: Schema, title: str) -> type[BaseModel]:
    """A pydantic model of what goes in: the class itself, or a model around it."""
    from pydantic import PydanticUserError

    if schema.kind == "pydantic":
        source: type[BaseModel] = schema.source
        return source
    try:
        return _root_model(_whole_type(schema), title)
    except PydanticUserError:
        return _fields_model(schema, title)


def output_model(schema: Schema, title: str) -> type[BaseModel]:
    """A pydantic model of what comes out. Any of its keys may be missing, unless the graph says otherwise."""
    if schema.kind == "bare":
        return _root_model(_type_of(schema.channels[ROOT]), title)
    return _model(title, {key: (typ, None) for key, typ in _annotated_types(schema).items()})


def config_model(context_schema: Any, title: str, include: Sequence[str]) -> type[BaseModel]:
    """A pydantic model of the config: its keys that are asked for, and the context as its `configurable`."""
    from langchain_core.runnables import RunnableConfig

    fields = {} if context_schema is None else {"configurable": (context_schema, None)}
    for key, typ in get_type_hints(RunnableConfig).items():
        if key in include and key != "configurable":
            fields[key] = (typ, None)
    return _model(title, fields)


def _whole_type(schema: Schema) -> Any:
    """The schema's class; or for one with messages, which are `Any` there, a twin that knows their types."""
    if schema.kind == "bare":
        return _type_of(schema.channels[ROOT])
    is_plain = all(_type_of(channel) is channel.typ for channel in schema.channels.values())
    if is_plain or schema.kind == "dataclass":
        return schema.source
    from typing_extensions import NotRequired, TypedDict

    types = _annotated_types(schema)
    types.update((key, NotRequired[types[key]]) for key in schema.optional)
    return TypedDict(schema.name, types)  # type: ignore[operator]


def _annotated_types(schema: Schema) -> dict[str, Any]:
    """The types of the keys, with what annotations say about them."""
    hints = field_hints(schema.source)
    return {
        key: requirement(hints[key])[1] if _type_of(channel) is channel.typ else _type_of(channel)
        for key, channel in schema.channels.items()
    }


def _root_model(typ: Any, title: str) -> type[BaseModel]:
    from pydantic import RootModel, create_model

    return create_model(title, __base__=RootModel[typ])


def _fields_model(schema: Schema, title: str) -> type[BaseModel]:
    """For what pydantic cannot read itself: before Python 3.12, typing's own TypedDict."""
    fields = {key: _field(schema, key, _type_of(channel)) for key, channel in schema.channels.items()}
    fields.update((key, _field(schema, key, MANAGED_TYPES[marker])) for key, marker in schema.managed.items())
    return _model(title, fields, vars(schema.source).get("__doc__") if schema.kind == "mapping" else None)


def _model(title: str, fields: Mapping[str, tuple[Any, Any]], doc: str | None = None) -> type[BaseModel]:
    from pydantic import ConfigDict, create_model

    config = ConfigDict(arbitrary_types_allowed=True)
    made: type[BaseModel] = create_model(title, __config__=config, __doc__=doc, **fields)  # type: ignore[call-overload]
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
