"""Targets: from ``file.py``, ``file.py:name`` or ``package.module:name`` to a compiled graph.

Loading a file behaves like ``python file.py``, except that its main block does not run: the file's
folder comes first on `sys.path`, and `sys.argv` is the file alone. Loading again executes it again,
together with the modules of its own folder that it imports.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host.failures import did_you_mean, failure, from_exception, is_users

FACTORY_NAMES = re.compile(r"^((make|build|create|get|compile)_)?(graph|app|agent|workflow)$")
"""Functions without annotation that are called when a file has no graph at hand."""

Runner = Callable[[Coroutine[Any, Any, Any]], Any]
"""Runs a coroutine to its end and returns its result."""


class LoadFailed(Exception):
    """A target that could not be loaded; `failure` is plain, `choices` are names to pick one from."""

    def __init__(self, failure: dict[str, Any], choices: tuple[str, ...] = ()) -> None:
        super().__init__(failure["message"])
        self.failure = failure
        self.choices = choices


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


def is_graph(value: Any) -> bool:
    """True for a compiled graph of any engine: something that streams and has nodes."""
    kind = type(value)
    return (
        not isinstance(value, type | ModuleType)
        and all(callable(getattr(kind, name, None)) for name in ("astream", "get_graph"))
        and _has(value, "nodes")
    )


def is_builder(value: Any) -> bool:
    """True for a graph that has yet to be compiled."""
    kind = type(value)
    return not isinstance(value, type | ModuleType) and all(
        callable(getattr(kind, name, None)) for name in ("compile", "add_node", "add_edge")
    )


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
        place, name = split(target)
        self._forget()
        if _is_file_target(place):
            path = _existing_file(place)
            module, folder = self._execute(path), str(path.parent)
        else:
            module, folder = self._import(place), str(Path.cwd())
            path = Path(getattr(module, "__file__", None) or place)
        graph, name, choices = self._choose(module, name, path, run)
        where = str(path) if _is_file_target(place) else place
        return Loaded(graph, f"{where}:{name}", str(path), name, choices, folder, module)

    def _execute(self, path: Path) -> ModuleType:
        """Run a file as a module of its own, under a name that no import statement can mean."""
        name = "stepscope_target_" + re.sub(r"\W", "_", path.stem)
        source_loader = importlib.machinery.SourceFileLoader(name, str(path))
        spec = importlib.util.spec_from_file_location(name, path, loader=source_loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        self._begin(str(path.parent), name)
        with _reported(path.parent, str(path)), _argv(str(path)):
            code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
            sys.modules[name] = module
            exec(code, module.__dict__)
        return module

    def _import(self, dotted: str) -> ModuleType:
        """Import a module as ``python -m`` finds it: the current folder first."""
        folder = Path.cwd()
        self._begin(str(folder), dotted.partition(".")[0])
        importlib.invalidate_caches()
        try:
            is_known = importlib.util.find_spec(dotted) is not None
        except ModuleNotFoundError:
            is_known = False
        except Exception as error:  # a package's own __init__ runs here
            raise LoadFailed(from_exception(error, str(folder))) from error
        if not is_known:
            raise LoadFailed(
                failure(
                    "FileNotFoundError",
                    f"There is no file and no module called {dotted!r}.",
                    "A target is file.py, file.py:name or package.module:name. Looked for the module in "
                    f"{folder} and in {sys.executable}.",
                )
            )
        with _reported(folder), _argv(dotted):
            return importlib.import_module(dotted)

    def _choose(
        self, module: ModuleType, wanted: str | None, path: Path, run: Runner
    ) -> tuple[Any, str, tuple[str, ...]]:
        found = _graphs(module) or _factories(module)
        if wanted is None:
            candidates = _outermost(found)
            if not candidates:
                raise LoadFailed(_nothing_found(module, path))
            if len(candidates) > 1:
                raise LoadFailed(_several_found(path, candidates), tuple(found))
            wanted = next(iter(candidates))
        value = vars(module).get(wanted, _ABSENT)
        if value is _ABSENT:
            raise LoadFailed(_unknown_name(module, wanted, path, found), tuple(found))
        with _reported(Path(path).parent):
            graph = self._compiled(value, wanted, path, run)
        return graph, wanted, tuple(found) if wanted in found else (wanted, *found)

    def _compiled(self, value: Any, name: str, path: Path, run: Runner) -> Any:
        """The compiled graph behind a name: the graph itself, a builder's, or what a function returns."""
        if inspect.isroutine(value) and not is_graph(value):
            if not _takes_nothing(value):
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


def split(target: str) -> tuple[str, str | None]:
    """A target's place and name: ``"a.py:graph"`` -> ``("a.py", "graph")``; the name may be None."""
    if Path(target).exists():
        return target, None
    place, colon, name = target.rpartition(":")
    # A drive letter's colon is followed by a path, never by a bare name.
    if colon and place and name.isidentifier():
        return place, name
    return target, None


def _is_file_target(place: str) -> bool:
    looks_like_path = place.endswith((".py", ".pyw", ".ipynb")) or "/" in place or "\\" in place
    return looks_like_path or Path(place).exists() or re.fullmatch(r"[\w.]+", place) is None


def _existing_file(place: str) -> Path:
    path = Path(place).expanduser()
    if path.is_dir():
        inside = sorted(file.name for file in path.glob("*.py"))[:6]
        raise LoadFailed(
            failure(
                "IsADirectoryError",
                f"{path} is a folder.",
                f"Open a Python file in it: {', '.join(inside)}." if inside else "Open a Python file.",
            )
        )
    if path.suffix == ".ipynb":
        raise LoadFailed(
            failure(
                "NotPython",
                f"{path.name} is a notebook, which cannot be opened.",
                "Export it as a Python file: jupyter nbconvert --to script " + path.name,
            )
        )
    if not path.is_file():
        siblings = [file.name for file in path.parent.glob("*.py")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, siblings).strip()
        raise LoadFailed(failure("FileNotFoundError", f"There is no file {path}.", hint or _looked_in(path)))
    return path.resolve()


def _looked_in(path: Path) -> str:
    return "Look at the spelling." if path.is_absolute() else f"Relative paths start at {Path.cwd()}."


@contextlib.contextmanager
def _reported(folder: Path, source: str = "") -> Iterator[None]:
    """The one place where errors of the user's import are caught: they become LoadFailed."""
    try:
        yield
    except (LoadFailed, GeneratorExit):
        raise
    except (SyntaxError, ValueError) as error:
        if source and not _may_be_python(source, error):
            message = f"{Path(source).name} is not a Python file."
            problem = failure("NotPython", message, "Open a file of Python source code.")
            raise LoadFailed(problem) from error
        raise LoadFailed(from_exception(error, str(folder))) from error
    except BaseException as error:  # SystemExit and KeyboardInterrupt of a module are reported like any other
        raise LoadFailed(from_exception(error, str(folder))) from error


def _may_be_python(source: str, error: Exception) -> bool:
    """False for bytes that are no text, and for text of another suffix that does not parse."""
    path = Path(source)
    with contextlib.suppress(OSError), path.open("rb") as file:
        if b"\0" in file.read(4096):
            return False
    is_named_so = path.suffix in {".py", ".pyw"}
    return is_named_so or not (isinstance(error, SyntaxError) and error.filename == source)


@contextlib.contextmanager
def _argv(program: str) -> Iterator[None]:
    before = sys.argv
    sys.argv = [program]
    try:
        yield
    finally:
        sys.argv = before


def _graphs(module: ModuleType) -> dict[str, Any]:
    """Compiled graphs and builders of a module by name, each object once, a builder only if not compiled."""
    named = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    graphs: dict[str, Any] = {}
    for name, value in named.items():
        if is_graph(value):
            known = next((other for other, graph in graphs.items() if graph is value), None)
            if known is None:
                graphs[name] = value
            elif name == "graph":  # one graph under two names goes by the plainest
                graphs = {("graph" if other == known else other): graph for other, graph in graphs.items()}
    compiled = {id(getattr(graph, "builder", None)) for graph in graphs.values()}
    for name, value in named.items():
        if is_builder(value) and not is_graph(value) and id(value) not in compiled:
            compiled.add(id(value))
            graphs[name] = value
    return graphs


def _factories(module: ModuleType) -> dict[str, Any]:
    """Functions of the module itself that return a graph, by annotation or by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and _takes_nothing(value)
        and (FACTORY_NAMES.match(name) or _returns_graph(value))
    }


def _returns_graph(function: Any) -> bool:
    annotation = getattr(function, "__annotations__", {}).get("return")
    if isinstance(annotation, type):
        return hasattr(annotation, "astream") or (
            hasattr(annotation, "compile") and hasattr(annotation, "add_node")
        )
    return bool(re.search(r"\b(\w*StateGraph|CompiledGraph|Pregel)\b", str(annotation or "")))


def _takes_nothing(function: Any) -> bool:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        return False
    return True


def _outermost(found: dict[str, Any]) -> dict[str, Any]:
    """Those that are no subgraph of another: the parent is what a person means to open."""
    inner: set[int] = set()
    for value in found.values():
        if is_graph(value):
            inner.update(id(graph) for _, graph in subgraphs(value, recurse=True))
    return {name: value for name, value in found.items() if id(value) not in inner} or found


def subgraphs(graph: Any, recurse: bool = False) -> list[tuple[str, Any]]:
    """The subgraphs of a graph by node name; none when it cannot say."""
    try:
        return list(graph.get_subgraphs(recurse=recurse))
    except Exception:
        return []


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


def _has(value: Any, name: str) -> bool:
    try:
        return hasattr(value, name)
    except Exception:
        return False


async def _awaited(value: Any) -> Any:
    return await value
