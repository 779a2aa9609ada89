"""Parallel nodes made to finish in a told order: each waits until the one before has been streamed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

REPORTING_MODES = {"updates", "tasks", "debug"}
PATIENCE = 20.0
"""Seconds after which a turn that never comes is an error and no longer a wait."""


class Turns:
    """The order in which updates are to be finished: `Turns({"log": ["c"]}, {"log": ["a"]})`.

    A node ends with `return turns.finish({"log": ["a"]})`. Under stream modes that do not tell when a task
    has finished nobody waits, as the order cannot be seen there.
    """

    def __init__(self, *updates: Any) -> None:
        self._order = [repr(update) for update in updates]
        self._streamed = {update: threading.Event() for update in self._order}
        self.watched = False

    def watch(self, modes: str | Sequence[str]) -> None:
        """Called by the runner before it starts the run."""
        self.watched = bool(REPORTING_MODES & ({modes} if isinstance(modes, str) else set(modes)))

    def notice(self, mode: str, data: Any) -> None:
        """Called by the runner with every chunk."""
        for update in _finished(mode, data):
            if repr(update) in self._streamed:
                self._streamed[repr(update)].set()

    def finish(self, update: Any) -> Any:
        """The update itself, once it is its turn."""
        position = self._order.index(repr(update))
        if self.watched and position > 0:
            before = self._order[position - 1]
            if not self._streamed[before].wait(PATIENCE):
                raise TimeoutError(f"{before} was not streamed, so {update} never had its turn")
        return update

    async def finish_async(self, update: Any) -> Any:
        """`finish` for an async node."""
        return await asyncio.to_thread(self.finish, update)


def _finished(mode: str, data: Any) -> list[Any]:
    if mode == "updates":
        return list(data.values())
    if mode == "tasks" and "result" in data:
        return [data["result"]]
    if mode == "debug" and data["type"] == "task_result":
        return [data["payload"]["result"]]
    return []
