"""Context managers that are open for as long as a program is loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Runner = Callable[[Coroutine[Any, Any, Any]], Any]
"""Runs a coroutine to its end and returns its result."""


class Held:
    """Enters context managers, and exits them in the opposite order."""

    def __init__(self) -> None:
        self._open: list[Any | _AsyncHold] = []

    def enter(self, manager: Any, run: Runner) -> Any:
        """What a manager, sync or async, gives; it stays open. Raises whatever it raises."""
        if hasattr(manager, "__aenter__"):
            hold = _AsyncHold()
            value = run(hold.enter(manager))
            self._open.append(hold)
            return value
        value = manager.__enter__()
        self._open.append(manager)
        return value

    def close(self, run: Runner) -> list[BaseException]:
        """Exit them all; returns what was raised on the way."""
        problems: list[BaseException] = []
        while self._open:
            last = self._open.pop()
            try:
                if isinstance(last, _AsyncHold):
                    last.leave(run)
                else:
                    last.__exit__(None, None, None)
            except BaseException as error:
                problems.append(error)
        return problems


class _AsyncHold:
    """A task that stays in an async context manager until it is told to leave.

    Entering and exiting in one task is what task groups and cancel scopes ask for, such as those of an
    MCP client's session.
    """

    _loop: asyncio.AbstractEventLoop
    _task: asyncio.Task[None]
    _entered: asyncio.Future[Any]
    _over: asyncio.Event

    def __init__(self) -> None:
        self._problem: BaseException | None = None

    async def enter(self, manager: Any) -> Any:
        self._loop = asyncio.get_running_loop()
        self._entered = self._loop.create_future()
        self._over = asyncio.Event()
        self._task = asyncio.ensure_future(self._stay(manager))
        return await self._entered

    def leave(self, run: Runner) -> None:
        """Let the manager exit; raises what it raises. On a loop that others run nobody waits for it."""
        if not self._task.done():
            run(self._leave())
        if self._problem is not None:
            raise self._problem

    async def _leave(self) -> None:
        if asyncio.get_running_loop() is self._loop:
            self._over.set()
            await asyncio.wait([self._task])
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)

    async def _stay(self, manager: Any) -> None:
        try:
            async with manager as value:
                self._entered.set_result(value)
                await self._over.wait()
        except BaseException as error:
            if not self._entered.done():
                self._entered.set_exception(error)
            elif not isinstance(error, asyncio.CancelledError):
                self._problem = error
