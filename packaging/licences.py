"""The licences of all that a frozen Stepscope has in it, gathered from the environment that is frozen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement  # the distribution of that name, which has no folder here

QT = """Qt and Qt for Python
====================

Stepscope uses Qt {version} and Qt for Python {version} under the GNU Lesser General Public License,
version 3. They are copyright of The Qt Company Ltd. and other contributors; LGPL-3.0.txt and
GPL-3.0.txt have the terms.

They are in this installation as shared libraries of their own, in the folders PySide6 and shiboken6: those
that The Qt Company publishes; on Linux without the symbols that debuggers read, and with less of ICU's data.
To use your own builds of the same version, put their files in the place of these. You may take Stepscope
apart to see what goes wrong with those. How it is built is in the folder packaging of its source code.

Their source code: https://download.qt.io/official_releases/QtForPython/ and
https://download.qt.io/official_releases/qt/
What Qt has of others, and their terms: https://doc.qt.io/qt-6/licenses-used-in-qt.html
ICU, which is with Qt on Linux, is copyright of Unicode, Inc.: ICU.txt
"""


def main(folder: Path, texts: Path) -> None:
    """Write a folder for each distribution, Python's own, Qt's terms and the list of all."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for found in sorted(shipped("stepscope"), key=lambda one: one.name.lower()):
        # Those of Qt have no texts with them.
        copied = list(_copied(found, folder / found.name)) or ["Qt.txt"]
        rows.append((found.name, found.version, _licence(found), ", ".join(copied)))
    python = Path(sys.base_prefix) / f"lib/python3.{sys.version_info[1]}/LICENSE.txt"
    if not python.is_file():
        python = Path(sys.base_prefix) / "LICENSE.txt"
    if python.is_file():
        shutil.copy(python, folder / "Python-LICENSE.txt")
    rows.append(("Python", sys.version.split()[0], "PSF-2.0", python.name and "Python-LICENSE.txt"))
    for text in texts.glob("*.txt"):
        shutil.copy(text, folder / text.name)
    qt = QT.format(version=distribution("PySide6_Essentials").version)
    (folder / "Qt.txt").write_text(qt, encoding="utf-8")
    lines = [f"{name} {version}\n    {licence}\n    {files}\n" for name, version, licence, files in rows]
    (folder / "README.txt").write_text(
        "What is in this installation, and under which licence\n\n" + "\n".join(lines) + "\n" + qt, "utf-8"
    )


def shipped(name: str) -> Iterator[Distribution]:
    """A distribution and all that it needs here."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        wanted = ahead.pop()
        try:
            found = distribution(wanted)
        except PackageNotFoundError:
            continue
        if found.name in seen:
            continue
        seen.add(found.name)
        yield found
        needs = (Requirement(text) for text in found.requires or ())
        ahead.extend(
            need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})
        )


def _licence(found: Distribution) -> str:
    about = found.metadata
    classified = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or ()
        if line.startswith("License")
    ]
    return about.get("License-Expression") or " / ".join(classified) or about.get("License") or "see its text"


def _copied(found: Distribution, folder: Path) -> Iterator[str]:
    for file in found.files or ():
        is_text = any(
            word in file.name.upper() for word in ("LICENSE", "LICENCE", "NOTICE", "COPYING", "AUTHORS")
        )
        if is_text and ".dist-info" in str(file.parent):
            folder.mkdir(exist_ok=True)
            shutil.copyfile(str(found.locate_file(file)), folder / file.name)  # not its mode
            yield f"{folder.name}/{file.name}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
