"""A saver for graphs that were compiled without one, so that their questions can be answered and they go on.

It is given to the copy that runs, never to the user's own graph. What the saver's format has no form for (a
socket, a lambda, a class of a module that is gone) is kept as the object it is: a run never fails because it
is saved.
"""

from __future__ import annotations

import itertools
from typing import Any


def saver() -> Any:
    """A saver in this process's memory; None where langgraph-checkpoint is not installed."""
    try:
        from langgraph.checkpoint.memory import InMemorySaver  # type: ignore[import-not-found,unused-ignore]
        from langgraph.checkpoint.serde.jsonplus import (  # type: ignore[import-not-found,unused-ignore]
            JsonPlusSerializer,
        )
    except ImportError:
        return None
    return InMemorySaver(serde=Tolerant(_trusting(JsonPlusSerializer)))


class Tolerant:
    """A serializer as langgraph-checkpoint wants it: `serde`'s way, and by reference where that has none."""

    def __init__(self, serde: Any) -> None:
        self._serde = serde
        self._kept: dict[bytes, Any] = {}
        self._numbers = itertools.count()

    def dumps_typed(self, value: Any) -> tuple[str, bytes]:
        try:
            kind, data = self._serde.dumps_typed(value)
            return str(kind), bytes(data)
        except Exception:  # whatever an object of the user's answers to being saved
            number = str(next(self._numbers)).encode()
            self._kept[number] = value
            return "kept", number

    def loads_typed(self, typed: tuple[str, bytes]) -> Any:
        kind, data = typed
        return self._kept[data] if kind == "kept" else self._serde.loads_typed(typed)


def _trusting(serializer: Any) -> Any:
    """The values are this process's own: no warning is due when they come back as the user's classes."""
    try:
        return serializer(allowed_msgpack_modules=True)
    except TypeError:  # an older one, which does not ask
        return serializer()
