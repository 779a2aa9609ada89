"""What a program finds around it: where it stands, its variables, and where its modules are looked for."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from stepscope_host.loading import env_file, installed, installing
from stepscope_host.loading.project import Project, is_local


@dataclass(frozen=True)
class Surroundings:
    """`folders` hold the person's own code. `first` and `last` go to the ends of `sys.path`.

    `working` is the folder to stand in, None for wherever the process stands. `sources` are files that
    were read, `warnings` say in words what is not as the program might expect.
    """

    folders: tuple[str, ...]
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    working: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def of_file(path: Path) -> Surroundings:
    """As for ``python file.py``, typed in the file's folder."""
    folder = str(path.parent)
    return Surroundings((folder,), first=(folder,), working=folder)


def of_file_in_project(path: Path, project: Project) -> Surroundings:
    """As for a file that `langgraph dev` runs, whose neighbours are found besides."""
    found = of_project(project)
    return replace(found, folders=(*found.folders, str(path.parent)), first=(str(path.parent),))


def of_module() -> Surroundings:
    """As for ``python -m module``, typed where the process stands."""
    folder = str(Path.cwd())
    return Surroundings((folder,), first=(folder,))


def of_project(project: Project) -> Surroundings:
    """As for `langgraph dev`, typed in the project's folder: that and local dependencies are importable."""
    folders = tuple(str(folder) for folder in project.local_folders)
    environ, sources, warnings = _variables(project)
    return Surroundings(
        folders,
        last=folders,
        working=str(project.folder),
        environ=environ,
        sources=(str(project.file), *sources),
        warnings=(*project.warnings, *_odd_python(project), *warnings, *_missing(project)),
    )


class Process:
    """Gives a program its surroundings in this process, and takes them away again.

    Only a process of its own has a folder to stand in and variables that can be the program's: `is_own`
    says that this is one.
    """

    def __init__(self, is_own: bool) -> None:
        self.is_own = is_own
        self._entries: tuple[str, ...] = ()
        self._before: tuple[str, dict[str, str]] | None = None

    def enter(self, surroundings: Surroundings) -> None:
        """Raises OSError when the folder cannot be stood in."""
        last = tuple(entry for entry in surroundings.last if entry not in sys.path)
        self._entries = (*surroundings.first, *last)
        sys.path[:] = [*surroundings.first, *sys.path, *last]
        importlib.invalidate_caches()
        if self.is_own:
            self._before = (_standing_in(), dict(os.environ))
            os.environ.update(surroundings.environ)
            if surroundings.working is not None:
                os.chdir(surroundings.working)

    def leave(self) -> None:
        for entry in self._entries:
            with suppress(ValueError):
                sys.path.remove(entry)
        self._entries = ()
        if self._before is not None:
            folder, environ = self._before
            self._before = None
            for name in set(os.environ) - set(environ):
                del os.environ[name]
            os.environ.update(environ)
            with suppress(OSError):  # it is gone
                os.chdir(folder)
        importlib.invalidate_caches()


def _standing_in() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return os.sep


def _variables(project: Project) -> tuple[Mapping[str, str], tuple[str, ...], tuple[str, ...]]:
    """The project's variables, the file that they are read from once it is there, and what was odd."""
    if not isinstance(project.env, str):
        return project.env, (), ()
    path = project.folder / project.env
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
        return {}, (str(path),), (f"{project.env} was not read: {reason}.",)
    found = env_file.parse(text, os.environ)
    values = {name: value for name, value in found.values.items() if "\0" not in name + value}
    lines = ", ".join(map(str, found.bad_lines))
    odd = f"{project.env}: nothing can be read in line {lines}. Write NAME=value." if lines else ""
    return values, (str(path),), (odd,) if odd else ()


def _odd_python(project: Project) -> tuple[str, ...]:
    found: list[str] = []
    asked = project.python_version
    if asked and asked != "{}.{}".format(*sys.version_info):
        found.append(
            f"{project.file.name} asks for Python {asked}, and this is {sys.version.split()[0]}: "
            "choose another interpreter, or change python_version."
        )
    if project.uv_root is not None:
        environment = (project.folder / project.uv_root / ".venv").resolve()
        if environment != Path(sys.prefix).resolve():
            found.append(
                f"{project.file.name} takes its packages from uv: run `uv sync` in {environment.parent} "
                f"and choose the interpreter in {environment}."
            )
    return tuple(found)


def _missing(project: Project) -> tuple[str, ...]:
    """What the dependencies name that is not there."""
    name = project.file.name
    local = [text for text in project.dependencies if is_local(text)]
    found = [f"{name}: there is no folder {text}." for text in local if not (project.folder / text).exists()]
    others = [text for text in project.dependencies if not is_local(text)]
    if missing := [text for text in others if not installed.is_installed(text)]:
        wanted = " ".join(installing.quoted(text) for text in missing)
        command = installing.command(sys.executable, wanted, str(project.folder))
        found.append(f"Not installed: {', '.join(missing)}. To install: {command}")
    if not project.dependencies and project.uv_root is None:
        found.append(f'{name} has no dependencies; `langgraph dev` asks for at least "dependencies": ["."].')
    return tuple(found)
