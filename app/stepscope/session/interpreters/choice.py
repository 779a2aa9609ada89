"""Which Python a file gets when nobody has chosen one: the nearest that has the graph library it imports."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stepscope import assets
from stepscope.session.interpreters.facts import Interpreter
from stepscope_host.failures import LoadFailed
from stepscope_host.loading import choosing, installing, langgraph_json, targets
from stepscope_host.loading.installing import is_file

_DISTRIBUTIONS = {"stepgraph": "stepscope"}
_BRING_LANGGRAPH = {"deepagents", "langgraph_supervisor", "langgraph_swarm"}
_LONG = 200_000
"""Bytes of a file that is only searched for lines with an import: to parse it would hold the window up."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+\.*([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+)$)", re.MULTILINE
)
_LARGEST = 2_000_000
"""Bytes; a larger file is data rather than a program."""


@dataclass(frozen=True)
class Choice:
    """`reason` says why this one; `remark` is said unasked: one that was nearer could not be taken."""

    interpreter: Interpreter
    reason: str
    remark: str = ""


def best_for(file: Path, found: Sequence[Interpreter]) -> Choice | None:
    """The first of those found that has the graph library that a file imports, else the first that can run.

    Bundled examples run in Stepscope's own. None when nothing found can run.
    """
    able = [one for one in found if not one.problem]
    own = next((one for one in able if one.is_own), None)
    if own is not None and _is_example(file):
        return Choice(own, "The bundled examples run in Stepscope's own Python.")
    if not able:
        return None
    needed = libraries_of(file)
    if needed:
        likely = [one for one in able if not _missing(one, needed)]
    else:
        likely = [one for one in able if one.is_near or one.packages]
    best = (likely or able)[0]
    return Choice(best, _reason(needed, bool(likely)), _remark(best, found, file))


def lacks(found: Sequence[Interpreter], file: Path) -> dict[str, str]:
    """By its path, a sentence for each Python without a file's graph library, with what installs it."""
    needed, told = libraries_of(file), {}
    for one in found:
        if not one.problem and (missing := _missing(one, needed)):
            command = installing.command(one.path, _distribution(missing[0]), str(file.parent))
            told[one.path] = f"It has no {missing[0]}. Install it: {command}"
    return told


def file_of(target: str) -> Path:
    """The file whose code a target runs; for a module, where it would be in the current folder."""
    place, name = targets.split(target)
    if targets.is_project(place):
        return _file_of_project(place, name)
    if targets.is_path(place):
        return Path(os.path.realpath(Path(place).expanduser()))
    module = Path.cwd().joinpath(*place.split("."))
    package = module / "__init__.py"
    return package if is_file(package) else module.with_suffix(".py")


def _file_of_project(place: str, id: str | None) -> Path:
    """The file of a project's graph, or its langgraph.json, or its folder, as far as one can be told."""
    try:
        description = targets.project_file(place)
    except LoadFailed:
        return Path(os.path.realpath(place))
    try:
        project = langgraph_json.read(description)
    except LoadFailed:
        return description
    entries = [project.entries[one] for one in choosing.python_ids(project) if id in (one, None)]
    files = (file for entry in entries for file in project.files_of(entry.reference))
    return next(filter(is_file, files), description)


def libraries_of(file: Path) -> tuple[str, ...]:
    """The graph libraries that a file imports, itself or through the modules beside it."""
    found: set[str] = set()
    for name in (modules := set(_imports(file))):
        found |= _libraries(name)
    for name in modules:
        for neighbour in _neighbours(file.parent, name):
            for inner in _imports(neighbour):
                found |= _libraries(inner)
    return tuple(sorted(found))


def _libraries(module: str) -> set[str]:
    top = module.partition(".")[0]
    if top in _BRING_LANGGRAPH:
        return {"langgraph"}
    return {top} & {"langgraph", "langchain", "stepgraph"}


def _imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports; a relative one without its dots."""
    try:
        if file.stat().st_size > _LARGEST:
            return
        text = file.read_bytes()
        if len(text) > _LONG:
            for module, names in _IMPORT.findall(text.decode(errors="replace")):
                yield from (name.split()[0] for name in (module or names).split(",") if name.strip())
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # running it will say them
            tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return  # opening it will say what is wrong with it
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=None):
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                yield str(node.module)


def _neighbours(folder: Path, module: str) -> Iterator[Path]:
    """The files beside a program that an import of it runs."""
    place = folder
    for word in module.split("."):
        place = place / word
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if is_file(file):
                yield file


def _missing(interpreter: Interpreter, needed: Sequence[str]) -> list[str]:
    return [library for library in needed if library not in interpreter.packages]


def _distribution(library: str) -> str:
    return _DISTRIBUTIONS.get(library, library)


def _reason(needed: Sequence[str], is_likely: bool) -> str:
    if not needed:
        return "It is the nearest; the file itself imports no graph library."
    libraries = " and ".join(needed)
    if is_likely:
        return f"It is the nearest that has {libraries}."
    return f"It is the nearest; none of those found has {libraries}."


def _remark(best: Interpreter, found: Sequence[Interpreter], file: Path) -> str:
    """What keeps the project's own environment from running the file, when another one does."""
    nearest = next((one for one in found if one.is_near), None)
    if nearest is None or nearest is best:
        return ""
    runs = f"Runs in {best.kind} (Python {best.version}), not in {nearest.kind}"
    if nearest.problem:
        return f"{runs}. {nearest.problem}"
    words = lacks([nearest], file).get(nearest.path, "")
    return f"{runs}, {words.replace('It has', 'which has', 1)}"


def _is_example(file: Path) -> bool:
    return Path(os.path.realpath(file)).parent == Path(os.path.realpath(assets.resources())) / "examples"
