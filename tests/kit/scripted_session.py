"""A session that plays a chain of supersteps: it pauses, stops and fails without an engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from stepscope.model.events import (
    Custom,
    Event,
    Failure,
    Outcome,
    Paused,
    Plain,
    Printed,
    Resumed,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskStarted,
    Token,
    Updated,
    Values,
)
from stepscope.model.program import OpenFailed, Program
from stepscope.model.topology import END, START, EdgeShape, Namespace, NodeShape, Topology
from stepscope.session.session import RunRequest


def chain(*names: str) -> Topology:
    """START, the named nodes one after the other, END."""
    keys = [(START,), *((name,) for name in names), (END,)]
    kinds = {START: "start", END: "end"}
    nodes = {key: NodeShape(key, key[0], kinds.get(key[0], "node")) for key in keys}  # type: ignore[arg-type]
    edges = tuple(EdgeShape(a, b) for a, b in pairwise(keys))
    return Topology(nodes, edges)


def program_of(path: Path | str, *names: str, input: object = None) -> Program:
    """A program whose graph is a chain of nodes."""
    schema = {"properties": {"topic": {"type": "string"}}, "required": ["topic"]}
    suggested = {"topic": ""} if input is None else input
    graph = chain(*names)
    return Program(f"{path}:graph", str(path), "graph", ("graph",), "stepgraph", graph, schema, suggested)


class ScriptedSession:
    """Plays one superstep a node of the chain, each with an update, a value and a custom chunk.

    `failing` names a node that raises; `blocking` one that never ends, and outlives a stop.
    `refusals` holds what opening a target raises, `warnings` and `context_schema` what a program comes with.
    `pythons` are the interpreters that targets were to be opened in. `prints` holds what a node prints, and
    under "" what opening a target does; `hear` takes what else is heard while no run is on.
    """

    def __init__(self, *names: str, failing: str = "", blocking: str = "") -> None:
        self.names = names
        self.failing = failing
        self.blocking = blocking
        self.warnings: tuple[str, ...] = ()
        self.context_schema: Mapping[str, object] = {}
        self.refusals: dict[str, OpenFailed] = {}
        self.prints: dict[str, list[str]] = {}
        self.opened: list[str] = []
        self.pythons: list[str | None] = []
        self.requests: list[RunRequest] = []
        self.is_closed = False
        self._go = asyncio.Event()
        self._is_stepping = False
        self._is_stopped = False
        self._seq = 0

    async def open(self, target: str, python: str | None = None) -> Program:
        self.opened.append(target)
        self.pythons.append(python)
        await asyncio.sleep(0)
        for event in self._printed(""):
            self.hear(event)
        if target in self.refusals:
            raise self.refusals[target]
        program = program_of(target.removesuffix(":graph"), *self.names)
        told = {"warnings": self.warnings, "context_schema": self.context_schema}
        return replace(program, **told, python=python or "")  # type: ignore[arg-type]

    def has_choice_of_python(self, target: str) -> bool:
        return True

    async def fetch(self, handle: str) -> Plain:
        raise LookupError("Nothing was kept.")

    async def evaluate(self, expression: str, namespace: Namespace = (), step: int | None = None) -> Plain:
        raise LookupError("Nothing was kept.")

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        raise LookupError("Nothing was saved.")

    def listen(self, hear: Callable[[Event], None]) -> None:
        self.hear = hear

    async def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        self.requests.append(request)
        self._is_stepping, self._is_stopped = request.start == "step", False
        self._seq = 0
        yield RunStarted(*self._stamp(), "stepgraph", request.input)
        for step, name in enumerate(self.names, start=1):
            for event in self._superstep(step, name):
                yield event
            if name == self.failing:
                yield self._finished(Outcome.FAILED, failure=_FAILURE)
                return
            if name == self.blocking:
                await self._wait()
            if self._is_stepping and step < len(self.names) and not self._is_stopped:
                after = self.names[step]
                yield Paused(*self._stamp(), step, (after,), f"superstep {step + 1} is next: {after}")
                await self._wait()
                if not self._is_stopped:
                    yield Resumed(*self._stamp())
            if self._is_stopped:
                still = (name,) if name == self.blocking else ()
                yield self._finished(Outcome.STOPPED, still_running=still)
                return
            await asyncio.sleep(0)
        yield self._finished(Outcome.FINISHED)

    def order(self, kind: str, **parts: Plain) -> None:
        if kind == "pause":
            self._is_stepping = True
            return
        if kind == "resume":
            self._is_stepping = False
        self._go.set()

    def stop(self) -> None:
        self._is_stopped = True
        self._go.set()

    async def close(self) -> tuple[str, ...]:
        self.is_closed = True
        return ()

    async def _wait(self) -> None:
        self._go.clear()
        await self._go.wait()

    def _stamp(self) -> tuple[int, float]:
        self._seq += 1
        return self._seq - 1, 1_000_000.0 + self._seq / 100

    def _superstep(self, step: int, name: str) -> Iterable[Event]:
        task = f"task-{step}"
        yield TaskStarted(*self._stamp(), (), step, task, name, {"topic": "owls"}, ())
        yield from self._printed(name)
        if name == self.blocking:
            return
        if name == self.failing:
            yield TaskFinished(*self._stamp(), (), step, task, name, None, _FAILURE)
            return
        yield Custom(*self._stamp(), (), step, {"progress": step})
        yield Token(*self._stamp(), (), step, name, f"message-{step}", "AIMessage", "Hello", "", (), True)
        yield TaskFinished(*self._stamp(), (), step, task, name, {"topic": name}, None)
        yield Updated(*self._stamp(), (), step, name, {"topic": name})
        yield Values(*self._stamp(), (), step, {"topic": name})

    def _printed(self, name: str) -> Iterable[Event]:
        for text in self.prints.get(name, ()):
            yield Printed(*self._stamp(), "stdout", text)

    def _finished(
        self, outcome: Outcome, failure: Failure | None = None, still_running: tuple[str, ...] = ()
    ) -> RunFinished:
        return RunFinished(*self._stamp(), outcome, failure, "", still_running)


_FAILURE = Failure("ValueError", "no such city", "Give a city that exists.", traceback="Traceback ...")
