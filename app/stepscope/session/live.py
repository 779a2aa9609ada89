"""A session on a graph of this very process, which can still open files: those run in a worker."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from stepscope.model.events import Event, Plain
from stepscope.model.program import Program
from stepscope.model.topology import Namespace
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession
from stepscope_host.loading.given import GivenGraph


class LiveSession:
    """Implements `Session`: one target is the given graph, all others are a worker's."""

    def __init__(self, given: GivenGraph) -> None:
        self.target = given.target
        self._live = LocalSession(given)
        self._worker = WorkerSession()
        self._opened: LocalSession | WorkerSession = self._live

    async def open(self, target: str, python: str | None = None) -> Program:
        """Show the given graph, or load another target into a worker. Raises OpenFailed."""
        session = self._live if target == self.target else self._worker
        program = await session.open(target, python)
        self._opened = session
        return program

    def has_choice_of_python(self, target: str) -> bool:
        """True for all but the given graph."""
        return target != self.target

    def astream(self, request: RunRequest) -> AsyncGenerator[Event, None]:
        """Run what was opened last."""
        return self._opened.astream(request)

    def order(self, kind: str, **parts: Plain) -> None:
        """Steer the run of what was opened last."""
        self._opened.order(kind, **parts)

    def stop(self) -> None:
        self._opened.stop()

    async def fetch(self, handle: str) -> Plain:
        """More of a value that was cut. Raises LookupError."""
        return await self._opened.fetch(handle)

    async def evaluate(self, expression: str, namespace: Namespace = (), step: int | None = None) -> Plain:
        """What an expression is worth in what was opened last. Raises LookupError."""
        return await self._opened.evaluate(expression, namespace, step)

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        """Ask something of the graph's threads. Raises LookupError."""
        return await self._opened.ask(what, **parts)

    def listen(self, hear: Callable[[Event], None]) -> None:
        self._live.listen(hear)
        self._worker.listen(hear)

    async def close(self) -> tuple[str, ...]:
        """Let go of both; returns the nodes whose code still runs in a thread of this process."""
        return await self._live.close() + await self._worker.close()
