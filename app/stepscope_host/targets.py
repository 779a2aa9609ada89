"""What a target names, found out by looking alone: a file, or a module."""

from __future__ import annotations

import re
from pathlib import Path

from stepscope_host.failures import LoadFailed, did_you_mean, failure


def split(target: str) -> tuple[str, str | None]:
    """A target's place and name: ``"a.py:graph"`` -> ``("a.py", "graph")``; the name may be None."""
    if Path(target).exists():
        return target, None
    place, colon, name = target.rpartition(":")
    # A drive letter's colon is followed by a path, never by a bare name.
    if colon and place and name.isidentifier():
        return place, name
    return target, None


def is_path(place: str) -> bool:
    """True for a place that is meant as a path, whether or not there is anything."""
    looks_like_path = place.endswith((".py", ".pyw", ".ipynb")) or "/" in place or "\\" in place
    return looks_like_path or Path(place).exists() or re.fullmatch(r"[\w.]+", place) is None


def existing_file(place: str) -> Path:
    """The real path of a file to execute. Raises LoadFailed for what cannot be one."""
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
