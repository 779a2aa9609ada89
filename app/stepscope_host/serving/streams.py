"""The program's stdout and stderr, whose place among the messages of the channel is known.

They stay the pipes that they are: children, C and `os.dup2()` find what they expect, and nothing is lost in
a crash. But the window reads pipes and channel each in its own time. So a message says how many bytes Python
had written to each pipe before it, and no more is written before that message is on its way.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast


class Streams:
    """Takes the place of `sys.stdout` and `sys.stderr`, where the channel is no pipe of these.

    `before_writing` is called before each writing, and told whether the one before went to the other stream.
    """

    def __init__(self) -> None:
        self.before_writing: Callable[[bool], object] = lambda is_other: None
        self._out, self._err = _Counted(1, "<stdout>", self._begin), _Counted(2, "<stderr>", self._begin)
        self._last = self._out
        sys.stdout = sys.__stdout__ = _as_text(self._out, sys.stdout)  # type: ignore[misc,assignment]
        sys.stderr = sys.__stderr__ = _as_text(self._err, sys.stderr)  # type: ignore[misc,assignment]

    @property
    def written(self) -> tuple[int, int]:
        """How many bytes Python has written to stdout, and to stderr."""
        return self._out.count, self._err.count

    def _begin(self, stream: _Counted) -> None:
        is_other, self._last = stream is not self._last, stream
        self.before_writing(is_other)


class _Counted(io.FileIO):
    """A descriptor that counts what is written to it through this."""

    def __init__(self, number: int, name: str, begin: Callable[[_Counted], object]) -> None:
        super().__init__(number, "wb", closefd=False)
        self.name = name
        self.count = 0
        self._begin = begin

    def write(self, data: Any) -> int:
        self._begin(self)
        count = super().write(data)
        self.count += count or 0
        return count


def _as_text(file: _Counted, before: TextIO) -> TextIO:
    """A stream like the one before, which writes to the file."""
    before.flush()
    old = cast(io.TextIOWrapper, before)
    unbuffered = cast(io.BufferedWriter, file)  # as `python -u` has it
    stream = io.TextIOWrapper(
        unbuffered if old.write_through else io.BufferedWriter(file),
        encoding=old.encoding,
        errors=old.errors,
        newline="\n",
        line_buffering=old.line_buffering,
        write_through=old.write_through,
    )
    stream.mode = "w"  # type: ignore[misc]
    return stream
