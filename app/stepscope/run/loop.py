"""The asyncio event loop that runs inside Qt's.

qasync does the hard part: it lets Qt watch the sockets and runs `QApplication.exec()` in place of asyncio's
own loop. What it does with callbacks is changed here, because it gives each one a Qt timer of its own:

- Callbacks that are ready wait in one queue. Qt is asked for a *turn*; a turn runs callbacks for 4 ms and
  then asks for another one, so that Qt paints and takes input however long the queue is.
- Timers wait in one heap, with one Qt timer set for the earliest. A cancelled timer costs nothing in Qt.
- A wake-up from a thread is posted only when no turn is due already. A flood of them costs one.
- All that needs no Qt is asyncio's own code again: handles and their contexts, executors, debug mode,
  exception handlers, asynchronous generators.

There is no turn within a turn: a Qt loop that is run from a coroutine (`QDialog.exec()`, `processEvents()`)
shows its window, but every task stands still until it ends. Open a dialog with `open()` and await a future
that its `finished` signal sets.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextvars import Context
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QMetaObject, Qt, QTimer

from stepscope.run import garbage

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

# qasync would follow a user's QT_API=pyqt5, or any PyQt that was imported before it.
_users_qt_api = os.environ.get("QT_API")
os.environ["QT_API"] = "pyside6"
try:
    import qasync  # type: ignore[import-untyped]
finally:
    del os.environ["QT_API"]
    if _users_qt_api is not None:
        os.environ["QT_API"] = _users_qt_api

# A quarter of a frame of 16 ms: the rest is Qt's, to paint and to take input.
SLICE_SECONDS = 0.004
# Qt counts milliseconds in 32 bits, which is 24 days; a longer wait is made of several.
LONGEST_WAIT_MS = 24 * 60 * 60 * 1000
# The heap is rebuilt when more than half of it, and more than this, has been cancelled.
CANCELLED_TIMERS_KEPT = 100

log = logging.getLogger("asyncio")


class QtEventLoop(qasync.QEventLoop):
    """An asyncio loop on a `QApplication` that exists already; use it as any other."""

    _thread_id: int | None
    _current_handle: asyncio.Handle | None

    def __init__(self, app: QCoreApplication) -> None:
        self._turn_is_due = False
        self._in_turn = False
        self._alarm_time = math.inf
        self._failure: BaseException | None = None
        self._waking = threading.RLock()  # held while the timer is in a thread's hands
        self._turn_timer = QTimer(singleShot=True, interval=0)
        self._turn_timer.timeout.connect(self._turn)
        self._alarm = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._on_alarm)
        super().__init__(app)

    # asyncio's own again: qasync replaces these by ones that know less.
    run_until_complete = asyncio.BaseEventLoop.run_until_complete
    call_later = asyncio.BaseEventLoop.call_later
    call_soon_threadsafe = asyncio.BaseEventLoop.call_soon_threadsafe
    run_in_executor = asyncio.BaseEventLoop.run_in_executor
    set_default_executor = asyncio.BaseEventLoop.set_default_executor
    set_exception_handler = asyncio.BaseEventLoop.set_exception_handler
    default_exception_handler = asyncio.BaseEventLoop.default_exception_handler
    call_exception_handler = asyncio.BaseEventLoop.call_exception_handler
    get_debug = asyncio.BaseEventLoop.get_debug
    set_debug = asyncio.BaseEventLoop.set_debug

    def run_forever(self) -> None:
        """Run until `stop()` is called or the application quits.

        Raises what left a callback and must end the program: SystemExit, KeyboardInterrupt.
        """
        self._check_closed()
        self._check_running()
        self._ask_for_turn()
        try:
            with self._async_generators_tracked(), self._signals_wake_qt():
                self._thread_id = threading.get_ident()
                self._set_coroutine_origin_tracking(self._debug)
                super().run_forever()
        finally:
            self._set_coroutine_origin_tracking(False)
            self._thread_id = None
            self._stopping = False
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def stop(self) -> None:
        """End `run_forever()` once the callbacks that are ready now have run."""
        self._stopping = True
        if not self._turn_is_due and not self._closed:
            self._ask_for_turn()

    def close(self) -> None:
        if not self.is_closed():
            super().close()
            # Deleted here: the garbage collector might do it in a thread, where Qt cannot stop a timer, or
            # a thread that wakes the loop at this moment.
            with self._waking:
                del self._turn_timer, self._alarm

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        if self._debug or self._closed:
            handle = asyncio.BaseEventLoop.call_soon(self, callback, *args, context=context)
        else:  # The same without the checks and two calls: every step of every task passes here.
            handle = asyncio.Handle(callback, args, self, context)
            self._ready.append(handle)
        if not self._turn_is_due:
            self._ask_for_turn()
        return handle

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.BaseEventLoop.call_at(self, when, callback, *args, context=context)
        # A turn sets the alarm when it ends.
        if not self._turn_is_due:
            self._set_alarm()
        return timer

    def live_timers(self) -> list[asyncio.TimerHandle]:
        """The timers that will still call something, in no particular order."""
        return [timer for timer in self._scheduled if not timer.cancelled()]

    # One turn.

    def _turn(self) -> None:
        """Run what is ready for one slice of time, then give Qt its turn."""
        # Qt also calls while it runs without this loop, or in a dialog that a callback executes.
        if self._in_turn or not self.is_running():
            return
        self._in_turn = True
        self._turn_is_due = True
        try:
            self._collect_due_timers()
            self._run_ready()
        except BaseException as failure:  # Only what a handle lets pass: SystemExit, KeyboardInterrupt.
            self._failure = failure
            self._stopping = True
        finally:
            self._in_turn = False
        if self._stopping:
            super().stop()
            return
        # The flag falls before the queue is looked at: a thread that sees it up has appended before that.
        self._turn_is_due = False
        if self._ready:
            self._ask_for_turn()
        self._set_alarm()

    def _run_ready(self) -> None:
        ready = self._ready
        end = time.monotonic() + SLICE_SECONDS
        while ready:
            run = self._run_watched if self._debug else asyncio.Handle._run
            for _ in range(len(ready)):
                handle = ready.popleft()
                if not handle._cancelled:
                    run(handle)
                # An exception may hold this frame, and through it the task that holds the exception.
                del handle
                # What was ready when the loop was told to stop still runs, as it does in asyncio.
                if time.monotonic() >= end and not self._stopping:
                    return
            if self._stopping:
                return

    def _run_watched(self, handle: asyncio.Handle) -> None:
        began = time.monotonic()
        self._current_handle = handle
        try:
            handle._run()
        finally:
            self._current_handle = None
        took = time.monotonic() - began
        if took >= self.slow_callback_duration:
            log.warning("Executing %r took %.3f seconds", handle, took)
        del handle

    # Asking Qt for turns.

    def _ask_for_turn(self) -> None:
        # A timer of no length goes off when Qt has nothing more urgent to do, such as input.
        self._turn_is_due = True
        self._turn_timer.start()

    def _write_to_self(self) -> None:
        """Wake the loop from any thread; asyncio calls this after it has put the callback in the queue."""
        if self._turn_is_due:
            return
        with self._waking:
            if not self._closed:
                self._turn_is_due = True
                QMetaObject.invokeMethod(self._turn_timer, "start", Qt.ConnectionType.QueuedConnection)

    def _add_callback(self, handle: asyncio.Handle) -> None:
        if not handle._cancelled:
            self._ready.append(handle)
            if not self._turn_is_due:
                self._ask_for_turn()

    def _add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        super()._add_reader(fd, asyncio.Handle(callback, args, self)._run)  # The handle keeps the context.

    def _add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        super()._add_writer(fd, asyncio.Handle(callback, args, self)._run)

    # Timers.

    def _collect_due_timers(self) -> None:
        now = self.time()
        timers = self._scheduled
        while timers and (timers[0]._cancelled or timers[0]._when <= now):
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(timer)

    def _timer_handle_cancelled(self, timer: asyncio.TimerHandle) -> None:
        if not timer._scheduled:  # type: ignore[attr-defined]
            return
        self._timer_cancelled_count += 1
        if self._timer_cancelled_count > max(CANCELLED_TIMERS_KEPT, len(self._scheduled) / 2):
            self._drop_cancelled_timers()

    def _drop_cancelled_timers(self) -> None:
        timers = self.live_timers()
        for timer in self._scheduled:
            timer._scheduled = not timer._cancelled
        heapq.heapify(timers)
        self._scheduled[:] = timers
        self._timer_cancelled_count = 1  # The one whose cancelling led here is marked only after this.

    def _set_alarm(self) -> None:
        timers = self._scheduled
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
            self._timer_cancelled_count -= 1
        if timers and timers[0]._when != self._alarm_time:
            self._alarm_time = timers[0]._when
            wait = math.ceil(min(max(0.0, self._alarm_time - self.time()) * 1000, LONGEST_WAIT_MS))
            self._alarm.start(wait)

    def _on_alarm(self) -> None:
        self._alarm_time = math.inf
        self._turn()

    # While the loop runs.

    @contextlib.contextmanager
    def _async_generators_tracked(self) -> Iterator[None]:
        """Let this loop close the asynchronous generators that are begun in it and left unfinished."""
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook)
        try:
            yield
        finally:
            sys.set_asyncgen_hooks(*before)

    @contextlib.contextmanager
    def _signals_wake_qt(self) -> Iterator[None]:
        """Let Ctrl+C be seen while Qt sleeps; Python runs signal handlers only between its own bytecodes."""
        if os.name == "nt" or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.set_wakeup_fd(self._csock.fileno())
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)


def run(main: Callable[[], Coroutine[Any, Any, int | None]], app: QGuiApplication) -> int:
    """Run `main()` on a `QtEventLoop` of `app`, clean up behind it, and return its exit status (None is 0).

    Closing the last window ends nothing by itself: `main` decides when it returns. When Qt quits all the same
    (the desktop's session ends, `QApplication.quit()`), `main` is cancelled, and may still return a status.
    Whatever tasks, asynchronous generators and executor threads are left have ended when this returns.
    Meanwhile Python's garbage is collected in this thread alone.
    """
    app.setQuitOnLastWindowClosed(False)
    with garbage.collected_in_this_thread():
        return _run(main, QtEventLoop(app))


def _run(main: Callable[[], Coroutine[Any, Any, int | None]], loop: QtEventLoop) -> int:
    task = loop.create_task(main(), name="main")
    try:
        try:
            return loop.run_until_complete(task) or 0
        except RuntimeError:
            if task.done():
                raise
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                return loop.run_until_complete(task) or 0
            return 0
    finally:
        try:
            loop.run_until_complete(_end_what_is_left())
        finally:
            loop.close()


async def _end_what_is_left() -> None:
    loop = asyncio.get_running_loop()
    tasks = list(asyncio.all_tasks() - {asyncio.current_task()})
    for task in tasks:
        task.cancel()
    for task, outcome in zip(tasks, await asyncio.gather(*tasks, return_exceptions=True), strict=True):
        if isinstance(outcome, Exception):
            message = "A task failed while it was cancelled at the end of the program"
            loop.call_exception_handler({"message": message, "exception": outcome, "task": task})
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
