"""Dotenv files are read as python-dotenv documents them; its answers stand in the tables below."""

from __future__ import annotations

import pytest

from stepscope_host.loading.env_file import parse

OUTSIDE = {"HOME": "/home/ada", "B": "outside"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1", {"A": "1"}),
        ("export A=1\r\n  export   B = 'b'  # why\r\n", {"A": "1", "B": "b"}),
        ("A=\nB=''\nC=\"\"", {"A": "", "B": "", "C": ""}),
        ("# a comment\n\n#A=0\nA=1 # one", {"A": "1"}),
        ("A=a#b\nB=#b\nC=a b  c\t# d", {"A": "a#b", "B": "#b", "C": "a b  c"}),
        ("A='a # b'\nB=\"a # b\" # c", {"A": "a # b", "B": "a # b"}),
        ("A==b=c", {"A": "=b=c"}),
        ("'A B'=1\nC.D-E=2", {"A B": "1", "C.D-E": "2"}),
        ("A\nexport B\nC=1", {"C": "1"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=1\nA", {}),
    ],
)
def test_names_values_and_comments(text: str, values: dict[str, str]) -> None:
    found = parse(text, {})
    assert (found.values, found.bad_lines) == (values, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"A=x\ty", r"x\ty"),
        (r"A='x\ty'", r"x\ty"),
        (r"A='it\'s \\'", "it's \\"),
        (r'A="x\ty\n\"z\" \q"', 'x\ty\n"z" \\q'),
        ('A="one\ntwo\r\nthree" # and a comment', "one\ntwo\r\nthree"),
        ("A='one\ntwo'", "one\ntwo"),
    ],
)
def test_escapes_count_in_quotes_which_may_span_lines(text: str, value: str) -> None:
    assert parse(text, {}).values == {"A": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=${HOME}/x", "/home/ada/x"),
        ("A='${HOME}'", "/home/ada"),
        ("A=$HOME", "$HOME"),
        ("A=${NOWHERE}", ""),
        ("A=${NOWHERE:-there}", "there"),
        ("A=${HOME:-there}", "/home/ada"),
        ("B=inside\nA=${B}", "inside"),
        ("A=${B}\nB=inside", "outside"),
    ],
)
def test_a_value_refers_to_the_file_first_and_to_the_environment_then(text: str, value: str) -> None:
    assert parse(text, OUTSIDE).values["A"] == value


def test_a_line_that_says_nothing_is_named_and_the_others_are_read() -> None:
    found = parse("A=1\nsecret words\n\nB=\"never closed\nC='c' d\nD=4\n=5", {})
    assert found.values == {"A": "1", "D": "4"}
    assert found.bad_lines == (2, 4, 5, 7)
