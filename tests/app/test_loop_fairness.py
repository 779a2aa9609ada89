"""Neither side starves: a flood of callbacks leaves Qt its turns, and a busy Qt leaves the loop its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from stepscope.run.loop import QtEventLoop

# Far more than what a slice of time holds; a loop that gives Qt no turn gets through them all.
FLOOD = 3_000_000
ENOUGH_TICKS = 5


class Flood:
    """Callbacks that give one another back to the loop until they are stopped or used up."""

    def __init__(self) -> None:
        self.left = FLOOD
        self.loop = asyncio.get_running_loop()
        self.ended = asyncio.Event()
        self.loop.call_soon(self.go_on)

    def go_on(self) -> None:
        self.left -= 1
        if self.left > 0:
            self.loop.call_soon(self.go_on)
        else:
            self.ended.set()

    async def stop(self) -> None:
        self.left = min(self.left, 1)
        await self.ended.wait()


class Ticks:
    """Counts the ticks of Qt's own 16 ms timer, and calls back when there have been enough."""

    def __init__(self, on_enough: Callable[[], object]) -> None:
        self.count = 0
        self.on_enough = on_enough
        self.timer = QTimer(interval=16)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    def tick(self) -> None:
        self.count += 1
        if self.count == ENOUGH_TICKS:
            self.timer.stop()
            self.on_enough()


class Painted(QWidget):
    """A widget that counts how often it was painted and asks for more."""

    def __init__(self) -> None:
        super().__init__()
        self.enough = asyncio.Event()
        self.count = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.count += 1
        if self.count >= ENOUGH_TICKS:
            self.enough.set()
        else:
            self.update()


async def test_a_flood_of_callbacks_leaves_qts_timers_their_ticks() -> None:
    enough = asyncio.Event()
    flood, ticks = Flood(), Ticks(on_enough=enough.set)
    await asyncio.wait([asyncio.ensure_future(event.wait()) for event in (enough, flood.ended)],
                       return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
    assert flood.left > 0, f"the flood ended after {ticks.count} ticks"
    await flood.stop()
    await enough.wait()


async def test_a_flood_of_callbacks_lets_qt_paint(qtbot: QtBot) -> None:
    widget = Painted()
    qtbot.addWidget(widget)
    widget.show()
    flood = Flood()
    await widget.enough.wait()
    assert flood.left > 0
    await flood.stop()


async def test_a_flood_of_callbacks_lets_a_timer_ring() -> None:
    flood = Flood()
    await asyncio.sleep(0.01)
    assert flood.left > 0
    await flood.stop()


async def test_a_flood_of_callbacks_lets_a_socket_be_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        flood = Flood()
        theirs.send(b"hello")
        assert await flood.loop.sock_recv(ours, 100) == b"hello"
        assert flood.left > 0
        await flood.stop()


async def test_a_flood_from_a_thread_leaves_qts_timers_their_ticks() -> None:
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    ticks = Ticks(on_enough=stop.set)
    sent = 0

    def send() -> None:
        nonlocal sent
        while not stop.is_set() and sent < FLOOD:
            loop.call_soon_threadsafe(int)
            sent += 1

    await asyncio.to_thread(send)
    assert sent < FLOOD, f"the flood ended after {ticks.count} ticks"


async def test_qt_painting_without_end_lets_the_loop_run(qtbot: QtBot) -> None:
    class Restless(Painted):
        def paintEvent(self, event: QPaintEvent) -> None:
            self.count += 1
            self.update()

    widget = Restless()
    qtbot.addWidget(widget)
    widget.show()
    for _ in range(20):
        await asyncio.sleep(0.001)
        await asyncio.to_thread(int)
    assert widget.count > 0


async def test_a_flood_of_wake_ups_from_a_thread_is_one_turn() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QtEventLoop)
    turns = 0
    counted = asyncio.Event()

    def send() -> None:
        for _ in range(10_000):
            loop.call_soon_threadsafe(int)

    # The loop's own thread stands still meanwhile, so that no turn can come in between.
    thread = threading.Thread(target=send)
    thread.start()
    thread.join()

    def count_turn() -> None:
        nonlocal turns
        turns += 1
        if loop._ready:
            loop.call_soon(count_turn)
        else:
            counted.set()

    loop.call_soon(count_turn)
    await counted.wait()
    assert turns == 1


@pytest.mark.parametrize("count", [30_000])
async def test_finished_timeouts_do_not_slow_what_follows(count: int) -> None:
    """Each leaves a cancelled timer of an hour, which must not stay in Qt nor in the heap."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QtEventLoop)
    for _ in range(count):
        await asyncio.wait_for(asyncio.sleep(0), 3600)
    assert loop.live_timers() == []
    await asyncio.sleep(0.001)
    assert len(loop._scheduled) == 0
