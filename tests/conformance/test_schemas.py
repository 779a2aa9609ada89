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


class Opaque:
    """Nothing that JSON knows."""


class WithOpaque(TypedDict):
    text: str
    opaque: Opaque


class Annotations(TypedDict):
    text: Annotated[str, Field(description="what it is about", max_length=10)]
    maybe: NotRequired[Annotated[int, Field(ge=0)]]


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
    "typed dict with annotations": (Annotations, {}),
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


def models(graph: Any) -> dict[str, Any]:
    return {
        "input": graph.get_input_schema().model_json_schema(),
        "input_schema": graph.input_schema.model_json_schema(),
        "output": graph.get_output_schema().model_json_schema(),
        "output_schema": graph.output_schema.model_json_schema(),
        "types": (graph.InputType, graph.OutputType, graph.context_schema),
        "config": graph.config_schema(include=["tags", "configurable"]).model_json_schema(),
        "config_jsonschema": graph.get_config_jsonschema(include=["run_name", "metadata"]),
        "config_specs": graph.config_specs,
    }


def built(engine: Engine, schema: Any, options: dict[str, Any], name: str | None) -> Any:
    builder = engine.StateGraph(schema, **options).add_node("a", lambda state: None)
    return builder.add_edge(engine.START, "a").compile(**({"name": name} if name else {}))


@pytest.mark.parametrize("name", [None, "Named"])
@pytest.mark.parametrize("label", SCHEMAS)
def test_json_schemas_are_the_same(label: str, name: str | None) -> None:
    schema, options = SCHEMAS[label]
    assert schemas(built(OURS, schema, options, name)) == schemas(built(ORACLE, schema, options, name))


@pytest.mark.parametrize("name", [None, "Named"])
@pytest.mark.parametrize("label", SCHEMAS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_models_are_the_same(label: str, name: str | None) -> None:
    schema, options = SCHEMAS[label]
    assert models(built(OURS, schema, options, name)) == models(built(ORACLE, schema, options, name))


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_the_schema_of_a_config_is_deprecated(engine: Engine) -> None:
    graph = built(engine, Typed, {}, None)
    for ask in (graph.config_schema, graph.get_config_jsonschema):
        with pytest.warns(DeprecationWarning, match="get_context_jsonschema") as warned:
            ask()
        assert [type(warning.message).__name__ for warning in warned] == ["LangGraphDeprecatedSinceV10"]


def test_a_model_of_the_input_validates_it() -> None:
    ours, theirs = (
        built(engine, Described, {}, None).get_input_schema().model_validate({"text": "t"}).model_dump()
        for engine in (OURS, ORACLE)
    )
    assert ours == theirs == {"text": "t"}


def test_the_schema_of_messages_is_the_same() -> None:
    def graph(engine: Engine) -> Any:
        class Talk(engine.MessagesState):  # type: ignore[name-defined, misc]
            topic: str
            mood: NotRequired[Annotated[str, Field(description="how it is")]]

        return built(engine, Talk, {}, None)

    ours, theirs = graph(OURS), graph(ORACLE)
    assert schemas(ours) == schemas(theirs)
    assert ours.output_schema.model_json_schema() == theirs.output_schema.model_json_schema()
    assert ours.input_schema.model_json_schema() == theirs.input_schema.model_json_schema()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_schemas_of_a_function_are_the_same() -> None:
    def flow(engine: Engine) -> Any:
        @engine.entrypoint(context_schema=Data)
        def run(number: int, *, previous: Any = None) -> list[str]:
            return [str(number)]

        return run

    ours, theirs = flow(OURS), flow(ORACLE)
    assert schemas(ours) == schemas(theirs)
    assert models(ours) == models(theirs)


@pytest.mark.parametrize("name", examples.NAMES)
def test_an_examples_schemas_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = schemas(examples.load(name, OURS).graph)
    # LangGraph cannot describe a `typing.TypedDict` before Python 3.12, so there it is given the other one.
    monkeypatch.setattr(typing, "TypedDict", typing_extensions.TypedDict)
    theirs = schemas(examples.load(name, ORACLE).graph)
    assert ours == theirs
