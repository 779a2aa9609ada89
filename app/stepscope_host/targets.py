"""What a target names, found out by looking alone: a file, a module, or a project.

``file.py``, ``package.module``, or a folder with a langgraph.json (which may be named itself, under whatever
name); each may be followed by ``:name``, which for a project is the id of one of its graphs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, did_you_mean, failure
from stepscope_host.project import FILE_NAME


def split(target: str) -> tuple[str, str | None]:
    """A target's place and name: ``"a.py:graph"`` -> ``("a.py", "graph")``; the name may be None."""
    if Path(target).expanduser().exists():
        return target, None
    place, colon, name = target.rpartition(":")
    # A drive letter's colon is followed by a path, never by a bare name. A graph's id is any text.
    if colon and place and (name.isidentifier() or (name and is_project(place))):
        return place, name
    return target, None


def is_project(place: str) -> bool:
    """True for a langgraph.json, whatever its name, and for any folder."""
    return place.endswith(".json") or Path(place).expanduser().is_dir()


def is_path(place: str) -> bool:
    """True for a place that is meant as a path, whether or not there is anything."""
    looks_like_path = place.endswith((".py", ".pyw", ".ipynb", ".json")) or "/" in place or "\\" in place
    return looks_like_path or Path(place).exists() or re.fullmatch(r"[\w.]+", place) is None


def project_file(place: str) -> Path:
    """The real path of a project's langgraph.json. Raises LoadFailed when there is none."""
    path = Path(place).expanduser()
    if path.is_dir():
        if not (path / FILE_NAME).is_file():
            raise LoadFailed(_no_project(path))
        path = path / FILE_NAME
    return existing(path, "*.json")


def existing_file(place: str) -> Path:
    """The real path of a file to execute. Raises LoadFailed for what cannot be one."""
    path = Path(place).expanduser()
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
