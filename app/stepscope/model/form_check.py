"""What is wrong with a value by its schema, in words for the place where it is wrong.

Only what a form shows is looked at: the graph decides in the end. jsonschema knows more rules, but it is five
packages, and what it says would have to be put into words here all the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Field, Kind, Path, same, speaker_key, suits

_LEAVES = frozenset({Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.CHOICE, Kind.MESSAGE})
"""Kinds with nothing in them to be looked at, which are most."""
_LONGEST_FOR_A_PATTERN = 1_000
"""Characters: a pattern may take for ever over a long text."""


def problem(field: Field, value: Plain | Absent) -> str:
    """What is wrong with a value itself, not with what is in it; "" when nothing is."""
    if value is ABSENT or (value is None and field.is_nullable):
        return ""
    if field.kind is Kind.VARIANTS:
        option = chosen(field, value)
        return f"Must be {_a(field.words)}." if option is None else problem(field.options[option], value)
    if field.kind is Kind.MESSAGE:
        return _message_problem(value)
    if value is None or not suits(field.kind, value):
        return f"Must be {_a(field.words)}, and is {json_word(value)}."
    check = _CHECKS.get(field.kind)
    return check(field, value) if check else ""


def at_key(field: Field, value: Plain | Absent, name: str, may_lack: bool = False) -> str:
    """What is wrong with a key's being there, or not being there; `may_lack` when none is needed."""
    if not (isinstance(value, dict) and name in value):
        return "Must be given." if name in field.required and not may_lack else ""
    if field.kind is not Kind.OBJECT or name in field.properties or field.takes_others:
        return ""
    return f"Is no key of {field.title or 'this object'}."


def problems(field: Field, value: Plain | Absent, may_lack: bool = False) -> Iterator[tuple[Path, str]]:
    """All that is wrong with a value and in it, each by its path.

    With `may_lack` the outermost object need not have its required keys: nodes may write them.
    """
    if words := problem(field, value):
        yield (), words
        return
    if field.kind is Kind.VARIANTS:
        option = None if value is ABSENT or value is None else chosen(field, value)
        if option is not None:
            yield from problems(field.options[option], value)
        return
    if isinstance(value, dict):
        for name in dict.fromkeys((*value, *field.required)):
            if words := at_key(field, value, name, may_lack):
                yield (name,), words
    for key, inner, item in _parts(field, value):
        if inner.kind in _LEAVES:
            if words := problem(inner, item):
                yield (key,), words
            continue
        for path, words in problems(inner, item):
            yield (key, *path), words


def count(field: Field, value: Plain | Absent, may_lack: bool = False, most: int = 100) -> int:
    """How many problems there are; no further than `most`."""
    return sum(1 for _ in islice(problems(field, value, may_lack), most))


def chosen(field: Field, value: Plain) -> int | None:
    """Which of the variants a value is, or comes nearest to; None when it is none of them."""
    suiting = [index for index, option in enumerate(field.options) if suits(option.kind, value)]
    if len(suiting) < 2:
        return suiting[0] if suiting else None
    return min(suiting, key=lambda index: _misfit(field.options[index], value))


def json_word(value: Plain) -> str:
    """What a value is, in words."""
    words = {bool: "true or false", str: "a text", list: "a list", dict: "an object", type(None): "null"}
    return words.get(type(value), "a number")


def written(path: Path) -> str:
    """A path as code would have it: ``inner.items[2]``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _parts(field: Field, value: Plain | Absent) -> Iterator[tuple[str | int, Field, Plain]]:
    """What is in a value, each with its key and its field."""
    if field.kind is Kind.LIST and isinstance(value, list):
        for index, item in enumerate(value):
            yield index, field.item(index), item
    elif field.kind in (Kind.OBJECT, Kind.JSON) and isinstance(value, dict):
        for name, item in value.items():
            yield name, field.properties.get(name) or field.others, item


def _misfit(field: Field, value: Plain) -> int:
    """How badly a value fits a variant. Looks at what is directly in it: deeper, it would look for ever."""
    if not isinstance(value, dict | list):
        return 0 if not problem(field, value) else 1
    score = 0
    for _, inner, item in islice(_parts(field, value), 20):
        options = inner.options or (inner,)
        if not any(suits(option.kind, item) for option in options) and not (
            item is None and inner.is_nullable
        ):
            score += 1
        elif inner.kind is Kind.CHOICE and problem(inner, item):
            score += 10  # a key with one allowed value is there to tell the variants apart
    if isinstance(value, dict):
        score += sum(2 for name in (*value, *field.required) if at_key(field, value, name))
    return score


def _message_problem(value: Plain) -> str:
    # A text, or a pair of role and text, is a message too.
    if isinstance(value, str) or (isinstance(value, list) and len(value) == 2):
        return ""
    if not suits(Kind.MESSAGE, value):
        return 'Must be a message: {"role": "user", "content": "..."}.'
    if "content" not in value:
        return "A message must have a content."
    if value[speaker_key(value)] == "tool" and "tool_call_id" not in value:
        return "A tool's message must have the tool_call_id that it answers."
    return ""


def _text_problem(field: Field, value: str) -> str:
    low, high, pattern = (field.schema.get(key) for key in ("minLength", "maxLength", "pattern"))
    if isinstance(low, int) and len(value) < low:
        return (
            "Must not be empty."
            if low == 1
            else f"Must have at least {low} characters, and has {len(value)}."
        )
    if isinstance(high, int) and len(value) > high:
        return f"Must have at most {high} characters, and has {len(value)}."
    if isinstance(pattern, str) and len(value) <= _LONGEST_FOR_A_PATTERN and not _matches(pattern, value):
        return f"Must match {pattern}"
    return ""


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:  # a pattern of another dialect
        return True


def _number_problem(field: Field, value: float) -> str:
    if field.kind is Kind.INTEGER and isinstance(value, float) and not value.is_integer():
        return "Must be a whole number."
    for key, is_wrong, words in _LIMITS:
        limit = field.schema.get(key)
        if isinstance(limit, int | float) and is_wrong(value, limit):
            return f"Must be {words.format(json.dumps(limit))}."
    return ""


_LIMITS: tuple[tuple[str, Callable[[float, float], bool], str], ...] = (
    ("minimum", lambda value, limit: value < limit, "{} or more"),
    ("exclusiveMinimum", lambda value, limit: value <= limit, "more than {}"),
    ("maximum", lambda value, limit: value > limit, "{} or less"),
    ("exclusiveMaximum", lambda value, limit: value >= limit, "less than {}"),
    ("multipleOf", lambda value, limit: not _is_multiple(value, limit), "a multiple of {}"),
)


def _is_multiple(value: float, of: float) -> bool:
    if of <= 0 or (isinstance(value, int) and isinstance(of, int)):
        return of <= 0 or value % of == 0
    # A float's remainder is hardly ever nothing: 0.3 % 0.1 is 0.1.
    return math.isclose(math.remainder(value, of), 0, abs_tol=of * 1e-9)


def _choice_problem(field: Field, value: Plain) -> str:
    if any(same(value, choice) for choice in field.choices):
        return ""
    return f"Must be {_a(field.words)}."


def _list_problem(field: Field, value: list[Plain]) -> str:
    low, high = field.schema.get("minItems"), field.schema.get("maxItems")
    if isinstance(low, int) and len(value) < low:
        return f"Must have at least {_items(low)}, and has {len(value)}."
    if isinstance(high, int) and len(value) > high:
        return f"Must have at most {_items(high)}, and has {len(value)}."
    if field.schema.get("uniqueItems"):
        texts = [json.dumps(item, sort_keys=True) for item in value]
        twice = next((text for text in texts if texts.count(text) > 1), None)
        if twice is not None:
            return f"Must not have an item twice, and has {twice}."
    return ""


def _json_problem(field: Field, value: Plain) -> str:
    wanted = field.schema.get("type")
    is_wrong = (wanted == "object" and not isinstance(value, dict)) or wanted == "null"
    return f"Must be {_a(str(wanted))}, and is {json_word(value)}." if is_wrong else ""


_CHECKS: Mapping[Kind, Callable[[Field, Plain], str]] = {
    Kind.TEXT: _text_problem,
    Kind.INTEGER: _number_problem,
    Kind.NUMBER: _number_problem,
    Kind.CHOICE: _choice_problem,
    Kind.LIST: _list_problem,
    Kind.JSON: _json_problem,
}


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"


def _a(words: str) -> str:
    if words.startswith(("one of ", "true or ", "null")):
        return words
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
