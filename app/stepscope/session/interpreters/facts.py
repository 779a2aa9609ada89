"""What an interpreter's files tell about it: its version, and the packages that matter here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stepscope_host.loading.installing import prefix_of, venv_settings

LIBRARIES = {"langgraph": "langgraph", "langchain": "langchain", "stepscope": "stepgraph"}
"""The distributions that are looked for, and what they are called here."""

_DIST_INFO = re.compile(rf"({'|'.join(LIBRARIES)})-([^-]+)\.dist-info", re.IGNORECASE)
_PATCHLEVEL = re.compile(r'#define\s+PY_VERSION\s+"(\d+(?:\.\d+)*)')


@dataclass(frozen=True)
class Interpreter:
    """A Python. `kind` says in a word or two where it comes from: ``"project .venv"``, ``"pyenv"``.

    `version` is ``"3.11.7"``, or shorter where the files tell no more; `packages` holds the versions of
    `LIBRARIES` that it has. `problem` says why it cannot run a graph and what mends that, or is "".
    `is_near`: it belongs to the project that it was looked for.
    """

    path: str
    kind: str
    version: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    is_near: bool = False
    is_own: bool = False  # the one that runs this window


def version_of(python: str) -> str:
    """The version in digits and dots, as exact as the files tell; "" when they tell nothing."""
    prefix = Path(prefix_of(python))
    settings = venv_settings(str(prefix)) or {}
    for key in ("version_info", "version"):
        if found := re.match(r"\d+(\.\d+){0,2}", settings.get(key, "")):
            return found[0]
    name = re.search(
        r"(\d+\.\d+)(?:\.exe)?$", os.path.realpath(python)
    )  # python3.11, where several share a folder
    return _exact(prefix, name[1] if name else "") or (name[1] if name else _from_names(prefix))


def packages_of(python: str, version: str, home: Path) -> dict[str, str]:
    """Versions of the `LIBRARIES` that an interpreter of this version would import."""
    return packages_in(_import_folders(python, short(version), home))


def packages_in(folders: Iterable[Path]) -> dict[str, str]:
    """Versions of the `LIBRARIES` that are installed in these folders, the first one counting."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError:
            continue
        for name in names:
            if info := _DIST_INFO.fullmatch(name):
                found.setdefault(LIBRARIES[info[1].lower()], info[2])
    return found


def short(version: str) -> str:
    """``"3.11"`` of ``"3.11.7"``."""
    return ".".join(version.split(".")[:2])


def _exact(prefix: Path, wanted: str) -> str:
    """The version that an installation's headers name, of those that begin so."""
    for header in sorted(prefix.glob(f"include/python{wanted}*/patchlevel.h"), reverse=True):
        try:
            text = header.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if found := _PATCHLEVEL.search(text):
            return found[1]
    return ""


def _from_names(prefix: Path) -> str:
    """The version that a file's name holds: conda's record, a Windows library, the folder of modules."""
    for pattern, shape in (
        ("conda-meta/python-[0-9]*.json", r"python-(\d+\.\d+\.\d+)"),
        ("lib/python[0-9]*", r"python(\d+\.\d+)"),
        ("python3[0-9]*.dll", r"python(\d)(\d+)\.dll"),
    ):
        for path in sorted(prefix.glob(pattern), reverse=True):
            if found := re.match(shape, path.name):
                return ".".join(found.groups())
    return ""


def _import_folders(python: str, version: str, home: Path) -> list[Path]:
    """Where an interpreter looks for installed packages, in its own order."""
    prefix = Path(prefix_of(python))
    settings = venv_settings(str(prefix))
    folders = _site_folders(prefix, version)
    if settings is not None:
        if settings.get("include-system-site-packages", "").lower() != "true":
            return folders
        base = Path(settings.get("home", ""))
        prefix = base.parent if base.name in {"bin", "Scripts"} else base
    personal = home / ".local" / "lib" / f"python{version}" / "site-packages"
    return [*folders, personal, *_site_folders(prefix, version)]


def _site_folders(prefix: Path, version: str) -> list[Path]:
    folders = [prefix / lib / f"python{version}" / "site-packages" for lib in ("lib", "lib64")]
    folders.append(prefix / "Lib" / "site-packages")
    if prefix == Path("/usr"):  # Debian keeps its own packages apart, and those that pip installs
        folders += [
            Path(f"/usr/local/lib/python{version}/dist-packages"),
            prefix / "lib/python3/dist-packages",
        ]
    return folders
