"""What objects say of themselves: user code is asked for a text, and given little time for it.

``__repr__`` and ``__str__`` may raise, recurse, wait for a lock or never come back. So they are called in
a thread of their own, for which whoever asks waits: `PATIENCE` for one object, `PATIENCE_FOR_ALL` for what
is asked together. A thread that does not answer is left behind, and the class that it asked is not asked
again until `forgive()`, at the start of the next run.

Many questions cost one change of threads. Without a foreign object there is none, and no thread.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from stepscope_host.classes import module_of, qualified_name_of, type_name

PATIENCE = 0.2
"""Seconds that one object may take."""

PATIENCE_FOR_ALL = 1.0
"""Seconds that the objects of one value may take, and in one run all objects of a class."""

_A_MOMENT = 0.02
"""What a thread gets that may have had its answer, but not the interpreter, when its time was up."""

Speak = Callable[[Any], str]
Question = tuple[Speak, Any]
"""How to ask, and whom: ``repr`` or ``str`` or a function that calls them, and an object."""


def texts(questions: Sequence[Question]) -> list[str]:
    """What each object says of itself, or in angle brackets why it does not. Never raises by their doing."""
    return _speaker.texts(questions)


def text_of(value: Any, limit: int) -> str:
    """The value's repr, cut."""
    return texts([(repr, value)])[0][:limit]


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
                why = "was not asked: the others took too long"
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
        try:
            listener = self._idle.pop()
        except IndexError:
            listener = _Listener()
        round_ = _Round(questions)
        listener.rounds.put(round_)
        try:
            is_over = round_.wait(deadline)
        except BaseException:  # Ctrl+C, meant for the run
            listener.leave(round_)
            raise
        for whose, seconds in list(round_.spent.items()):
            self._spent[whose] = self._spent.get(whose, 0.0) + seconds
            if self._spent[whose] > PATIENCE_FOR_ALL:
                self._slow[whose] = "takes too much of the run's time"
        if is_over:
            self._idle.append(listener)
            return round_.said
        said = list(round_.said)  # what comes after this comes too late
        listener.leave(round_)
        if len(said) < len(questions) and time.monotonic() - round_.since >= PATIENCE:
            self._slow[_whose(questions[len(said)])] = f"takes longer than {PATIENCE:g} s"
        return said


class _Round:
    """Questions for one thread, with what has been said so far."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions
        self.said: list[str] = []
        self.spent: dict[object, float] = {}
        self.since = time.monotonic()  # when the question was asked that is being answered
        self.is_left = False
        self._over = threading.Lock()
        self._over.acquire()

    def answer(self) -> None:
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
        self._over.release()

    def wait(self, deadline: float) -> bool:
        """True when all is said; False when one object takes too long, or all together do."""
        while True:
            until = min(self.since + PATIENCE, deadline)
            if self._over.acquire(timeout=max(0.0, until - time.monotonic())):
                return True
            if time.monotonic() >= min(self.since + PATIENCE, deadline):
                return self._over.acquire(timeout=_A_MOMENT)


class _Left(BaseException):
    """Raised in a thread that is left behind, which may end an endless loop there."""


class _Listener:
    """A thread that asks."""

    def __init__(self) -> None:
        self.rounds: SimpleQueue[_Round | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._listen, name="stepscope-repr", daemon=True)
        self._thread.start()

    def leave(self, round_: _Round) -> None:
        """Let the thread end when it comes back from what it asks."""
        round_.is_left = True
        self.rounds.put(None)
        with contextlib.suppress(Exception):  # an interpreter without ctypes, a thread that has just ended
            import ctypes

            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(_Left)
            )

    def _listen(self) -> None:
        with contextlib.suppress(_Left):
            while (round_ := self.rounds.get()) is not None:
                round_.answer()
                del round_  # the objects live no longer than they would


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
