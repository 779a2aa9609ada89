"""What a form makes of a schema: fields, values to begin with, and words for what does not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.model.form import ABSENT, Kind, blank, field_of, same, with_key
from stepscope.model.form_check import chosen, count, problem, problems, written

TREE: dict[str, Any] = {
    "$ref": "#/$defs/Tree",
    "$defs": {
        "Tree": {
            "title": "Tree",
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "child": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
            },
            "required": ["name"],
        }
    },
}
HUMAN = {"title": "HumanMessage", "properties": {"content": {}, "type": {"const": "human"}}}
AI = {"title": "AIMessage", "properties": {"content": {}, "type": {"const": "ai"}}}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Kind.TEXT),
        ({"type": "integer"}, Kind.INTEGER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "boolean"}, Kind.BOOLEAN),
        ({"type": "array", "items": {"type": "string"}}, Kind.LIST),
        ({"type": "object", "properties": {"a": {}}}, Kind.OBJECT),
        ({"properties": {"a": {}}}, Kind.OBJECT),
        ({"type": "object"}, Kind.JSON),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, Kind.JSON),
        ({"enum": ["red", "blue"], "type": "string"}, Kind.CHOICE),
        ({"const": 7}, Kind.CHOICE),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, Kind.VARIANTS),
        ({"type": ["integer", "string"]}, Kind.VARIANTS),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, Kind.INTEGER),
        ({"type": ["integer", "null"]}, Kind.INTEGER),
        ({"allOf": [{"type": "integer"}]}, Kind.INTEGER),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, Kind.OBJECT),
        (TREE, Kind.OBJECT),
        ({"anyOf": [HUMAN, AI]}, Kind.MESSAGE),
        (HUMAN, Kind.MESSAGE),
        ({}, Kind.JSON),
        ({"not": {"type": "string"}}, Kind.JSON),
        ({"$ref": "#/nowhere"}, Kind.JSON),
        ({"type": "null"}, Kind.JSON),
        ({"type": 7, "enum": "x", "anyOf": {}, "properties": []}, Kind.JSON),
    ],
)
def test_each_part_of_a_schema_has_its_kind_of_field(schema: dict[str, Any], kind: Kind) -> None:
    assert field_of(schema).kind is kind


def test_null_is_told_from_what_may_not_be_null() -> None:
    assert field_of({"anyOf": [{"type": "integer"}, {"type": "null"}]}).is_nullable
    assert field_of({"enum": ["a", None]}).is_nullable
    assert field_of({"title": "Anything"}).is_nullable
    assert not field_of({"type": "integer"}).is_nullable
    assert not field_of({"const": 1}).is_nullable


def test_what_stands_around_a_reference_or_a_choice_belongs_to_its_field() -> None:
    schema = {"$defs": {"A": {"type": "string", "title": "A"}}}
    assert field_of({"$ref": "#/$defs/A", "default": "x"}, schema).default == "x"

    optional = field_of(
        {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}], "default": None, "title": "T"}, schema
    )
    assert (optional.kind, optional.title, optional.default) == (Kind.TEXT, "T", None)


def test_a_schema_that_contains_itself_is_looked_into_as_far_as_asked() -> None:
    field = field_of(TREE)
    for _ in range(50):
        field = field.properties["child"]

    assert field.is_nullable
    assert list(field.properties) == ["name", "child"]
    assert blank(field) is None or blank(field) == {"name": ""}


def test_messages_are_known_by_their_classes_and_by_the_name_of_the_list() -> None:
    typed = {"type": "array", "items": {"oneOf": [HUMAN, AI]}}
    schema = {"properties": {"log": typed, "messages": {"type": "array"}, "other": {"type": "array"}}}
    kinds = {name: field.item(0).kind for name, field in field_of(schema).properties.items()}

    assert kinds == {"log": Kind.MESSAGE, "messages": Kind.MESSAGE, "other": Kind.JSON}


CIRCLE = {
    "title": "Circle",
    "type": "object",
    "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}},
}
SQUARE = {
    "title": "Square",
    "type": "object",
    "properties": {"kind": {"const": "square"}, "r": {"type": "number"}},
}
POINT = {"title": "Point", "type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
SHAPES = field_of({"anyOf": [CIRCLE, SQUARE, POINT, {"type": "string"}, {"type": "array"}]})


@pytest.mark.parametrize(
    ("value", "index"),
    [
        ({"kind": "circle", "r": 1}, 0),
        ({"kind": "square", "r": "not a number"}, 1),
        ({"x": 1}, 2),
        ({"x": "wrong"}, 2),
        ("text", 3),
        ([1], 4),
        (7, None),
        (True, None),
    ],
)
def test_a_value_is_shown_as_the_variant_it_comes_nearest_to(value: Any, index: int | None) -> None:
    assert chosen(SHAPES, value) == index


def test_a_whole_number_is_preferred_to_a_number_where_both_would_do() -> None:
    field = field_of({"anyOf": [{"type": "integer"}, {"type": "number"}]})

    assert (chosen(field, 1), chosen(field, 1.5)) == (0, 1)


def test_variants_in_variants_are_found_without_trying_each_path_through_them() -> None:
    """Three kinds of node that contain one another, 40 deep: 3 ** 40 paths."""
    nodes = [
        {
            "title": name,
            "type": "object",
            "properties": {"of": {"$ref": "#/$defs/Node"}, name: {"type": "string"}},
        }
        for name in "abc"
    ]
    field = field_of({"$ref": "#/$defs/Node", "$defs": {"Node": {"anyOf": [*nodes, {"type": "null"}]}}})
    value: Any = None
    for depth in range(40):
        value = {"of": value, "abc"[depth % 3]: "x"}

    assert chosen(field, value) == 0
    assert list(problems(field, value)) == []


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string"}, 5, "Must be a text, and is a number."),
        ({"type": "string"}, None, "Must be a text, and is null."),
        ({"type": "integer"}, "5", "Must be a whole number, and is a text."),
        ({"type": "integer"}, True, "Must be a whole number, and is true or false."),
        ({"type": "integer"}, 1.5, "Must be a whole number."),
        ({"type": "integer"}, 2.0, ""),
        ({"type": "integer", "minimum": 1}, 0, "Must be 1 or more."),
        ({"type": "number", "exclusiveMaximum": 1.5}, 1.5, "Must be less than 1.5."),
        ({"type": "number", "maximum": 1}, 10**400, "Must be 1 or less."),
        ({"type": "number", "multipleOf": 0.1}, 0.3, ""),
        ({"type": "integer", "multipleOf": 5}, 10**400, ""),
        ({"type": "integer", "multipleOf": 5}, 7, "Must be a multiple of 5."),
        ({"type": "boolean"}, 0, "Must be true or false, and is a number."),
        ({"enum": ["red", 1]}, "green", "Must be one of red, 1."),
        ({"enum": [1, "a"]}, True, "Must be one of 1, a."),
        ({"type": "string", "minLength": 1}, "", "Must not be empty."),
        ({"type": "string", "minLength": 3}, "ab", "Must have at least 3 characters, and has 2."),
        ({"type": "string", "maxLength": 3}, "abcd", "Must have at most 3 characters, and has 4."),
        ({"type": "string", "pattern": "^a"}, "b", "Must match ^a"),
        ({"type": "string", "pattern": "(?<"}, "b", ""),
        ({"type": "array", "items": {}, "minItems": 1}, [], "Must have at least 1 item, and has 0."),
        ({"type": "array", "items": {}, "maxItems": 2}, [1, 2, 3], "Must have at most 2 items, and has 3."),
        ({"type": "array", "uniqueItems": True}, [1, 1.0, 1], "Must not have an item twice, and has 1."),
        ({"type": "object"}, [], "Must be an object, and is a list."),
        ({"properties": {"a": {}}, "title": "Inner"}, 1, "Must be an Inner, and is a number."),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, [], "Must be a whole number or text."),
        ({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "string"}]}, 1, "Must be 3 or more."),
        (HUMAN, {"role": "user", "content": "hi"}, ""),
        (HUMAN, "hi", ""),
        (HUMAN, ["user", "hi"], ""),
        (HUMAN, {"role": "user"}, "A message must have a content."),
        (HUMAN, {"content": "hi"}, 'Must be a message: {"role": "user", "content": "..."}.'),
        (
            HUMAN,
            {"type": "tool", "content": ""},
            "A tool's message must have the tool_call_id that it answers.",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_words(schema: dict[str, Any], value: Any, words: str) -> None:
    assert problem(field_of(schema), value) == words


STATE = field_of(
    {
        "title": "State",
        "type": "object",
        "properties": {
            "topic": {"type": "string"},
            "inner": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "items": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["topic", "inner"],
    }
)


def found(value: Any, may_lack: bool = False) -> dict[str, str]:
    return {written(path): words for path, words in problems(STATE, value, may_lack)}


def test_each_problem_is_told_at_its_place() -> None:
    value = {"topic": 1, "inner": {}, "counts": {"a": "b"}, "items": [1, "x"], "toppic": 0}

    assert found(value) == {
        "topic": "Must be a text, and is a number.",
        "inner.n": "Must be given.",
        "counts.a": "Must be a whole number, and is a text.",
        "items[1]": "Must be a whole number, and is a text.",
        "toppic": "Is no key of State.",
    }
    assert count(STATE, value) == 5
    assert count(STATE, value, most=2) == 2


def test_an_input_may_leave_out_what_nodes_write() -> None:
    assert found({}, may_lack=True) == {}
    assert found({}) == {"topic": "Must be given.", "inner": "Must be given."}
    assert found({"inner": {}}, may_lack=True) == {"inner.n": "Must be given."}


def test_what_is_not_given_is_no_problem_of_its_own() -> None:
    assert problem(field_of({"type": "string"}), ABSENT) == ""


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "number", "minimum": 0.5}, 0.5),
        ({"type": "string", "default": "x"}, "x"),
        ({"const": "circle"}, "circle"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 0),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, [0, ""]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["", ""]),
        ({"type": "object"}, {}),
        ({}, None),
        (HUMAN, {"role": "user", "content": ""}),
        (TREE, {"name": ""}),
        ({"anyOf": [CIRCLE, SQUARE]}, {}),
    ],
)
def test_a_blank_value_is_as_empty_as_the_schema_allows(schema: dict[str, Any], value: Any) -> None:
    assert same(blank(field_of(schema)), value)


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}],
)
def test_a_schema_that_is_only_itself_takes_anything(schema: dict[str, Any]) -> None:
    assert isinstance(blank(field_of(schema)), object)
    assert isinstance(count(field_of(schema), {"a": [1]}), int)


def test_a_schema_that_needs_itself_has_no_endless_blank() -> None:
    schema = {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}},
    }

    assert json.dumps(blank(field_of(schema)))


def test_a_key_that_comes_in_stands_where_the_schema_has_it() -> None:
    value = {"extra": 0, "counts": {}}

    value = with_key(STATE, value, "topic", "x")
    assert list(value) == ["extra", "topic", "counts"]
    value = with_key(STATE, value, "items", [])
    value = with_key(STATE, value, "extra", 1)
    assert list(value.items()) == [("extra", 1), ("topic", "x"), ("counts", {}), ("items", [])]
    assert list(with_key(STATE, value, "topic", ABSENT)) == ["extra", "counts", "items"]
    assert with_key(STATE, ABSENT, "topic", None) == {"topic": None}


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), (0, False), (None, ABSENT), ([1], [1.0]), ({"a": 1}, {"a": True})]
)
def test_what_json_writes_differently_is_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert same(one, one)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYWORDS = [
    *(
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
    ),
    *("anyOf", "oneOf", "allOf", "$ref", "enum", "const", "default", "title", "pattern", "minLength"),
    *("minimum", "exclusiveMaximum", "multipleOf", "uniqueItems"),
]
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
WILD = st.recursive(
    JSON | KINDS | st.sampled_from(["#", "#/items", "#/properties/a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYWORDS, "a", "b"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYWORDS), WILD, max_size=6), JSON)
def test_any_schema_and_any_value_have_a_field_and_words(schema: dict[str, Any], value: Any) -> None:
    """A schema is what the user's program says: nothing of it may break the form."""
    field = field_of(schema)

    assert isinstance(count(field, value), int)
    assert isinstance(count(field, {"a": value, "b": [value]}), int)
    assert isinstance(count(field, [value, value]), int)
    blank(field)
