"""Whose code may run: a project that the person trusts, or the examples that came with the window.

Trust is given to a folder with all in it, by its real path: to the repository that a file is in, else to the
nearest folder that calls itself a project, else to the file's own. Never to a folder that anything may land
in: home, a folder for temporary files, Downloads. A file that lies there is trusted alone.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import os.path
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stepscope.run.settings import Settings
from stepscope_host.loading import langgraph_json, targets

REPOSITORY = ".git"
PROJECT_FILES = ("pyproject.toml", "langgraph.json")
LANDING_PLACES = ("Downloads", "Desktop")
"""Folders of a home that hold what came from anywhere."""


@dataclass(frozen=True)
class Source:
    """Where a target's code lies.

    `path` is the file, or the folder of a module or a project; `what` is its name. `place` is what would be
    trusted with it, or None where that would be too much.
    """

    path: Path
    what: str
    place: Path | None
    is_file: bool


def source_of(target: str) -> Source:
    """Find a target's code without running any of it. Looks at the disk."""
    module, _ = targets.split(target)
    if targets.is_project(module) or targets.is_path(module):
        return _source_at(_real(Path(module)))
    # Only the top package is looked up: finding `a.b` would import `a`.
    spec = importlib.machinery.PathFinder.find_spec(module.partition(".")[0], [str(Path.cwd()), *sys.path])
    origin = spec.origin if spec and spec.origin not in (None, "built-in", "frozen") else None
    folder = Path(origin).resolve().parent if origin else Path.cwd().resolve()
    return Source(folder, module, _place(folder), is_file=False)


class Trust:
    """Knows what may run; `bundled` are the examples' own folders."""

    def __init__(self, settings: Settings, bundled: tuple[Path, ...]) -> None:
        self._settings = settings
        self._bundled = tuple(folder.resolve() for folder in bundled)
        self._too_wide = _too_wide()

    def covers(self, source: Source) -> bool:
        """True when the source is, or lies in, something trusted."""
        given = [Path(path) for path in self._settings.trusted]
        trusted = (*self._bundled, *(path for path in given if path not in self._too_wide))
        return any(source.path.is_relative_to(path) for path in trusted)

    def add(self, source: Source) -> None:
        if source.place is not None:
            self._settings.trust(source.place)


def _source_at(path: Path) -> Source:
    """What runs when a path is opened: the file, or the project that lists it, with all that this brings."""
    if _is_folder(path):
        return Source(path, path.name, _place(path), is_file=False)
    if path.suffix == ".json":
        return Source(path.parent, path.name, _place(path.parent), is_file=False)
    project, _ = langgraph_json.around(path)
    if project is not None:
        return Source(project.folder, path.name, _place(project.folder), is_file=False)
    return Source(path, path.name, _place(path), is_file=True)


def _place(path: Path) -> Path | None:
    """What to trust with a real path: its project, its folder, or only the file."""
    too_wide = _too_wide()
    folder = path if _is_folder(path) else path.parent
    if folder in too_wide:
        return None if folder == path else path
    around = []
    for candidate in (folder, *folder.parents):
        if candidate in too_wide:
            break
        around.append(candidate)
    repository = (candidate for candidate in around if _exists(candidate / REPOSITORY))
    project = (candidate for candidate in around if any(_exists(candidate / name) for name in PROJECT_FILES))
    return next(repository, None) or next(project, None) or folder


def _too_wide() -> set[Path]:
    """Folders that are not trusted as a whole."""
    wide = {Path(folder).resolve() for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp")}
    with contextlib.suppress(RuntimeError):  # an account without a home
        home = Path.home().resolve()
        wide |= {home, *home.parents, *(home / name for name in LANDING_PLACES)}
    return wide | {Path(folder.anchor) for folder in wide}


def _real(path: Path) -> Path:
    with contextlib.suppress(RuntimeError):  # a home that nobody has
        path = path.expanduser()
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # links that lead in a circle, or no name for a file
        return path.absolute()


# os.path answers False for what may not be looked into, and for what is no name of a file, where Path raises.


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112


def _exists(path: Path | str) -> bool:
    return os.path.exists(path)  # noqa: PTH110
