"""The line of the program that ends its process without a word, told before it does.

`os._exit()` and a deadly signal to oneself leave no traceback, nor a report of a crash.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from stepscope_host.failures import is_users, location

Tell = Callable[[dict[str, Any]], object]


def tell_before(tell: Tell) -> None:
    """From now on tell ``{"leaving": location, "status": 3}`` first; a signal counts as a negative status."""
    exit, kill, owner = os._exit, os.kill, os.getpid()

    @functools.wraps(exit)
    def tell_and_exit(status: int) -> None:
        if os.getpid() == owner and isinstance(status, int):
            _tell(tell, status & 0xFF if os.name == "posix" else status)
        exit(status)

    @functools.wraps(kill)
    def tell_and_kill(pid: int, signal: int, /) -> None:
        if os.getpid() == owner and pid in (owner, 0) and _is_deadly(signal):
            _tell(tell, -signal)
        kill(pid, signal)

    os._exit = tell_and_exit  # type: ignore[assignment]
    os.kill = tell_and_kill


def _tell(tell: Tell, status: int) -> None:
    frame: FrameType | None = sys._getframe(2)
    with contextlib.suppress(Exception):  # whatever the program has broken, it means to go
        while frame is not None and not is_users(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is not None:
            code = frame.f_code
            tell({"leaving": location(code.co_filename, frame.f_lineno, code.co_name), "status": status})


def _is_deadly(number: Any) -> bool:
    """True for a signal that nobody handles. Some of them end nothing: the status is another one then."""
    try:
        return number == signal.SIGKILL or signal.getsignal(number) == signal.SIG_DFL
    except (AttributeError, TypeError, ValueError):
        return False
