"""The worker's end of the wire: messages go out in a thread of their own, and come in in another.

The descriptors are claimed before any of the user's code runs, and are not inherited by what that starts.
What is said is gathered: whoever speaks never waits for the window, except by `relief`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable

from stepscope_host import wire
from stepscope_host.wire import Message

MOST_WAITING = 2_000
"""So many messages may wait to be sent before whoever makes more is asked to pause."""

FRAME_MESSAGES = 256
FRAME_CHARACTERS = 1 << 18
"""A frame is closed when it holds so many messages, or so much text."""

READ_BYTES = 1 << 16


class Channel:
    """Sends and receives messages over two descriptors, which may be one and the same."""

    def __init__(self, receiving: int, sending: int) -> None:
        self._receiving, self._sending = receiving, sending
        os.set_inheritable(receiving, False)
        os.set_inheritable(sending, False)
        self._waiting: deque[Message] = deque()
        self._has_news = threading.Condition()
        self._rooms: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._is_idle = True
        self._is_closing = False
        self._owner = os.getpid()
        self._sender = threading.Thread(target=self._send_all, name="stepscope-sender", daemon=True)
        self._sender.start()

    def say(self, message: Message) -> None:
        """Send a message soon. Says nothing in a process that was forked from the worker."""
        if os.getpid() != self._owner:
            return
        self._waiting.append(message)
        if self._is_idle:
            with self._has_news:
                self._has_news.notify()

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
        """Hand over messages as they come, until the window closes its end. Raises WireError."""
        unpacker = wire.Unpacker()
        while piece := self._read():
            for message in unpacker.feed(piece):
                take(message)

    def _read(self) -> bytes:
        with contextlib.suppress(OSError):  # the window's end is gone
            return os.read(self._receiving, READ_BYTES)
        return b""

    async def _room(self) -> None:
        room = asyncio.Event()
        with self._has_news:
            self._rooms.append((asyncio.get_running_loop(), room))
        if len(self._waiting) <= MOST_WAITING // 2:
            room.set()
        await room.wait()

    def _send_all(self) -> None:
        with contextlib.suppress(OSError):  # the window is gone, and this process soon will be
            while frame := self._next_frame():
                view = memoryview(frame)
                while view:
                    view = view[os.write(self._sending, view) :]
                self._make_room()

    def _next_frame(self) -> bytes:
        """What is to be sent next; nothing when the channel is closed."""
        if not self._waiting:
            with self._has_news:
                self._is_idle = True
                while not self._waiting and not self._is_closing:
                    self._has_news.wait()
                self._is_idle = False
        encoded: list[str] = []
        room = FRAME_CHARACTERS
        while self._waiting and len(encoded) < FRAME_MESSAGES and room > 0:
            text = wire.encode(self._waiting.popleft())
            encoded.append(text)
            room -= len(text)
        return wire.frame(encoded) if encoded else b""

    def _make_room(self) -> None:
        if self._rooms and len(self._waiting) <= MOST_WAITING // 2:
            with self._has_news:
                rooms, self._rooms = self._rooms, []
            for loop, room in rooms:
                with contextlib.suppress(RuntimeError):  # that loop is closed
                    loop.call_soon_threadsafe(room.set)
