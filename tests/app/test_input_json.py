"""What the input editor says about a text: the value, or what is wrong and on which line."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.window.json_input import JSONProblem, input_notes, parse_input, write_input


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', 2, 9, "expected ',' or '}'"),
        ("[1, 2\n 3]", 1, 6, "expected ',' or ']'"),
        ('{"a": [1, {"x": "]"} 2]}', 1, 21, "expected ',' or ']'"),
        ('{"a" 1}', 1, 6, "expected ':'"),
        ('{\n  "a": 1,\n}', 2, 9, "one comma too many"),
        ("[1,\n 2,\n]", 2, 3, "one comma too many"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ('{"a": True}', 1, 7, "true, not True"),
        ('{"a": None}', 1, 7, "null, not None"),
        ('{"a": }', 1, 7, "expected a value"),
        ('{"a": 1}}', 1, 9, "only one JSON value"),
        ('{"a": "b', 1, 7, "no closing double quote"),
        ('{"a": "b\nc"}', 1, 9, "a line's end"),
        ('{"a": "\\x"}', 1, 8, "backslash"),
        ('{\n"a": NaN}', 2, 6, "NaN is not JSON"),
        ('{\n"a": 1e999}', 2, 6, "1e999 is larger than any number"),
        ("", 1, 1, "the input is empty"),
        ("   \n ", 1, 1, "the input is empty"),
    ],
)
def test_a_slip_is_told_by_line_with_what_to_write(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(JSONProblem) as caught:
        parse_input(text)

    problem = caught.value
    assert (problem.line, problem.column) == (line, column)
    assert says.lower() in problem.message.lower()
    assert str(problem).startswith(f"Line {line}: ")


def test_a_text_nested_beyond_python_s_stack_is_a_problem_and_no_crash() -> None:
    with pytest.raises(JSONProblem, match="nested too deeply"):
        parse_input("[" * 200_000)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_text_nested_deeper_than_a_form_could_be_is_a_problem(opening: str, closing: str) -> None:
    parse_input(opening * 99 + "0" + closing * 99)
    with pytest.raises(JSONProblem, match="nested too deeply"):
        parse_input(opening * 101 + "0" + closing * 101)


def test_a_number_longer_than_python_reads_is_a_problem_and_no_crash() -> None:
    with pytest.raises(JSONProblem):
        parse_input("1" * 20_000)


def test_what_is_written_reads_back_the_same() -> None:
    value = {"name": "Åsa ›", "items": [1, 2.5, None, True, {"x": []}]}

    assert parse_input(write_input(value)) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


CHANGED = re.compile("[\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufeff\ud800-\udfff]")


@given(JSON)
def test_what_is_written_looks_as_json_writes_it_and_has_no_sign_that_an_editor_would_change(
    value: object,
) -> None:
    text, plain = write_input(value), json.dumps(value, indent=2, ensure_ascii=False)

    assert json.loads(text) == value
    assert not CHANGED.search(text)
    assert text == plain or CHANGED.search(plain)


SCHEMA = {"properties": {"topic": {}, "length": {}}, "required": ["topic"]}


def test_missing_keys_and_misspelt_ones_are_noted() -> None:
    assert input_notes({"topik": 1}, SCHEMA, {"topic": ""}) == [
        "Not given: `topic`. A node that reads such a key before it is written fails.",
        "`topik` is no key of the input. It has `topic`, `length`.",
    ]


def test_an_input_that_fits_is_not_commented_on() -> None:
    assert input_notes({"topic": 1}, SCHEMA, {"topic": ""}) == []


@pytest.mark.parametrize("schema", [{}, {"properties": {}}, {"type": "array"}])
def test_nothing_is_noted_without_known_keys(schema: dict[str, object]) -> None:
    assert input_notes({"anything": 1}, schema, {}) == []


def test_further_keys_are_welcome_where_the_schema_says_so() -> None:
    assert input_notes({"topic": 1, "more": 2}, {**SCHEMA, "additionalProperties": True}, {}) == []


def test_a_key_that_the_nodes_write_is_not_missed() -> None:
    schema = {"properties": {"topic": {}, "joke": {}}, "required": ["topic", "joke"]}

    assert input_notes({"topic": 1}, schema, suggested={"topic": "cats"}) == []
