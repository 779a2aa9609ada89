"""Runs graphs, superstep by superstep. Read `loop` first, then `superstep`."""

from __future__ import annotations

from typing import Any

from stepgraph.errors import NotSupportedYet

__all__ = ["Pregel"]


class Pregel:
    """What every graph that runs is: `isinstance(graph, Pregel)`. Made by `StateGraph.compile()` alone."""

    def __init__(self, *nodes: Any, **options: Any) -> None:
        raise NotSupportedYet("A graph put together from channels, Pregel(...),", "Build a StateGraph.")
