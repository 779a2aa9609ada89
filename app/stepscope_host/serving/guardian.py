"""No orphan is left: the worker is the child of a guardian, which ends all that came of it.

The process that the window starts splits in two. The child goes on as the worker, leader of a group of its
own. The parent guards it: when the worker has ended, or the window has gone, it kills the worker's group,
and then whatever was started in it and has left the group. On Linux such orphans come to the guardian, as it
has asked for them; elsewhere they are out of reach. The worker could see to none of that itself: a node may
hold the interpreter, or somebody may have stopped it by a signal.

The guardian shares a socket with the window, its *lifeline*. It writes two lines to it, the worker's number
when it stands and the worker's status when everything is over. Otherwise it waits for a word of the window,
for the window's end of the socket to be closed, or for a child to end.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal

INTERRUPT = b"i"
"""The window's word for: raise KeyboardInterrupt in the worker. Only the guardian knows the number is its."""

_PR_SET_CHILD_SUBREAPER = 36


def stand_guard(lifeline: int) -> None:
    """Split in two: returns in the worker. POSIX only; to be called before any thread is started."""
    worker = os.fork()
    if worker == 0:
        os.setsid()
        os.close(lifeline)
        return
    try:
        _guard(worker, lifeline)
    finally:
        os._exit(1)


def _guard(worker: int, lifeline: int) -> None:
    """Never returns."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        with contextlib.suppress(OSError, ValueError):  # some are the C library's own
            signal.signal(number, signal.SIG_IGN)
    os.closerange(0, lifeline)  # the window is to see the end of the worker's pipes
    os.closerange(lifeline + 1, 65_536)
    _adopt_orphans()
    _say(lifeline, worker)
    status = _seen_out(worker, lifeline)
    # Nobody can have been given its number since.
    with contextlib.suppress(OSError):
        os.killpg(worker, signal.SIGKILL)
    _end_orphans()
    _say(lifeline, status)
    os._exit(0)


def _seen_out(worker: int, lifeline: int) -> int:
    """The worker's exit status, once it has one; negative for a signal."""
    news, poll = _news_of_children(), select.poll()
    poll.register(news, select.POLLIN)
    poll.register(lifeline, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if lifeline in ready:
            word = _read(lifeline)
            os.kill(worker, signal.SIGINT if word else signal.SIGKILL)
            if not word:
                poll.unregister(lifeline)
        if news in ready:
            _read(news)
        status = _reaped(worker)
        if status is not None:
            return status


def _news_of_children() -> int:
    """A descriptor that can be read when a child has ended."""
    news, teller = os.pipe()
    os.set_blocking(teller, False)
    signal.set_wakeup_fd(teller, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    os.write(teller, b"\0")  # one may have ended already
    return news


def _read(descriptor: int) -> bytes:
    with contextlib.suppress(OSError):
        return os.read(descriptor, 4096)
    return b""


def _adopt_orphans() -> None:
    with contextlib.suppress(Exception):  # another system, or a Python without ctypes
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reaped(worker: int) -> int | None:
    """Clear away the children that have ended; the worker's status if it is among them."""
    status = None
    with contextlib.suppress(ChildProcessError):  # none is left
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == worker:
                status = os.waitstatus_to_exitcode(ended[1])
    return status


def _end_orphans() -> None:
    """Kill all children; those of a killed one become ours, until there are none."""
    spared: set[int] = set()
    while children := set(_children()) - spared:
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except OSError:  # another user's, as sudo starts them
                spared.add(child)


def _children() -> list[int]:
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as file:  # noqa: PTH123
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _say(lifeline: int, number: int) -> None:
    with contextlib.suppress(OSError):  # the window has gone
        os.write(lifeline, b"%d\n" % number)
