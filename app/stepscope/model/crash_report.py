"""What faulthandler writes when a process crashes: whose its frames are, and which of its lines matter.

It tells of all threads, of which most are not the person's. What has to do with the program is shown; the
whole goes along when the problem is copied.
"""

from __future__ import annotations

import re

BEGINNING = re.compile(r"^(?:Fatal Python error|Windows fatal exception): ", re.MULTILINE)
FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
LEFT_OUT = "  … the frames of engines and of Stepscope are left out; Copy in Problem takes the whole report"

_HOST = r"[/\\]stepscope_host[/\\]|[/\\]worker-[0-9a-f]{16}[/\\]|^<"
_LIBRARY = re.compile(
    rf"[/\\](site-packages|dist-packages|lib[/\\]python3[.\d]*)[/\\]|{_HOST}", re.IGNORECASE
)
_MACHINERY = re.compile(
    r"[/\\](stepgraph|langgraph|langchain_core|langsmith)[/\\]"
    r"|[/\\]lib[/\\]python3[.\d]*[/\\](asyncio|concurrent|contextlib|importlib|runpy|selectors|threading)\b"
    rf"|{_HOST}",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?:Current thread|Thread 0x)")


def is_library(file: str) -> bool:
    """True for a file that is not of the person's own."""
    return _LIBRARY.search(file) is not None


def is_machinery(file: str) -> bool:
    """True for a file of what runs the program rather than of what it calls."""
    return _MACHINERY.search(file) is not None


class Trimmed:
    """A stream's lines without those of a report that say nothing of the program."""

    def __init__(self) -> None:
        self.is_within = False
        self._header = ""  # of a thread of which nothing has been shown yet
        self._has_left_out = False

    def feed(self, line: str) -> list[str]:
        """What to show for the next line."""
        if BEGINNING.match(line):
            self.is_within, self._header, self._has_left_out = True, "", False
            return [line]
        if not self.is_within or line.startswith("Python runtime state"):
            return [line]
        if _HEADER.match(line):
            self._header = line
            return []
        if (frame := FRAME.match(line)) and not is_machinery(frame["file"]):
            header, self._header = self._header, ""
            return [header, line] if header else [line]
        if line.startswith(("  ", "Extension modules:")):
            return self._left_out()
        self.is_within = not line
        return [] if self.is_within else [line]

    def _left_out(self) -> list[str]:
        if self._has_left_out:
            return []
        self._has_left_out = True
        return [LEFT_OUT]
