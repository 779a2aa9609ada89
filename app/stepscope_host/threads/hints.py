"""What the annotations of a graph say: of each key of its state, and of what its nodes read."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

from stepscope_host.threads import typed


def of_keys(graph: Any) -> dict[str, Any]:
    """What may stand under each key; where several classes name one, the state's own has the last word."""
    builder = getattr(graph, "builder", None)
    found: dict[str, Any] = {}
    for declared in (*_read_by_nodes(builder), *_declared(builder)):
        try:
            found |= typing.get_type_hints(declared, include_extras=True)
        except Exception:  # an annotation that cannot be resolved
            continue
    return {key: typed.bare(hint) for key, hint in found.items()}


def of_input(graph: Any, node: str) -> Any:
    """The class that a node reads its input as; None when that is not known."""
    nodes = getattr(getattr(graph, "builder", None), "nodes", None) or {}
    declared = getattr(nodes.get(node), "input_schema", None)
    return getattr(declared, "source", declared)  # stepgraph keeps the class with what it has read of it


def of_write(hint: Any) -> tuple[Any, bool]:
    """What a node may write under a key, and whether that is sure: a reducer may take anything."""
    *_, last = getattr(hint, "__metadata__", ()) or (None,)
    if not callable(last) or typed.adds_messages(hint):
        return hint, True
    if getattr(last, "__module__", "") in ("_operator", "operator"):
        return hint, True
    try:
        _, second, *_ = inspect.signature(last).parameters
        return typing.get_type_hints(last, include_extras=True)[second], True
    except Exception:  # whatever was given for one: a class, a lambda
        return hint, False


def _declared(builder: Any) -> Iterator[Any]:
    for name in ("input_schema", "output_schema", "state_schema"):
        yield getattr(builder, name, None)


def _read_by_nodes(builder: Any) -> Iterator[Any]:
    for spec in (getattr(builder, "nodes", None) or {}).values():
        declared = getattr(spec, "input_schema", None)
        yield getattr(declared, "source", declared)
