"""What the end of a worker's process means in words: its status, its signal, and the report of the crash."""

from __future__ import annotations

import linecache
import re
import signal
from collections.abc import Sequence

from stepscope.model.events import Failure, Location

_SIGNALS = {
    "SIGSEGV": (
        "Crash",
        "crashed: a segmentation fault",
        "Native code did that, not Python: look at what it calls.",
    ),
    "SIGBUS": ("Crash", "crashed: a bus error", "Native code did that, not Python: look at what it calls."),
    "SIGFPE": ("Crash", "crashed: an arithmetic error in native code", ""),
    "SIGILL": ("Crash", "crashed: an illegal instruction", "A package may be built for another processor."),
    "SIGABRT": ("Crash", "aborted itself", "Native code did that: what it printed to stderr says why."),
    "SIGKILL": (
        "Killed",
        "was killed",
        "The system does that when memory runs out; or somebody did it by hand.",
    ),
    "SIGTERM": ("Killed", "was asked to end (SIGTERM)", "Somebody or something outside did that."),
    "SIGHUP": ("Killed", "was hung up (SIGHUP)", "Its terminal or session was closed."),
}
_WINDOWS = {0xC0000005: "SIGSEGV", 0xC0000409: "SIGABRT", 0xC000001D: "SIGILL", 0xC0000094: "SIGFPE"}
_KEPT = "Everything that had arrived is still here. The next run starts a new process."
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
_LIBRARY = re.compile(
    r"[/\\](site-packages|dist-packages|lib[/\\]python3[.\d]*|stepscope_host)[/\\]|^<", re.IGNORECASE
)
_REPORT = re.compile(r"^(Fatal Python error|Windows fatal exception): .*", re.MULTILINE | re.DOTALL)


def failure(status: int, stderr: str, running: Sequence[str], wire_problem: str = "") -> Failure:
    """The failure of a process that ended by itself while `running` were the nodes at work.

    `status` is its exit status, negative for a signal; `stderr` the last it wrote.
    """
    if wire_problem:
        return Failure(
            "ChannelBroken",
            f"The program's process was ended because what it sent made no sense: {wire_problem}.",
            f"Something in it writes to descriptors that are not its own. {_KEPT}",
        )
    kind, told, remedy = _told(status)
    report = _REPORT.search(stderr)
    where = _crashed_at(report.group()) if report else None
    while_running = f" while {_listed(running)} ran" if running else ""
    return Failure(
        kind,
        f"The program's process {told}{while_running}.",
        f"{remedy} {_KEPT}".strip(),
        where,
        report.group() if report else "",
    )


def _told(status: int) -> tuple[str, str, str]:
    name = _signal_name(status)
    if name in _SIGNALS:
        kind, told, remedy = _SIGNALS[name]
        return kind, f"{told} ({name})" if name not in told else told, remedy
    if name:
        return "Killed", f"was ended by {name}", "Somebody or something outside did that."
    return (
        "Exit",
        f"ended itself with status {status}",
        f"Code in it, or in a library, called os._exit({status}).",
    )


def _signal_name(status: int) -> str:
    if status in _WINDOWS:
        return _WINDOWS[status]
    if status >= 0:
        return ""
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _crashed_at(report: str) -> Location | None:
    """The user's line in the report of faulthandler: the innermost of the thread that crashed."""
    current = report.partition("Current thread")[2] or report
    thread = current.partition("\n\n")[0]
    for frame in _FRAME.finditer(thread):
        if not _LIBRARY.search(frame["file"]):
            line = int(frame["line"])
            source = linecache.getline(frame["file"], line).strip()
            return Location(frame["file"], line, frame["function"], source)
    return None


def _listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last
