"""From a file to the picture of its graph in a living window: `python -m tests.benchmarks.opening [name]`.

Graphs are written as their edges say, with barriers in place of edges that join and some nodes deferred, and
for LangGraph.

The file is opened in a worker process as the window does it, and the clock stops at the first paint of the
graph. Meanwhile a timer ticks every 16 ms in the window's thread: in its longest gaps it did not
answer. On a busy machine look at the work instead: the processor's seconds, and those of the longest turn.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from tests.benchmarks.graphs import LARGE, web
from tests.benchmarks.graphs import program as workflow

from stepscope.application import Errand, Workbench, painted, perform
from stepscope.model.topology import END, START, NodeKey, Topology

DEFERRED = 7
"""So many nodes of a graph in which nodes wait are deferred."""


def program(topology: Topology, engine: str = "stepgraph", waits: bool = False) -> str:
    """A file that builds a graph; where nodes wait, ways join in barriers and some are deferred."""
    lines = ["from typing_extensions import TypedDict", f"from {engine}.graph import END, START, StateGraph"]
    lines += ["class State(TypedDict):", "    x: int", "def step(state): return {}"]
    lines += ["builder = StateGraph(State)"]
    names = {START: "START", END: "END"}

    def name(key: NodeKey) -> str:
        return names.get(key[0], repr(key[0]))

    inner = [key for key in topology.nodes if key[0] not in names]
    deferred = set(inner[len(inner) // DEFERRED :: len(inner) // DEFERRED]) if waits else set()
    lines += [
        f"builder.add_node({name(key)}, step{', defer=True' if key in deferred else ''})" for key in inner
    ]
    pairs = [(edge.source, edge.target) for edge in topology.edges]
    if waits:
        joining, pairs = _joins(topology, pairs)
        for target, sources in joining.items():
            lines.append(f"builder.add_edge([{', '.join(map(name, sources))}], {name(target)})")
    lines += [f"builder.add_edge({name(source)}, {name(target)})" for source, target in pairs]
    return "\n".join([*lines, "graph = builder.compile()", ""])


Pairs = list[tuple[NodeKey, NodeKey]]


def _joins(topology: Topology, pairs: Pairs) -> tuple[dict[NodeKey, list[NodeKey]], Pairs]:
    """What is waited for by which node, and the other edges."""
    place = {key: at for at, key in enumerate(topology.nodes)}
    before: dict[NodeKey, list[NodeKey]] = {}
    for source, target in dict.fromkeys(pairs):
        if place[source] < place[target] and source != (START,) and target != (END,):
            before.setdefault(target, []).append(source)
    joining = {target: sources for target, sources in before.items() if len(sources) > 1}
    return joining, [pair for pair in pairs if pair[0] not in joining.get(pair[1], ())]


FILES: dict[str, Callable[[], str]] = {
    **{name: partial(lambda family: program(family()), family) for name, family in LARGE.items()},
    "waiting, 10,000": lambda: program(workflow(10_000), waits=True),
    "waiting web, 10,000": lambda: program(web(10_000), waits=True),
    "LangGraph, 10,000": lambda: program(workflow(10_000), "langgraph"),
}


class Gaps:
    """How long the window's thread was busy at most, and where."""

    def __init__(self) -> None:
        self.longest: list[float] = []
        self.turn = 0.0  # the most that the window's thread has worked in one go
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.turn = max(self.turn, worked - self._worked)
        self.longest = sorted([*self.longest, now - self._last])[-5:]
        self._last, self._worked = now, worked

    def stop(self) -> None:
        self._tick()
        self._timer.stop()


def main(only: str = "") -> None:
    for name, written in FILES.items():
        if only in name:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "big.py"
                file.write_text(written())
                perform(
                    Errand(partial(_opened, name, file), stays=False, settings=file.with_name("settings"))
                )


async def _opened(name: str, file: Path, workbench: Workbench) -> int:
    await asyncio.sleep(0.5)  # the window has settled
    gaps, began, busy = Gaps(), time.perf_counter(), time.process_time()
    arrived = []
    workbench.model.program_changed.connect(lambda: arrived.append(time.perf_counter() - began))
    await workbench.commands.open(str(file), has_consent=True, may_ask=False)
    await painted(workbench)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    gaps.stop()
    longest = ", ".join(f"{1000 * gap:.0f}" for gap in reversed(gaps.longest))
    print(f"{name:20} loaded {arrived[-1]:5.2f} s, seen {took:5.2f} s ({busy:.2f} s of work); ", end="")
    print(f"longest gaps {longest} ms, longest turn {1000 * gaps.turn:.0f} ms of work", flush=True)
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
