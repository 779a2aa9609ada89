"""What breakpoints cost: ``python -m tests.benchmarks.breakpoints``.

Prints what a thousand evaluations of a condition take, and what a superstep takes without gates, with gates
and no breakpoint, and with a conditional breakpoint that never holds: in a host whose events nobody takes,
and in a worker as the window runs it. See `supersteps` for how that is measured.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import processor
from tests.benchmarks.supersteps import program, race, request, told

from stepscope.session.worker import WorkerSession
from stepscope_host.debugging import gates
from stepscope_host.debugging.expressions import Expression
from stepscope_host.debugging.states import keyed
from stepscope_host.host import Host

CONDITIONS = ("len(state['log']) > 2", "state.n > 10 and 'x' not in state.log", "any(m for m in state.log)")
NEVER = ({"id": "1", "path": ["step"], "when": "before", "condition": "state['n'] < 0"},)
WAYS = ("without gates", "with", "with a condition")

SWITCH = """
from pathlib import Path
from stepscope_host.debugging import gates
gated = gates.gated
bare = lambda graph, gate: gates.Gated(graph, lambda namespace, name: False, lambda: None)
gates.gated = lambda graph, gate: (bare if Path(__file__ + ".bare").exists() else gated)(graph, gate)
"""


def evaluations() -> None:
    state = {"log": [f"line {number}" for number in range(50)], "n": 5}
    for text in CONDITIONS:
        expression = Expression(text)
        fastest = min(_thousand(expression, state) for _ in range(9))
        print(f"1,000 x {text:40} {fastest * 1000:6.1f} ms")


def _thousand(expression: Expression, state: dict[str, Any]) -> float:
    began = time.process_time()
    for visit in range(1_000):
        expression.is_true({"state": keyed(state), "visit": visit, "step": visit, "node": "step"})
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

    ways = [lambda: run(bare), lambda: run(gated), lambda: run(gated, NEVER)]
    rounds = loop.run_until_complete(race(ways))
    print(f"host, {engine + ', ' + define:24} {told(rounds, *WAYS)}", flush=True)
    gates.gated = gated
    loop.close()


async def in_a_worker(folder: Path, engine: str, define: str) -> None:
    """In one and the same worker, which runs without gates while there is a file that says so."""
    session, path = WorkerSession(), program(folder, engine, define, setup=SWITCH)
    switch = Path(f"{path}.bare")
    await session.open(path)

    async def run(breakpoints: Sequence[Any] = ()) -> float:
        assert session.pid is not None
        began = processor.seconds_of(session.pid)
        async for _ in session.astream(request(breakpoints)):
            pass
        return processor.seconds_of(session.pid) - began

    async def bare() -> float:
        switch.touch()
        took = await run()
        switch.unlink()
        return took

    rounds = await race([bare, run, lambda: run(NEVER)])
    print(f"worker, {engine + ', ' + define:22} {told(rounds, *WAYS)}", flush=True)
    await session.close()


def main() -> None:
    evaluations()
    with tempfile.TemporaryDirectory() as place:
        for engine in ("stepgraph", "langgraph"):
            for define in ("async def", "def"):
                in_a_host(Path(place), engine, define)
                asyncio.run(in_a_worker(Path(place), engine, define))


if __name__ == "__main__":
    main()
