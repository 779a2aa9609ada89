"""Carries out what the person asks: opens a target, runs it, steps it, stops it; feeds the model."""

from __future__ import annotations

import asyncio
import contextlib

from PySide6.QtCore import QObject, Signal

from stepscope.model.events import Plain
from stepscope.model.program import OpenFailed, Program
from stepscope.model.run_state import RunPhase
from stepscope.run.run_model import RunModel
from stepscope.session.session import RunRequest, Session


class Controller(QObject):
    """Owns the session and the one task that reads its events.

    Signals
        open_failed(OpenFailed): the target could not be opened; what was shown stays.
        run_ended: the run is over and all its events have been shown.
    """

    open_failed = Signal(object)
    run_ended = Signal()

    def __init__(self, model: RunModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._session = session
        self._run: asyncio.Task[None] | None = None

    @property
    def is_live(self) -> bool:
        """True from the start of a run until its last event has been shown."""
        return self._run is not None and not self._run.done()

    async def open(self, target: str) -> Program | None:
        """Stop what runs and load a target. Returns None after `open_failed`."""
        await self.stop()
        try:
            program = await self._session.open(target)
        except OpenFailed as problem:
            self.open_failed.emit(problem)
            return None
        self.model.set_program(program)
        return program

    def run(self, input: Plain, stepping: bool = False) -> None:
        """Begin a run with this input; does nothing while one is live."""
        if not self.is_live and self.model.program is not None:
            self.model.reset()
            self._run = asyncio.ensure_future(self._read(RunRequest(input, stepping)))

    def step(self) -> None:
        """Let the next superstep run."""
        if self.is_live:
            self._session.step()

    def resume(self) -> None:
        """Run on to the end."""
        if self.model.state.phase is RunPhase.PAUSED:
            self._session.resume()

    def pause(self) -> None:
        """Start no new task."""
        if self.is_live:
            self._session.pause()

    async def stop(self) -> None:
        """End the run, and wait until that is shown."""
        if self.is_live:
            assert self._run is not None
            self._session.stop()
            await asyncio.wait([self._run])

    async def close(self) -> tuple[str, ...]:
        """Stop, and let the session go; returns the nodes whose code still runs."""
        await self.stop()
        return await self._session.close()

    async def _read(self, request: RunRequest) -> None:
        async with contextlib.aclosing(self._session.astream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                self.model.feed(event)
        self.model.flush()
        self.run_ended.emit()
