"""The worker's end of the wire: messages go out in a thread of their own, and come in in another.

The descriptors are claimed before any of the user's code runs, and are not inherited by what that starts.
What is said is gathered: whoever speaks never waits for the window, except by `relief`.

When the descriptors are gone, so is all reason to go on, and the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

from stepscope_host.descriptors import Descriptor
from stepscope_host.intact import ANYTHING
from stepscope_host.serving import wire
from stepscope_host.serving.wire import Message

Made = TypeVar("Made")

MOST_WAITING = 2_000
"""So many messages may wait to be sent before whoever makes more is asked to pause."""

PATIENCE_SECONDS = 1.0
"""How long whoever waits for room does so before looking whether anybody still sends."""

FRAME_MESSAGES = 256
FRAME_CHARACTERS = 1 << 18
"""A frame is closed when it holds so many messages, or so much text."""

MEMORY_TRIES = 20
MEMORY_SECONDS = 0.05
"""How often, and how long after the last time, memory is asked for again that a node has taken all of."""


ORDER_SECONDS = 0.05
"""How long who prints waits for a message to be sent; it may be sent by who waits for the one that prints."""


class Channel:
    """Sends and receives messages over two descriptors, which may be one and the same.

    `lost` is called, and must not return, when what has been said cannot be sent. `written` tells how much
    has been written to other descriptors; messages say it whose place in that matters.
    """

    def __init__(
        self,
        receiving: int,
        sending: int,
        lost: Callable[[BaseException], object],
        written: Callable[[], tuple[int, ...]] = lambda: (),
    ) -> None:
        self._receiving, self._sending = Descriptor(receiving), Descriptor(sending)
        self._lost = lost
        self._written = written
        self._placed = written()  # what the last message has said of it
        self._numbers = itertools.count(1)
        self._said = 0  # so many messages, and of them
        self._gathered_so_far = self._sent = 0
        self._waiting: deque[Message] = deque()
        self._has_news = threading.Condition()
        self._is_sending = threading.Lock()
        self._who_sends = 0
        self._rest = b""  # of a frame that the window did not take whole
        self._rooms: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._is_idle = True
        self._is_closing = False
        self._owner = os.getpid()
        self._sender = threading.Thread(target=self._send_all, name="stepscope-sender", daemon=True)
        self._sender.start()

    def say(self, message: Message) -> None:
        """Send a message soon. Says nothing in a process that was forked from the worker."""
        if _getpid() != self._owner:
            return
        self._append(message)
        self._wake_sender()

    def say_in_turn(self, message: Message) -> None:
        """Send a message soon. Who says more than can be sent waits, as a print waits for its pipe."""
        if _getpid() != self._owner:
            return
        self._say_with_place(message)
        self._wake_sender()
        if len(self._waiting) > MOST_WAITING and threading.current_thread() is not self._sender:
            with self._has_news:
                while len(self._waiting) > MOST_WAITING and self._sender.is_alive():
                    self._has_news.wait(PATIENCE_SECONDS)

    def say_now(self, message: Message) -> None:
        """Send a message, and what waits, before this returns: it is heard even if the process ends then.

        While the window takes nothing, it is sent soon.
        """
        if _getpid() != self._owner:
            return
        self._say_with_place(message)
        self.send_waiting()
        self._wake_sender()

    def keep_order(self, is_other: bool) -> None:
        """Have said what comes before something that is about to be written to another descriptor.

        `is_other` when it goes to another of them than the last: where one follows the other is then told.
        """
        if _getpid() != self._owner or not self._sending.is_prompt:
            return
        if is_other and self._written() != self._placed:
            self._say_with_place({})
        said = self._said
        if self._sent >= said:
            return
        self.send_waiting(ORDER_SECONDS)
        self._wake_sender()
        if self._sent < said and self._who_sends != _ident():
            with self._has_news:  # as a print waits for its pipe
                self._has_news.wait_for(lambda: self._sent >= said, PATIENCE_SECONDS)

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Meanwhile nobody sends, who could be broken off by what is done to their thread."""
        with self._turn():
            yield

    def look(self) -> None:
        """End the process if the descriptors are not ours any more."""
        try:
            if _getpid() == self._owner:
                self._sending.check()
        except Exception as error:
            self._lost(error)

    def relief(self) -> Awaitable[None] | None:
        """Something to await while too much waits to be sent, else None."""
        return self._room() if len(self._waiting) > MOST_WAITING else None

    def close(self, seconds: float) -> None:
        """Send what waits, but take no longer than this."""
        with self._has_news:
            self._is_closing = True
            self._has_news.notify()
        self._sender.join(seconds)

    def receive(self, take: Callable[[Message], None]) -> None:
        """Hand over messages as they come, until the window closes its end. Raises WireError, or Lost."""
        unpacker = wire.Unpacker()
        while piece := self._receiving.read():
            for message in unpacker.feed(piece):
                take(message)

    def _say_with_place(self, message: Message) -> None:
        written = self._written()
        if written != self._placed:
            self._placed = written
            message = {**message, "written": written}
        self._append(message)

    def _append(self, message: Message) -> None:
        self._waiting.append(message)
        self._said = next(self._numbers)

    def _wake_sender(self) -> None:
        if self._is_idle and (self._waiting or self._rest):
            with self._has_news:
                self._has_news.notify()

    def send_waiting(self, patience: float = -1) -> None:
        """Send what waits, in this thread; what the window does not take, waits on."""
        # A signal's handler or a finalizer may speak while its thread is sending, which then goes on with it.
        if not self._sending.is_prompt or self._who_sends == _ident():
            return
        try:
            with self._turn(patience) as is_mine:
                while is_mine and not self._rest and self._waiting:
                    self._send_some()
        except Exception as error:
            self._lost(error)

    async def _room(self) -> None:
        room = asyncio.Event()
        with self._has_news:
            self._rooms.append((asyncio.get_running_loop(), room))
        if len(self._waiting) <= MOST_WAITING // 2:
            room.set()
        await room.wait()

    def _send_all(self) -> None:
        try:
            while self._wait_for_news():
                with self._turn():
                    self._send_some()
                if self._rest:
                    self._sending.wait_for_room()
                self._make_room()
        except ANYTHING as error:
            self._lost(error)

    @contextlib.contextmanager
    def _turn(self, patience: float = -1) -> Iterator[bool]:
        """One thread sends at a time; none holds the others up while the window takes nothing.

        False when another one has not sent its part within that time.
        """
        if not self._is_sending.acquire(timeout=patience):
            yield False
            return
        try:
            self._who_sends = _ident()
            yield True
        finally:
            self._who_sends = 0
            self._is_sending.release()

    def _send_some(self) -> None:
        """Send what is left of a frame, or the next one, as far as the window takes it."""
        if not self._rest:
            self._rest = self._gathered()
        if self._rest:
            self._rest = self._sending.send(self._rest)
        if not self._rest:
            self._sent = self._gathered_so_far

    def _wait_for_news(self) -> bool:
        """False when the channel is closed and everything has been sent."""
        if not (self._waiting or self._rest):
            with self._has_news:
                self._is_idle = True
                while not (self._waiting or self._rest or self._is_closing):
                    self._has_news.wait()
                self._is_idle = False
        return bool(self._waiting or self._rest)

    def _gathered(self) -> bytes:
        """A frame of what waits; nothing when nothing does."""
        encoded: list[str] = []
        room = FRAME_CHARACTERS
        with contextlib.suppress(IndexError):  # nothing waits any more
            while len(encoded) < FRAME_MESSAGES and room > 0:
                message = self._waiting.popleft()
                self._gathered_so_far += 1
                text = _with_patience(wire.encode, message)
                encoded.append(text)
                room -= len(text)
        return _with_patience(wire.frame, encoded) if encoded else b""

    def _make_room(self) -> None:
        if len(self._waiting) <= MOST_WAITING // 2:
            with self._has_news:
                rooms, self._rooms = self._rooms, []
                self._has_news.notify_all()
            for loop, room in rooms:
                with contextlib.suppress(RuntimeError):  # that loop is closed
                    loop.call_soon_threadsafe(room.set)


def _with_patience(make: Callable[[Any], Made], of: Any) -> Made:
    """What is made, also when a node has just taken all the memory there is, which it is told itself."""
    for _ in range(MEMORY_TRIES):
        with contextlib.suppress(MemoryError):
            return make(of)
        _sleep(MEMORY_SECONDS)
    return make(of)


# The user's code may put anything in the place of these.
_getpid, _ident, _sleep = os.getpid, threading.get_ident, time.sleep
