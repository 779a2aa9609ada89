"""What differs between two values: by key, by id where the items of a list have one, else by place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from stepscope_host.threads.reconciling import ABSENT, as_edited, same

Path = tuple[str, ...]
Difference = tuple[Path, Any, Any]
"""Where, what was there and what is; ABSENT where nothing is."""


def differences(was: Any, now: Any) -> Iterator[Difference]:
    """All that differs, as JSON, at the deepest place that tells it."""
    yield from _between((), as_edited(was), as_edited(now))


def _between(path: Path, was: Any, now: Any) -> Iterator[Difference]:
    if was is not ABSENT and now is not ABSENT:
        if same(was, now):
            return
        if isinstance(was, dict) and isinstance(now, dict):
            for key in dict.fromkeys((*was, *now)):
                yield from _between((*path, key), was.get(key, ABSENT), now.get(key, ABSENT))
            return
        if isinstance(was, list) and isinstance(now, list):
            yield from _between_lists(path, was, now)
            return
    yield path, was, now


def _between_lists(path: Path, was: list[Any], now: list[Any]) -> Iterator[Difference]:
    if _have_ids(was) and _have_ids(now):
        before, after = ({item["id"]: item for item in items} for items in (was, now))
        for id in dict.fromkeys((*before, *after)):
            item = after.get(id, before.get(id))
            yield from _between((*path, _name(item)), before.get(id, ABSENT), after.get(id, ABSENT))
        if [*filter(after.__contains__, before)] == [*filter(before.__contains__, after)]:
            return
        yield (*path, "order"), list(before), list(after)
        return
    start = next((n for n, (one, two) in enumerate(zip(was, now, strict=False)) if not same(one, two)), None)
    start = min(len(was), len(now)) if start is None else start
    end = 0
    while end < min(len(was), len(now)) - start and same(was[-1 - end], now[-1 - end]):
        end += 1
    gone, come = was[start : len(was) - end], now[start : len(now) - end]
    for place, (one, two) in enumerate(zip_longest(gone, come, fillvalue=ABSENT), start):
        yield from _between((*path, str(place)), one, two)


def _have_ids(items: list[Any]) -> bool:
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    return len(ids) == len(items) and all(isinstance(id, str) for id in ids) and len(set(ids)) == len(ids)


def _name(item: Any) -> str:
    """What stands for an item that has an id: for a message who speaks, too."""
    speaker = item.get("type")
    return f"{speaker} {item['id']}" if isinstance(speaker, str) else str(item["id"])
