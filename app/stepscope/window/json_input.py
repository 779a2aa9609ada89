"""The input as a person types it: JSON text in, a value or a sentence about what is wrong out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from stepscope.model.events import Plain

DEEPEST = 100
"""How deep a value may be nested: what walks through it calls itself."""


class JSONProblem(Exception):
    """Text that is not JSON. `line` and `column` count from 1; `message` goes on from "Line 3: "."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"Line {line}: {message}")
        self.line = line
        self.column = column
        self.message = message


def parse_input(text: str) -> Plain:
    """The value that the text stands for. Raises JSONProblem."""
    if not text.strip():
        raise JSONProblem(1, 1, "the input is empty. Write a JSON value, {} at least.")
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise _problem(text, error) from None
    except _NotJSON as error:
        place = text.find(error.word)
        raise _at(text, place, f"{error.word} {error.why}. Write a number, or null.") from None
    except RecursionError:
        raise JSONProblem(1, 1, "the input is nested too deeply to be read.") from None
    except ValueError as error:  # an integer of more digits than Python reads
        raise JSONProblem(1, 1, f"{error}.") from None
    if _is_deeper(value, DEEPEST):
        raise JSONProblem(1, 1, "the input is nested too deeply to be read.")
    return value


def _is_deeper(value: Plain, limit: int) -> bool:
    layer = [value]
    for _ in range(limit):
        layer = [
            item
            for each in layer
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not layer:
            return False
    return True


def input_notes(value: Plain, schema: Mapping[str, Any], suggested: Plain, what: str = "input") -> list[str]:
    """What may be a slip, though the graph decides: keys that lack, and keys that its schema does not know.

    A schema asks for every key of a state, also for those that the nodes write. So only what stands in the
    `suggested` input as well counts as lacking.
    """
    known = schema.get("properties")
    if not isinstance(known, Mapping) or not known or not isinstance(value, dict):
        return []
    suggested = suggested if isinstance(suggested, dict) else {}
    missing = [name for name in schema.get("required", ()) if name not in value and name in suggested]
    unknown = [name for name in value if name not in known]
    notes = []
    if missing:
        notes.append(
            f"Not given: {_quoted(missing)}. A node that reads such a key before it is written fails."
        )
    if unknown and not schema.get("additionalProperties"):
        notes.append(f"{_quoted(unknown)} is no key of the {what}. It has {_quoted(list(known))}.")
    return notes


def write_input(value: Plain, indent: int | None = 2) -> str:
    """JSON as the editor shows it; in one line without an `indent`."""
    text = json.dumps(value, ensure_ascii=False) if indent is None else _indented(value, "\n", " " * indent)
    return _NOT_FOR_AN_EDITOR.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


_NOT_FOR_AN_EDITOR = re.compile("[\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufeff\ud800-\udfff]")
"""Signs that Qt's text fields would change, or that nobody could see. They only stand in JSON's texts."""


def _indented(value: Plain, line: str, indent: str) -> str:
    """What json.dumps(indent=...) gives in a fifth of the time: that takes its slow way when it indents."""
    deeper = line + indent
    if isinstance(value, dict) and value:
        items = [f"{_text(key)}: {_indented(item, deeper, indent)}" for key, item in value.items()]
        return f"{{{deeper}{f',{deeper}'.join(items)}{line}}}"
    if isinstance(value, list) and value:
        items = [_indented(item, deeper, indent) for item in value]
        return f"[{deeper}{f',{deeper}'.join(items)}{line}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


_text = json.encoder.encode_basestring


class _NotJSON(Exception):
    """A number that Python reads and that cannot be written again."""

    def __init__(self, word: str, why: str) -> None:
        super().__init__(word)
        self.word = word
        self.why = why


def _refuse_constant(name: str) -> None:
    raise _NotJSON(name, "is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _NotJSON(text, "is larger than any number")
    return number


def _problem(text: str, error: json.JSONDecodeError) -> JSONProblem:
    place, rest, before = error.pos, text[error.pos :], text[: error.pos].rstrip()
    if "delimiter" in error.msg:
        return _missing_sign(text, place, before, error.msg)
    if "trailing comma" in error.msg or (rest[:1] in ("}", "]") and before.endswith(",")):
        # Python 3.13 points at the comma, older ones at the bracket after it.
        comma = place if rest.startswith(",") else len(before) - 1
        return _at(text, comma, "one comma too many: nothing follows it.")
    if rest.startswith("'"):
        return _at(text, place, "JSON wants double quotes, not single ones.")
    if word := re.match(r"(True|False|None)\b", rest):
        right = {"True": "true", "False": "false", "None": "null"}[word[1]]
        return _at(text, place, f"JSON writes {right}, not {word[1]}.")
    for start, message in _MESSAGES.items():
        if error.msg.startswith(start):
            return _at(text, place, message)
    return _at(text, place, f"{error.msg[0].lower()}{error.msg[1:]}.")


_MESSAGES = {
    "Expecting property name": "expected a key in double quotes.",
    "Expecting value": "expected a value: a text in double quotes, a number, true, false, null, [ or {.",
    "Extra data": "the input ended before this. Only one JSON value can be given.",
    "Unterminated string": "this text has no closing double quote.",
    "Invalid control character": "a text cannot go over a line's end. Write \\n for a new line.",
    "Invalid \\": "a backslash must be doubled: \\\\.",
}


def _missing_sign(text: str, place: int, before: str, message: str) -> JSONProblem:
    if "':'" in message:
        return _at(text, place, "expected ':' between the key and its value.")
    # What is missing belongs behind the value before it, often at the end of the line above.
    closing = "}" if _innermost_bracket(before) == "{" else "]"
    return _at(text, len(before), f"expected ',' or '{closing}' here.")


def _innermost_bracket(text: str) -> str:
    """The bracket that is still open at the end of a text that is JSON so far."""
    open_brackets: list[str] = []
    for sign in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if sign in "[{":
            open_brackets.append(sign)
        elif sign in "]}":
            open_brackets.pop()
    return open_brackets[-1] if open_brackets else "{"


def _at(text: str, place: int, message: str) -> JSONProblem:
    line_start = text.rfind("\n", 0, place) + 1
    return JSONProblem(text.count("\n", 0, place) + 1, place - line_start + 1, message)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
