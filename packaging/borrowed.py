"""The licences of libraries that a frozen Stepscope has from the system it was built on, where dpkg tells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

DOCUMENTS = Path("/usr/share/doc")
HEADING = "\nLibraries of the system that this was built on, from these packages of Debian's kind\n\n"


def add_licences(app: Path) -> bool:
    """Add them to the app's folder of licences and to the list there; False where dpkg is missing."""
    if not shutil.which("dpkg"):
        return False
    texts = {package: DOCUMENTS / package / "copyright" for package in _packages(app)}
    folder = app / "licences/libraries"
    folder.mkdir(exist_ok=True)
    for package, text in texts.items():
        shutil.copy(text, folder / f"{package}.txt")
    lines = [f"{package}\n    {folder.name}/{package}.txt\n" for package in texts]
    with (app / "licences/README.txt").open("a", encoding="utf-8") as listed:
        listed.write(HEADING + "\n".join(lines))
    return True


def _packages(app: Path) -> list[str]:
    """The packages that the libraries beside the app's own files are from."""
    names = [path.name for path in app.glob("lib*.so*") if not path.name.startswith("libpython")]
    told = (
        subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True).stdout for name in names
    )
    return sorted({line.partition(":")[0] for lines in told for line in lines.splitlines()[:1]})
