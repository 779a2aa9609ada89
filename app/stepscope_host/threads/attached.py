"""A saver for graphs that were compiled without one, so that their questions can be answered and they go on.

It is given to the copy that runs, never to the user's own graph. What the saver's format has no form for (a
socket, a lambda, a class of a module that is gone) is kept as the object it is, as long as this process
lives: a run never fails because it is saved.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from typing import Any

from stepscope_host.showing.classes import type_name
from stepscope_host.threads.store import Store

MOST_KEPT = 5_000
"""Objects without a form of their own that are kept; the oldest go first."""


def saver(store: Store) -> Any:
    """A saver over a store; None where langgraph-checkpoint is not installed."""
    try:
        from langgraph.checkpoint.serde.jsonplus import (  # type: ignore[import-not-found,unused-ignore]
            JsonPlusSerializer,
        )

        from stepscope_host.threads.saver import KeepingSaver
    except ImportError:
        return None
    return KeepingSaver(store, Tolerant(_trusting(JsonPlusSerializer)))


def for_async_runs(own: Any) -> Any:
    """A saver to put in place of the graph's own, which has only sync methods; None when it needs none."""
    try:
        from stepscope_host.threads.saver_in_threads import SaverInThreads
    except ImportError:
        return None
    return SaverInThreads(own) if SaverInThreads.is_needed_for(own) else None


class LostValue:
    """Stands for an object that could not be saved and ended with the process that had it."""

    def __init__(self, kind: str, token: bytes) -> None:
        self.kind = kind
        self._token = token

    @property
    def token(self) -> bytes:
        return self._token

    def __repr__(self) -> str:
        return f"<lost: this {self.kind} could not be saved, and ended with its process>"


class Tolerant:
    """A serializer as langgraph-checkpoint wants it: `serde`'s way, and by reference where that has none."""

    def __init__(self, serde: Any) -> None:
        self._serde = serde
        self._kept: dict[bytes, Any] = {}  # the oldest first

    def dumps_typed(self, value: Any) -> tuple[str, bytes]:
        if isinstance(value, LostValue):
            return "kept", value.token
        try:
            kind, data = self._serde.dumps_typed(value)
            return str(kind), bytes(data)
        except Exception:  # whatever an object of the user's answers to being saved
            token = json.dumps([uuid.uuid4().hex, type_name(value)]).encode()
            self._kept[token] = value
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return "kept", token

    def loads_typed(self, typed: tuple[str, bytes]) -> Any:
        kind, data = typed
        if kind != "kept":
            with _quietly():
                return self._serde.loads_typed(typed)
        return self._kept[data] if data in self._kept else LostValue(json.loads(data)[1], data)


class _OfOurs(logging.Filter):
    """Says nothing of classes that come back from what this program has saved itself."""

    reading = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(self.reading, "is_ours", False) or "unregistered type" not in str(record.msg)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    _OfOurs.reading.is_ours = True
    try:
        yield
    finally:
        _OfOurs.reading.is_ours = False


def _trusting(serializer: Any) -> Any:
    """The values are the user's own: no warning is due when they come back as the user's classes."""
    noisy = logging.getLogger(serializer.__module__)
    if not any(isinstance(known, _OfOurs) for known in noisy.filters):
        noisy.addFilter(_OfOurs())
    try:
        return serializer(allowed_msgpack_modules=True)
    except TypeError:  # an older one, which does not ask
        return serializer()
