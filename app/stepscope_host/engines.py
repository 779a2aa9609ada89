"""The engine that a graph was made with, as the graph's own module of it."""

from __future__ import annotations

import importlib
from typing import Any

ENGINES = ("langgraph", "stepgraph")


def types_of(graph: Any) -> Any:
    """The engine's module of types: its Command, its Send."""
    packages = (kind.__module__.partition(".")[0] for kind in type(graph).__mro__)
    return importlib.import_module(f"{next(name for name in packages if name in ENGINES)}.types")
