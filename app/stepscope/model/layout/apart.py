"""Lays out one graph for the window, in a process of its own: ``python -m stepscope.model.layout.apart``.

The work comes by stdin and the layout goes by stdout, each with its length in front. So much is made that
stays, and none of it goes round in circles, that the garbage collector is switched off.

When stdin ends the window is gone, and so is all reason to go on.
"""

from __future__ import annotations

import gc
import os
import struct
import sys
import threading

from stepscope.model.layout import packed

MARK = b"\x00layout\x00"
"""What an answer begins with; whatever comes before it was printed by something else."""

_LENGTH = struct.Struct(">Q")


def frame(content: bytes) -> bytes:
    return _LENGTH.pack(len(content)) + content


def content(framed: bytes) -> bytes | None:
    """What is in a frame; None where the end of it is missing."""
    begin = _LENGTH.size
    is_whole = len(framed) >= begin and len(framed) == begin + _LENGTH.unpack_from(framed)[0]
    return framed[begin:] if is_whole else None


def main() -> None:
    gc.disable()
    import networkx  # noqa: F401 - while the work is still on its way

    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    length = stdin.read(_LENGTH.size)
    work = content(length + stdin.read(_LENGTH.unpack(length)[0])) if length else None
    if work is not None:
        threading.Thread(target=_end_with_the_window, daemon=True).start()
        stdout.write(MARK + frame(packed.answer(work)))
        stdout.flush()
        os._exit(0)  # that thread still reads


def _end_with_the_window() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
