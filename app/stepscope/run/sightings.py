"""What files hold now, held against what they held when they were loaded.

Only contents count: a touch, a change that is taken back, a branch that is left and come back to are no
difference. A folder holds the names of what could be imported from it. A file is read again when its stamp is
another one, or so young that the next change could bear the same one: some file systems count in steps of
two seconds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 4_000_000
"""A bigger file is no source code: its stamp stands for what it holds."""

MOST_FILES = 500
"""Of more than these the first ones are looked after; half a thousand take a millisecond a look."""

COARSE_SECONDS = 2.0

Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """One file that is not what was loaded."""

    path: str
    is_gone: bool = False


@dataclass(frozen=True)
class _Sight:
    """A file as it was seen: its stamp and digest are None when it was not there."""

    stamp: Stamp | None
    digest: bytes | None
    is_sure: bool  # as long as the stamp stays, the contents do


class Sightings:
    """Files, and what they held. All methods read the disk: they are not for the window's thread."""

    def __init__(self) -> None:
        self._seen: dict[str, _Sight] = {}
        self._loading: str | None = None
        self._expected: dict[str, bytes | None] = {}
        self._loaded: dict[str, bytes | None] = {}

    def expect(self, file: Path | None) -> None:
        """A file, or the watched ones again, are about to be loaded: what they hold now is what will be."""
        self.look()
        self._expected = self.contents
        self._loading = None if file is None else str(file.resolve())
        if self._loading is not None:
            self._expected[self._loading] = _see(self._loading).digest

    def watch(self, files: Iterable[str]) -> None:
        """The load is over: look after the expected file and these, its other sources, and no others.

        One that was expected is held against what it held then; of another, what it holds now was loaded.
        """
        files = [self._loading, *files] if self._loading is not None else files
        files = list(dict.fromkeys(files))[:MOST_FILES]
        self._seen = {file: _see(file) for file in files}
        self._loaded = self.contents | {f: self._expected[f] for f in files if f in self._expected}
        self._expected, self._loading = {}, None

    def watch_also(self, files: Iterable[str]) -> None:
        """Look after these files, too; what those hold now that are new was loaded."""
        for file in files:
            if file not in self._seen and len(self._seen) < MOST_FILES:
                self._seen[file] = _see(file)
                self._loaded[file] = self._seen[file].digest

    def rest(self) -> None:
        """Look after no file: what was loaded was not read from any."""
        self._seen, self._expected, self._loaded, self._loading = {}, {}, {}, None

    def look(self) -> None:
        """Read what may have changed since the last look."""
        for file, sight in self._seen.items():
            if not sight.is_sure or _stamp(file) != sight.stamp:
                self._seen[file] = _see(file)

    def stamps(self) -> list[Stamp | None]:
        """The files' stamps as they are now: while they change, somebody writes."""
        return [_stamp(file) for file in self._seen]

    def has_moved(self) -> bool:
        """True when a stamp is another one than at the last look; nothing is read for that."""
        return any(_stamp(file) != sight.stamp for file, sight in self._seen.items())

    @property
    def contents(self) -> dict[str, bytes | None]:
        """A digest of each file; None for one that is not there."""
        return {file: sight.digest for file, sight in self._seen.items()}

    @property
    def differing(self) -> tuple[Difference, ...]:
        """The files that are not what was loaded, at the last look."""
        return tuple(
            Difference(file, is_gone=sight.digest is None)
            for file, sight in self._seen.items()
            if sight.digest != self._loaded[file]
        )


def _see(file: str) -> _Sight:
    stamp = _stamp(file)
    if stamp is None:
        return _Sight(None, None, is_sure=True)
    try:
        digest = _digest(Path(file), stamp)
    except OSError:  # gone meanwhile, or not for us to read: as good as not there
        return _Sight(stamp, None, is_sure=False)
    modified, *_ = stamp
    return _Sight(stamp, digest, is_sure=abs(time.time() - modified / 1e9) > COARSE_SECONDS)


def _digest(path: Path, stamp: Stamp) -> bytes:
    return hashlib.blake2b(_contents(path, stamp), digest_size=16).digest()


def _contents(path: Path, stamp: Stamp) -> bytes:
    _, _, size, _ = stamp
    if path.is_dir():
        names = (entry.name for entry in path.iterdir() if entry.suffix in ("", ".py"))
        return "/".join(sorted(name for name in names if name[0] not in "._")).encode(errors="replace")
    if size > MOST_BYTES:
        return repr(stamp).encode()
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _stamp(file: str) -> Stamp | None:
    try:
        status = Path(file).stat()
    except (OSError, ValueError):  # no such file; or a name that no file can have
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
