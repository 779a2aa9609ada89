"""Programs for sessions: chains that run through, and nodes that block until a file appears beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from stepscope.model.events import Event
from stepscope.session.session import RunRequest, Session

Write = Callable[[str], str]
"""Writes a program and returns its path."""

PREAMBLE = """
import asyncio, operator, pathlib, time
from typing import Annotated
from typing_extensions import TypedDict
from stepgraph.config import get_stream_writer
from stepgraph.graph import START, StateGraph

class State(TypedDict):
    log: Annotated[list, operator.add]

class Flag:
    def __init__(self, name):
        self.path = pathlib.Path(__file__).with_name(name)

    def set(self):
        self.path.touch()

    def is_set(self):
        return self.path.exists()

    def wait(self, seconds):
        ends = time.monotonic() + seconds
        while not self.is_set() and time.monotonic() < ends:
            time.sleep(0.01)

is_in, go_on = Flag("is_in"), Flag("go_on")
"""

CHAIN = """
def a(state: State):
    return {"log": ["a"]}

def b(state: State):
    return {"log": ["b"]}

graph = StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile()
inputs = {"log": ["in"]}
"""

BLOCKING = """
def sync_block(state: State):
    is_in.set()
    go_on.wait(60)

async def async_block(state: State):
    is_in.set()
    go_on.wait(60)

async def deaf(state: State):
    is_in.set()
    while not go_on.is_set():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.01)

async def spin(state: State):
    is_in.set()
    while not go_on.is_set():
        pass

import contextlib

def of(node):
    return StateGraph(State).add_node(node).add_edge(START, node.__name__).compile()

in_thread, on_loop, busy, ignoring = of(sync_block), of(async_block), of(spin), of(deaf)
"""


@contextlib.contextmanager
def let_go_at_the_end(path: str) -> Iterator[None]:
    """Free what blocks in the opened program when the test is over."""
    try:
        yield
    finally:
        Path(path).with_name("go_on").touch()


async def until_in(path: str) -> None:
    """Wait for the opened program to be where it blocks."""
    while not Path(path).with_name("is_in").exists():
        await asyncio.sleep(0.01)


async def events_of(session: Session, request: RunRequest) -> list[Event]:
    return [event async for event in session.astream(request)]
