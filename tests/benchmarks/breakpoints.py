"""What breakpoints cost: ``python -m tests.benchmarks.breakpoints``.

Prints what a thousand evaluations of a condition take, and what a superstep takes without gates, with gates
and no breakpoint, and with a conditional breakpoint that never holds: in a host whose events nobody takes,
and in a worker as the window runs it. The node does next to nothing: a real one makes the ratios smaller.

The three ways are run in turns, each first in a third of the rounds; a ratio is that of two runs of the same
round, and the median of all rounds is told. What counts is processor time, of the worker where there is one:
other load on the machine hardly changes that.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession
from stepscope_host.debugging import gates
from stepscope_host.debugging.expressions import Expression
from stepscope_host.debugging.states import keyed
from stepscope_host.host import Host

STEPS = 400
ROUNDS = 21
CONDITIONS = ("len(state['log']) > 2", "state.n > 10 and 'x' not in state.log", "any(m for m in state.log)")
NEVER = ({"id": "1", "path": ["step"], "when": "before", "condition": "state['n'] < 0"},)

PROGRAM = """
from typing import TypedDict
from ENGINE.graph import END, START, StateGraph
SETUP

class State(TypedDict):
    n: int

DEFINE step(state: State):
    return {"n": state["n"] + 1}

DEFINE more(state: State):
    return "step" if state["n"] < STEPS else END

builder = StateGraph(State).add_node("step", step).add_edge(START, "step")
graph = builder.add_conditional_edges("step", more, ["step", END]).compile(checkpointer=False)
"""
SWITCH = """
from pathlib import Path
from stepscope_host.debugging import gates
gated = gates.gated
bare = lambda graph, gate: gates.Gated(graph, lambda namespace, name: False, lambda: None)
gates.gated = lambda graph, gate: (bare if Path(__file__ + ".bare").exists() else gated)(graph, gate)
"""

Way = Callable[[], Awaitable[float]]


def program(folder: Path, engine: str, define: str, setup: str = "") -> str:
    text = PROGRAM
    for word, value in {"ENGINE": engine, "DEFINE": define, "STEPS": str(STEPS), "SETUP": setup}.items():
        text = text.replace(word, value)
    path = folder / f"{engine}_{define.replace(' ', '_')}_{'switched' if setup else 'plain'}.py"
    path.write_text(text)
    return str(path)


def request(breakpoints: Sequence[Any] = ()) -> RunRequest:
    return RunRequest({"n": 0}, config={"recursion_limit": STEPS + 5}, breakpoints=breakpoints)


def evaluations() -> None:
    state = {"log": [f"line {number}" for number in range(50)], "n": 5}
    for text in CONDITIONS:
        expression = Expression(text)
        fastest = min(_seconds(lambda e=expression: _thousand(e, state)) for _ in range(9))  # type: ignore[misc]
        print(f"1,000 x {text:40} {fastest * 1000:6.1f} ms")


def _thousand(expression: Expression, state: dict[str, Any]) -> None:
    for visit in range(1_000):
        expression.is_true({"state": keyed(state), "visit": visit, "step": visit, "node": "step"})


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def in_a_host(folder: Path, engine: str, define: str) -> None:
    loop = asyncio.new_event_loop()
    host = Host(lambda event: None, loop)
    assert "opened" in host.load(program(folder, engine, define))
    gated = gates.gated

    def bare(graph: Any, gate: Any) -> Any:
        return gates.Gated(graph, lambda namespace, name: False, lambda: None)

    async def run(make: Any, breakpoints: Sequence[Any] = ()) -> float:
        gates.gated = make
        began = time.process_time()
        await host.run(vars(request(breakpoints)))
        return time.process_time() - began

    ways: list[Way] = [lambda: run(bare), lambda: run(gated), lambda: run(gated, NEVER)]
    _print(f"host, {engine}, {define}", loop.run_until_complete(_race(ways)))
    gates.gated = gated
    loop.close()


async def in_a_worker(folder: Path, engine: str, define: str) -> None:
    """In one and the same worker, which runs without gates while there is a file that says so."""
    session, path = WorkerSession(), program(folder, engine, define, SWITCH)
    switch = Path(f"{path}.bare")
    await session.open(path)

    async def run(breakpoints: Sequence[Any] = ()) -> float:
        assert session.pid is not None
        began = _processor_seconds(session.pid)
        async for _ in session.astream(request(breakpoints)):
            pass
        return _processor_seconds(session.pid) - began

    async def bare() -> float:
        switch.touch()
        took = await run()
        switch.unlink()
        return took

    _print(f"worker, {engine}, {define}", await _race([bare, run, lambda: run(NEVER)]))
    await session.close()


def _processor_seconds(pid: int) -> float:
    """What a process has used so far, by the clock that Linux has for each."""
    return time.clock_gettime((~pid << 3) | 2)


async def _race(ways: Sequence[Way]) -> list[list[float]]:
    """What each way took, by round."""
    rounds = []
    for number in range(-1, ROUNDS):
        took = [0.0] * len(ways)
        for place in range(len(ways)):
            which = (place + number) % len(ways)
            gc.collect()
            took[which] = await ways[which]()
        rounds.append(took)
    return rounds[1:]  # the first one warms up


def _print(name: str, rounds: Sequence[Sequence[float]]) -> None:
    bare, gated, never = (statistics.median(column) / STEPS * 1e6 for column in zip(*rounds, strict=True))
    with_gates, with_condition = (statistics.median(each[way] / each[0] for each in rounds) for way in (1, 2))
    words = f"{bare:6.0f} us a superstep without gates, {gated:6.0f} with ({with_gates:.3f})"
    print(f"{name:32} {words}, {never:6.0f} with a condition ({with_condition:.2f})", flush=True)


def main() -> None:
    evaluations()
    with tempfile.TemporaryDirectory() as place:
        for engine in ("stepgraph", "langgraph"):
            for define in ("async def", "def"):
                in_a_host(Path(place), engine, define)
                asyncio.run(in_a_worker(Path(place), engine, define))


if __name__ == "__main__":
    main()
