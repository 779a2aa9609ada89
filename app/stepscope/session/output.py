"""What a process writes to one of its pipes, as text, in order with what it says on its channel."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import threading
from collections.abc import Callable
from typing import IO

READ_BYTES = 1 << 16
"""As much as a pipe holds."""


class Output:
    """Reads a pipe in a thread of its own; another thread may have it catch up at any moment."""

    def __init__(self, pipe: IO[bytes], take: Callable[[str], None]) -> None:
        self._pipe = pipe
        self._take = take
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._is_reading = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._read_all, name="stepscope-output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end of the pipe, but no longer than this: other processes may hold it open."""
        self._thread.join(seconds)

    def catch_up(self) -> None:
        """Take what was written before now, as what is said on the channel next comes after it.

        Only where a pipe can be asked for what it holds; elsewhere the two are told as they come.
        """
        if os.name == "posix":
            with self._is_reading:
                if not self._is_over and _has_something(self._pipe, 0):
                    self._read_piece()

    def _read_all(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._pipe:
            while not self._is_over:
                if os.name == "posix":
                    _has_something(self._pipe, None)
                    self.catch_up()
                else:
                    self._read_piece()

    def _read_piece(self) -> None:
        piece = os.read(self._pipe.fileno(), READ_BYTES)
        self._is_over = not piece
        if text := self._decoder.decode(piece, final=not piece):
            self._take(text)


def _has_something(pipe: IO[bytes], milliseconds: int | None) -> bool:
    """True when the pipe can be read, or has ended, within this time."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(milliseconds))
