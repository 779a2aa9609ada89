"""Our descriptors in a process whose code may close any, by `os.closerange()` for one.

The next file that it opens then has the number of ours. So ours have numbers that few reach, and are looked
at before each use: nothing of ours is ever written to somebody else's file, and nothing of theirs read.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
from collections.abc import Iterator
from typing import Any

READ_BYTES = 1 << 16

HIGHEST = 1_024
"""What is usually the first number that no descriptor has; higher ones would make each fork slow."""

SPARE = 16
"""So many below the highest are for ours."""


class Lost(Exception):
    """A descriptor is not ours any more."""


class Descriptor:
    """One that is ours, as long as nobody else has closed it. It is not inherited."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._identity = _identity(number)
        self._socket: socket.socket | None = None
        os.set_inheritable(number, False)
        if os.name == "posix" and stat.S_ISSOCK(os.fstat(number).st_mode):
            self._socket = socket.socket(fileno=number)

    def read(self) -> bytes:
        """What comes next; nothing when the window has closed its end. Raises Lost."""
        self.check()
        with contextlib.suppress(ConnectionError):
            return _read(self._number, READ_BYTES)
        return b""

    @property
    def is_prompt(self) -> bool:
        """True when `send` does not wait."""
        return self._socket is not None

    def send(self, data: bytes) -> bytes:
        """Send what the window takes without delay, or at least something; returns the rest.

        Raises Lost, or ConnectionError when the window has closed its end.
        """
        self.check()
        if self._socket is None:
            return data[_write(self._number, data) :]
        try:
            return data[self._socket.send(data, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            return data

    def wait_for_room(self) -> None:
        """Return when `send` can send something."""
        if self._socket is not None:
            _wait_until_writable(self._number)

    def check(self) -> None:
        """Raises Lost."""
        try:
            is_ours = _identity(self._number) == self._identity
        except OSError:
            is_ours = False
        if not is_ours:
            raise Lost("code in this process has closed the descriptor that joins it to Stepscope")


def _identity(number: int) -> tuple[int, int]:
    found = _fstat(number)
    return found.st_dev, found.st_ino


def _wait_until_writable(number: int) -> None:
    poll = _poll()
    poll.register(number, _POLLOUT)
    poll.poll()


@contextlib.contextmanager
def out_of_reach() -> Iterator[None]:
    """Give what is opened meanwhile high numbers."""
    held: list[int] = []
    try:
        with contextlib.suppress(ImportError, OSError, ValueError):  # another system, or few are allowed
            import resource

            first = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], HIGHEST) - SPARE
            while not held or held[-1] < first:
                held.append(os.dup(2))
        yield
    finally:
        for number in held:
            os.close(number)


# The user's code may put anything in the place of these.
_fstat, _read, _write = os.fstat, os.read, os.write
_poll: Any = getattr(select, "poll", None)
_POLLOUT: int = getattr(select, "POLLOUT", 0)
