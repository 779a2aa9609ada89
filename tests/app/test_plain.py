"""Plain values in words: a line, a summary, a note of what was cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.model import plain


def message(text: str, kind: str = "HumanMessage") -> dict[str, object]:
    return {"$type": kind, "$fields": {"content": text, "id": "m-1"}}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "null"),
        (True, "true"),
        (0.5, "0.5"),
        ("a\nb", '"a\\nb"'),
        ([], "[]"),
        ({}, "{}"),
        ({"progress": 40, "of": 100}, '{"progress": 40, "of": 100}'),
        ({"n": [1, 2], "d": {"k": None}}, '{"n": [1, 2], "d": {"k": null}}'),
        ({"$type": "set", "$items": [1, 2]}, "{1, 2}"),
        ({"$type": "tuple", "$items": []}, "()"),
        ({"$type": "Point", "$fields": {"x": 1, "y": 2}}, "Point(x=1, y=2)"),
        ({"$type": "dict", "$entries": [[1, "a"], [None, 2]]}, '{1: "a", null: 2}'),
        ({"$type": "bytes", "$text": "b'\\x00'"}, "b'\\x00'"),
        ({"$type": "list", "$cycle": True}, "list that contains itself"),
        ({"$type": "list", "$items": [], "$size": 7}, "[…7]"),
        (message("hi"), 'HumanMessage("hi")'),
    ],
)
def test_a_line_reads_as_json_where_json_has_a_word_for_it(value, line):
    assert plain.line(value) == line


def test_a_long_container_inside_another_is_folded_to_its_length():
    value = {"notes": ["a longer note", "another long note", "and more"], "score": 0.71}

    assert plain.line(value) == '{"notes": […3], "score": 0.71}'


def test_a_line_ends_when_its_room_is_full_but_says_that_more_follows():
    line = plain.line({f"key {number}": number for number in range(1000)}, 100)

    assert len(line) < 130
    assert line.endswith(", …}")


@pytest.mark.parametrize(
    ("content", "calls", "line"),
    [
        ("", [("add", {"a": 1, "b": 2})], "AIMessage(add(a=1, b=2))"),
        (
            "",
            [("search", {"query": "all that is known of owls"}), ("stop", {})],
            "AIMessage(search(…), stop())",
        ),
        ("Let me see", [("add", {"a": 1})], 'AIMessage("Let me see", add(a=1))'),
        ([], [("add", {"$type": "dict", "$size": 900})], "AIMessage(add(…))"),
    ],
)
def test_a_line_of_a_message_tells_what_it_calls(content, calls, line):
    tool_calls = [{"name": name, "args": args, "id": "c-1", "type": "tool_call"} for name, args in calls]
    value = {"$type": "AIMessage", "$fields": {"content": content, "tool_calls": tool_calls, "id": "m-1"}}

    assert plain.line(value) == plain.summary(value) == line
    assert plain.line({"messages": [value]}).removeprefix('{"messages": [') == line + "]}"


def test_a_line_of_a_huge_string_is_cut():
    assert plain.line("x" * 50_000, 20) == '"' + "x" * 19 + '…"'


@pytest.mark.parametrize(
    ("value", "summary", "type_name"),
    [
        ([1], "1 item", "list"),
        ([1, 2, 3], "3 items", "list"),
        ([message("a"), message("b", "AIMessage")], "2 messages", "list"),
        ([], "empty", "list"),
        ({"a": 1}, "1 key", "dict"),
        ({"$type": "dict", "$entries": [[1, 2]], "$size": 5000}, "5,000 keys", "dict"),
        ("solar storms", '"solar storms"', "str"),
        (message("hello"), '"hello"', "HumanMessage"),
        (message(""), 'HumanMessage("")', "HumanMessage"),
        (0.71, "0.71", "float"),
        (None, "null", "None"),
    ],
)
def test_a_summary_tells_how_much_is_inside(value, summary, type_name):
    assert plain.summary(value) == summary
    assert plain.type_name(value) == type_name


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        ({"$type": "str", "$text": "abc", "$size": 50_000_000}, "… 49,999,997 more characters"),
        ({"$type": "list", "$items": [1, 2], "$size": 1000}, "… 998 more items"),
        ({"$type": "dict", "$entries": [[1, 2]], "$size": 9}, "… 8 more keys"),
        ({"$type": "ndarray", "$fields": {"shape": [4]}, "$size": 4}, "… 4 elements in all"),
        ({"$type": "list", "$items": [1]}, ""),
        ({"$size": 3}, ""),
        ([1, 2], ""),
    ],
)
def test_what_was_cut_is_told_in_words(value, rest):
    assert plain.rest(value) == rest


def test_the_text_for_the_clipboard_has_everything_and_no_marks():
    value = {"set": {"$type": "set", "$items": [1], "$size": 3}, "said": message("hi"), "plain": [1, None]}
    text = plain.text(value)

    assert "$" not in text
    assert json.loads(text) == {
        "set": [1, "… 2 more items"],
        "said": {"type": "HumanMessage", "content": "hi", "id": "m-1"},
        "plain": [1, None],
    }


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.builds(lambda fields: {"$type": "Thing", "$fields": fields}, st.dictionaries(st.text(), inner))
        | st.builds(
            lambda items, more: {"$type": "set", "$items": items, "$size": len(items) + more},
            st.lists(inner),
            st.integers(0, 9),
        )
    ),
)


@given(plain_values, st.integers(20, 400))
def test_any_plain_value_has_one_bounded_line(value, room):
    line = plain.line(value, room)

    assert len(line.splitlines()) == 1
    # The first part is shown even where there is no room, so that a line is never only brackets.
    assert len(line) <= room + 200


def nested(levels: int) -> object:
    value: object = "the bottom"
    for level in range(levels):
        value = [value] if level % 2 else {"inside": value}
    return value


def test_a_value_as_deep_as_no_recursion_goes_has_a_line_a_summary_and_a_text():
    value = nested(100_000)

    assert len(plain.line(value)) < 60
    assert plain.summary(value) == "1 item"
    assert 100 < len(plain.text(value).splitlines()) < 300


def test_a_text_of_many_deep_parts_is_the_json_of_them():
    value = [nested(24) for _ in range(100)]

    assert json.loads(plain.text(value)) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: key != "$type"), inner),
    )
)
def test_the_text_of_json_is_json(value):
    assert json.loads(plain.text(value)) == value
    assert plain.text(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_the_text_of_an_objects_repr_is_whole():
    assert json.loads(plain.text({"$type": "Index", "$text": "Index([1,\n 2])"})) == "Index([1,\n 2])"


def test_keys_that_are_all_strings_need_no_quotes_and_others_do():
    assert plain.parts({"$type": "Counter", "$entries": [["a", 1], ["b", 2]]}) == [("a", 1), ("b", 2)]
    assert plain.parts({"$type": "dict", "$entries": [["1", "a"], [1, "b"]]}) == [('"1"', "a"), ("1", "b")]
