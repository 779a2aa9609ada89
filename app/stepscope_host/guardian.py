"""No orphan is left: a process of its own ends the worker's group when the window is gone.

The worker could not see to that itself: a node may hold the interpreter, or the window's end be closed
while the worker is stopped by a signal. The guardian only waits for the end of a pipe whose other end the
window alone holds, and then kills the group, itself included.
"""

from __future__ import annotations

import os
import signal


def stand_guard(lifeline: int) -> None:
    """Start the guardian of this process's group. POSIX only; to be called before any thread is started."""
    if os.fork() == 0:
        # The child of a child belongs to init: the user's code never meets it among its own.
        if os.fork() == 0:
            _wait_and_kill(lifeline)
        os._exit(0)
    os.wait()
    os.close(lifeline)


def _wait_and_kill(lifeline: int) -> None:
    """Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        os.closerange(0, lifeline)
        os.closerange(lifeline + 1, 65_536)
        while os.read(lifeline, 64):
            pass
    finally:
        os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)
