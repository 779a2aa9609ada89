"""All Pythons that could run a file, in the order in which they are likely to be meant."""

from __future__ import annotations

import os
import shutil
import sys
from itertools import chain
from pathlib import Path

import stepscope
from stepscope.session.interpreters.facts import Interpreter, packages_in, packages_of, version_of
from stepscope.session.interpreters.machine import OWN, Machine, machine_places, path_folders
from stepscope.session.interpreters.places import project_places
from stepscope.session.interpreters.problems import problem_of
from stepscope_host.loading.installing import is_file, is_folder, prefix_of, python_in, venv_settings


def find(file: Path, machine: Machine | None = None) -> tuple[Interpreter, ...]:
    """The Pythons for a file, each once: its project's, then the machine's, last those that cannot run.

    A project's own stays in front although it is broken, for its people want it mended rather than replaced.
    """
    machine = machine or Machine.here()
    real = Path(os.path.realpath(file))
    folder = real if is_folder(real) else real.parent
    near = ((place, True) for place in project_places(folder, machine))
    far = ((place, False) for place in machine_places(machine))
    found: dict[tuple[str, str], Interpreter] = {}
    for (path, kind), is_near in chain(near, far):
        key = os.path.realpath(Path(path).parent), os.path.realpath(path)
        if key not in found:
            found[key] = describe(path, kind, machine, is_near=is_near)
    return tuple(sorted(found.values(), key=lambda one: bool(one.problem) and not one.is_near))


def describe(
    path: str, kind: str = "", machine: Machine | None = None, *, is_near: bool = False
) -> Interpreter:
    """One Python by its path; without a `kind` it is called like the folder that it belongs to."""
    machine = machine or Machine.here()
    path = os.path.abspath(path)  # noqa: PTH100 - never resolved: the link names the environment
    if path == machine.own:
        return _own(path, kind or OWN, is_near)
    kind = kind or _called(path)
    if not is_file(Path(path)):
        return Interpreter(path, kind, problem=problem_of(path), is_near=is_near)
    version = version_of(path)
    packages = packages_of(path, version, machine.home)
    return Interpreter(path, kind, version, packages, problem_of(path, version), is_near)


def located(words: str, machine: Machine | None = None) -> str:
    """The Python that a person means by a path, by the folder of an environment, or by ``python3.12``."""
    machine = machine or Machine.here()
    path = Path(os.path.abspath(os.path.expanduser(words)))  # noqa: PTH100, PTH111 - a link stays one
    if is_folder(path):
        inside = python_in(str(path))
        return inside if is_file(Path(inside)) else str(path)
    if Path(words).name != words or os.path.lexists(path):
        return str(path)
    search = os.pathsep.join(map(str, path_folders(machine)))
    if found := shutil.which(words, path=search):
        return found
    wanted = words.removeprefix("python")
    of_version = (one for one in find(path, machine) if not one.problem and _begins(one.version, wanted))
    return next((one.path for one in of_version), str(path))


def _begins(version: str, wanted: str) -> bool:
    return bool(wanted) and (version == wanted or version.startswith(f"{wanted}."))


def _called(path: str) -> str:
    prefix = prefix_of(path)
    return Path(prefix).name if venv_settings(prefix) is not None else prefix


def _own(path: str, kind: str, is_near: bool) -> Interpreter:
    """The Python that runs this needs no reading: it can be asked."""
    version = ".".join(map(str, sys.version_info[:3]))
    packages = {**packages_in(map(Path, filter(None, sys.path))), "stepgraph": stepscope.__version__}
    return Interpreter(path, kind, version, packages, "", is_near, is_own=True)
