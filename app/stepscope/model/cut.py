"""Plain values of which something was cut: how much it is, by what name it can be had, and how it fits on."""

from __future__ import annotations

from stepscope.model.events import Plain

_UNSEEN = {"$handle"}


def rest(value: Plain) -> str:
    """What was cut, in words: ``… 49,980,000 more characters``; empty when the value is whole."""
    if not isinstance(value, dict) or "$type" not in value:
        return ""
    if "$size" not in value:
        return "… more" if "$handle" in value else ""
    size = value["$size"]
    if "$entries" in value:
        return f"… {size - len(value['$entries']):,} more keys"
    if "$items" in value:
        return f"… {size - len(value['$items']):,} more items"
    if "$fields" in value:
        return f"… {size:,} {'rows' if 'columns' in value['$fields'] else 'elements'} in all"
    if value["$type"] == "int":
        return f"… {size:,} bits in all"
    if _is_bytes(value):  # one may be written by one character or by four
        return f"… {size:,} bytes in all"
    return f"… {size - len(value.get('$text', '')):,} more characters"


def handle(value: Plain) -> str:
    """The name by which more of what was cut can be asked for; empty when there is none."""
    return str(value.get("$handle", "")) if isinstance(value, dict) and "$type" in value else ""


def joined(cut: Plain, more: Plain) -> Plain:
    """A value that was cut, together with what its handle brought."""
    if "$text" in cut and isinstance(told := _continued(cut, more), str):
        return told if cut["$type"] == "str" and not handle(more) else _grown(cut, more, {"$text": told})
    for parts in ("$items", "$entries"):
        if cut.get(parts) and isinstance(more, dict) and parts in more:
            return _as_json_has_it(_grown(cut, more, {parts: cut[parts] + more[parts]}))
    return more  # all of a part that was left out, or an array with its elements


def same(value: Plain, other: Plain) -> bool:
    """True for two values that look the same, by whatever handles more of them can be had."""
    if type(value) is type(other) and value == other:
        return True  # a hundred times faster than what follows, which matters for large values
    pairs = [(value, other)]
    while pairs:
        left, right = pairs.pop()
        if left is right:
            continue
        if type(left) is not type(right):
            return False
        if isinstance(left, list):
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif isinstance(left, dict):
            names = left.keys() - _UNSEEN if "$type" in left else left.keys()
            if names != (right.keys() - _UNSEEN if "$type" in right else right.keys()):
                return False
            pairs.extend((left[name], right[name]) for name in names)
        elif left != right:
            return False
    return True


def _continued(cut: dict[str, Plain], more: Plain) -> str | None:
    """The text of both, when one follows the other."""
    if isinstance(more, str):
        return str(cut["$text"]) + more
    if isinstance(more, dict) and more.get("$type") == "str":
        return str(cut["$text"]) + str(more["$text"])
    if _is_bytes(cut) and _is_bytes(more):
        return str(cut["$text"])[:-1] + str(more["$text"])[2:]
    return None


def _grown(cut: dict[str, Plain], more: Plain, parts: dict[str, Plain]) -> dict[str, Plain]:
    """What was cut with more parts; how much the whole has, and how to get it, as was told last."""
    ends = {key: more[key] for key in ("$size", "$handle") if handle(more) and key in more}
    return {"$type": cut["$type"], **parts, **ends}


def _as_json_has_it(value: dict[str, Plain]) -> Plain:
    if "$size" in value:
        return value
    if value["$type"] == "list":
        return value["$items"]
    if value["$type"] == "dict" and all(
        isinstance(key, str) and key != "$type" for key, _ in value["$entries"]
    ):
        return dict(value["$entries"])
    return value


def _is_bytes(value: Plain) -> bool:
    return isinstance(value, dict) and str(value.get("$text", "")).startswith("b'")
