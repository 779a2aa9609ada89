"""What a process writes to one of its pipes, as text, in order with what it says on its channel.

A message says how much the program itself had written before it (see `stepscope_host.serving.streams`): so
far the pipe is read before the message is taken in. What comes later is only read when all messages before it
have been heard. What others write, such as children and C, is counted as soon as it is seen to be more.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable
from typing import IO

if os.name == "posix":
    import fcntl
    import termios

READ_BYTES = 1 << 16
"""As much as a pipe holds."""


class Output:
    """Reads a pipe in a thread of its own; another thread may have it catch up at any moment.

    `hear` is called before something is read that is newer than what waits on the channel. Where nobody knows
    what came first, as with the last words of native code, it was what stands in the `other` pipe.
    """

    def __init__(
        self,
        pipe: IO[bytes],
        take: Callable[[str], None],
        hear: Callable[[], object],
        other: Output | None = None,
    ) -> None:
        self._pipe = pipe
        self._take = take
        self._hear = hear
        self._other = other
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._is_reading = threading.Lock()
        self._is_over = False
        self._read = 0  # bytes
        self._own = 0  # so many of them the program has written itself, at least
        self._others = 0  # and so many others
        self._thread = threading.Thread(target=self._read_all, name="stepscope-output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end of the pipe, but no longer than this: other processes may hold it open."""
        self._thread.join(seconds)

    def catch_up(self) -> None:
        """Take what was written before now.

        Only where a pipe can be asked for what it holds; elsewhere pipes and channel are told as they come.
        """
        if os.name == "posix":
            with self._is_reading:
                if not self._is_over and holds(self._pipe.fileno()):
                    self._read_piece(READ_BYTES)

    def catch_up_to(self, own: int) -> None:
        """Take what was written until the program itself had written so many bytes."""
        if os.name != "posix":
            return
        with self._is_reading:
            if own < self._own:  # of a thread that others have overtaken
                return
            self._own = own
            self._others = max(self._others, self._read - own)
            while (missing := own + self._others - self._read) > 0:
                if self._is_over or not holds(self._pipe.fileno()):
                    self._others = self._read - own  # somebody had put another file in its place
                    return
                self._read_piece(min(missing, READ_BYTES))

    def _read_all(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._pipe:
            while not self._is_over:
                if os.name == "posix":
                    is_readable(self._pipe.fileno(), None)
                    self._read_what_came()
                else:
                    self._read_piece(READ_BYTES)

    def _read_what_came(self) -> None:
        """Read what is there now, after the messages that came before it."""
        end, end_of_other = self._end(), 0 if self._other is None else self._other._end()
        self._hear()
        if self._other is not None and end > self._read:
            self._other._read_to(end_of_other)
        with self._is_reading:
            if self._is_over:
                return
            if (left := end - self._read) > 0:
                self._read_piece(min(left, READ_BYTES))
            elif is_readable(self._pipe.fileno(), 0) and not holds(self._pipe.fileno()):  # at its end
                self._read_piece(READ_BYTES)

    def _end(self) -> int:
        """As far as it can be read now."""
        with self._is_reading:
            return self._read if self._is_over else self._read + holds(self._pipe.fileno())

    def _read_to(self, end: int) -> None:
        with self._is_reading:
            while not self._is_over and self._read < end:
                self._read_piece(min(end - self._read, READ_BYTES))

    def _read_piece(self, most: int) -> None:
        piece = os.read(self._pipe.fileno(), most)
        self._read += len(piece)
        self._is_over = not piece
        if text := self._decoder.decode(piece, final=not piece):
            self._take(text)


def holds(file: int) -> int:
    """How many bytes can be read from a pipe or a socket at once."""
    answer = fcntl.ioctl(file, termios.FIONREAD, b"\0\0\0\0")
    return int.from_bytes(answer, sys.byteorder)


def is_readable(file: int, milliseconds: int | None) -> bool:
    """True when something can be read from a pipe or a socket, or it has ended, within this time."""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(milliseconds))
