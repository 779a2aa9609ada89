"""What a thread hands over comes in the window's thread, or to nobody; and nobody goes while it does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType

import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from stepscope.run.handover import Handover


class Owner(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[object, threading.Thread]] = []
        self.handover = Handover(self.take, self)

    def take(self, found: object) -> None:
        self.taken.append((found, threading.current_thread()))


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_what_a_thread_gives_is_taken_in_the_owners_thread(qtbot: QtBot) -> None:
    owner = Owner()
    in_a_thread(lambda: owner.handover.give("a layout"))
    qtbot.waitUntil(lambda: bool(owner.taken), timeout=30_000)
    assert owner.taken == [("a layout", threading.main_thread())]


def test_what_is_given_when_the_owner_is_gone_comes_to_nothing(qtbot: QtBot) -> None:
    owner = Owner()
    failed: list[BaseException] = []

    def give() -> None:
        try:
            owner.handover.give("a layout")
        except RuntimeError as error:
            failed.append(error)

    shiboken6.delete(owner)
    in_a_thread(give).join()
    assert not failed
    assert not owner.taken


def test_the_owner_is_not_deleted_while_a_thread_gives(qtbot: QtBot) -> None:
    owner = Owner()
    is_giving, is_deleted = threading.Event(), threading.Event()
    ended: list[str] = []

    def linger(frame: FrameType, event: str, called: object) -> None:
        if event == "c_return" and getattr(called, "__name__", "") == "emit":
            is_giving.set()
            is_deleted.wait(0.5)
            ended.append("given")

    def give() -> None:
        sys.setprofile(linger)
        owner.handover.give("a layout")
        sys.setprofile(None)

    thread = in_a_thread(give)
    is_giving.wait()
    shiboken6.delete(owner)
    ended.append("deleted")
    is_deleted.set()
    thread.join()
    assert ended == ["given", "deleted"]
