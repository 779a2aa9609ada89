"""Reads dotenv files: text in, variables and the lines that say nothing out.

The format is the one that python-dotenv documents, which `langgraph dev` reads with: ``NAME=value`` and
``export NAME=value``; comments; values bare, in single or in double quotes, the quoted ones over several
lines; escapes in quotes; ``${NAME}`` and ``${NAME:-default}`` in any value. A name without ``=`` is allowed
and stands for no value. In a value, an earlier variable of the file comes before one of the environment.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_GAP = re.compile(r"(?:\s+|#[^\r\n]*)+")
_EXPORT = re.compile(r"export[^\S\r\n]+")
_NAME = re.compile(r"(?:'([^'\r\n]+)'|([^=#\s'][^=#\s]*))[^\S\r\n]*")
_BLANK = re.compile(r"[^\S\r\n]*")
_QUOTED = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"", re.DOTALL)
_BARE = re.compile(r"[^\r\n]*")
_COMMENT = re.compile(r"\s+#.*")
_END = re.compile(r"[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_REFERENCE = re.compile(r"\$\{([^}:]*)(?::-([^}]*))?\}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_IN_SINGLE = {"\\": "\\", "'": "'"}
_IN_DOUBLE = {
    **_IN_SINGLE, '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


@dataclass(frozen=True)
class Dotenv:
    """The variables of a file, and the numbers of the lines that could not be read."""

    values: Mapping[str, str]
    bad_lines: tuple[int, ...]


class _Line(NamedTuple):
    name: str
    value: str | None
    end: int


def parse(text: str, environ: Mapping[str, str]) -> Dotenv:
    """The variables of a dotenv file's text; `environ` holds what its values may refer to besides."""
    values: dict[str, str | None] = {}
    bad: list[int] = []
    at = 0
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        if at == len(text):
            return Dotenv({name: value for name, value in values.items() if value is not None}, tuple(bad))
        line = _line(text, at)
        if line is None:
            bad.append(_number(text, at))
            rest = _BARE.match(text, at)
            assert rest is not None
            at = rest.end()
            continue
        known = ChainMap(values, environ)  # type: ignore[arg-type]  # only read
        values[line.name] = None if line.value is None else _filled_in(line.value, known)
        at = line.end


def _line(text: str, at: int) -> _Line | None:
    """What begins at a place, or None when it is no assignment."""
    export = _EXPORT.match(text, at)
    name = _NAME.match(text, export.end() if export else at)
    if name is None:
        return None
    value, at = None, name.end()
    if text.startswith("=", at):
        value, at = _value(text, at + 1)
    end = _END.match(text, at)
    return None if end is None else _Line(name[1] or name[2], value, end.end())


def _value(text: str, at: int) -> tuple[str, int]:
    """The value behind an equals sign, and where it ends."""
    blank = _BLANK.match(text, at)
    assert blank is not None
    begins = blank.end()
    quoted = _QUOTED.match(text, begins)
    if quoted is not None:
        single, double = quoted.groups()
        value = _unescaped(double, _IN_DOUBLE) if single is None else _unescaped(single, _IN_SINGLE)
        return value, quoted.end()
    if text.startswith(("'", '"'), begins):
        return "", begins  # never closed: what follows is no end of a line
    bare = _BARE.match(text, at)
    assert bare is not None
    return _COMMENT.sub("", bare[0]).strip(), bare.end()


def _unescaped(text: str, escapes: Mapping[str, str]) -> str:
    return _ESCAPE.sub(lambda found: escapes.get(found[1], found[0]), text)


def _filled_in(value: str, known: Mapping[str, str | None]) -> str:
    return _REFERENCE.sub(lambda found: known.get(found[1], found[2]) or "", value)


def _number(text: str, at: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:at])) + 1
