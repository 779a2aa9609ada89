"""How a distribution gets into an interpreter: one command line, read off the interpreter's own files."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "langgraph.checkpoint.postgres": "langgraph-checkpoint-postgres",
    "langgraph.checkpoint.sqlite": "langgraph-checkpoint-sqlite",
    "langgraph.store.postgres": "langgraph-checkpoint-postgres",
    "langgraph.store.sqlite": "langgraph-checkpoint-sqlite",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "stepgraph": "stepscope",
    "yaml": "pyyaml",
}
"""What to install, where it is not called like the module's first word."""

_TOOLS = (
    ("uv.lock", "uv add", "uv sync"),
    ("poetry.lock", "poetry add", "poetry install"),
    ("pdm.lock", "pdm add", "pdm install"),
    ("pixi.lock", "pixi add --pypi", "pixi install"),
    ("Pipfile", "pipenv install", "pipenv install"),
)
"""A file that tells who keeps a project's environment, how that adds a package, how it makes all anew."""


def command_for_module(python: str, module: str, folder: str = "") -> str:
    """What to type so that this interpreter can import a module; `folder` is that of the importing file."""
    return command(python, distribution_of(module), folder)


def command(python: str, distribution: str, folder: str = "") -> str:
    """What to type so that this interpreter has a distribution."""
    prefix = prefix_of(python)
    if project := _project_of(prefix, folder):
        root, adding, _ = project
        return f"cd {quoted(root)} && {adding} {distribution}"
    settings = venv_settings(prefix)
    is_frozen = python == sys.executable and getattr(sys, "frozen", False)
    if is_frozen or (settings is None and _is_managed(prefix)):
        environment = str(Path(folder or ".") / ".venv")
        made = quoted(python_in(environment))
        maker = "python3" if is_frozen else quoted(python)
        return f"{maker} -m venv {quoted(environment)} && {made} -m pip install {distribution}"
    if settings and "uv" in settings:
        return f"uv pip install --python {quoted(python)} {distribution}"
    if settings and not _has_pip(prefix):
        if shutil.which("uv"):
            return f"uv pip install --python {quoted(python)} {distribution}"
        return f"{quoted(python)} -m ensurepip && {quoted(python)} -m pip install {distribution}"
    return f"{quoted(python)} -m pip install {distribution}"


def remaking(python: str, version: str = "") -> str:
    """What to type to make this interpreter's environment anew, or "" when nobody can tell.

    `version` is the Python it should then have, where the present one will not do.
    """
    prefix = prefix_of(python)
    if project := _project_of(prefix, str(Path(prefix).parent)):
        root, _, syncing = project
        wanted = f" --python {version}" if version and syncing == "uv sync" else ""
        return f"cd {quoted(root)} && {syncing}{wanted}"
    settings = venv_settings(prefix)
    if settings and "uv" in settings:
        wanted = f" --python {version}" if version else ""
        return f"uv venv --clear{wanted} {quoted(prefix)}"
    if settings is not None or Path(prefix).name in {".venv", "venv", "env"}:
        return f"python{version or '3'} -m venv --clear {quoted(prefix)}"
    kept = Path(prefix)
    return f"pyenv install {kept.name}" if kept.parent.name == "versions" and not version else ""


def distribution_of(module: str) -> str:
    """What to install to get a module: ``"cv2.dnn"`` -> ``"opencv-python"``."""
    words = module.split(".")
    for length in range(len(words), 0, -1):
        if known := _DISTRIBUTIONS.get(".".join(words[:length])):
            return known
    return words[0].replace("_", "-")


def prefix_of(python: str) -> str:
    """The folder that an interpreter belongs to: an environment's, or the installation's."""
    folder = Path(os.path.abspath(python)).parent  # noqa: PTH100 - a link stays one: it names the environment
    if venv_settings(str(folder)) is None and folder.name in {"bin", "Scripts"}:
        folder = folder.parent
    if venv_settings(str(folder)) is None and os.path.islink(python):  # noqa: PTH114
        real = Path(os.path.realpath(python)).parent
        return str(real.parent if real.name in {"bin", "Scripts"} else real)
    return str(folder)


def python_in(prefix: str) -> str:
    """The interpreter of an environment or an installation; where it would be, if there is none."""
    names = ("Scripts/python.exe", "python.exe") if os.name == "nt" else ("bin/python", "bin/python3")
    paths = [str(Path(prefix, name)) for name in names]
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def venv_settings(prefix: str) -> dict[str, str] | None:
    """What pyvenv.cfg says; None for what is no virtual environment."""
    path = Path(prefix, "pyvenv.cfg")
    if not is_file(path):
        return None
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    pairs = (line.partition("=") for line in lines)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def is_file(path: Path) -> bool:
    """False too where one may not look, which pathlib raises for."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """False too where one may not look."""
    return os.path.isdir(path)  # noqa: PTH112


def quoted(word: str) -> str:
    """A path as a shell reads it."""
    if os.name == "nt":
        return f'"{word}"' if " " in word else word
    return shlex.quote(word)


def _project_of(prefix: str, folder: str) -> tuple[str, str, str] | None:
    """The project whose tool keeps this environment: its folder, how to add to it, how to make it anew."""
    if not folder:
        return None
    start = Path(folder)
    for root in (start, *start.parents):
        for mark, adding, syncing in _TOOLS:
            if _keeps(root, mark, prefix) and is_file(root / mark):
                return str(root), adding, syncing
    return None


def _keeps(root: Path, mark: str, prefix: str) -> bool:
    if Path(prefix).parent in (root, root / ".pixi" / "envs"):
        return True
    if mark == "poetry.lock":
        return "pypoetry" in Path(prefix).parts
    if mark == "Pipfile":
        try:
            return Path(prefix, ".project").read_text(encoding="utf-8").strip() == str(root)
        except (OSError, UnicodeDecodeError):
            return False
    return False


def _has_pip(prefix: str) -> bool:
    sites = (*Path(prefix).glob("lib/*/site-packages/pip"), Path(prefix, "Lib", "site-packages", "pip"))
    return any(is_folder(site) for site in sites)


def _is_managed(prefix: str) -> bool:
    """True for a Python that the system or uv keeps for itself, where pip refuses to install."""
    marks = (*Path(prefix).glob("lib/python3*/EXTERNALLY-MANAGED"), Path(prefix, "Lib", "EXTERNALLY-MANAGED"))
    return any(is_file(mark) for mark in marks)
