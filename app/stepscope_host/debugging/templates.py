"""What a logpoint says: a text with expressions in braces, as in an f-string or in `str.format`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stepscope_host.debugging.expressions import NOTHING, PATIENCE, Expression, NoValue

LONGEST = 2_000
"""Characters of one value in a text."""

_CONVERSIONS: Mapping[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}
_BARE_KEY = re.compile(r"\[([^\W\d]\w*)\]")
_PLAIN_PATH = re.compile(r"\w+(\.\w+|\[\w+\])+")


@dataclass(frozen=True)
class _Field:
    expression: Expression
    convert: Callable[[Any], Any]
    spec: str

    def text(self, names: Mapping[str, Any]) -> str:
        def shown(value: Any) -> str:
            return format(self.convert(value), self.spec)[:LONGEST]

        try:
            return self.expression.value(names, PATIENCE, then=shown)
        except NoValue as problem:
            return f"{{{self.expression.text} {problem}}}"


class Template:
    """``visit {visit}: {len(state["log"])} lines, {state[word]!r}``; doubled braces stand for themselves.

    An expression that has no value says so in its place.
    """

    def __init__(self, text: str, names: frozenset[str], module: Mapping[str, Any] = NOTHING) -> None:
        """`names` are those that `text()` will be given: in ``[word]`` any other name is a key."""
        self._parts: list[str | _Field] = []
        for is_field, part in _parts(text):
            self._parts.append(_field(part, names, module) if is_field else part)

    def text(self, names: Mapping[str, Any]) -> str:
        return "".join(part if isinstance(part, str) else part.text(names) for part in self._parts)


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a template; true with those that stood in braces. One that never ends is text."""
    at, literal = 0, ""
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            literal += text[at]
            at += 2
        elif text[at] == "{" and (end := _end(text, at + 1, "}")) < len(text):
            yield False, literal
            yield True, text[at + 1 : end]
            at, literal = end + 1, ""
        else:
            literal += text[at]
            at += 1
    yield False, literal


def _field(text: str, names: frozenset[str], module: Mapping[str, Any]) -> _Field:
    end = _end(text, 0, ":")
    code, spec = text[:end], text[end + 1 :]
    convert: Callable[[Any], Any] = lambda value: value  # noqa: E731
    if code[-2:-1] == "!" and code[-1:] in _CONVERSIONS:
        convert, code = _CONVERSIONS[code[-1]], code[:-2]
    elif not spec:
        convert = str  # not every object's format() knows of an empty one
    code = code.strip()
    if _PLAIN_PATH.fullmatch(code):
        code = _BARE_KEY.sub(lambda hit: hit.group() if hit[1] in names else f"[{hit[1]!r}]", code)
    return _Field(Expression(code, module), convert, spec)


def _end(text: str, at: int, mark: str) -> int:
    """Where a mark stands outside of brackets and strings, from `at` on; the text's length if nowhere."""
    depth, quote = 0, ""
    while at < len(text):
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign == mark and depth == 0:
            return at
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        at += 1
    return len(text)
