"""Chunks made comparable: ids and times replaced, engines' own objects turned into plain data."""

from __future__ import annotations

import dataclasses
import re
import sys
from datetime import datetime
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
USER_MODULES = ("tests.", "example", "pydantic")


class Scrubber:
    """Scrubs the values of one run. The same id becomes the same placeholder wherever it appears in it.

    Where chunks come in any order, numbers would tell the order: `Scrubber(numbered=False)` gives none.
    """

    def __init__(self, numbered: bool = True) -> None:
        self._numbered = numbered
        self._placeholders: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float() | bytes():
                return value
            case str():
                return ID.sub(self._placeholder, value)
            case dict():
                if "langgraph_step" in value:
                    # Metadata is looked up by key, and the order of its keys is langchain-core's affair.
                    value = dict(sorted(value.items()))
                return {self(key): self._entry(key, entry) for key, entry in value.items()}
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
        if key == "timestamp" and isinstance(entry, str) and datetime.fromisoformat(entry).tzinfo:
            return "a time"
        return self(entry)

    def _placeholder(self, found: re.Match[str]) -> str:
        known = self._placeholders
        if not self._numbered:
            return "<id>"
        return known.setdefault(found.group(), f"<id {len(known) + 1}>")


def _raised_by_user(error: BaseException) -> bool:
    """Whether the innermost frame is a test's, an example's, or one of a model that validates its input."""
    module = ""
    traceback = error.__traceback__
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        traceback = traceback.tb_next
    return module.startswith(USER_MODULES)
