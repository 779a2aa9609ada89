"""What a target names, found out by looking alone: a file, a module, or a project.

``file.py``, ``package.module``, or a folder with a langgraph.json (which may be named itself, under whatever
name); each may be followed by ``:name``, which for a project is the id of one of its graphs.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, did_you_mean, failure
from stepscope_host.loading.installing import is_folder
from stepscope_host.loading.project import FILE_NAME


def split(target: str) -> tuple[str, str | None]:
    """A target's place and name: ``"a.py:graph"`` -> ``("a.py", "graph")``; the name may be None."""
    if _exists(target):
        return target, None
    place, colon, name = target.rpartition(":")
    while colon:  # the id of a project's graph is any text
        if name and is_project(place):
            return place, name
        place, colon, more = place.rpartition(":")
        name = f"{more}:{name}"
    place, colon, name = target.rpartition(":")
    # A drive letter's colon is followed by a path, never by a bare name: C:a.py is a file in a folder.
    is_name = len(place) > 1 and all(part.isidentifier() for part in name.split("."))
    return (place, name) if colon and (is_name or (place and name.isidentifier())) else (target, None)


def is_project(place: str) -> bool:
    """True for a langgraph.json, whatever its name, and for any folder."""
    return place.endswith(".json") or is_folder(_path(place))


def is_path(place: str) -> bool:
    """True for a place that is meant as a path, whether or not there is anything."""
    looks_like_path = place.endswith((".py", ".pyw", ".ipynb", ".json")) or "/" in place or "\\" in place
    return looks_like_path or _exists(place) or re.fullmatch(r"[\w.]+", place) is None


def project_file(place: str) -> Path:
    """The real path of a project's langgraph.json. Raises LoadFailed when there is none."""
    path = _path(place)
    if path.is_dir():
        if not (path / FILE_NAME).is_file():
            raise LoadFailed(_no_project(path))
        path = path / FILE_NAME
    return existing(path, "*.json")


def existing_file(place: str) -> Path:
    """The real path of a file to execute. Raises LoadFailed for what cannot be one."""
    path = _path(place)
    if path.suffix == ".ipynb":
        raise LoadFailed(
            failure(
                "NotPython",
                f"{path.name} is a notebook, which cannot be opened.",
                "Export it as a Python file: jupyter nbconvert --to script " + path.name,
            )
        )
    return existing(path, "*.py")


def existing(path: Path, siblings: str) -> Path:
    """The real path of a file. Raises LoadFailed, with the name of a similar one among the siblings."""
    if not path.is_file():
        names = [file.name for file in path.parent.glob(siblings)] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, names).strip()
        raise LoadFailed(failure("FileNotFoundError", f"There is no file {path}.", hint or _looked_in(path)))
    return path.resolve()


def _path(place: str) -> Path:
    try:
        return Path(place).expanduser()
    except RuntimeError:  # a home that nobody has
        return Path(place)


def _exists(place: str) -> bool:
    return os.path.exists(_path(place))  # noqa: PTH110 - which is False for what can be no path


def _no_project(folder: Path) -> dict[str, Any]:
    files = sorted(file.name for file in folder.glob("*.py"))[:6]
    projects = sorted(str(file.parent.relative_to(folder)) for file in folder.glob(f"*/{FILE_NAME}"))[:6]
    if files:
        remedy = f"Open a Python file in it: {', '.join(files)}."
    else:
        remedy = f"Open a Python file, or a folder with a {FILE_NAME}."
    if projects:
        remedy = f"There is one in {', '.join(projects)}. {remedy if files else ''}".strip()
    return failure("IsADirectoryError", f"{folder} is a folder without a {FILE_NAME}.", remedy)


def _looked_in(path: Path) -> str:
    return "Look at the spelling." if path.is_absolute() else f"Relative paths start at {Path.cwd()}."
