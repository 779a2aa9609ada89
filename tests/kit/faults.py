"""Programs that break, each on purpose, in a worker of their own; and what a person then reads."""

from __future__ import annotations

import asyncio
import contextlib
import os
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.kit import bare_graph

from stepscope.model.events import (
    Custom,
    Event,
    Failure,
    Lost,
    Outcome,
    Printed,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskStarted,
)
from stepscope.model.program import Program
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

MARK = "STEPSCOPE_TEST_MARK"
"""A variable that every process of one test has, by which those that are left are found."""

PATIENCE = 90.0
"""Seconds after which what was waited for will not come; nothing is measured with it."""

_PREAMBLE = """
import asyncio, ctypes, inspect, os, pathlib, signal, subprocess, sys, threading, time
from typing import TypedDict

HERE = pathlib.Path(__file__).parent

def crash():
    ctypes.string_at(0)

def until(name):
    while not (HERE / name).exists():
        time.sleep(0.005)
"""

_NODES = """
class State(TypedDict):
    do: str
    log: str

def fine():
    return "fine"

def first(state: State):
    return {"log": "first"}

def sync(state: State):
    return {"log": globals()[state["do"]]()}

async def on_loop(state: State):
    result = globals()[state["do"]]()
    return {"log": await result if inspect.isawaitable(result) else result}

def where(state: State):
    return "on_loop" if state["do"].startswith("loop_") else "sync"
"""

_GRAPH = """
from {engine}.graph import START, StateGraph

graph = (
    StateGraph(State).add_node(first).add_node(sync).add_node(on_loop)
    .add_edge(START, "first").add_conditional_edges("first", where, ["sync", "on_loop"]).compile()
)
"""

_BARE = """
async def either(state):
    return await on_loop(state) if where(state) == "on_loop" else (
        await asyncio.get_running_loop().run_in_executor(None, sync, state))

graph = Graph(first, either)
"""

_DRAWN = """
def drawn(xray=False):
    from types import SimpleNamespace as Is
    edges = [Is(source=a, target=b, data=None, conditional=a == "first") for a, b in (
        ("__start__", "first"), ("first", "sync"), ("first", "on_loop"))]
    return Is(nodes={name: Is(metadata=None) for name in graph.nodes}, edges=edges)

graph.get_graph = drawn
"""
"""What draws stepgraph's graphs imports langchain-core: most of what the start of a process takes."""


@dataclass
class Reading:
    """What a run left to be read."""

    events: list[Event]

    @property
    def last(self) -> RunFinished:
        last = self.events[-1]
        assert isinstance(last, RunFinished)
        return last

    @property
    def outcome(self) -> Outcome:
        return self.last.outcome

    @property
    def failure(self) -> Failure:
        assert self.last.failure is not None, f"the run is {self.last.reason}"
        return self.last.failure

    @property
    def line(self) -> str:
        """The user's line that is pointed at."""
        where = self.failure.where
        return where.source if where is not None and where.file.endswith("program.py") else ""

    @property
    def finished(self) -> list[str]:
        """The nodes that have told of their end without an error."""
        return [
            event.node for event in self.events if isinstance(event, TaskFinished) and event.failure is None
        ]

    @property
    def failed(self) -> list[str]:
        return [event.node for event in self.events if isinstance(event, TaskFinished) and event.failure]

    @property
    def headlines(self) -> list[str]:
        """What the nodes that failed say of it."""
        ends = [event for event in self.events if isinstance(event, TaskFinished)]
        return [event.failure.headline for event in ends if event.failure is not None]

    @property
    def customs(self) -> list[object]:
        return [event.data for event in self.events if isinstance(event, Custom)]

    def printed(self, source: str = "stdout") -> str:
        return printed(self.events, source)


class Victim:
    """A program in a worker, which is asked to break in one way after another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = WorkerSession(str(path.parent / "threads"))
        self.heard: list[Event] = []
        self._lost: asyncio.Future[Lost] = asyncio.get_running_loop().create_future()
        self.session.listen(self._hear)

    async def open(self, python: str | None = None) -> Program:
        return await self.session.open(f"{self.path}:graph", python)

    async def run(self, do: str = "fine", on: Callable[[Event], object] = lambda event: None) -> Reading:
        """Run with a node that does this, and call `on` with each event; all of them come in order."""
        events: list[Event] = []

        async def read() -> None:
            async with contextlib.aclosing(self.session.astream(RunRequest({"do": do, "log": ""}))) as stream:
                async for event in stream:
                    events.append(event)
                    on(event)

        await asyncio.wait_for(read(), PATIENCE)
        assert [event.seq for event in events] == list(range(len(events)))
        assert isinstance(events[0], RunStarted), events
        return Reading(events)

    async def run_until_in(self, do: str, act: Callable[[], object]) -> Reading:
        """Run, and `act` once the node has made a file called `is_in`."""
        acting: list[asyncio.Task[None]] = []

        async def act_once_in() -> None:
            await self.until("is_in")
            act()

        def on(event: Event) -> None:
            if isinstance(event, TaskStarted) and event.node != "first":
                acting.append(asyncio.ensure_future(act_once_in()))

        reading = await self.run(do, on)
        for task in acting:
            task.cancel()
        (self.path.parent / "is_in").unlink(missing_ok=True)
        return reading

    async def lost(self) -> Failure:
        """What is told when the process ends between two runs."""
        lost = await asyncio.wait_for(asyncio.shield(self._lost), PATIENCE)
        self._lost = asyncio.get_running_loop().create_future()
        return lost.failure

    async def until(self, name: str) -> None:
        """Wait for a file that the program makes."""
        await until((self.path.parent / name).exists, f"the program has not made {name!r}")

    def touch(self, name: str) -> None:
        """Make a file that the program waits for."""
        (self.path.parent / name).touch()

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        if isinstance(event, Lost) and not self._lost.done():
            self._lost.set_result(event)


def program(folder: Path, text: str, engine: str = "stepgraph") -> Path:
    """Write a program whose node does what a function of `text` does; ``loop_`` ones do it on the loop."""
    path = folder / "program.py"
    match engine:
        case "none":
            graph = bare_graph.SOURCE + _BARE
        case "stepgraph":
            graph = _GRAPH.format(engine=engine) + _DRAWN
        case _:
            graph = _GRAPH.format(engine=engine)
    path.write_text(_PREAMBLE + textwrap.dedent(text) + _NODES + graph)
    return path


@asynccontextmanager
async def a_victim(folder: Path, text: str, engine: str = "stepgraph") -> AsyncIterator[Victim]:
    """A program that is not open yet; afterwards no process of it is left."""
    mark = os.environ[MARK] = uuid4().hex
    victim = Victim(program(folder, text, engine))
    try:
        yield victim
    finally:
        await victim.session.close()
        del os.environ[MARK]
    assert processes(mark) == []


async def until(is_so: Callable[[], bool], complaint: str) -> None:
    """Wait until something is so; fails with the complaint when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, complaint
        await asyncio.sleep(0.005)


def printed(events: list[Event], source: str = "stdout") -> str:
    return "".join(event.text for event in events if isinstance(event, Printed) and event.source == source)


def processes(mark: str) -> list[str]:
    """The processes that were started with a mark, where the system can be asked for them."""
    return [found for entry in Path("/proc").glob("[0-9]*") if (found := _marked(entry, mark))]


def _marked(entry: Path, mark: str) -> str:
    try:
        if f"{MARK}={mark}".encode() in (entry / "environ").read_bytes():
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            return f"{entry.name} {state} {words}"
    except OSError:  # it has just ended, or is another user's
        pass
    return ""
