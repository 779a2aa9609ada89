"""What a form says of a value in place of its field: that it is not given, or what is in it."""

from __future__ import annotations

import json

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Field, Kind

_LONGEST = 80


def stand_in(field: Field, value: Plain | Absent) -> str:
    """The words that stand where a value would: "" for a value that is given."""
    if value is None:
        return "null"
    if value is not ABSENT:
        return ""
    known = field.default is not ABSENT and field.default is not None
    return f"not given ({json.dumps(field.default, ensure_ascii=False)})" if known else "not given"


def summary(field: Field, value: Plain | Absent) -> str:
    """What is in a value, in a line."""
    if isinstance(value, list):
        items = "message" if field.item(0).kind is Kind.MESSAGE else "item"
        return f"{len(value)} {items}{'' if len(value) == 1 else 's'}" if value else "empty list"
    if isinstance(value, dict):
        return one_line(value, _LONGEST) if value else "empty"
    return stand_in(field, value) or one_line(value, _LONGEST)


def one_line(value: Plain, longest: int) -> str:
    """JSON in a line, cut when it is longer than so many characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def rows(field: Field, value: Plain | Absent, most: int = 100) -> int:
    """How many rows a form of this value would have, with all that is in it; counted as far as `most`."""
    if field.kind is Kind.MESSAGE:
        return 1
    if isinstance(value, dict):
        found = max(len(field.properties), len(value))
        inside = [(field.properties.get(name) or field.others, item) for name, item in value.items()]
    elif isinstance(value, list):
        found, inside = len(value), [(field.item(index), item) for index, item in enumerate(value[:most])]
    else:
        return 0
    for inner, item in inside:
        if found >= most:
            return most
        found += rows(inner, item, most - found)
    return min(found, most)
