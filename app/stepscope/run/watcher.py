"""Notices when files change: a thread looks at them twice a second, and says so once they are at rest.

It looks, and is not told by the system, since that is one way for all: 500 files take a look of 0.9 ms
(0.2 % of a processor), and folders on a network are seen like any other. `QFileSystemWatcher` loses a file
that an editor replaces by a renamed one, hears of no change that another machine makes, and holds the window
up: 3 ms to take 500 files on, for ever where a network does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from stepscope.run.handover import Handover
from stepscope.run.sightings import Difference, Sightings

LOOK_SECONDS = 0.5
"""Between two looks; ten times what a look takes, where that is more."""

REST_SECONDS = 0.15
"""So long nothing may be written before the files are read: a checkout writes many, an editor in parts."""

PATIENCE_SECONDS = 1.0
"""How long a look may keep the person waiting; a network that hangs would for ever."""

LAST_SECONDS = 0.3
"""How long the thread may take to end; a look that hangs is left behind."""

Differences = tuple[Difference, ...]


@dataclass
class _Order:
    """Something to be done in the thread; its answer is how the files then differ."""

    work: Callable[[Sightings], None]
    is_urgent: bool = False  # not to wait until the files are at rest
    answer: Future[Differences] = field(default_factory=Future)


class Watcher(QObject):
    """Looks after the files of one program. The thread begins with the first, and ends with `close`.

    Signals
        changed(tuple of Difference): the files hold something else than when this was last told; none
            when they hold again what was loaded.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended: Future[None] = Future()
        self._noticed = Handover(self._on_noticed, self)

    def expect(self, find: Callable[[], Path | None]) -> None:
        """A file is about to be loaded, or the watched ones are again: from now on a change counts.

        `find` is called in the thread and says which file.
        """
        self._give(_Order(lambda sightings: sightings.expect(find()), is_urgent=True))

    def watch(self, files: Iterable[str]) -> asyncio.Future[Differences]:
        """The load is over: look after the expected file and these, its other sources, and no others.

        Answers which differ already from what was loaded; `changed` tells what does later.
        """
        files = tuple(files)
        return asyncio.wrap_future(self._give(_Order(lambda sightings: sightings.watch(files))))

    def watch_also(self, files: Iterable[str]) -> None:
        """Look after these files, too, which a run has read."""
        files = tuple(files)
        self._give(_Order(lambda sightings: sightings.watch_also(files)))

    def rest(self) -> None:
        """Look after no file: what was loaded was not read from any."""
        self._give(_Order(Sightings.rest))

    async def look(self) -> Differences:
        """Look now; answers which files differ, or none when no answer comes in time."""
        answer = asyncio.wrap_future(self._give(_Order(lambda sightings: None)))
        try:
            return await asyncio.wait_for(answer, PATIENCE_SECONDS)
        except asyncio.TimeoutError:
            return ()

    async def close(self) -> None:
        """End the thread."""
        if self._thread is None:
            return
        self._is_closing.set()
        self._orders.put(_Order(lambda sightings: None))  # wakes it
        await asyncio.wait([asyncio.wrap_future(self._ended)], timeout=LAST_SECONDS)
        if self._ended.done():
            self._thread.join()  # it has nothing left to do

    def _give(self, order: _Order) -> Future[Differences]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="watch-files", daemon=True)
            self._thread.start()
        self._orders.put(order)
        return order.answer

    def _on_noticed(self, differences: Differences) -> None:
        if not self._is_closing.is_set():
            self.changed.emit(differences)

    # In the thread

    def _work(self) -> None:
        try:
            self._look_again_and_again()
        finally:
            self._ended.set_result(None)

    def _look_again_and_again(self) -> None:
        sightings, wait = Sightings(), LOOK_SECONDS
        told: dict[str, bytes | None] = {}
        while not self._is_closing.is_set():
            order = self._next(wait)
            if order is None or not order.is_urgent:
                wait = max(LOOK_SECONDS, 10 * self._look(sightings))
            if sightings.contents != told:
                told = sightings.contents
                self._noticed.give(sightings.differing)
            if order is not None and order.answer.set_running_or_notify_cancel():
                order.work(sightings)
                if not order.is_urgent:
                    told = sightings.contents
                order.answer.set_result(sightings.differing)

    def _next(self, wait: float) -> _Order | None:
        with contextlib.suppress(queue.Empty):
            return self._orders.get(timeout=wait)
        return None

    def _look(self, sightings: Sightings) -> float:
        """Look at the files, at rest; returns how many seconds asking for their stamps takes."""
        began = time.monotonic()
        has_moved = sightings.has_moved()
        took = time.monotonic() - began
        if has_moved:
            self._await_rest(sightings)
        sightings.look()
        return took

    def _await_rest(self, sightings: Sightings) -> None:
        stamps = sightings.stamps()
        while not self._is_closing.wait(REST_SECONDS):
            before, stamps = stamps, sightings.stamps()
            if stamps == before:
                return
