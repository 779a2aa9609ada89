"""Chunks made comparable: ids and times replaced, engines' own objects turned into plain data."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
VERSION = re.compile(r"\b(\d{32})\.\d+(?:\.\d+)?(?:e-\d+)?\b")
"""A channel's version as savers count it: a number, and a random part that keeps forks apart."""
TIMES = {"timestamp", "created_at", "ts"}
OWN_ERROR = re.compile(
    r"\b(InvalidUpdateError|GraphRecursionError|EmptyInputError|UnknownNode)\(.*", re.DOTALL
)
USER_MODULES = ("tests.", "example", "pydantic")


class Scrubber:
    """Scrubs the values of one run. The same id becomes the same placeholder wherever it appears in it.

    Where chunks come in any order, numbers would tell the order: `Scrubber(numbered=False)` gives none.
    Namespaces of the nodes `own` lose their task's id.
    """

    def __init__(self, numbered: bool = True, own: Sequence[str] = ()) -> None:
        self._numbered = numbered
        self._own = re.compile(rf"\b({'|'.join(own)}):{ID.pattern}") if own else None
        self._placeholders: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float() | bytes():
                return value
            case str():
                if self._own is not None:
                    value = self._own.sub(r"\1", value)
                return ID.sub(self._placeholder, VERSION.sub(_version, value))
            case dict():
                if "langgraph_step" in value:
                    # Metadata is looked up by key, and the order of its keys is langchain-core's affair.
                    value = dict(sorted(value.items()))
                if "thread_id" in value:
                    kept = {
                        key: entry for key, entry in value.items() if not str(key).startswith("__pregel_")
                    }
                    value = dict(sorted(kept.items()))
                return {self(key): self._entry(key, entry) for key, entry in value.items()}
            case tuple() if hasattr(value, "_fields"):
                return (type(value).__name__, self(value._asdict()))
            case tuple() | list():
                return (
                    type(value)(self(item) for item in value)
                    if type(value) in (tuple, list)
                    else (
                        type(value).__name__,
                        *(self(item) for item in value),
                    )
                )
            case set() | frozenset():
                return {self(item) for item in value}
            case BaseMessage() | BaseModel():
                return (type(value).__name__, self(dict(value)))
            case BaseException():
                return self.error(value)
            case type():
                return f"class {value.__name__}"
        if type(value).__name__ == "Send":
            return ("Send", value.node, self(value.arg))
        if dataclasses.is_dataclass(value):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return (type(value).__name__, self(fields))
        if callable(value):
            return "a callable"
        return (type(value).__name__, self(repr(value)))

    def error(self, error: BaseException) -> tuple[Any, ...]:
        """An exception as plain data.

        What an engine says in its own errors is its own affair: only their type is kept. What the user's
        code raised is kept whole, with the notes that the engine added.
        """
        if not _raised_by_user(error):
            return (type(error).__name__,)
        # Before Python 3.11 exceptions have no notes, whatever an engine may do about that.
        notes = self(getattr(error, "__notes__", [])) if sys.version_info >= (3, 11) else []
        return (type(error).__name__, self(str(error)), notes)

    def _entry(self, key: Any, entry: Any) -> Any:
        if key in TIMES and isinstance(entry, str) and datetime.fromisoformat(entry).tzinfo:
            return "a time"
        if key == "error" and isinstance(entry, str):
            # An error that went through a saver is a text.
            return self(OWN_ERROR.sub(r"\1", entry))
        return self(entry)

    def _placeholder(self, found: re.Match[str]) -> str:
        known = self._placeholders
        if not self._numbered:
            return "<id>"
        return known.setdefault(found.group(), f"<id {len(known) + 1}>")


def _version(found: re.Match[str]) -> str:
    return f"<version {int(found.group(1))}>"


def _raised_by_user(error: BaseException) -> bool:
    """Whether the innermost frame is a test's, an example's, or one of a model that validates its input."""
    module = ""
    traceback = error.__traceback__
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        traceback = traceback.tb_next
    return module.startswith(USER_MODULES)
