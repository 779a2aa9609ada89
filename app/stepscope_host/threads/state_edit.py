"""A state as a person edits it: as JSON, checked against the graph's own types, and made into them again."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepscope_host import inputs
from stepscope_host.failures import did_you_mean
from stepscope_host.threads import hints, typed
from stepscope_host.threads.reconciling import ABSENT, as_edited, parts_of, reconciled, same

START = "__start__"
ROOT = "__root__"
REMOVE_ALL = "__remove_all__"
"""The id of the message that takes all messages away, in LangGraph's words."""
_REDUCING = {"BinaryOperatorAggregate", "DeltaChannel"}


@dataclass
class Edit:
    """What to give to `update_state`, or what is wrong: ``{"path": [...], "message": words}`` each."""

    update: Any = None
    keys: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, path: list[Any], message: str) -> None:
        self.errors.append({"path": path, "message": message})

    @property
    def told(self) -> str:
        """What is wrong, in one line."""
        return " ".join(
            f"{'.'.join(map(str, each['path'])) or 'The value'}: {each['message'].rstrip('.')}."
            for each in self.errors
        )


def edited(graph: Any, values: Any, given: Any) -> Edit:
    """The update that makes a state of `values` into what is given as JSON; only what differs is in it."""
    if ROOT in (getattr(graph, "channels", None) or {}):
        return _of_root(graph, values, given)
    edit = Edit(update={})
    if not isinstance(given, dict):
        edit.refuse([], "A state is an object with a value for each key.")
        return edit
    known, told = inputs.state_keys(graph), hints.of_keys(graph)
    before = values if isinstance(values, Mapping) else parts_of(values) or {}
    for key, value in given.items():
        if key not in known:
            edit.refuse([key], f"The state has no key {key!r}.{did_you_mean(key, known)}")
            continue
        original = before.get(key, ABSENT)
        shown = ABSENT if original is ABSENT else as_edited(original)
        if shown is not ABSENT and same(shown, value):
            continue
        hint = told.get(key, Any)
        try:
            made = typed.made(hint, reconciled(original, shown, value))
        except typed.Problem as problem:
            for path, words in problem.found:
                edit.refuse([key, *path], words)
        else:
            edit.keys.append(key)
            edit.update[key] = made
    if not edit.errors:
        _check_whole(graph, before, edit)
    edit.update = {
        key: _in_place_of_all(graph, key, told.get(key, Any), made) for key, made in edit.update.items()
    }
    return edit


def _of_root(graph: Any, values: Any, given: Any) -> Edit:
    """A state that is one value and has no keys."""
    declared = getattr(getattr(graph, "builder", None), "state_schema", Any)
    edit, shown = Edit(update=values), as_edited(values)
    if not same(shown, given):
        try:
            made = typed.made(declared, reconciled(values, shown, given))
        except typed.Problem as problem:
            for path, words in problem.found:
                edit.refuse(list(path), words)
        else:
            edit.keys.append(ROOT)
            edit.update = _in_place_of_all(graph, ROOT, declared, made)
    return edit


def _check_whole(graph: Any, before: Mapping[str, Any], edit: Edit) -> None:
    """A state that is a pydantic model may have rules for its fields, and for several of them together."""
    model = getattr(getattr(graph, "builder", None), "state_schema", None)
    if hasattr(model, "model_validate"):
        try:
            typed.made(model, {**before, **edit.update})
        except typed.Problem as problem:
            for path, words in problem.found:
                if not path or path[0] in edit.keys:
                    edit.refuse(list(path), words)


def _in_place_of_all(graph: Any, key: str, hint: Any, value: Any) -> Any:
    """A write after which a key holds just this value, whatever its reducer does with others."""
    channel = (getattr(graph, "channels", None) or {}).get(key)
    if typed.adds_messages(hint) and isinstance(value, list):
        return [sys.modules["langchain_core.messages"].RemoveMessage(id=REMOVE_ALL), *value]
    if type(channel).__name__ in _REDUCING:
        package = type(channel).__module__.partition(".")[0]
        overwrite = getattr(importlib.import_module(f"{package}.types"), "Overwrite", None)
        return value if overwrite is None else overwrite(value)  # an older one adds it to what was there
    return value
