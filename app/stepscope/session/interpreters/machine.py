"""Where Pythons lie that belong to no project: active ones, pyenv's, conda's, uv's, and those on the path."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stepscope.session.own_python import own_python
from stepscope_host.loading.installing import is_file, is_folder, python_in

Place = tuple[str, str]
"""An interpreter's path, and the words for where it comes from."""

OWN = "this Stepscope"

_WINDOWS = os.name == "nt"
_NAMES = ("python3", "python", *(f"python3.{minor}" for minor in range(16, 9, -1)))


@dataclass(frozen=True)
class Machine:
    """What finding depends on besides files. `own` is the Python that runs this."""

    environ: Mapping[str, str]
    home: Path
    own: str = ""

    @staticmethod
    def here() -> Machine:
        home = Path(os.path.expanduser("~"))  # noqa: PTH111 - an account without a home is no error
        return Machine(dict(os.environ), home, own_python())

    def folder(self, variable: str, *otherwise: str) -> Path:
        """The folder that a variable names, else one in the person's home."""
        named = self.environ.get(variable)
        return Path(named) if named else self.home.joinpath(*otherwise)

    @property
    def data(self) -> Path:
        """Where programs keep their data."""
        if _WINDOWS:
            return self.folder("APPDATA", "AppData", "Roaming")
        return self.folder("XDG_DATA_HOME", ".local", "share")

    @property
    def cache(self) -> Path:
        """Where programs keep what they can make again."""
        if _WINDOWS:
            return self.folder("LOCALAPPDATA", "AppData", "Local")
        if sys.platform == "darwin":
            return self.home / "Library" / "Caches"
        return self.folder("XDG_CACHE_HOME", ".cache")


def machine_places(machine: Machine) -> Iterator[Place]:
    """All of them, the likeliest first."""
    yield from _active(machine)
    yield from pyenv_places(machine)
    for prefix in conda_prefixes(machine):
        yield python_in(str(prefix)), f"conda {prefix.name}"
    yield from _uv(machine)
    yield from _on_path(machine)
    if machine.own:
        yield machine.own, OWN


def pyenv_places(machine: Machine, wanted: str = "") -> Iterator[Place]:
    """pyenv's versions, the newest first: all, or those that a name like ``3.11`` or ``my-env`` means.

    Of all, the one that a shell gets stands in front, and says so.
    """
    root = machine.folder("PYENV_ROOT", ".pyenv", *(("pyenv-win",) if _WINDOWS else ()))
    if not wanted:
        named = machine.environ.get("PYENV_VERSION", "").split(":")[0]
        reason = "PYENV_VERSION" if named else "default"
        for version in [named] if named else lines_of(root / "version"):
            for path, kind in pyenv_places(machine, version):
                yield path, f"{kind} by {reason}"
    for prefix in sorted(folders_in(root / "versions"), key=_by_version, reverse=True):
        if not wanted or prefix.name == wanted or prefix.name.startswith(f"{wanted}."):
            yield python_in(str(prefix)), "pyenv"


def path_folders(machine: Machine) -> Iterator[Path]:
    """The folders on the path that hold programs."""
    for entry in machine.environ.get("PATH", "").split(os.pathsep):
        folder = Path(entry)
        # A shim is a script that looks for a Python itself, by rules that hold where it is called.
        if folder.is_absolute() and folder.name not in {"shims", "WindowsApps"}:
            yield folder


def conda_prefixes(machine: Machine) -> list[Path]:
    """The environments that conda has written down."""
    return [Path(line) for line in lines_of(machine.home / ".conda" / "environments.txt")]


def lines_of(path: Path) -> list[str]:
    """A file's lines without blank ones and comments; none when it cannot be read."""
    try:
        # A pipe of that name would be waited for without end.
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if is_file(path) else []
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder; none when it cannot be read."""
    try:
        return [entry for entry in folder.iterdir() if is_folder(entry)]
    except OSError:
        return []


def _active(machine: Machine) -> Iterator[Place]:
    if prefix := machine.environ.get("VIRTUAL_ENV"):
        yield python_in(prefix), f"active {Path(prefix).name}"
    if prefix := machine.environ.get("CONDA_PREFIX"):
        yield (
            python_in(prefix),
            f"active conda {machine.environ.get('CONDA_DEFAULT_ENV') or Path(prefix).name}",
        )


def _uv(machine: Machine) -> Iterator[Place]:
    named = machine.environ.get("UV_PYTHON_INSTALL_DIR")
    kept = Path(named) if named else machine.data / "uv" / "python"
    for prefix in sorted(folders_in(kept), key=_by_version, reverse=True):
        if not prefix.name.startswith("."):
            yield python_in(str(prefix)), "uv"


def _on_path(machine: Machine) -> Iterator[Place]:
    for folder in path_folders(machine):
        for name in ("python.exe",) if _WINDOWS else _NAMES:
            path = folder / name
            if is_file(path) and os.access(path, os.X_OK):
                yield str(path), "on PATH"


def _by_version(folder: Path) -> tuple[list[int], str]:
    return [int(digits) for digits in re.findall(r"\d+", folder.name)[:3]], folder.name
