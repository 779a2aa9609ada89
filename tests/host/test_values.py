"""Objects to bounded plain data: nothing breaks it, nothing outgrows it, JSON can carry all of it."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import re
import threading
import types
import uuid
from typing import Any, NamedTuple

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from pydantic import BaseModel

from stepscope_host.showing.values import Limits, plain


class Colour(enum.Enum):
    RED = 1


class Right(enum.Flag):
    READ = 1
    WRITE = 2


class Word(str):
    def __str__(self) -> str:
        raise AssertionError("a user's method was called")


class Point(NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class City:
    name: str
    rivers: list[str]

    @property
    def population(self) -> int:
        raise AssertionError("a property was read")


@dataclasses.dataclass(frozen=True)
class Slotted:
    __slots__ = ("name",)
    name: str


class Model(BaseModel):
    name: str
    parts: dict[str, int] = {}


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, "text", [1, [2, []]], {"a": {"b": [None]}}, [], {}, 2**200, "", "\ud800"]
)
def test_what_json_can_carry_stays_as_it_is(value: Any) -> None:
    assert plain(value) == value


def test_a_plain_value_is_a_copy_that_later_changes_do_not_reach() -> None:
    value = {"log": ["a"], "n": 1}
    kept = plain(value)
    value["log"].append("b")  # type: ignore[attr-defined]
    value["n"] = 2
    assert kept == {"log": ["a"], "n": 1}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ((1, 2), {"$type": "tuple", "$items": [1, 2]}),
        ({1}, {"$type": "set", "$items": [1]}),
        (frozenset({1}), {"$type": "frozenset", "$items": [1]}),
        ({3, 1, 2}, {"$type": "set", "$items": [1, 2, 3]}),
        (collections.deque([1]), {"$type": "deque", "$items": [1]}),
        (array.array("i", [1, 2]), {"$type": "array", "$items": [1, 2]}),
        ({"a": 1}.keys(), {"$type": "dict_keys", "$items": ["a"]}),
        (collections.UserDict(a=1), {"$type": "UserDict", "$entries": [["a", 1]]}),
        (collections.UserList([1]), {"$type": "UserList", "$items": [1]}),
        ({1: "a"}, {"$type": "dict", "$entries": [[1, "a"]]}),
        (collections.Counter(a=2), {"$type": "Counter", "$entries": [["a", 2]]}),
        (types.MappingProxyType({"a": 1}), {"$type": "mappingproxy", "$entries": [["a", 1]]}),
        (b"ab", {"$type": "bytes", "$text": "b'ab'"}),
        (Point(1, 2), {"$type": "Point", "$fields": {"x": 1, "y": 2}}),
        (Colour.RED, {"$type": "Colour", "$text": "Colour.RED"}),
        (Right.READ, {"$type": "Right", "$text": "Right.READ"}),
        (bytearray(b"it's"), {"$type": "bytearray", "$text": "b'it\\'s'"}),
        (memoryview(b"ab"), {"$type": "memoryview", "$text": "b'ab'"}),
        (City("Ulm", ["Danube"]), {"$type": "City", "$fields": {"name": "Ulm", "rivers": ["Danube"]}}),
        (Slotted("x"), {"$type": "Slotted", "$fields": {"name": "x"}}),
        (Model(name="x"), {"$type": "Model", "$fields": {"name": "x", "parts": {}}}),
        (datetime.date(2026, 1, 2), {"$type": "date", "$text": "2026-01-02"}),
        (uuid.UUID(int=1), {"$type": "UUID", "$text": "00000000-0000-0000-0000-000000000001"}),
        (decimal.Decimal("1.50"), {"$type": "Decimal", "$text": "1.50"}),
        (pathlib.PurePosixPath("/a"), {"$type": "PurePosixPath", "$text": "/a"}),
        (ValueError("no"), {"$type": "ValueError", "$text": "no"}),
        (math.inf, {"$type": "float", "$text": "inf"}),
        (Word("hi"), "hi"),
        (re.compile("a+"), {"$type": "Pattern", "$text": "re.compile('a+')"}),
        (len, {"$type": "builtin_function_or_method", "$text": "<built-in function len>"}),
    ],
)
def test_other_values_carry_the_name_of_their_type(value: Any, shown: Any) -> None:
    assert plain(value) == shown


def test_flags_together_are_told_by_their_names_or_their_number() -> None:
    assert plain(Right.READ | Right.WRITE)["$text"] in ("Right.READ|WRITE", "Right.3")


def test_nan_is_told_in_words() -> None:
    assert plain([math.nan]) == [{"$type": "float", "$text": "nan"}]


def test_a_message_says_its_content_first_and_leaves_empty_fields_out() -> None:
    assert plain(HumanMessage("hi")) == {"$type": "HumanMessage", "$fields": {"content": "hi"}}
    call = {"name": "add", "args": {"a": 1}, "id": "c1", "type": "tool_call"}
    shown = plain(AIMessage("", tool_calls=[call]))
    assert list(shown["$fields"]) == ["content", "tool_calls"]
    assert shown["$fields"]["tool_calls"] == [call]
    assert plain(ToolMessage("3", tool_call_id="c1"))["$fields"]["tool_call_id"] == "c1"


def test_a_users_own_dollar_type_does_not_read_as_a_mark() -> None:
    assert plain({"$type": "set"}) == {"$type": "dict", "$entries": [["$type", "set"]]}


def test_a_value_that_contains_itself_ends_at_the_repetition() -> None:
    value: dict[str, Any] = {"n": 1}
    value["self"] = [value]
    assert plain(value) == {"n": 1, "self": [{"$type": "dict", "$cycle": True}]}


def test_one_object_in_two_places_is_no_cycle() -> None:
    shared = [1]
    assert plain([shared, shared]) == [[1], [1]]


def test_long_strings_keep_their_head_and_tell_their_length() -> None:
    cut = plain("x" * 50_000_000)
    assert cut["$size"] == 50_000_000
    assert cut["$text"] == "x" * len(cut["$text"])
    assert len(cut["$text"]) < 100_000


def test_long_containers_keep_their_first_parts_and_tell_their_length() -> None:
    limits = Limits(items=3)
    assert plain(list(range(9)), limits) == {"$type": "list", "$items": [0, 1, 2], "$size": 9}
    wide = plain({str(n): n for n in range(9)}, limits)
    assert wide == {"$type": "dict", "$entries": [["0", 0], ["1", 1], ["2", 2]], "$size": 9}


def test_a_huge_integer_is_told_by_its_first_bits() -> None:
    shown = plain(10**100_000)
    assert shown["$type"] == "int"
    assert len(shown["$text"]) < 50


def test_depth_is_bounded() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    text = json.dumps(plain(deep))
    assert '"$size": 1' in text
    assert len(text) < 1_000


def test_the_number_of_values_is_bounded_over_all_containers() -> None:
    value = [[[0] * 100 for _ in range(100)] for _ in range(100)]
    assert _count(plain(value, Limits(nodes=5_000))) < 10_000


def test_the_characters_of_all_strings_together_are_bounded() -> None:
    shown = plain(["x" * 100] * 100, Limits(characters=1_000))
    kept = sum(len(item if isinstance(item, str) else item["$text"]) for item in shown)
    assert kept == 1_000


def test_a_dictionary_that_another_thread_changes_can_be_walked() -> None:
    value: dict[str, Any] = {"inner": {str(n): [n] for n in range(50)}}
    is_over = threading.Event()

    def scribble() -> None:
        n = 0
        while not is_over.is_set():
            n += 1
            value["inner"][f"k{n % 300}"] = [n]
            value["inner"].pop(f"k{(n * 7) % 300}", None)

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        for _ in range(2_000):
            assert "inner" in plain(value)
    finally:
        is_over.set()
        writer.join()


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_count(item) for item in value.values())
    return 1 + sum(_count(item) for item in value) if isinstance(value, list) else 1
