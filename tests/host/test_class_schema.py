"""A schema from annotations alone, for classes that pydantic refuses."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

import pytest
from langchain_core.messages import AnyMessage
from pydantic import BaseModel, Field

from stepscope_host.class_schema import schema_of_class


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Odd(enum.Enum):
    THING = object()


class Model(BaseModel):
    n: int = Field(ge=0)
    inner: Model | None = None


@dataclass
class Data:
    a: int
    b: str = "x"
    c: list[int] = field(default_factory=list)


class Node(TypedDict):
    value: int
    next: Node | None


class Handle:
    """A class with nothing to be filled in."""

    x: int


class State(TypedDict, total=False):
    text: str
    colour: Colour
    odd: Odd
    choice: Literal["a", "b"]
    either: int | str
    anything: int | Handle
    pair: tuple[int, str]
    many: tuple[int, ...]
    names: set[str]
    counts: dict[str, int]
    data: Data
    model: Model
    node: Node
    handle: Handle
    messages: list[AnyMessage]


SCHEMA = schema_of_class(State)


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("text", {"type": "string"}),
        ("colour", {"enum": ["red", "blue"]}),
        ("odd", {}),
        ("choice", {"enum": ["a", "b"]}),
        ("either", {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ("anything", {}),
        ("pair", {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}),
        ("many", {"type": "array", "items": {"type": "integer"}}),
        ("names", {"type": "array", "items": {"type": "string"}}),
        ("counts", {"type": "object"}),
        ("handle", {}),
    ],
)
def test_an_annotation_is_read_as_far_as_it_can_be(key: str, part: dict[str, Any]) -> None:
    assert SCHEMA["properties"][key] == {"title": key, **part}


def test_classes_stand_among_the_definitions_and_may_contain_themselves() -> None:
    defs = SCHEMA["$defs"]

    assert SCHEMA["properties"]["node"] == {"$ref": "#/$defs/Node"}
    assert defs["Node"]["properties"]["next"]["anyOf"] == [{"$ref": "#/$defs/Node"}, {"type": "null"}]
    assert defs["Data"]["required"] == ["a"]
    assert defs["Model"]["properties"]["n"]["minimum"] == 0
    assert {"$ref": "#/$defs/Model"} in defs["Model"]["properties"]["inner"]["anyOf"]
    assert {"$ref": "#/$defs/HumanMessage"} in SCHEMA["properties"]["messages"]["items"]["anyOf"]
    assert defs["HumanMessage"]["title"] == "HumanMessage"


def test_it_can_be_sent_and_is_of_bounded_size() -> None:
    assert len(json.dumps(SCHEMA)) < 60_000


def test_annotations_that_cannot_be_resolved_still_tell_their_keys() -> None:
    class Broken(TypedDict):
        a: int
        b: Nowhere  # type: ignore[name-defined]  # noqa: F821

    assert list(schema_of_class(Broken)["properties"]) == ["a", "b"]
