"""The one face that all sessions have: open a target, stream the events of a run, steer it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from stepscope.model.events import Event, Plain
from stepscope.model.program import Program


@dataclass(frozen=True)
class RunRequest:
    """What to run: the graph's input as JSON-able data; `stepping` asks for a pause.

    With `stepping` the run pauses after its first superstep instead of running on.
    """

    input: Plain
    stepping: bool = False


class Session(Protocol):
    """A graph that can be opened and run, wherever it lives. Used from the Qt loop only."""

    async def open(self, target: str) -> Program:
        """Load a target (``file.py``, ``file.py:name``, ``package.module:name``).

        Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
        """

    def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        """Run the opened graph. The first event is RunStarted, the last RunFinished, whatever happens."""

    def step(self) -> None:
        """Let the next superstep's tasks run, then pause again."""

    def resume(self) -> None:
        """Run on without pausing."""

    def pause(self) -> None:
        """Start no new task; what runs, finishes."""

    def stop(self) -> None:
        """End the run now. RunFinished follows at once and names what could not be stopped."""

    async def close(self) -> tuple[str, ...]:
        """Let go of everything; returns the nodes whose code still runs in a thread."""
