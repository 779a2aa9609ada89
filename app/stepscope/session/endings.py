"""What the end of a worker's process means in words: its status, its signal, and the report of the crash."""

from __future__ import annotations

import linecache
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from stepscope.model.events import Failure, Location
from stepscope_host.exits import CHANNEL_LOST, HOST_BROKEN

KEPT = "What had arrived is still here. The next run starts a new process."

WHOLE_PROCESS = (
    "Code in it may have changed what the whole process needs: builtins, modules, limits or descriptors."
)

_NATIVE = "Native code did that, not Python: look at what the line calls, and at the version of that package."
_SIGNALS = {
    "SIGSEGV": ("Crash", "crashed: a segmentation fault", _NATIVE),
    "SIGBUS": ("Crash", "crashed: a bus error", _NATIVE),
    "SIGFPE": ("Crash", "crashed: an arithmetic error in native code", _NATIVE),
    "SIGILL": ("Crash", "crashed: an illegal instruction", "A package may be built for another processor."),
    "SIGABRT": ("Crash", "aborted itself", "Native code did that: what it wrote to stderr says why."),
    "SIGTRAP": ("Crash", "crashed: a trap in native code", _NATIVE),
    "SIGSYS": ("Crash", "crashed: a system call that is not allowed", _NATIVE),
    "SIGKILL": (
        "Killed",
        "was killed",
        "The system does that when memory runs out; or somebody, or the program itself, did it.",
    ),
    "SIGTERM": ("Killed", "was asked to end", "Somebody, or the program itself, did that."),
    "SIGHUP": ("Killed", "was hung up", "Its terminal or session was closed."),
    "SIGXCPU": ("Killed", "has used up its processor time", "A limit is set for it: see `ulimit -t`."),
    "SIGALRM": ("Killed", "was ended by its own alarm", "Code in it calls signal.alarm() without a handler."),
    "SIGPIPE": ("Killed", "wrote to a pipe that nobody reads", "Code in it has set SIGPIPE to end it."),
}
_WINDOWS = {0xC0000005: "SIGSEGV", 0xC0000409: "SIGABRT", 0xC000001D: "SIGILL", 0xC0000094: "SIGFPE"}
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
_LIBRARY = re.compile(
    r"[/\\](site-packages|dist-packages|lib[/\\]python3[.\d]*|stepscope_host)[/\\]|^<", re.IGNORECASE
)
_REPORT = re.compile(r"^(?:Fatal Python error|Windows fatal exception): ", re.MULTILINE)


@dataclass(frozen=True)
class Ending:
    """How a process ended: its exit status, negative for a signal, and the last that it wrote to stderr.

    `breach` is what it sent that made no sense, for which it was ended.
    """

    status: int
    stderr: str
    breach: str = ""

    def failure(self, running: Sequence[str] = (), then: str = "") -> Failure:
        """In words, where `running` are the nodes that were at work, and `then` is what comes next."""
        kind, told, remedy = self._told()
        subject = "The program's process"
        if running:
            subject = f"While {_listed(running)} ran, the program's process"
        return Failure(kind, f"{subject} {told}.", f"{remedy} {then}".strip(), self.where, self.report)

    @cached_property
    def report(self) -> str:
        """What faulthandler wrote, if the process crashed: a child of it may have, and lives on in stderr."""
        *_, last = [None, *_REPORT.finditer(self.stderr)]
        return self.stderr[last.start() :] if last is not None and self._is_crash else ""

    @cached_property
    def where(self) -> Location | None:
        """The user's line in the report: the innermost of the thread that crashed. Reads its file."""
        current = self.report.partition("Current thread")[2] or self.report
        for frame in _FRAME.finditer(current.partition("\n\n")[0]):
            if not _LIBRARY.search(frame["file"]):
                line = int(frame["line"])
                source = linecache.getline(frame["file"], line).strip()
                return Location(frame["file"], line, frame["function"], source)
        return None

    @property
    def _signal(self) -> str:
        if self.status in _WINDOWS:
            return _WINDOWS[self.status]
        if self.status >= 0:
            return ""
        try:
            return signal.Signals(-self.status).name
        except ValueError:
            return f"signal {-self.status}"

    @property
    def _is_crash(self) -> bool:
        return _SIGNALS.get(self._signal, ("",))[0] == "Crash"

    @property
    def last_line(self) -> str:
        """The last line of stderr that is not empty."""
        return self.stderr.strip().rpartition("\n")[2].strip()

    def _told(self) -> tuple[str, str, str]:
        """The kind of failure, what the process did, and what to do about it."""
        if self.breach:
            return (
                "ChannelBroken",
                f"was ended, because what it sent to Stepscope made no sense: {self.breach}",
                "Code in it writes to descriptors that are not its own: look for os.write() and open(fd).",
            )
        if self.status == CHANNEL_LOST:
            return (
                "ChannelLost",
                "was ended, because it has closed what joins it to Stepscope",
                "Code in it closes descriptors that are not its own: look for os.closerange() or os.close().",
            )
        if self.status == HOST_BROKEN:
            return (
                "HostBroken",
                f"could not go on: {self.last_line or 'the code that runs graphs in it failed'}",
                f"{WHOLE_PROCESS} The traceback is in the Console.",
            )
        name = self._signal
        if name in _SIGNALS:
            kind, told, remedy = _SIGNALS[name]
            return kind, f"{told} ({name})", remedy
        if name:
            return "Killed", f"was ended by {name}", "Somebody, or the program itself, sent it that signal."
        return (
            "Exit",
            f"ended itself with status {self.status}",
            f"Code in it, or in a library, called os._exit({self.status}): "
            "raise an exception instead, which ends the run alone.",
        )


def _listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last
