"""Targets: from a file, a module or a project to a compiled graph.

Loading a file behaves like ``python file.py`` typed in its folder, except that its main block does not run:
the folder comes first on `sys.path`, and `sys.argv` is the file alone. A graph of a project behaves as under
`langgraph dev`: see `project`, `surroundings` and `persistence`. Loading again executes it again, together
with the modules of its own folders that it imports.

A file that is listed in the langgraph.json of its folder, or of one above, is opened as a part of that
project, for so it runs elsewhere: in the project's folder, with its env, dependencies and persistence. The
file keeps its own name and choices, and its neighbours are importable besides. All others are opened alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host.failures import LoadFailed, failure, files_of
from stepscope_host.loading import choosing, hints, importing, langgraph_json, surroundings, targets
from stepscope_host.loading.finding import is_builder, is_graph, value_of
from stepscope_host.loading.held import Runner
from stepscope_host.loading.making import Maker
from stepscope_host.loading.persistence import is_saver, persist
from stepscope_host.loading.programs import OpenProgram
from stepscope_host.loading.project import Project, Reference
from stepscope_host.loading.surroundings import Process, Surroundings


@dataclass(frozen=True)
class Loaded:
    """A graph and where it came from.

    `target` names it again; `folder` holds the user's program. `warnings` say in words what is not as it
    might be expected. `project` is the folder of the project that it runs as a part of, "" for a file or
    module by itself. `program` is what was brought into the process for it; a graph that was there has none.
    `saver_is_lent` when the graph came without one.
    """

    graph: Any
    target: str
    path: str
    name: str
    choices: tuple[str, ...]
    folder: str
    module: ModuleType
    warnings: tuple[str, ...] = ()
    project: str = ""
    program: OpenProgram | None = None
    saver_is_lent: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The files of the user's own code that were read so far: a node may import more of them."""
        return () if self.program is None else self.program.sources


class Loader:
    """Loads targets one after the other, and closes the program before when the next one is there.

    One is enough for a process, whose `sys.modules` and `sys.path` it tends. Only with `owns_process` it also
    tends the folder that the process stands in and its environment, which any other code in it would notice;
    both are given back with the next load. With `stays`, a file that is opened alone runs where the process
    stands, as a person in a shell expects.
    """

    def __init__(self, owns_process: bool = False, stays: bool = False) -> None:
        self._process = Process(owns_process)
        self._stays = stays
        self._program: OpenProgram | None = None
        self._loaded: Loaded | None = None

    def load(self, target: str, run: Runner) -> Loaded:
        """The graph a target names; `run` runs a function's coroutine if the function is async.

        Raises LoadFailed with what is wrong; its `choices` are set when several graphs were found. What was
        loaded before can still be run then.
        """
        before = self._program
        if before is not None:
            before.set_aside()
        loading = _Loading(self._process, self._stays, run)
        try:
            loaded = loading.load(target)
        except BaseException as error:
            if isinstance(error, LoadFailed):
                read = () if loading.program is None else loading.program.sources
                error.sources = tuple(dict.fromkeys((*read, *files_of(error))))
            if loading.program is not None:
                loading.program.held.close(run)
                loading.program.set_aside()
            if before is not None:
                before.take_up()
            raise
        self._program = loading.program
        partings = _partings(before, run) if before is not None else ()
        self._loaded = replace(loaded, warnings=(*loaded.warnings, *partings))
        return self._loaded

    def close(self, run: Runner, only: Loaded | None = None) -> tuple[str, ...]:
        """Let the program go, if it is the `only` one that is meant; says what it raised on the way."""
        if self._program is None or (only is not None and only is not self._loaded):
            return ()
        program, self._program, self._loaded = self._program, None, None
        words = _partings(program, run)
        program.set_aside()
        return words


class _Loading:
    """One load: `program` is what it has brought into the process so far."""

    def __init__(self, process: Process, stays: bool, run: Runner) -> None:
        self.program: OpenProgram | None = None
        self._process = process
        self._stays = stays
        self._run = run
        self._warnings: list[str] = []
        self._project = ""

    def load(self, target: str) -> Loaded:
        place, name = targets.split(target)
        if targets.is_project(place):
            return self._from_project(langgraph_json.read(targets.project_file(place)), name)
        if targets.is_path(place):
            return self._from_file(targets.existing_file(place), name)
        return self._from_module(place, name)

    def _from_file(self, path: Path, wanted: str | None) -> Loaded:
        around, warnings = langgraph_json.around(path)
        self._warnings += warnings
        if around is None:
            alone = surroundings.of_file(path)
            self._begin(replace(alone, working=None) if self._stays else alone)
        else:
            self._begin(surroundings.of_file_in_project(path, around), around)
        references = [entry.reference for entry in around.entries_of(path)] if around is not None else []
        names = [reference.place for reference in references if not reference.is_path]
        module = self._imported(names[0], around) if names else self._executed(path, around)
        choice = choosing.in_module(module, wanted, path)
        graph = self._graph(choice.value, choice.name, path)
        if around is not None:
            self._persist(graph, around)
        return self._loaded(graph, f"{path}:{choice.name}", path, choice.name, choice.names, module)

    def _from_module(self, dotted: str, wanted: str | None) -> Loaded:
        self._begin(surroundings.of_module())
        module = self._imported(dotted, None)
        path = Path(getattr(module, "__file__", None) or dotted)
        choice = choosing.in_module(module, wanted, path)
        graph = self._graph(choice.value, choice.name, path)
        return self._loaded(graph, f"{dotted}:{choice.name}", path, choice.name, choice.names, module)

    def _from_project(self, of: Project, wanted: str | None) -> Loaded:
        entry = choosing.in_project(of, wanted)
        self._begin(surroundings.of_project(of), of)
        try:
            path, module, value = self._referred(entry.reference, of)
        except LoadFailed as problem:
            if problem.failure["where"] is None:  # the file has it, not the code
                problem.failure["where"] = entry.where
            raise
        graph = self._graph(value, entry.reference.name, path)
        self._persist(graph, of)
        ids = choosing.python_ids(of)
        return self._loaded(graph, f"{of.target}:{entry.id}", path, entry.id, ids, module)

    def _referred(self, reference: Reference, of: Project) -> tuple[Path, ModuleType, Any]:
        """The file, the module and the value that a reference in a langgraph.json means."""
        if reference.is_path:
            path = choosing.file_of(reference, of)
            if not path.is_relative_to(of.folder):
                self._warnings.append(f"{reference.place} lies outside of the project, in {path.parent}.")
            module = self._executed(path, of)
        else:
            module = self._imported(reference.place, of)
            path = Path(getattr(module, "__file__", None) or reference.place)
        value = value_of(module, reference.name, _ABSENT)
        if value is _ABSENT:
            raise LoadFailed(choosing.unknown_name(module, reference.name, path))
        return path, module, value

    def _executed(self, path: Path, of: Project | None) -> ModuleType:
        assert self.program is not None
        with hints.for_imports(of, path):
            return self.program.execute(path)

    def _imported(self, dotted: str, of: Project | None) -> ModuleType:
        assert self.program is not None
        with hints.for_imports(of):
            module = self.program.import_module(dotted)
        if module is None:
            raise LoadFailed(_no_module(dotted, of, self.program.surroundings))
        return module

    def _graph(self, value: Any, name: str, path: Path) -> Any:
        """The compiled graph behind a name: the graph itself, a builder's, or what a function gives."""
        with importing.reported(self._folder):
            graph = self._made(value, name, path, lambda value: is_graph(value) or is_builder(value))
            if is_builder(graph) and not is_graph(graph):
                graph = graph.compile()
        if not is_graph(graph):
            raise LoadFailed(
                failure(
                    "TypeError",
                    f"{name!r} in {path.name} is no graph but {_a(type(graph).__name__)}.",
                    "Name a compiled graph, a StateGraph, or a function that returns one.",
                )
            )
        return graph

    def _persist(self, graph: Any, of: Project) -> None:
        saver = None
        if of.checkpointer is not None and getattr(graph, "checkpointer", False) is None:
            try:
                saver = self._saver(of.checkpointer, of)
            except LoadFailed as problem:
                self._warnings.append(
                    f"The checkpointer {of.checkpointer} cannot be used: {str(problem).rstrip('.')}. "
                    "Its threads are kept by Stepscope."
                )
        self._saver_is_lent = persist(graph, saver)

    def _saver(self, reference: Reference, of: Project) -> Any:
        path, _, value = self._referred(reference, of)
        with importing.reported(self._folder):
            saver = self._made(value, reference.name, path, is_saver)
        if not is_saver(saver):
            raise LoadFailed(failure("TypeError", f"it is {_a(type(saver).__name__)}"))
        return saver

    def _made(self, value: Any, name: str, path: Path, is_wanted: Callable[[Any], bool]) -> Any:
        assert self.program is not None
        return Maker(self._folder, self.program.held, self._run).make(value, name, path, is_wanted)

    @property
    def _folder(self) -> str:
        assert self.program is not None
        return self.program.surroundings.folders[0]

    def _begin(self, found: Surroundings, of: Project | None = None) -> None:
        """Open a program in these surroundings, as a part of a project if there is one."""
        self._project = "" if of is None else str(of.folder)
        self._saver_is_lent = False
        self._warnings += found.warnings
        if found.environ and not self._process.is_own:
            self._warnings.append("Its env is left out: this process is not the program's own.")
        try:
            self.program = OpenProgram(self._process, found)
        except (OSError, ValueError) as error:
            self._process.leave()
            message = f"Its surroundings cannot be had: {error}"
            raise LoadFailed(failure(type(error).__name__, message)) from error

    def _loaded(
        self, graph: Any, target: str, path: Path, name: str, choices: tuple[str, ...], module: ModuleType
    ) -> Loaded:
        return Loaded(
            graph,
            target,
            str(path),
            name,
            choices,
            self._folder,
            module,
            tuple(self._warnings),
            self._project,
            self.program,
            self._saver_is_lent,
        )


_ABSENT = object()


def _partings(program: OpenProgram, run: Runner) -> tuple[str, ...]:
    """What a program's context managers raised when they were exited, in words."""
    return tuple(
        f"The program raised {type(error).__name__} when it was closed: {error}"
        for error in program.held.close(run)
    )


def _no_module(dotted: str, of: Project | None, around: Surroundings) -> dict[str, Any]:
    places = f"{', '.join(around.folders)} and in {sys.executable}"
    if of is None:
        return failure(
            "FileNotFoundError",
            f"There is no file and no module called {dotted!r}.",
            f"A target is file.py, file.py:name or package.module:name. Looked for the module in {places}.",
        )
    return failure(
        "ModuleNotFoundError",
        f"{of.file.name} names the module {dotted}, which is not there.",
        hints.missing_module(dotted.partition(".")[0], of) or f"Looked in {places}.",
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
