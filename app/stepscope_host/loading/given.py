"""A graph that is there already: no file is run to get it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host.loading.finding import is_builder, is_graph
from stepscope_host.loading.held import Runner
from stepscope_host.loading.loader import Loaded, Loader


class GivenGraph(Loader):
    """Loads one graph, whatever the target says.

    `path` is the file that built it, `name` what that calls it, `input` what to begin with, None for nothing.
    Raises TypeError when it is no graph.
    """

    def __init__(self, graph: Any, input: Any, path: str, name: str) -> None:
        super().__init__()
        if is_builder(graph) and not is_graph(graph):
            graph = graph.compile()
        if not is_graph(graph):
            raise TypeError(
                f"show() takes a compiled graph or a StateGraph, and this is of type {type(graph).__name__}."
            )
        module = ModuleType(name)
        if input is not None:
            module.inputs = input  # type: ignore[attr-defined]
        folder = str(Path(path).parent)
        self._given = Loaded(graph, f"{path}:{name}", path, name, (name,), folder, module)

    @property
    def target(self) -> str:
        return self._given.target

    def load(self, target: str, run: Runner) -> Loaded:
        return self._given
