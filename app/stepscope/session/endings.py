"""What the end of a worker's process means in words: its status, its signal, and the report of the crash."""

from __future__ import annotations

import linecache
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from stepscope.model.crash_report import BEGINNING, FRAME, is_library, is_machinery
from stepscope.model.events import Failure, Location
from stepscope_host.exits import CHANNEL_LOST, HOST_BROKEN

KEPT = "What had arrived is still here. The next run starts a new process."

WHOLE_PROCESS = (
    "Code in it may have changed what the whole process needs: builtins, modules, limits or descriptors."
)

_NATIVE = "Native code did that, not Python: look at what the line calls, and at the version of that package."
_CRASHES = {
    "SIGSEGV": ("A segmentation fault", _NATIVE),
    "SIGBUS": ("A bus error", _NATIVE),
    "SIGFPE": ("An arithmetic error in native code", _NATIVE),
    "SIGILL": ("An illegal instruction", "A package may be built for another processor."),
    "SIGABRT": ("An abort", "Native code did that: what it wrote to stderr says why."),
    "SIGTRAP": ("A trap in native code", _NATIVE),
    "SIGSYS": ("A forbidden system call", _NATIVE),
}
_KILLS = {
    "SIGKILL": (
        "was killed",
        "The system does that when memory runs out; or somebody, or the program itself, did it.",
    ),
    "SIGTERM": ("was asked to end", "Somebody, or the program itself, did that."),
    "SIGHUP": ("was hung up", "Its terminal or session was closed."),
    "SIGXCPU": ("has used up its processor time", "A limit is set for it: see `ulimit -t`."),
    "SIGALRM": ("was ended by its own alarm", "Code in it calls signal.alarm() without a handler."),
    "SIGPIPE": ("wrote to a pipe that nobody reads", "Code in it has set SIGPIPE to end it."),
}
_WINDOWS = {0xC0000005: "SIGSEGV", 0xC0000409: "SIGABRT", 0xC000001D: "SIGILL", 0xC0000094: "SIGFPE"}


@dataclass(frozen=True)
class Ending:
    """How a process ended: its exit status, negative for a signal, and the last that it wrote to stderr.

    `breach` is what it sent that made no sense, for which it was ended. `left_at` is the line of the program
    that ended it by itself.
    """

    status: int
    stderr: str
    breach: str = ""
    left_at: Location | None = None

    def failure(self, running: Sequence[str] = (), then: str = "") -> Failure:
        """In words, where `running` are the nodes that were at work, and `then` is what comes next."""
        kind, message, remedy = self._told(f" while {_listed(running)} ran" if running else "")
        remedy = f"{remedy} {then}".strip()
        whole = self._report if self._frames else ""
        return Failure(kind, f"{message}.", remedy, self.where, self.traceback, whole)

    @cached_property
    def traceback(self) -> str:
        """That of the thread that crashed, the newest call last as in any traceback."""
        if not self._frames:
            return self._report
        users = [frame for frame in self._frames if not is_machinery(frame["file"])]
        lines = ["Traceback (most recent call last):"]
        for frame in reversed(users or self._frames):
            lines.append(f'  File "{frame["file"]}", line {frame["line"]}, in {frame["function"]}')
            source = linecache.getline(frame["file"], int(frame["line"])).strip()
            lines += [f"    {source}"] if source else []
        return "\n".join([*lines, self._report.partition("\n")[0]])

    @cached_property
    def where(self) -> Location | None:
        """The user's line: the innermost in the report of the thread that crashed, which reads its file."""
        for frame in self._frames:
            if not is_library(frame["file"]):
                line = int(frame["line"])
                source = linecache.getline(frame["file"], line).strip()
                return Location(frame["file"], line, frame["function"], source)
        return self.left_at

    @cached_property
    def _report(self) -> str:
        """What faulthandler wrote, if the process crashed: a child of it may have, and lives on in stderr."""
        *_, last = [None, *BEGINNING.finditer(self.stderr)]
        return self.stderr[last.start() :] if last is not None and self._signal in _CRASHES else ""

    @cached_property
    def _frames(self) -> list[re.Match[str]]:
        """Those of the thread that crashed, the innermost first."""
        thread = self._report.partition("Current thread")[2] or self._report
        return list(FRAME.finditer(thread.partition("\n\n")[0]))

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
    def last_line(self) -> str:
        """The last line of stderr that is not empty."""
        return self.stderr.strip().rpartition("\n")[2].strip()

    def _told(self, while_running: str) -> tuple[str, str, str]:
        """The kind of failure, what happened, and what to do about it."""
        process = "The program's process"
        if self.breach:
            ended = f"{process} was ended{while_running}"
            return (
                "ChannelBroken",
                f"{ended}, as what it sent to Stepscope made no sense: {self.breach}",
                "Code in it writes to descriptors that are not its own: look for os.write() and open(fd).",
            )
        if self.status == CHANNEL_LOST:
            return (
                "ChannelLost",
                f"{process} was ended{while_running}, as it has closed what joins it to Stepscope",
                "Code in it closes descriptors that are not its own: look for os.closerange() or os.close().",
            )
        if self.status == HOST_BROKEN:
            reason = self.last_line or "the code that runs graphs in it failed"
            return (
                "HostBroken",
                f"{process} could not go on{while_running}: {reason}",
                f"{WHOLE_PROCESS} The traceback is in the Console.",
            )
        name = self._signal
        if name in _CRASHES:
            what, remedy = _CRASHES[name]
            return "Crash", f"{what} ({name}) ended the program's process{while_running}", remedy
        if name in _KILLS:
            told, remedy = _KILLS[name]
            return "Killed", f"{process} {told} ({name}){while_running}", remedy
        if name:
            remedy = "Somebody, or the program itself, sent it that signal."
            return "Killed", f"{process} was ended by {name}{while_running}", remedy
        return (
            "Exit",
            f"{process} ended itself with status {self.status}{while_running}",
            f"Code in it, or in a library, called os._exit({self.status}): "
            "raise an exception instead, which ends the run alone.",
        )


def _listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last
