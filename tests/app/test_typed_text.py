"""What is typed to a terminal, in pieces, becomes lines: wherever it is cut, and whatever is in it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.model.typed_text import LINE_LIMIT, TypedText, shown


def lines(*pieces: str) -> list[str]:
    """All lines, the one without an end last, if something stands on it."""
    text = TypedText()
    ended = [line for piece in pieces for line in text.feed(piece)]
    return [*ended, text.text] if text.has_begun else ended


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("one\ntwo", ["one", "two"]),
        ("\n\n", ["", ""]),
        ("dos\r\nunix\n", ["dos", "unix"]),
        ("dos twice\r\r\n", ["dos twice"]),
        (" 10%\r 20%\r 30%\n", [" 30%"]),
        (" 10%\r", [" 10%"]),
        ("long before\rnow\n", ["now"]),
        ("work |\b/\b-", ["work -"]),
        ("\x1b[1;31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m\n", ["red and blue"]),
        ("\x1b[2K\x1b[1Gline\x1b[3A", ["line"]),
        ("\r\x1b[Kagain", ["again"]),
        ("\x1b]0;a title\x07text", ["text"]),
        ("\x1b]8;;https://a.b\x1b\\link\x1b]8;;\x1b\\", ["link"]),
        ("\x1b]never ended\nnext", ["", "next"]),
        ("\x1b(Bplain\x1b7\x1b8", ["plain"]),
        ("\x1bPdevice\x1b\\x", ["x"]),
        ("\x1b\x1b[0mtwice", ["twice"]),
        ("a\tb", ["a       b"]),
        ("nul\x00 bell\x07 del\x7f c1\x9b31m", ["nul␀ bell del␡ c1�31m"]),
        ("break\x0bpage\x0cline\u2028par\u2029nel\x85", ["break page line par nel "]),
        ("over\u202eride \u2066isolate\u2069", ["over�ride �isolate�"]),
        ("half \ud83d of a pair", ["half � of a pair"]),
        ("Привет 猫 🦉 e\u0301 👩‍🚀", ["Привет 猫 🦉 e\u0301 👩‍🚀"]),
    ],
)
def test_a_line_is_what_is_left_on_it(typed: str, seen: list[str]) -> None:
    assert lines(typed) == seen
    assert lines(*typed) == seen


MOVES = ["\n", "\r", "\r\n", "\b", "\t", "\x07", "\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\x1b(", "[31m"]
WORDS = ["0;", "m", "K", "word", " ", "é", "🦉", "\x00", "\u202e", "\ud800", "x" * 300, ";" * 70]
BITS = st.sampled_from(MOVES) | st.sampled_from(WORDS)
TEXTS = st.lists(BITS | st.text(max_size=4), max_size=30).map("".join)


@given(TEXTS, st.lists(st.integers(0, 400)))
def test_where_a_text_is_cut_changes_nothing(typed: str, places: list[int]) -> None:
    cuts = [0, *sorted(place for place in places if place < len(typed)), len(typed)]
    pieces = [typed[start:end] for start, end in pairwise(cuts)]

    assert lines(*pieces) == lines(typed) == lines(*typed)


@given(TEXTS)
def test_nothing_is_left_that_would_break_turn_or_move_a_line(typed: str) -> None:
    for line in lines(typed):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
        line.encode()


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])))
def test_text_that_can_be_printed_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_a_line_without_end_keeps_its_beginning_and_counts_the_rest() -> None:
    text = TypedText()
    for _ in range(800):
        assert text.feed("x" * 65_536) == []
    (line,) = text.feed("\n")

    assert line.startswith("x" * LINE_LIMIT)
    assert line.endswith(f" … {800 * 65_536 - LINE_LIMIT:,} more characters")
    assert text.feed("short\n") == ["short"]


def test_a_sequence_without_end_holds_back_little() -> None:
    text = TypedText()
    for _ in range(3):
        text.feed("\x1b]" + "x" * 5_000)
        text.feed("\x1b[" + "1;" * 5_000)

    assert text.text.startswith("]xxx")
