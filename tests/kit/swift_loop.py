"""An event loop on which time leaps as soon as nothing happens: a sleep of an hour takes none.

Threads take no time on it: a test that waits for one must not wait for a time too.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leaping(selectors.DefaultSelector):  # type: ignore[valid-type, misc]
    """Does not wait until a time: that time has come."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        # Without a time to wait for, only another thread can wake the loop: then there is no other way.
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.now += timeout
        return ready


class SwiftLoop(asyncio.SelectorEventLoop):
    """Its `time()` leaps to whatever is due next."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


def run_swiftly(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run()` on such a loop."""
    loop = SwiftLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
