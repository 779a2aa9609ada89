"""What objects say of themselves: user code is asked for a text, and given little time for it.

``__repr__`` and ``__str__`` may raise, recurse, wait for a lock or never come back. So they are called in
a thread of their own, for which whoever asks waits: `PATIENCE` for one object, `PATIENCE_FOR_ALL` for what
is asked together. A thread that does not answer is left behind, and the class that it asked is not asked
again until `forgive()`, at the start of the next run.

Many questions cost one change of threads. Without a foreign object there is none, and no thread.
"""

from __future__ import annotations

import _thread
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from stepscope_host.showing.classes import module_of, qualified_name_of, type_name

PATIENCE = 0.2
"""Seconds that one object may take."""

PATIENCE_FOR_ALL = 1.0
"""Seconds that the objects of one value may take, and in one run all objects of a class."""

_A_MOMENT = 0.1
"""What a thread gets on top that may have had its answer, but no processor, when its time was up."""

T = TypeVar("T")
Speak = Callable[[Any], str]
Question = tuple[Speak, Any]
"""How to ask, and whom: ``repr`` or ``str`` or a function that calls them, and an object."""


def texts(questions: Sequence[Question]) -> list[str]:
    """What each object says of itself, or in angle brackets why it does not. Never raises by their doing."""
    return _speaker.texts(questions)


def text_of(value: Any, limit: int) -> str:
    """The value's repr, cut."""
    return texts([(repr, value)])[0][:limit]


def within(seconds: float, call: Callable[[], T]) -> T:
    """What a call that runs code of the user returns or raises.

    Raises TimeoutError when it takes longer.
    """
    return _speaker.within(seconds, call)


def forgive() -> None:
    """Ask those again that took too long."""
    _speaker.forgive()


class _Speaker:
    """Asks, waits, and remembers whom it is no use to ask."""

    def __init__(self) -> None:
        self._idle: list[_Listener] = []
        self._slow: dict[object, str] = {}
        self._spent: dict[object, float] = {}

    def forgive(self) -> None:
        self._slow.clear()
        self._spent.clear()

    def texts(self, questions: Sequence[Question]) -> list[str]:
        said: dict[int, str] = {}
        waiting = self._worth_asking(dict(enumerate(questions)), said)
        deadline = time.monotonic() + PATIENCE_FOR_ALL
        while waiting:
            if time.monotonic() > deadline:
                why = "was not asked: there was no time left"
                said |= {number: _instead(question, why) for number, question in waiting.items()}
                break
            heard = self._hear(list(waiting.values()), deadline)
            said |= zip(waiting, heard, strict=False)
            waiting = self._worth_asking({n: ask for n, ask in waiting.items() if n not in said}, said)
        return [said[number] for number in range(len(questions))]

    def _worth_asking(self, waiting: dict[int, Question], said: dict[int, str]) -> dict[int, Question]:
        """Those whose class has not been too slow; of the others it is said."""
        if not self._slow:
            return waiting
        asked: dict[int, Question] = {}
        for number, question in waiting.items():
            why = self._slow.get(_whose(question))
            if why is None:
                asked[number] = question
            else:
                said[number] = _instead(question, why)
        return asked

    def _hear(self, questions: list[Question], deadline: float) -> list[str]:
        """The answers up to the first that does not come in time, whose class is not asked again."""
        round_ = _Round(questions)
        self._do(round_, lambda: round_.wait(deadline))
        for whose, seconds in list(round_.spent.items()):
            self._spent[whose] = self._spent.get(whose, 0.0) + seconds
            if self._spent[whose] > PATIENCE_FOR_ALL:
                self._slow[whose] = "takes too much of the run's time"
        said = list(round_.said)  # what comes after this comes too late
        asked = round_.since
        if len(said) < len(questions) and asked is not None and time.monotonic() - asked >= PATIENCE:
            self._slow[_whose(questions[len(said)])] = f"takes longer than {PATIENCE:g} s"
        return said

    def within(self, seconds: float, call: Callable[[], T]) -> T:
        errand = _Call(call)
        if not self._do(errand, lambda: errand.is_over(seconds) or errand.is_over(_A_MOMENT)):
            raise TimeoutError(f"It takes longer than {seconds:g} s.")
        return errand.outcome()

    def _do(self, errand: _Errand, wait: Callable[[], bool]) -> bool:
        """Have a thread do something; it is left behind when `wait` says that it is not over."""
        try:
            listener = self._idle.pop()
        except IndexError:
            listener = _Listener()
        listener.errands.put(errand)
        is_over = False
        try:
            is_over = wait()  # Ctrl+C may come out of this, meant for the run
        finally:
            if is_over:
                self._idle.append(listener)
            else:
                listener.leave(errand)
        return is_over


class _Errand:
    """Something to be done by one thread."""

    def __init__(self) -> None:
        self.is_left = False
        self._over = threading.Lock()
        self._over.acquire()

    def perform(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        self._over.release()

    def is_over(self, seconds: float) -> bool:
        """Wait for the end; False when it does not come so soon."""
        return self._over.acquire(timeout=max(0.0, seconds))


class _Call(_Errand, Generic[T]):
    def __init__(self, call: Callable[[], T]) -> None:
        super().__init__()
        self._call = call
        self._result: list[T] = []
        self._error: BaseException | None = None

    def perform(self) -> None:
        try:
            self._result.append(self._call())
        except BaseException as error:
            self._error = error
        self.end()

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._result[0]


class _Round(_Errand):
    """Questions, with what has been said so far."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__()
        self.questions = questions
        self.said: list[str] = []
        self.spent: dict[object, float] = {}
        self.since: float | None = None  # when the question was asked that is being answered

    def perform(self) -> None:
        for question in self.questions:
            self.since = began = time.monotonic()
            text = _asked(*question)
            if self.is_left:
                return
            self.said.append(text)
            seconds = time.monotonic() - began
            if seconds > 0.001:
                whose = _whose(question)
                self.spent[whose] = self.spent.get(whose, 0.0) + seconds
        self.end()

    def wait(self, deadline: float) -> bool:
        """True when all is said; False when one object takes too long, or all together do."""
        while True:
            asked, now = self.since, time.monotonic()
            if self.is_over(min((asked or now) + PATIENCE, deadline) - now):
                return True
            is_stuck = asked is not None and asked == self.since
            if is_stuck or time.monotonic() >= deadline:
                return self.is_over(_A_MOMENT)


class _Left(BaseException):
    """Raised in a thread that is left behind, which may end an endless loop there."""


class _Listener:
    """A thread that asks. `Thread.start` would wait for ever for one for which there is no memory."""

    def __init__(self) -> None:
        self.errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._thread = _thread.start_new_thread(self._listen, ())

    def leave(self, errand: _Errand) -> None:
        """Let the thread end when it comes back from what it asks."""
        errand.is_left = True
        self.errands.put(None)
        with contextlib.suppress(Exception):  # an interpreter without ctypes, a thread that has just ended
            import ctypes

            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(_Left))

    def _listen(self) -> None:
        with contextlib.suppress(_Left):
            while (errand := self.errands.get()) is not None:
                errand.perform()
                del errand  # the objects live no longer than they would


def _asked(speak: Speak, value: Any) -> str:
    try:
        text = speak(value)
        return text if type(text) is str else str.__str__(text)
    except BaseException as problem:  # whatever it raises, exits too, it is about this object alone
        return _instead((speak, value), f"raises {type_name(problem)}")


def _instead(question: Question, why: str) -> str:
    speak, value = question
    return f"<{type_name(value)}, whose {speak.__name__}() {why}>"


def _whose(question: Question) -> object:
    """A class by its name: one that is made in a function is another object at every call."""
    speak, value = question
    kind = type(value)
    return module_of(kind), qualified_name_of(kind), speak


_speaker = _Speaker()
