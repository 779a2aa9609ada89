"""Frames: whatever the bytes, there are messages or a WireError, and nothing else."""

from __future__ import annotations

import json
import math
import struct
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepscope_host.serving import wire
from stepscope_host.serving.wire import LONGEST, MARK, Unpacker, WireError, frame, pack

# Lone surrogates, too; of two that make a pair JSON makes one character, as every reader of it does.
words = st.text(max_size=9) | st.text(st.characters(min_codepoint=0xDC00, max_codepoint=0xDFFF), max_size=9)
scalars = st.none() | st.booleans() | st.floats() | words | st.integers(-(1 << 200), 1 << 200)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(words, inner), max_leaves=8)
messages = st.lists(st.dictionaries(words, values, max_size=4), max_size=4)


def framed(body: bytes) -> bytes:
    return MARK + struct.pack(">I", len(body)) + body


def unpacked(*pieces: bytes) -> list[Any]:
    unpacker = Unpacker()
    return [message for piece in pieces for message in unpacker.feed(piece)]


def same(one: Any, other: Any) -> bool:
    """Equal, where NaN equals itself."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def cut(whole: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    return [whole[begin:end] for begin, end in pairwise(edges)]


@settings(max_examples=40)
@given(st.lists(messages, max_size=3), st.lists(st.integers(0), max_size=12))
def test_frames_say_the_same_wherever_their_bytes_are_cut(frames: list[Any], places: list[int]) -> None:
    whole = b"".join(map(pack, frames))
    told = [message for messages in frames for message in messages]
    assert same(unpacked(whole), told)
    assert same(unpacked(*cut(whole, places)), told)
    assert same(unpacked(*(whole[n : n + 1] for n in range(len(whole)))), told)


@settings(max_examples=40)
@given(messages, st.integers(0))
def test_what_ends_in_the_middle_says_nothing_of_its_last_frame(told: list[Any], place: int) -> None:
    whole = pack(told)
    unpacker = Unpacker()
    assert list(unpacker.feed(whole[: place % len(whole)])) == []
    assert unpacker.is_within == (place % len(whole) > 0)


@settings(max_examples=40)
@given(messages, st.integers(0), st.binary(min_size=1, max_size=8))
def test_foreign_bytes_in_between_give_messages_or_an_error(
    told: list[Any], place: int, foreign: bytes
) -> None:
    whole = pack(told) + pack(told)
    place %= len(whole)
    for spoilt in (
        whole[:place] + foreign + whole[place:],
        whole[:place] + foreign + whole[place + len(foreign) :],
        foreign + whole,
    ):
        try:
            found = unpacked(spoilt)
        except WireError:
            continue
        assert all(type(message) is dict for message in found)


@given(st.binary(max_size=200))
def test_foreign_bytes_alone_give_an_error_at_the_first_that_is_wrong(foreign: bytes) -> None:
    is_beginning = MARK.startswith(foreign[: len(MARK)])
    if is_beginning:
        assert unpacked(foreign) == []
    else:
        with pytest.raises(WireError, match="came where a message should begin"):
            unpacked(foreign)


@given(st.text(min_size=1))
def test_no_text_looks_like_a_frame(printed: str) -> None:
    with pytest.raises(WireError):
        unpacked(printed.encode("utf-8", "backslashreplace"))


@given(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_a_body_that_is_no_list_of_objects_is_an_error(body: bytes) -> None:
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        held = None
    if isinstance(held, list) and all(type(message) is dict for message in held):
        assert same(unpacked(framed(body)), held)
    else:
        with pytest.raises(WireError):
            unpacked(framed(body))


@pytest.mark.parametrize(
    "spoilt",
    [
        MARK + struct.pack(">I", 0),
        MARK + struct.pack(">I", 1) + b"[",
        MARK + struct.pack(">I", LONGEST + 1),
        MARK + struct.pack(">I", (1 << 32) - 1),
        framed(b"[" * 200_000 + b"]" * 200_000),
        framed(b'[{"a":' * 100_000),
        framed(b"[{}]x"),
        framed(b'[{"a": "\xff"}]'),
        framed(b'{"a": 1}'),
        framed(b"[1]"),
        framed(b"[null]"),
        framed(b"[[{}]]"),
        framed(b"[" + b"9" * 5_000 + b"]"),
    ],
    ids=range(13),
)
def test_a_frame_that_cannot_be_meant_is_an_error(spoilt: bytes) -> None:
    with pytest.raises(WireError):
        unpacked(spoilt)


def test_a_huge_length_takes_no_memory_before_it_is_refused() -> None:
    unpacker = Unpacker()
    with pytest.raises(WireError, match="4,294,967,295 bytes"):
        list(unpacker.feed(MARK + struct.pack(">I", (1 << 32) - 1)))


def test_no_error_makes_a_message_unsayable() -> None:
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    told = {
        "huge": 10**5_000,
        "deep": deep,
        "cycle": cycle,
        "object": object(),
        "set": {1},
        "nan": math.nan,
        "key": {(1, 2): 3},
    }
    (heard,) = unpacked(frame([wire.encode(told)]))
    assert set(heard) == set(told)
    assert heard["huge"].startswith("0x")
    assert heard["key"] == {"(1, 2)": 3}
    assert heard["object"] == "<object>"
    assert math.isnan(heard["nan"])


def test_more_than_a_frame_may_hold_is_refused() -> None:
    with pytest.raises(WireError, match="more than the 67,108,864"):
        frame(["0" * LONGEST])
