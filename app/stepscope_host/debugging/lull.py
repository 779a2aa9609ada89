"""When it can be said that a run stands: once all tasks of a superstep that are on their way have come.

A graph that runs in a thread brings its tasks one by one, each to its gate and by the stream. Its stream has
been given all tasks of a superstep before one of them is at its gate, and brings them within a few turns of
the loop. A task that the stream has told may come to its gate later still: after others, or never.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TURNS = 10
"""Of the loop, in which the stream brings what it has been given. Observed: five."""
PATIENCE = 0.1
"""Seconds after which a task that is told of may not come to its gate, as it waits for others to end."""


class Lull:
    """Calls `look` some turns after `expect`, when `is_complete` or when it has waited long enough."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, is_complete: Callable[[], bool], look: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._is_complete = is_complete
        self._look = look
        self._is_due = False
        self._timer: asyncio.TimerHandle | None = None

    def expect(self) -> None:
        """Something has come to a stand, or gone on."""
        if not self._is_due:
            self._is_due = True
            self._turn(TURNS)

    def _turn(self, left: int) -> None:
        if left:
            self._loop.call_soon(self._turn, left - 1)
            return
        self._is_due = False
        if self._is_complete():
            self._end_patience()
            self._look()
        elif self._timer is None:
            self._timer = self._loop.call_later(PATIENCE, self._on_patience_ended)

    def _on_patience_ended(self) -> None:
        self._timer = None
        self._look()

    def _end_patience(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
