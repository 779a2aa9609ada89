"""The worker's code where any Python can run it: the host's source, copied to this person's cache.

A folder, not an archive: each Python keeps its compiled modules beside the source, and starts a quarter
sooner from the second time on. Nothing is ever written to where Stepscope is installed. Copies that other
versions have left go in time.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import stepscope_host
from stepscope.session import copies


def cache() -> Path:
    """Where a person's programs keep what can be made again."""
    if os.name == "nt":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "stepscope" / "Cache"
        )
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stepscope"


def folder() -> Path:
    """A folder to start as ``python FOLDER``; made when it is not there, or not as it should be.

    Raises OSError when there is no place to write it to.
    """
    files = _files(Path(stepscope_host.__file__).parent)
    name = f"{copies.PREFIX}{_digest(files)}"
    with contextlib.suppress(OSError, RuntimeError):  # no home, or a full or read-only one
        kept = cache() / name
        copies.touch(kept)
        _made(kept, files)
        copies.hold(kept)
        copies.remove_unused(cache())
        return kept
    return _made(_passing_folder() / name, files)


@functools.cache
def _passing_folder() -> Path:
    """A folder of this process alone, that nobody else can put anything into."""
    made = Path(tempfile.mkdtemp(prefix="stepscope-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _files(package: Path) -> dict[str, bytes]:
    """Relative paths and contents."""
    files = {path.relative_to(package.parent).as_posix(): path.read_bytes() for path in package.rglob("*.py")}
    return {**files, "__main__.py": (package / "__main__.py").read_bytes()}


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    return whole.hexdigest()[:16]


def _made(folder: Path, files: Mapping[str, bytes]) -> Path:
    if not _is_as_it_should_be(folder, files):
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = Path(tempfile.mkdtemp(prefix=copies.PREFIX, dir=folder.parent))
        try:
            for name, content in files.items():
                path = half / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if folder.exists():
                folder.rename(half / "old")
            half.rename(folder)
            shutil.rmtree(folder / "old", ignore_errors=True)
        except OSError:
            shutil.rmtree(half, ignore_errors=True)
            # Another window may have made it at the same moment.
            if not _is_as_it_should_be(folder, files):
                raise
    return folder


def _is_as_it_should_be(folder: Path, files: Mapping[str, bytes]) -> bool:
    try:
        return all((folder / name).read_bytes() == content for name, content in files.items())
    except OSError:
        return False
