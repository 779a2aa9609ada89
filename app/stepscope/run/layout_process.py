"""A process that lays out one graph, started by the window and gone with it.

A layout of 10,000 nodes takes a second or more of Python; a thread would keep the window from the
interpreter for tens of milliseconds again and again.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

import stepscope
from stepscope.model.layout import apart
from stepscope.session import environment, own_python

_MODULE = "stepscope.model.layout.apart"


class LayoutLost(Exception):
    """The process could not be started, or has ended without an answer."""


class LayoutProcess:
    """Lays out one graph and ends. It gets ready while its work is made ready.

    To be used in a `with`, at whose end nothing of it is left. Raises LayoutLost.
    """

    def __init__(self) -> None:
        python = own_python.own_python()
        flags: int = subprocess.CREATE_NO_WINDOW if os.name == "nt" else 0  # type: ignore[attr-defined]
        try:
            self._process = subprocess.Popen(
                [*own_python.command(python), "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment.for_others(os.environ, environment.bundle()),
                cwd=_folder(),  # where modules are looked for first
                creationflags=flags,
                start_new_session=os.name == "posix",  # Ctrl+C in a terminal is for the window
            )
        except OSError as error:
            raise LayoutLost(f"{python} cannot be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    def __enter__(self) -> LayoutProcess:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()
        with contextlib.suppress(OSError):  # what was not sent when it was killed
            self._stdin.close()
        self._stdout.close()
        self._process.wait()

    def laid_out(self, work: bytes) -> bytes:
        """The layout of packed work, packed. Blocks; raises LayoutLost."""
        with contextlib.suppress(OSError):  # it is gone: what it has said tells why
            self._stdin.write(apart.frame(work))
            self._stdin.flush()
        words, _, framed = self._stdout.read().partition(apart.MARK)
        layout = apart.content(framed)
        if layout is None:
            told = words.decode(errors="replace").strip()
            raise LayoutLost(f"The process that was to do it has ended. {told}".rstrip())
        return layout

    def kill(self) -> None:
        """End the process at once: nobody wants the layout any more."""
        self._process.kill()


def _folder() -> str | None:
    """The folder that has this package; None where it is in an archive."""
    folder = Path(stepscope.__file__).parent.parent
    return str(folder) if folder.is_dir() else None
