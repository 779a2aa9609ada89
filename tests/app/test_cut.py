"""What was cut of a plain value: put together with what is fetched, and compared without its handles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.model import cut
from stepscope_host.showing.handles import Handles


@pytest.mark.parametrize(
    ("value", "more", "whole"),
    [
        ({"$type": "str", "$text": "ab", "$size": 4, "$handle": "1"}, "cd", "abcd"),
        (
            {"$type": "str", "$text": "ab", "$size": 6, "$handle": "1"},
            {"$type": "str", "$text": "cd", "$size": 6, "$handle": "2"},
            {"$type": "str", "$text": "abcd", "$size": 6, "$handle": "2"},
        ),
        (
            {"$type": "Huge", "$text": "ab", "$size": 4, "$handle": "1"},
            "cd",
            {"$type": "Huge", "$text": "abcd"},
        ),
        (
            {"$type": "bytes", "$text": "b'a'", "$size": 2, "$handle": "1"},
            {"$type": "bytes", "$text": "b'\\x00'"},
            {"$type": "bytes", "$text": "b'a\\x00'"},
        ),
        (
            {"$type": "list", "$items": [1], "$size": 2, "$handle": "1"},
            {"$type": "list", "$items": [2]},
            [1, 2],
        ),
        (
            {"$type": "set", "$items": [1], "$size": 9, "$handle": "1"},
            {"$type": "set", "$items": [2], "$size": 9, "$handle": "2"},
            {"$type": "set", "$items": [1, 2], "$size": 9, "$handle": "2"},
        ),
        (
            {"$type": "dict", "$entries": [["a", 1]], "$size": 2, "$handle": "1"},
            {"$type": "dict", "$entries": [["b", 2]]},
            {"a": 1, "b": 2},
        ),
        (
            {"$type": "dict", "$entries": [[1, 1]], "$size": 2, "$handle": "1"},
            {"$type": "dict", "$entries": [["b", 2]]},
            {"$type": "dict", "$entries": [[1, 1], ["b", 2]]},
        ),
        ({"$type": "list", "$items": [], "$size": 1, "$handle": "1"}, [[1]], [[1]]),
        ({"$type": "City", "$text": "…", "$handle": "1"}, {"$type": "City", "$fields": {"a": 1}}, None),
        ({"$type": "ndarray", "$fields": {"shape": [9]}, "$size": 9, "$handle": "1"}, {"$type": "x"}, None),
    ],
)
def test_what_was_cut_and_what_was_fetched_make_one_value(value: Any, more: Any, whole: Any) -> None:
    assert cut.joined(value, more) == (more if whole is None else whole)


@given(
    st.integers(0, 5_000).map(lambda n: list(range(n)))
    | st.integers(0, 5_000).map(lambda n: {str(k): k for k in range(n)})
    | st.integers(0, 5_000).map(lambda n: {k: k for k in range(n)})
    | st.integers(0, 300_000).map(lambda n: "ab\n" * n)
    | st.binary(max_size=5_000)
)
def test_all_pages_together_are_what_the_program_has(value: Any) -> None:
    handles = Handles()
    shown = handles.plain(value)
    while handle := cut.handle(shown):
        shown = cut.joined(shown, handles.fetch(handle)["value"])
    match value:
        case bytes():
            assert eval(shown["$text"]) == value
        case dict() if shown != value:
            assert dict(shown["$entries"]) == value
        case _:
            assert shown == value
    assert cut.rest(shown) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"$type": "bytes", "$text": "b'\\x00\\x00'", "$size": 5}, "… 5 bytes in all"),
        ({"$type": "DataFrame", "$fields": {"shape": [4, 1], "columns": {}}, "$size": 4}, "… 4 rows in all"),
        ({"$type": "City", "$text": "…", "$handle": "1"}, "… more"),
        ({"$type": "City", "$text": "City()"}, ""),
    ],
)
def test_what_is_still_to_come_is_told_in_words(value: Any, words: str) -> None:
    assert cut.rest(value) == words


def test_two_values_that_differ_only_in_how_to_get_more_are_the_same() -> None:
    def state(handle: str, last: int = 3) -> Any:
        return {"log": [{"$type": "list", "$items": [1, [2, last]], "$size": 9, "$handle": handle}]}

    assert cut.same(state("1"), state("2"))
    assert not cut.same(state("1"), state("2", last=4))
    assert not cut.same({"$handle": "1"}, {"$handle": "2"})  # a key of the user's own
    assert not cut.same(True, 1)


def test_values_as_deep_as_any_are_compared() -> None:
    left: Any = {"$type": "x", "$text": "", "$handle": "1"}
    right: Any = {"$type": "x", "$text": "", "$handle": "2"}
    for _ in range(300):
        left, right = [left], [right]
    assert cut.same(left, right)
