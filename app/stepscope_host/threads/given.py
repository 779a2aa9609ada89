"""What a person gives a task in place of its input or its output: as JSON, made into the graph's own types.

The input that the task has tells more than annotations do: what is sent to a node may be anything. So a key's
annotation counts only where the value that is there fits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepscope_host import inputs
from stepscope_host.failures import did_you_mean
from stepscope_host.loading.finding import subgraph_at
from stepscope_host.threads import commanded, hints, typed
from stepscope_host.threads.reconciling import ABSENT, as_edited, parts_of, reconciled
from stepscope_host.threads.state_edit import ROOT, Edit

NO_OUTPUT = "What a node returns is an object with a value for each key that it writes, or null for nothing."


@dataclass(frozen=True)
class Place:
    """A node, and the graph that has it: None when that is called inside another node's code.

    That lies in the graph `around` it, at last in the `root`.
    """

    graph: Any
    node: str
    root: Any = None
    around: Any = None

    @staticmethod
    def at(root: Any, path: tuple[str, ...]) -> Place:
        """The node at a path into a graph and its subgraphs."""
        *outer, name = path
        around = subgraph_at(root, outer[:-1]) if outer else None
        return Place(subgraph_at(root, outer), name, root, around)

    @property
    def has_root(self) -> bool:
        """True in a graph whose state is one value and has no keys."""
        return ROOT in (getattr(self.graph, "channels", None) or {})


def output_to_edit(place: Place) -> dict[str, Any]:
    """What a person needs to give an output: a value to begin with, a schema, and where it can go.

    What is `followed` comes after the node wherever it goes.
    """
    schema = inputs.state_schema(place.graph)
    others = set(inputs.state_keys(place.graph)) - set(schema.get("properties") or ())
    if others and schema:
        schema["additionalProperties"] = True  # keys that only nodes know of
    return {
        "values": None if place.has_root or not schema else {},
        "schema": schema,
        "nodes": [] if place.graph is None else commanded.node_names(place.graph),
        "followed": commanded.followed(place.graph, place.node),
    }


def input_to_edit(place: Place, input: Any) -> dict[str, Any]:
    """What a person needs to give another input: the one that the task has, and its schema."""
    declared = hints.of_input(place.graph, place.node)
    parts = input if isinstance(input, Mapping) else parts_of(input)
    schema = {} if declared is None or parts is None else inputs.schema_of(declared)
    known = schema.get("properties") or {}
    return {"values": as_edited(input), "schema": schema if set(parts or ()) <= set(known) else {}}


def output(place: Place, given: Any) -> Edit:
    """What the node is to have returned: an update, or a Command (see `commanded`)."""
    edit, known = Edit(), inputs.state_keys(place.graph)
    if commanded.is_given(given, known):
        graphs = place.root, place.graph, place.around
        return commanded.made(
            given[commanded.COMMAND], *graphs, lambda graph, update: output(Place(graph, place.node), update)
        )
    if given is None:
        return edit
    if place.has_root or not known:
        declared = getattr(getattr(place.graph, "builder", None), "state_schema", Any)
        edit.update = _write(edit, [], declared if place.has_root else Any, given)
    elif not isinstance(given, dict):
        edit.refuse([], NO_OUTPUT)
    else:
        told, edit.update = hints.of_keys(place.graph), {}
        for key, value in given.items():
            if key not in known:
                edit.refuse([key], f"The state has no key {key!r}.{did_you_mean(key, known)}")
            else:
                edit.update[key] = _write(edit, [key], told.get(key, Any), value)
        _check_fields(place.graph, edit)
    return edit


def input(place: Place, given: Any, before: Any) -> Edit:
    """What the node is to be called with, in place of `before`."""
    if not isinstance(before, Mapping):
        kind = type(before) if parts_of(before) is not None else Any
        edit = Edit()
        edit.update = _made(edit, [], kind, before, given)
        return edit
    edit, known = Edit(update={}), inputs.state_keys(place.graph)
    if not isinstance(given, dict):
        edit.refuse([], "This task's input is an object: give one.")
        return edit
    told = hints.of_keys(place.graph)
    is_state = bool(known) and all(key in known for key in before)
    for key, value in given.items():
        if is_state and key not in known:
            edit.refuse([key], f"The state has no key {key!r}.{did_you_mean(key, known)}")
            continue
        was = before.get(key, ABSENT)
        hint = told.get(key, Any) if is_state and (was is ABSENT or _fits(told.get(key), was)) else Any
        edit.update[key] = _made(edit, [key], hint, was, value)
    return edit


def _write(edit: Edit, path: list[Any], hint: Any, value: Any) -> Any:
    """One value as the key's reducer takes it."""
    if typed.adds_messages(hint) and not isinstance(value, list):
        value = [value]
    taken, is_sure = hints.of_write(hint)
    if not is_sure and not _fits(taken, value):
        taken = Any
    return _made(edit, path, taken, ABSENT, value)


def _made(edit: Edit, path: list[Any], hint: Any, was: Any, value: Any) -> Any:
    shown = ABSENT if was is ABSENT else as_edited(was)
    try:
        return typed.made(hint, reconciled(was, shown, value))
    except typed.Problem as problem:
        for place, words in problem.found:
            edit.refuse([*path, *place], words)


def _fits(hint: Any, value: Any) -> bool:
    try:
        typed.made(Any if hint is None else hint, value)
    except typed.Problem:
        return False
    return True


def _check_fields(graph: Any, edit: Edit) -> None:
    """The rules that a pydantic state has for single fields, which its annotations alone do not tell.

    Those for several of them together can only be asked when all that the superstep writes is there.
    """
    model = getattr(getattr(graph, "builder", None), "state_schema", None)
    if edit.errors or not hasattr(model, "model_validate"):
        return
    try:
        typed.made(model, edit.update)
    except typed.Problem as problem:
        told = hints.of_keys(graph)
        for path, words in problem.found:
            if path and path[0] in edit.update and hints.of_write(told[path[0]])[0] is told[path[0]]:
                edit.refuse(list(path), words)
