"""Whose work is in this installation, and under which licences, as text."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

QT = (
    "Qt and Qt for Python {version} are used under the GNU Lesser General Public License, version 3. They "
    "are shared libraries of their own: you may replace them with builds of yours. Their source code is at "
    "https://download.qt.io/official_releases/"
)
_DISTRIBUTION = "stepscope"


def licences() -> str:
    """All of it. A frozen app has a list that was made with it; else what is installed tells.

    Reads files.
    """
    gathered = Path(getattr(sys, "_MEIPASS", ""), "licences")
    if getattr(sys, "frozen", False) and (gathered / "README.txt").is_file():
        return f"The full texts are in {gathered}.\n\n" + (gathered / "README.txt").read_text("utf-8")
    lines = [
        f"{one.name} {one.version}: {_licence(one)}"
        for name in _needed()
        if (one := _installed(name)) is not None
    ]
    return "\n".join(["Stepscope: MIT", *lines])


def _needed() -> list[str]:
    own = _installed(_DISTRIBUTION)
    needs = own.requires or [] if own is not None else []
    names = (need.partition(";") for need in needs)
    # Those of an extra are the person's own choice, and have a marker that says so.
    wanted = (name for name, _, marker in names if "extra" not in marker)
    return sorted({_name(need) for need in wanted}, key=str.lower)


def _name(requirement: str) -> str:
    for place, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:place]
    return requirement


def _installed(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _licence(one: metadata.Distribution) -> str:
    about = one.metadata
    classified = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    # Some have the whole text there.
    written = [about[key].splitlines()[0] for key in ("License-Expression", "License") if key in about]
    return next(filter(None, [*written[:1], " / ".join(classified), "see its files"]))
