"""Objects are asked what they are: not for long, not twice when they do not answer, and in one go."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from types import CodeType, FrameType

import pytest
from tests.kit.odd_values import (
    Greedy,
    Huge,
    Interrupting,
    Leaving,
    Lying,
    Recursing,
    Silent,
    Spinning,
    Waiting,
)

from stepscope_host.showing import speaking
from stepscope_host.showing.values import plain


@pytest.fixture(autouse=True)
def nobody_is_known_to_be_slow() -> Iterator[None]:
    speaking.forgive()
    yield
    speaking.forgive()


def listeners() -> list[int]:
    """The threads that ask, or wait for what to ask."""
    own = speaking._Listener._listen.__code__
    return [thread for thread, frame in sys._current_frames().items() if runs(frame, own)]


def runs(frame: FrameType | None, code: CodeType) -> bool:
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (Silent(), "raises RuntimeError"),
        (Leaving(), "raises SystemExit"),
        (Interrupting(), "raises KeyboardInterrupt"),
        (Recursing(), "raises RecursionError"),
        (Greedy(), "raises MemoryError"),
        (Lying(), "raises TypeError"),
    ],
)
def test_a_repr_that_goes_wrong_is_told_in_words(odd: object, why: str) -> None:
    name = type(odd).__name__
    assert plain(odd) == {"$type": name, "$text": f"<{name}, whose repr() {why}>"}


def test_an_object_that_does_not_answer_is_told_so() -> None:
    waiting = Waiting()
    assert plain([waiting, Huge.__repr__])[0]["$text"] == "<Waiting, whose repr() takes longer than 0.2 s>"
    waiting.go.set()


def test_the_others_are_asked_although_one_does_not_answer() -> None:
    waiting = Waiting()
    shown = plain([Silent(), waiting, Lying(), Silent()])
    waiting.go.set()
    assert [part["$text"].split(" ", 3)[-1] for part in shown] == [
        "raises RuntimeError>",
        "takes longer than 0.2 s>",
        "raises TypeError>",
        "raises RuntimeError>",
    ]


def test_a_class_that_did_not_answer_is_not_asked_again_until_the_next_run() -> None:
    first, second = Waiting(), Waiting()
    plain(first)
    assert "takes longer" in plain([second, second])[0]["$text"]
    assert second.asked == 0
    first.go.set()
    second.go.set()

    speaking.forgive()
    assert plain(second)["$text"] == "at last"


def test_classes_that_are_made_at_each_call_are_known_by_their_name() -> None:
    def made() -> Waiting:
        class Made(Waiting):
            pass

        return Made()

    first, second = made(), made()
    plain(first)
    plain(second)
    first.go.set()
    assert (first.asked, second.asked) == (1, 0)


def test_an_endless_loop_in_a_repr_is_ended() -> None:
    before = set(listeners())
    assert "takes longer" in plain(Spinning())["$text"]
    deadline = time.monotonic() + 10  # there is nothing to join
    while not set(listeners()) <= before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(listeners()) <= before


def test_objects_that_take_their_time_are_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "PATIENCE_FOR_ALL", 0.1)

    class Sleepy:
        def __repr__(self) -> str:
            time.sleep(0.03)
            return "awake"

    shown = [part["$text"] for part in plain([Sleepy() for _ in range(20)])]
    assert shown[0] == "awake"
    assert shown[-1] in (
        "<Sleepy, whose repr() was not asked: there was no time left>",
        "<Sleepy, whose repr() takes too much of the run's time>",
    )
    plain([Sleepy() for _ in range(20)])
    assert plain(Sleepy())["$text"] == "<Sleepy, whose repr() takes too much of the run's time>"


def test_a_thousand_objects_are_asked_by_one_thread() -> None:
    plain(Silent())
    before = set(listeners())
    shown = plain([Silent() for _ in range(900)])
    assert len(shown) == 900
    assert set(listeners()) <= before


def test_a_value_without_foreign_objects_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(questions: object) -> list[str]:
        raise AssertionError(f"{questions} were asked")

    monkeypatch.setattr(speaking, "texts", asked)
    plain({"a": [1, {2, 3}, ValueError("no"), b"x", plain, threading], "t": (None, 1.5)})


def test_what_was_asked_is_not_kept() -> None:
    import gc
    import weakref

    silent = Silent()
    plain(silent)
    gone = weakref.ref(silent)
    del silent
    gc.collect()
    assert gone() is None


def test_what_a_call_returns_or_raises_comes_back_and_what_never_comes_is_left_behind() -> None:
    assert speaking.within(10, lambda: 1 + 1) == 2
    with pytest.raises(ZeroDivisionError):
        speaking.within(10, lambda: 1 // 0)
    waiting = Waiting()
    with pytest.raises(TimeoutError):
        speaking.within(0, lambda: repr(waiting))
    waiting.go.set()
