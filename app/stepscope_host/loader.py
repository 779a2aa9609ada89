"""Targets: from ``file.py``, ``file.py:name`` or ``package.module:name`` to a compiled graph.

Loading a file behaves like ``python file.py``, except that its main block does not run: the file's
folder comes first on `sys.path`, and `sys.argv` is the file alone. Loading again executes it again,
together with the modules of its own folder that it imports.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host import finding, importing, targets
from stepscope_host.failures import LoadFailed, did_you_mean, failure, is_users
from stepscope_host.finding import is_builder, is_graph

Runner = Callable[[Coroutine[Any, Any, Any]], Any]
"""Runs a coroutine to its end and returns its result."""


@dataclass(frozen=True)
class Loaded:
    """A graph and where it came from. `target` names it again; `folder` holds the user's program."""

    graph: Any
    target: str
    path: str
    name: str
    choices: tuple[str, ...]
    folder: str
    module: ModuleType


class Loader:
    """Loads targets one after the other, and forgets the modules of the last one first.

    One is enough for a process, whose `sys.modules` and `sys.path` it tends.
    """

    def __init__(self) -> None:
        self._known_before: set[str] | None = None
        self._folder = ""
        self._package = ""
        self._path_entry: str | None = None

    def load(self, target: str, run: Runner) -> Loaded:
        """The graph a target names; `run` runs a function's coroutine if the function is async.

        Raises LoadFailed with what is wrong; its `choices` are set when several graphs were found.
        """
        place, name = targets.split(target)
        self._forget()
        if targets.is_path(place):
            path = targets.existing_file(place)
            folder = str(path.parent)
            self._begin(folder, importing.module_name(path))
            module = importing.execute(path, folder)
        else:
            folder = str(Path.cwd())
            self._begin(folder, place.partition(".")[0])
            module = importing.import_module(place, folder)
            path = Path(getattr(module, "__file__", None) or place)
        graph, name, choices = self._choose(module, name, path, run)
        where = str(path) if targets.is_path(place) else place
        return Loaded(graph, f"{where}:{name}", str(path), name, choices, folder, module)

    def _choose(
        self, module: ModuleType, wanted: str | None, path: Path, run: Runner
    ) -> tuple[Any, str, tuple[str, ...]]:
        found = finding.graphs(module)
        if wanted is None:
            candidates = finding.outermost(found)
            if not candidates:
                raise LoadFailed(_nothing_found(module, path))
            if len(candidates) > 1:
                raise LoadFailed(_several_found(path, candidates), tuple(found))
            wanted = next(iter(candidates))
        value = vars(module).get(wanted, _ABSENT)
        if value is _ABSENT:
            raise LoadFailed(_unknown_name(module, wanted, path, found), tuple(found))
        with importing.reported(str(path.parent)):
            graph = self._compiled(value, wanted, path, run)
        return graph, wanted, tuple(found) if wanted in found else (wanted, *found)

    def _compiled(self, value: Any, name: str, path: Path, run: Runner) -> Any:
        """The compiled graph behind a name: the graph itself, a builder's, or what a function returns."""
        if inspect.isroutine(value) and not is_graph(value):
            if not finding.takes_nothing(value):
                raise LoadFailed(
                    failure(
                        "TypeError",
                        f"{name!r} in {path.name} needs arguments.",
                        "Name a graph, or a function that returns one and can be called without arguments.",
                    )
                )
            value = value()
            if inspect.isawaitable(value):
                value = run(_awaited(value))
        if is_builder(value) and not is_graph(value):
            value = value.compile()
        if not is_graph(value):
            raise LoadFailed(
                failure(
                    "TypeError",
                    f"{name!r} in {path.name} is no graph but {_a(type(value).__name__)}.",
                    "Name a compiled graph, a StateGraph, or a function without arguments that returns one.",
                )
            )
        return value

    def _begin(self, folder: str, package: str) -> None:
        """Put the folder on the path, and remember what `_forget` has to drop before the next load."""
        self._known_before = set(sys.modules)
        self._folder, self._package = folder, package
        self._path_entry = folder
        sys.path.insert(0, folder)

    def _forget(self) -> None:
        """Drop the last target's own modules, so that they are read anew and meet no namesakes."""
        if self._known_before is None:
            return
        for name, module in list(sys.modules.items()):
            if name not in self._known_before and self._is_own(name, module):
                del sys.modules[name]
        if self._path_entry is not None:
            with contextlib.suppress(ValueError):
                sys.path.remove(self._path_entry)
        self._known_before = self._path_entry = None
        importlib.invalidate_caches()

    def _is_own(self, name: str, module: Any) -> bool:
        """True for a module of the program: of its package, or of its folder and not installed there."""
        if name.partition(".")[0] == self._package:
            return True
        try:
            places = [module.__file__] if getattr(module, "__file__", None) else list(module.__path__)
        except Exception:  # anything may stand in sys.modules
            return False
        return any(is_users(str(place)) and Path(place).is_relative_to(self._folder) for place in places)


_ABSENT = object()


def _nothing_found(module: ModuleType, path: Path) -> dict[str, Any]:
    names = [name for name in vars(module) if not name.startswith("_")]
    has = f"It has: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}." if names else "It is empty."
    return failure(
        "NoGraph",
        f"There is no graph in {path.name}.",
        "Looked at its top level for a compiled graph, a StateGraph, and a function without arguments called "
        f"graph or make_graph, or annotated to return one. {has}",
    )


def _several_found(path: Path, candidates: dict[str, Any]) -> dict[str, Any]:
    names = list(candidates)
    return failure(
        "SeveralGraphs",
        f"There are {len(names)} graphs in {path.name}: {', '.join(names)}.",
        f"Say which: {path.name}:{names[0]}",
    )


def _unknown_name(module: ModuleType, name: str, path: Path, found: dict[str, Any]) -> dict[str, Any]:
    graphs = f" Graphs in it: {', '.join(found)}." if found else ""
    hint = did_you_mean(name, found or vars(module)).strip()
    return failure("UnknownName", f"There is no {name!r} in {path.name}.", f"{hint}{graphs}".strip())


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


async def _awaited(value: Any) -> Any:
    return await value
