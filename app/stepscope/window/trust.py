"""Whose code may run: a folder that the person trusts, or the examples that came with the window."""

from __future__ import annotations

import importlib.machinery
import sys
from dataclasses import dataclass
from pathlib import Path

from stepscope.run.settings import Settings


@dataclass(frozen=True)
class Source:
    """Where a target's code lies: a folder, and the file or module in it by name."""

    folder: Path
    what: str


def source_of(target: str) -> Source:
    """Find a target's code without running any of it."""
    path = file_of(target)
    if path is not None:
        real = path.resolve()
        return Source(real if real.is_dir() else real.parent, real.name)
    module = target.partition(":")[0]
    # Only the top package is looked up: finding `a.b` would import `a`.
    spec = importlib.machinery.PathFinder.find_spec(module.partition(".")[0], [str(Path.cwd()), *sys.path])
    origin = spec.origin if spec and spec.origin not in (None, "built-in", "frozen") else None
    return Source(Path(origin).resolve().parent if origin else Path.cwd().resolve(), module)


def file_of(target: str) -> Path | None:
    """The path in ``file.py`` or ``file.py:name``; None for ``package.module:name``."""
    before, colon, name = target.rpartition(":")
    # The colon of `C:\graphs\a.py` is part of the path.
    text = before if colon and name.isidentifier() else target
    if text.endswith(".py") or "/" in text or "\\" in text or Path(text).exists():
        return Path(text)
    return None


class Trust:
    """Knows the folders that may run; `bundled` are the examples' own."""

    def __init__(self, settings: Settings, bundled: tuple[Path, ...]) -> None:
        self._settings = settings
        self._bundled = tuple(folder.resolve() for folder in bundled)

    def covers(self, source: Source) -> bool:
        """True when the folder itself is trusted; those in it are asked about one by one."""
        return source.folder in self._bundled or str(source.folder) in self._settings.trusted

    def add(self, source: Source) -> None:
        self._settings.trust(source.folder)
