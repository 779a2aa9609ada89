"""What is wrong with an interpreter, in a sentence that ends with what mends it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from stepscope.session.interpreters.facts import version_of
from stepscope_host.loading import installing
from stepscope_host.loading.installing import is_file, is_folder, quoted

OLDEST = (3, 10)
"""The first Python that runs a graph for Stepscope, and the first that LangGraph runs on."""

_GOOD = "3.12"
"""The Python to propose where one is too old."""


def problem_of(python: str, version: str | None = None) -> str:
    """Why this cannot run a graph, and what to do; "" when nothing is to be seen against it.

    `version` is its version where that is known already.
    """
    path = Path(python)
    if not os.path.lexists(path):
        return f"There is no {path}.{_make_it_again(python)}"
    if is_folder(path):
        return _folder(path)
    if not is_file(path):
        if not path.is_symlink():
            return f"{path} is no program. Choose one such as .venv/bin/python."
        return f"{path} is a link to {path.readlink()}, which is gone.{_make_it_again(python)}"
    if not os.access(path, os.X_OK):
        return f"{path} may not be run. Allow it: chmod +x {quoted(str(path))}"
    settings = installing.venv_settings(installing.prefix_of(python)) or {}
    base = settings.get("home", "")
    if base and not is_folder(Path(base)):
        return f"{path} was made from the Python in {base}, which is gone.{_make_it_again(python)}"
    version = version_of(python) if version is None else version
    if not version and not re.search(r"python|pypy", path.name, re.IGNORECASE):
        return f"{path} does not look like a Python. Choose a program such as .venv/bin/python."
    return _too_old(python, version)


def _folder(path: Path) -> str:
    inside = installing.python_in(str(path))
    if is_file(Path(inside)):
        return f"{path} is a folder. The Python in it is {inside}"
    return f"{path} is a folder without a Python in it. Choose a program such as .venv/bin/python."


def _too_old(python: str, version: str) -> str:
    if not version or tuple(int(digits) for digits in version.split("."))[:2] >= OLDEST:
        return ""
    needed = ".".join(map(str, OLDEST))
    said = f"Python {version} is too old: a graph needs {needed} or newer."
    if command := installing.remaking(python, _GOOD):
        return f"{said} Make the environment again: {command}"
    return f"{said} Choose another one."


def _make_it_again(python: str) -> str:
    command = installing.remaking(python)
    return f" Make it again: {command}" if command else " Choose another one."
