"""Python expressions of the person's: compiled once, evaluated over values of a run, and given little time.

They are evaluated in the thread that asks: handing one to another thread would cost more than most of them
take. A watchdog looks on from a thread of its own. It wakes up twice a second while expressions are
evaluated, sleeps while none are, and raises an exception in the thread of one whose time is up. Python lets
that in between two of its own steps: a call into C that does not come back can only be named, by `on_stuck`.
"""

from __future__ import annotations

import builtins
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, MappingProxyType
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 0.5
"""Seconds that one expression may take."""

STUCK = 3.0
"""Seconds after which an expression that the watchdog cannot end is named."""

LONGEST_PROBLEM = 300
"""Characters of what an error says."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


class NoValue(Exception):
    """An expression has no value; the message says why in words that follow its name: ``raises ...``."""


class Expression:
    """A text and the code that it means. Names that it is not given are those of `module`, and builtins."""

    def __init__(self, text: str, module: Mapping[str, Any] = NOTHING) -> None:
        self.text = text
        self._problem = ""
        self._code: CodeType | None = None
        self._module = module
        try:
            self._code = compile(text.strip(), "<expression>", "eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as problem:  # ValueError: a null byte
            self._problem = f"cannot be read: {_first_line(getattr(problem, 'msg', None) or str(problem))}"
        self._names = tuple(_names(self._code)) if self._code is not None else ()

    def value(
        self,
        names: Mapping[str, Any],
        seconds: float = PATIENCE,
        on_stuck: Callable[[], None] = lambda: None,
        then: Callable[[Any], T] = lambda value: value,
    ) -> T:
        """Evaluate it, and do `then` with the value in the same time. Raises NoValue."""
        if self._code is None:
            raise NoValue(self._problem)
        code, module = self._code, self._module
        space = {name: module[name] for name in self._names if name in module}
        space |= {"__builtins__": builtins, **names}
        return guarded(lambda: then(eval(code, space)), seconds, on_stuck)

    def speaks_of(self, name: str) -> bool:
        """Whether a name occurs in it."""
        return name in self._names

    def is_true(self, names: Mapping[str, Any], on_stuck: Callable[[], None] = lambda: None) -> bool:
        """Whether its value counts as true. Raises NoValue."""
        return self.value(names, PATIENCE, on_stuck, bool)


def guarded(call: Callable[[], T], seconds: float, on_stuck: Callable[[], None] = lambda: None) -> T:
    """Call code of the person's in this thread, for so long at most. Raises NoValue, and no error of its."""
    watch = _Watch(threading.get_ident(), seconds, on_stuck)
    result: list[T] = []
    words = ""
    try:
        _watchdog.begin(watch)
        try:
            result.append(call())
        except Exception as error:
            words = f"raises {_told(error)}"
        except SystemExit:
            words = "raises SystemExit"
        _watchdog.end(watch)
        if watch.has_fired:
            _settle(watch.thread)
    except _TimeIsUp:
        _watchdog.end(watch)  # it does not fire again so soon
    except BaseException:  # the person stops the run
        _watchdog.end(watch)
        raise
    if watch.has_fired:
        raise NoValue(f"takes longer than {seconds:g} s")
    if words:
        raise NoValue(words)
    return result[0]


class _TimeIsUp(BaseException):
    """Raised by the watchdog in the middle of what takes too long."""


class _Watch:
    """One evaluation that the watchdog looks at."""

    def __init__(self, thread: int, seconds: float, on_stuck: Callable[[], None]) -> None:
        self.thread = thread
        self.due = time.monotonic() + seconds
        self.stuck_at = self.due + STUCK
        self.on_stuck = on_stuck
        self.has_fired = False


class _Watchdog:
    """Knows what is being evaluated, by thread, and ends what takes too long."""

    def __init__(self) -> None:
        self._watches: dict[int, _Watch] = {}
        self._lock = threading.Lock()
        self._wake_up = threading.Event()
        self._is_asleep = True
        self._has_thread = False
        self._begun = 0

    def begin(self, watch: _Watch) -> None:
        self._begun += 1
        self._watches[watch.thread] = watch
        if self._is_asleep:  # looked at after the entry is made, and set before the entries are looked at
            self._wake()

    def end(self, watch: _Watch) -> None:
        """From now on it does not fire."""
        with self._lock:
            self._watches.pop(watch.thread, None)

    def _wake(self) -> None:
        self._is_asleep = False
        if not self._has_thread:
            self._has_thread = True
            threading.Thread(target=self._look_on, name="stepscope-watchdog", daemon=True).start()
        self._wake_up.set()

    def _look_on(self) -> None:
        while True:
            self._wake_up.wait()
            self._wake_up.clear()
            seen = -1
            while seen != self._begun or self._watches:
                seen = self._begun
                now = time.monotonic()
                due = min((watch.due for watch in list(self._watches.values())), default=now + PATIENCE)
                time.sleep(min(max(due - now, 0.001), PATIENCE))
                self._fire()
                if seen == self._begun and not self._watches:
                    self._is_asleep = True

    def _fire(self) -> None:
        now = time.monotonic()
        for watch in list(self._watches.values()):
            if now < watch.due:
                continue
            with self._lock:
                if self._watches.get(watch.thread) is watch:
                    watch.has_fired = True
                    watch.due = now + PATIENCE
                    _raise_in(watch.thread, _TimeIsUp)
            if now > watch.stuck_at:
                watch.stuck_at = float("inf")
                watch.on_stuck()


_watchdog = _Watchdog()


def _settle(thread: int) -> None:
    """Its time was up just as it had ended: the exception has been raised by now, or never will be."""
    _raise_in(thread, None)


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Raise an exception in a thread between two of its steps; None takes back what was not raised yet."""
    with contextlib.suppress(ImportError):  # a Python without ctypes cannot
        import ctypes

        exception = None if kind is None else ctypes.py_object(kind)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)


def _names(code: CodeType) -> Iterator[str]:
    """All names that are looked up, in comprehensions and lambdas too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _told(error: Exception) -> str:
    name = type(error).__name__
    text = _first_line(str(error))
    return f"{name}: {text}" if text else name


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0][:LONGEST_PROBLEM] if lines else ""
