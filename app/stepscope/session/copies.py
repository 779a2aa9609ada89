"""Copies of the worker's code that other versions have left in a cache, removed a while after their last use.

A process holds the copy that it uses by an open file and a lock, which end with it however it ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "worker-"
UNUSED = 7 * 24 * 60 * 60
"""Seconds after its last use for which a copy stays: of two versions in turn, neither makes its own again."""

_held: dict[Path, int] = {}


def touch(copy: Path) -> None:
    """Tell that a copy is in use. Before it is looked at, so that nobody removes it meanwhile."""
    with contextlib.suppress(OSError):  # there is none yet
        os.utime(copy)


def hold(copy: Path) -> None:
    """Let nobody remove a copy until this process ends."""
    with contextlib.suppress(OSError):  # a file system without locks: what was used lately stays all the same
        if copy in _held and os.path.samestat(os.fstat(_held[copy]), os.stat(_lock(copy))):  # noqa: PTH116
            return
        number = os.open(_lock(copy), os.O_RDONLY)
        if copy in _held:  # of a copy that stood here, and was replaced
            os.close(_held[copy])
        _held[copy] = number
        if os.name == "posix":
            import fcntl

            fcntl.flock(number, fcntl.LOCK_SH)


def hold_beyond_exec() -> None:
    """What this process holds, the program that it becomes by `os.exec` goes on holding."""
    for number in _held.values():
        os.set_inheritable(number, True)


def remove_unused(cache: Path) -> None:
    """Remove the copies that nobody holds and nobody has used for long."""
    for copy in cache.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is in use, or this very moment another process removes it
            if copy.stat().st_mtime < time.time() - UNUSED:
                _remove(copy)


def _remove(copy: Path) -> None:
    removed = Path(tempfile.mkdtemp(prefix=PREFIX, dir=copy.parent))
    try:
        _take_away(copy, removed / copy.name)
    finally:
        shutil.rmtree(removed, ignore_errors=True)


def _take_away(copy: Path, place: Path) -> None:
    """Rename it, so that it is there as a whole or not at all. Raises OSError when it is held."""
    if os.name != "posix":
        copy.rename(place)  # not as long as a file in it is open
        return
    import fcntl

    number = os.open(copy, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        copy.rename(place)
    finally:
        os.close(number)


def _lock(copy: Path) -> Path:
    """What a holder opens: where folders can be opened, the folder."""
    return copy if os.name == "posix" else copy / "__main__.py"
