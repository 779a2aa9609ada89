"""Graphs that a node's code calls, as a tool may call an agent: the first call tells what they look like."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from stepscope_host import shape
from stepscope_host.loading.finding import subgraph_at

Path = tuple[str, ...]

MOST_AT_A_NODE = 16
"""Graphs that are looked at for one node: its code may make a new one for each call."""
DEEPEST = 8
"""How deep a called graph is told of: one that calls itself has no end."""


class CalledGraphs:
    """Those of one run. `tell("graph_called", path=..., topology=...)` is called on the run's loop."""

    def __init__(self, graph: Any, tell: Callable[..., None]) -> None:
        self._graph = graph
        self._tell = tell
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._seen: WeakKeyDictionary[Any, set[Path]] = WeakKeyDictionary()
        self._looked: Counter[Path] = Counter()
        self._shapes: dict[Path, list[dict[str, Any]]] = {}

    def hear(self, path: Path, graph: Any) -> None:
        """A node begins to run a graph, in whatever thread. One that the picture has already is not told."""
        with contextlib.suppress(Exception):  # an unusual graph: its tasks are told as ever
            paths = self._seen.setdefault(graph, set())
            if path in paths or self._looked[path] >= MOST_AT_A_NODE or len(path) > DEEPEST:
                return
            paths.add(path)
            self._looked[path] += 1
            # A subgraph that is a node has been in the picture from the start.
            if subgraph_at(self._graph, path) is None:
                self._tell_shape(path, shape.topology(graph)[0])

    def _tell_shape(self, path: Path, topology: dict[str, Any]) -> None:
        known = self._shapes.setdefault(path, [])
        if topology in known:
            return
        known.append(topology)
        tell = functools.partial(self._tell, "graph_called", path=list(path), topology=topology)
        if threading.get_ident() == self._thread:
            tell()
        else:
            self._loop.call_soon_threadsafe(tell)
