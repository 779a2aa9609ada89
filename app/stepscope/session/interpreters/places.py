"""Where the Pythons of a project lie: its own environments, and those that its tools keep elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from stepscope.session.interpreters.machine import (
    Machine,
    Place,
    conda_prefixes,
    folders_in,
    lines_of,
    pyenv_places,
)
from stepscope_host.loading.installing import is_file, is_folder, python_in

_ENVIRONMENTS = (".venv", "venv", "env")


def project_places(folder: Path, machine: Machine) -> Iterator[Place]:
    """The Pythons that belong to the project around a folder, the likeliest first."""
    folders = _upwards(folder, machine.home)
    yield from _uv_project(folders, machine)
    for around in folders:
        for name in _ENVIRONMENTS:
            yield from _environment(around / name, machine)
    for around in folders:
        yield from _pdm(around)
        yield from _pixi(around)
        yield from _poetry(around, machine)
        yield from _pipenv(around, machine)
        yield from _python_version(around, machine)
        yield from _conda(around, machine)


def _upwards(folder: Path, home: Path) -> list[Path]:
    """The folder and those around it, up to the one of its repository, or to the person's home."""
    found = [folder]
    for inner, around in zip((folder, *folder.parents), folder.parents, strict=False):
        # Where anyone may write, as in /tmp, anyone may have put an environment.
        if os.path.lexists(inner / ".git") or inner == home or around == around.parent or _is_public(around):
            break
        found.append(around)
    return found


def _is_public(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True


def _uv_project(folders: list[Path], machine: Machine) -> Iterator[Place]:
    named = machine.environ.get("UV_PROJECT_ENVIRONMENT")
    root = next((f for mark in ("uv.lock", "pyproject.toml") for f in folders if is_file(f / mark)), None)
    if named and root is not None:
        prefix = root / named
        yield python_in(str(prefix)), f"project {prefix.name}"


def _environment(place: Path, machine: Machine) -> Iterator[Place]:
    """A folder, or a file that names one: by its path, or by its name among those of virtualenvwrapper."""
    kind = f"project {place.name}"
    prefix = place
    if is_file(place):
        named = next(iter(lines_of(place)), "")
        if not named:
            return
        kept = machine.folder("WORKON_HOME", ".virtualenvs") / named
        prefix = kept if is_folder(kept) else place.parent / named
    python = python_in(str(prefix))
    # A broken one counts: that it is broken is what the person must be told.
    if os.path.lexists(python) or is_file(prefix / "pyvenv.cfg"):
        yield python, kind


def _pdm(folder: Path) -> Iterator[Place]:
    for line in lines_of(folder / ".pdm-python")[:1]:
        yield str(folder / line), "project pdm"


def _pixi(folder: Path) -> Iterator[Place]:
    kept = folders_in(folder / ".pixi" / "envs")
    for prefix in sorted(kept, key=lambda prefix: (prefix.name != "default", prefix.name)):
        python = python_in(str(prefix))
        if os.path.lexists(python):
            yield python, f"project pixi {prefix.name}"


def _poetry(folder: Path, machine: Machine) -> Iterator[Place]:
    """Poetry keeps ``name-HASH-py3.12`` in a folder of its own, HASH being that of the project's path."""
    if not is_file(folder / "pyproject.toml"):
        return
    cache = machine.cache / ("pypoetry/Cache" if os.name == "nt" else "pypoetry")
    cache = Path(machine.environ.get("POETRY_CACHE_DIR") or cache)
    kept = Path(machine.environ.get("POETRY_VIRTUALENVS_PATH") or cache / "virtualenvs")
    real = os.path.normcase(os.path.realpath(folder))
    mark = base64.urlsafe_b64encode(hashlib.sha256(real.encode()).digest()).decode()[:8]
    for prefix in sorted(kept.glob(f"*-{mark}-py*"), reverse=True):
        yield python_in(str(prefix)), "project poetry"


def _pipenv(folder: Path, machine: Machine) -> Iterator[Place]:
    if not is_file(folder / "Pipfile"):
        return
    named = machine.environ.get("WORKON_HOME")
    kept = (
        Path(named)
        if named
        else machine.home / ".virtualenvs"
        if os.name == "nt"
        else machine.data / "virtualenvs"
    )
    for mark in kept.glob("*/.project"):
        if lines_of(mark)[:1] in ([str(folder)], [os.path.realpath(folder)]):
            yield python_in(str(mark.parent)), "project pipenv"


def _python_version(folder: Path, machine: Machine) -> Iterator[Place]:
    for line in lines_of(folder / ".python-version"):
        if version := line.removeprefix("cpython-").removeprefix("python-"):
            for path, kind in pyenv_places(machine, version):
                yield path, f"{kind} by .python-version"


def _conda(folder: Path, machine: Machine) -> Iterator[Place]:
    for file in ("environment.yml", "environment.yaml"):
        named = [re.fullmatch(r"name:\s*([\w.-]+)", line) for line in lines_of(folder / file)]
        names = {found[1] for found in named if found}
        for prefix in conda_prefixes(machine):
            if prefix.name in names:
                yield python_in(str(prefix)), f"conda {prefix.name} by {file}"
