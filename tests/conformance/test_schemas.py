"""The JSON schemas of a graph's input, output and context are the same."""

import operator
import typing
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Optional

import pytest
import typing_extensions
from pydantic import BaseModel, Field
from tests.kit import examples
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import NotRequired, TypedDict


class Typed(TypedDict):
    text: str
    number: int
    maybe: Optional[float]  # noqa: UP045
    choice: Literal["a", "b"]
    items: Annotated[list[str], operator.add]
    table: dict[str, int]
    left_out: NotRequired[str]


class Described(TypedDict):
    """A state with a docstring."""

    text: str


class Partial(TypedDict, total=False):
    text: str
    number: int


class Inner(TypedDict):
    deep: str


class Nested(TypedDict):
    inner: Inner
    many: list[Inner]


@dataclass
class Data:
    text: str
    number: int = 3
    items: list[str] = field(default_factory=list)


class Model(BaseModel):
    """A model with a docstring."""

    text: str = Field(description="what it is about")
    number: int = 3
    items: Annotated[list[str], operator.add] = []


class In(TypedDict):
    text: str


class Out(TypedDict):
    number: int


SCHEMAS: dict[str, tuple[Any, dict[str, Any]]] = {
    "typed dict": (Typed, {}),
    "typed dict with a docstring": (Described, {}),
    "typed dict without required keys": (Partial, {}),
    "nested typed dicts": (Nested, {}),
    "dataclass": (Data, {}),
    "pydantic model": (Model, {}),
    "bare type": (int, {}),
    "bare list with a reducer": (Annotated[list[str], operator.add], {}),
    "input and output schemas": (Typed, {"input_schema": In, "output_schema": Out}),
    "pydantic input schema": (Typed, {"input_schema": Model}),
    "dataclass as context": (In, {"context_schema": Data}),
    "typed dict as context": (In, {"context_schema": Out}),
    "pydantic model as context": (In, {"context_schema": Model}),
}


def schemas(graph: Any) -> dict[str, Any]:
    return {
        "input": graph.get_input_jsonschema(),
        "output": graph.get_output_jsonschema(),
        "context": graph.get_context_jsonschema(),
        "name": graph.get_name(),
    }


def built(engine: Engine, schema: Any, options: dict[str, Any], name: str | None) -> Any:
    builder = engine.StateGraph(schema, **options).add_node("a", lambda state: None)
    return builder.add_edge(engine.START, "a").compile(**({"name": name} if name else {}))


@pytest.mark.parametrize("name", [None, "Named"])
@pytest.mark.parametrize("label", SCHEMAS)
def test_json_schemas_are_the_same(label: str, name: str | None) -> None:
    schema, options = SCHEMAS[label]
    assert schemas(built(OURS, schema, options, name)) == schemas(built(ORACLE, schema, options, name))


def test_the_schema_of_messages_is_the_same() -> None:
    ours, theirs = (schemas(built(engine, engine.MessagesState, {}, None)) for engine in (OURS, ORACLE))
    assert ours == theirs


@pytest.mark.parametrize("name", examples.NAMES)
def test_an_examples_schemas_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = schemas(examples.load(name, OURS).graph)
    # LangGraph cannot describe a `typing.TypedDict` before Python 3.12, so there it is given the other one.
    monkeypatch.setattr(typing, "TypedDict", typing_extensions.TypedDict)
    theirs = schemas(examples.load(name, ORACLE).graph)
    assert ours == theirs
