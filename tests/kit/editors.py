"""The ways in which editors and tools save a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def in_place(path: Path, text: str) -> None:
    """Truncate it and write it, as nano and most IDEs do."""
    path.write_text(text, encoding="utf-8")


def in_parts(path: Path, text: str) -> None:
    """Truncate it, and let the text arrive in two writes: in between the file is empty, then half."""
    half = len(text) // 2
    with path.open("w", encoding="utf-8") as file:
        file.flush()
        for part in (text[:half], text[half:]):
            file.write(part)
            file.flush()
            os.fsync(file.fileno())


def by_renaming(path: Path, text: str) -> None:
    """Write beside it and put that in its place, as JetBrains and gedit do."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def by_backup(path: Path, text: str) -> None:
    """Move the old one away and write a new one, as Vim and Emacs do: in between there is no file."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(text, encoding="utf-8")
    backup.unlink()


def by_deleting(path: Path, text: str) -> None:
    """Delete it and write it anew, as a checkout does."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


def keeping_its_time(path: Path, text: str) -> None:
    """Write it and set its time back, as some tools that copy trees do."""
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


Save = Callable[[Path, str], None]
WAYS: tuple[Save, ...] = (in_place, in_parts, by_renaming, by_backup, by_deleting, keeping_its_time)
