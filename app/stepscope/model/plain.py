"""What a person sees of a plain value: the name of its type, its text in a line, its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from stepscope.model.cut import handle, rest
from stepscope.model.events import Plain

NESTED_ROOM = 48
"""Characters that a container inside another may take in a line before it is folded to ``[…3]``."""

_json = json.JSONEncoder(ensure_ascii=False).encode
_SHORT_STRING = 24
_LONG_STRING = 80
_FEW = 16
_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
_DEEPEST = 100
"""Levels of a value that are written out; the recursion is Python's own."""

_BRACKETS = {"list": "[]", "tuple": "()", "set": "{}", "frozenset": "{}"}


def type_name(value: Plain) -> str:
    """``str``, ``list``, ``HumanMessage``."""
    if value is None:
        return "None"
    if isinstance(value, dict) and "$type" in value:
        return str(value["$type"])
    return type(value).__name__


def has_parts(value: Plain) -> bool:
    """True when `parts` would not be empty."""
    if isinstance(value, dict) and "$type" in value:
        return bool(value.get("$fields") or value.get("$items") or value.get("$entries"))
    return isinstance(value, list | dict) and bool(value)


def parts(value: Plain, start: int = 0) -> list[tuple[str, Plain]]:
    """The values inside from a place on, each with its key as text; none for what has no parts."""
    return list(_parts(value, start))


def count(value: Plain) -> int:
    """How many parts the whole value has, those that were cut included."""
    if isinstance(value, dict) and "$type" in value:
        inside = value.get("$fields") or value.get("$items") or value.get("$entries") or ()
        return int(value.get("$size", len(inside)))
    return len(value) if isinstance(value, list | dict) else 0


def string(value: Plain) -> str | None:
    """The characters of a string, as far as they are here; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.get("$type") == "str":
        return str(value.get("$text", ""))
    return None


def spoken(value: Plain) -> str | None:
    """The text that tells a value: a string's characters, an object's repr; None for what has parts."""
    said = string(value)
    if said is None and isinstance(value, dict) and "$type" in value and "$text" in value:
        said = str(value["$text"])
    return None if said == "…" and handle(value) else said


def summary(value: Plain, room: int = 200) -> str:
    """The value in a few words, for a row that can be opened: ``3 items``, ``"solar storms"``."""
    if isinstance(value, dict) and "$fields" in value and "$type" in value:
        said = string(value["$fields"].get("content"))
        return _quoted(said, room) if said and not value["$fields"].get("tool_calls") else line(value, room)
    if isinstance(value, list):
        are_messages = bool(value) and all(type_name(item).endswith("Message") for item in value)
        return _counted(len(value), "message" if are_messages else "item")
    if isinstance(value, dict):
        if "$items" in value and "$type" in value:
            return _counted(count(value), "item")
        if "$entries" in value or "$type" not in value:
            return _counted(count(value), "key")
    return line(value, room)


def line(value: Plain, room: int = 200) -> str:
    """The value as one line of at most about `room` characters, JSON where JSON has a word for it.

    >>> line({"notes": ["a longer note", "another long note", "and more"], "score": 0.71})
    '{"notes": […3], "score": 0.71}'
    """
    if type(value) is dict and len(value) <= _FEW and _is_simple(value):
        simple = _json(value)
        if len(simple) <= room:
            return simple if simple.isprintable() else simple.translate(_BREAKS)
    return _line(value, room).translate(_BREAKS)


def text(value: Plain) -> str:
    """The whole value over several lines, for the clipboard: JSON, marks written as what they mean."""
    return _written(value, "", _DEEPEST)


def _line(value: Plain, room: int) -> str:
    opening, closing = _brackets(value)
    if not opening or not has_parts(value):
        return _leaf(value, room)
    shown: list[str] = []
    used = 0
    for label, part in _labelled(value):
        text = label + _nested(part)
        if shown and used + len(text) > room:
            shown.append("…")
            break
        shown.append(text)
        used += len(text) + 2
    else:
        if rest(value):
            shown.append("…")
    return opening + ", ".join(shown) + closing


def _is_simple(value: dict[str, Plain]) -> bool:
    """True for what most updates and custom data are: JSON writes it as `_line` would, ten times faster."""
    for key, part in value.items():
        kind = type(part)
        if kind is str:
            if len(part) > _LONG_STRING:
                return False
        elif kind is not int and kind is not float and kind is not bool and part is not None:
            return False
        if len(key) > NESTED_ROOM or key == "$type":
            return False
    return True


def _parts(value: Plain, start: int = 0) -> Iterator[tuple[str, Plain]]:
    if isinstance(value, list):
        yield from ((str(place), item) for place, item in enumerate(value[start:], start))
    elif not isinstance(value, dict):
        return
    elif "$type" not in value:
        yield from islice(value.items(), start, None)
    elif "$fields" in value:
        yield from islice(value["$fields"].items(), start, None)
    elif "$items" in value:
        yield from _parts(value["$items"], start)
    elif "$entries" in value:
        # Where all keys are strings they need no quotes, as in a dictionary that is whole.
        are_strings = all(isinstance(key, str) for key, _ in value["$entries"])
        yield from (
            (key if are_strings else line(key, NESTED_ROOM), item) for key, item in value["$entries"][start:]
        )


def _counted(number: int, noun: str) -> str:
    if number == 0:
        return "empty"
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _quoted(value: str, room: int) -> str:
    cut = value if len(value) <= room else value[: room - 1] + "…"
    return _json(cut)


def _leaf(value: Plain, room: int) -> str:
    said = string(value)
    if said is not None:
        return _quoted(said, room)
    if not isinstance(value, dict | list):
        return json.dumps(value) if isinstance(value, bool | None) else str(value)
    if isinstance(value, list):
        return "[]"
    if "$type" not in value:
        return "{}"
    if value.get("$cycle"):
        return f"{value['$type']} that contains itself"
    if "$text" in value:
        told = " ".join(str(value["$text"]).split())
        return told if len(told) <= room else told[: room - 1] + "…"
    opening, closing = _brackets(value)
    size = count(value)
    return f"{opening}…{size:,}{closing}" if size else opening + closing


def _brackets(value: Plain) -> tuple[str, str]:
    """What a container's line begins and ends with; empty texts for what is none."""
    if isinstance(value, list):
        return "[", "]"
    if not isinstance(value, dict):
        return "", ""
    if "$type" not in value:
        return "{", "}"
    name = str(value["$type"])
    if "$fields" in value:
        return f"{name}(", ")"
    if "$items" in value:
        pair = _BRACKETS.get(name)
        return (pair[0], pair[1]) if pair else (f"{name}[", "]")
    if "$entries" in value:
        return ("{", "}") if name == "dict" else (f"{name}{{", "}")
    return "", ""


def _labelled(value: Plain) -> Iterable[tuple[str, Plain]]:
    """The parts with what stands before each in a line: ``"key": ``, ``name=`` or nothing."""
    if isinstance(value, dict) and "$fields" in value and "$type" in value:
        fields = value["$fields"]
        if type_name(value).endswith(("Message", "MessageChunk")) and "content" in fields:
            # What a message says and calls is what it is; its ids would only hide that.
            calls = [("", call) for call in _calls(fields.get("tool_calls"))]
            return calls if calls and fields["content"] in ("", []) else [("", fields["content"]), *calls]
        return ((f"{name[:NESTED_ROOM]}=", part) for name, part in fields.items())
    if isinstance(value, list) or "$items" in value:
        return (("", part) for _, part in _parts(value))
    if "$entries" in value:
        return ((f"{line(key, NESTED_ROOM)}: ", part) for key, part in value["$entries"])
    return ((f"{_quoted(key, NESTED_ROOM)}: ", part) for key, part in value.items())


def _calls(calls: Plain) -> list[Plain]:
    """The calls of a message, each as what its line shows: ``add(a=2, b=3)``, ``search(…)``."""
    if not isinstance(calls, list):
        return []
    return [{"$type": "call", "$text": _call(call)} for call in calls if isinstance(call, dict)]


def _call(call: dict[str, Plain]) -> str:
    name, args = call.get("name"), call.get("args")
    if not isinstance(args, dict) or not args or "$type" in args:
        return f"{name}()" if args == {} else f"{name}(…)"
    return _fitting({"$type": name, "$fields": args}, _SHORT_STRING) or f"{name}(…)"


def _nested(value: Plain) -> str:
    if not has_parts(value):
        return _leaf(value, _LONG_STRING)
    whole = _fitting(value, NESTED_ROOM)
    if whole is not None:
        return whole
    opening, closing = _brackets(value)
    return f"{opening}…{count(value):,}{closing}" if not opening.endswith("(") else f"{opening}…{closing}"


def _fitting(value: Plain, room: int) -> str | None:
    """A whole container in `room` characters, or None when it needs more."""
    if room < 0:
        return None
    if not has_parts(value):
        return _leaf(value, _SHORT_STRING)
    opening, closing = _brackets(value)
    shown: list[str] = []
    left = room - len(opening) - len(closing)
    # More parts than characters cannot fit: look at no more than that.
    for label, part in islice(_labelled(value), room):
        inner = _fitting(part, left - len(label))
        if inner is None:
            return None
        shown.append(label + inner)
        left -= len(shown[-1]) + 2
        if left < -2:
            return None
    return None if rest(value) else opening + ", ".join(shown) + closing


def _written(value: Plain, margin: str, levels: int) -> str:
    """JSON over several lines, twice as fast as `json.dumps` writes it with an indent."""
    if not isinstance(value, list | dict):
        return _json(value)
    if levels == 0:
        return _json(_line(value, NESTED_ROOM))
    inner = margin + "  "
    is_marked = isinstance(value, dict) and "$type" in value
    more = rest(value)
    said = spoken(value) if is_marked else None
    if said is not None:
        return _json(said + more)
    if isinstance(value, list) or (is_marked and "$items" in value):
        items = value if isinstance(value, list) else value["$items"]
        lines = [_written(item, inner, levels - 1) for item in items]
        return _enclosed("[", lines + [_json(more)] * bool(more), "]", margin)
    if is_marked and not has_parts(value):
        return _json(line(value, 10_000))
    parts = dict(_parts(value))
    if is_marked and "$fields" in value:
        parts = {"type": type_name(value), **parts}
    if more:
        parts["…"] = more
    lines = [f"{_json(key)}: {_written(part, inner, levels - 1)}" for key, part in parts.items()]
    return _enclosed("{", lines, "}", margin)


def _enclosed(opening: str, lines: list[str], closing: str, margin: str) -> str:
    if not lines:
        return opening + closing
    inner = f"\n{margin}  "
    return opening + inner + f",{inner}".join(lines) + f"\n{margin}{closing}"
