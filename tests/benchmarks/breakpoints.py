"""What breakpoints cost: ``python -m tests.benchmarks.breakpoints``.

Prints what a thousand evaluations of a condition take, and what a superstep takes without gates, with gates
and no breakpoint, and with a conditional breakpoint that never holds: in a host whose events nobody takes,
and through a worker as the window runs it. Each pair is run in turns; what counts is the fastest of many.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession
from stepscope_host.debugging import gates
from stepscope_host.debugging.expressions import Expression
from stepscope_host.debugging.states import keyed
from stepscope_host.host import Host

STEPS = 400
RUNS = 12
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

builder = StateGraph(State).add_node("step", step).add_edge(START, "step")
builder.add_conditional_edges("step", lambda state: state["n"] < STEPS, {True: "step", False: END})
graph = builder.compile(checkpointer=False)
"""
WITHOUT_GATES = """
from stepscope_host.debugging import gates
gates.gated = lambda graph, gate: gates.Gated(graph, lambda namespace, name: False)
"""


def program(folder: Path, engine: str, define: str, setup: str = "") -> str:
    text = PROGRAM
    for word, value in {"ENGINE": engine, "DEFINE": define, "STEPS": str(STEPS), "SETUP": setup}.items():
        text = text.replace(word, value)
    path = folder / f"{engine}_{define.replace(' ', '_')}_{'bare' if setup else 'gated'}.py"
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


def in_a_host(folder: Path, engine: str, define: str) -> None:
    loop = asyncio.new_event_loop()
    host = Host(lambda event: None, loop)
    assert "opened" in host.load(program(folder, engine, define))
    gated = gates.gated

    def bare(graph: Any, gate: Any) -> Any:
        return gates.Gated(graph, lambda namespace, name: False)

    def run(make: Any, breakpoints: Sequence[Any] = ()) -> float:
        gates.gated = make
        return _seconds(lambda: loop.run_until_complete(host.run(vars(request(breakpoints)))))

    ways = [lambda: run(bare), lambda: run(gated), lambda: run(gated, NEVER)]
    _print(f"host, {engine}, {define}", _race(ways))
    gates.gated = gated
    loop.close()


async def through_a_worker(folder: Path, engine: str, define: str) -> None:
    bare, gated = WorkerSession(), WorkerSession()
    await bare.open(program(folder, engine, define, WITHOUT_GATES))
    await gated.open(program(folder, engine, define))

    async def run(session: WorkerSession, breakpoints: Sequence[Any] = ()) -> float:
        began = time.perf_counter()
        async for _ in session.astream(request(breakpoints)):
            pass
        return time.perf_counter() - began

    fastest = [1e9, 1e9, 1e9]
    for _ in range(RUNS):
        took = [await run(bare), await run(gated), await run(gated, NEVER)]
        fastest = [min(pair) for pair in zip(fastest, took, strict=True)]
    _print(f"worker, {engine}, {define}", fastest)
    await bare.close()
    await gated.close()


def _race(ways: Sequence[Callable[[], float]]) -> list[float]:
    rounds = [[way() for way in ways] for _ in range(RUNS)]
    return [min(column) for column in zip(*rounds, strict=True)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _print(name: str, took: Sequence[float]) -> None:
    bare, gated, never = (seconds / STEPS * 1e6 for seconds in took)
    words = f"{bare:6.0f} us a superstep without gates, {gated:6.0f} with ({gated / bare:.2f})"
    print(f"{name:32} {words}, {never:6.0f} with a condition ({never / bare:.2f})")


def main() -> None:
    evaluations()
    with tempfile.TemporaryDirectory() as place:
        for engine in ("stepgraph", "langgraph"):
            for define in ("async def", "def"):
                in_a_host(Path(place), engine, define)
                asyncio.run(through_a_worker(Path(place), engine, define))


if __name__ == "__main__":
    main()
