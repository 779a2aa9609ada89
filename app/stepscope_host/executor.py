"""The threads in which sync nodes run: they know whose code they run, and hold up no exit."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from stepscope_host import forks, intact
from stepscope_host.intact import ANYTHING
from stepscope_host.running_nodes import RunningNode, running_node


def interrupt(thread: int) -> None:
    """Raise KeyboardInterrupt in a thread of this process, between two of its bytecodes."""
    with contextlib.suppress(ImportError):  # a Python without ctypes cannot
        import ctypes

        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(KeyboardInterrupt)
        )


class NodeThreads(ThreadPoolExecutor):
    """An executor of daemon threads.

    A loop takes only a ThreadPoolExecutor as its default, whose own threads the interpreter waits for
    at exit: one hanging node would keep the program alive for ever. So this one starts its own.
    """

    def __init__(self, most: int = 64) -> None:
        super().__init__(max_workers=1)  # never started: every submit is answered below
        self._most = most
        self._lock = threading.Condition()
        self._work: deque[tuple[Future[Any], Callable[[], Any], RunningNode]] = deque()
        self._count = 0
        self._idle = 0
        self._is_shut = False
        self._busy: dict[int, RunningNode] = {}

    @property
    def busy(self) -> dict[int, RunningNode]:
        """The nodes whose code runs in one of these threads at this moment, by thread."""
        return dict(self._busy)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self._lock:
            if self._is_shut:
                raise RuntimeError("The run that these threads belong to is over.")
            self._work.append((future, lambda: fn(*args, **kwargs), running_node()))
            if self._idle >= len(self._work):
                self._lock.notify()
            elif self._count < self._most:
                self._count += 1
                threading.Thread(target=self._serve, name=f"node-{self._count}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Let idle threads end; those that run a node's code end with it. Never waits."""
        with self._lock:
            self._is_shut = True
            self._lock.notify_all()

    def _serve(self) -> None:
        while True:
            with self._lock:
                while not self._work:
                    if self._is_shut:
                        return
                    self._idle += 1
                    self._lock.wait()
                    self._idle -= 1
                work = self._work.popleft()
            self._perform(*work)
            del work

    def _perform(self, future: Future[Any], call: Callable[[], Any], node: RunningNode) -> None:
        if not future.set_running_or_notify_cancel():
            return
        thread = threading.get_ident()
        self._busy[thread] = node
        result, error = None, None
        try:
            result = call()
        except ANYTHING as raised:  # handed to whoever waits, SystemExit too
            error = raised
        if forks.is_copy():
            forks.end(error)
        intact.look()  # else nobody might hear of the end
        del self._busy[thread]  # before anybody hears of the end
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
            error = None
