"""Whether the engine's cost grows linearly: a unit of work at n and at 10 n, and what a long run keeps.

Run `python -m tests.benchmarks.scaling`. Growth of 1 is linear, and what is quadratic shows 10; above 2 is
marked, since garbage collection and the processor's caches take their part. Memory is what Python holds at
the same point of a short and of a long run without a saver.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import operator
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any

from tests.benchmarks import workloads
from tests.benchmarks.engine import microseconds
from tests.benchmarks.workloads import Counted, Work, async_step, counting, drain, in_a_loop, sync_step
from tests.kit.engines import OURS
from typing_extensions import TypedDict

TOLERATED = 2.0


@dataclass(frozen=True)
class Growth:
    """A line of the table: a workload of n units, for an n and ten times as many."""

    label: str
    most: int
    prepare: Callable[[int], Work]


def supersteps(steps: int) -> Work:
    return workloads.async_supersteps(OURS, steps)


def saved_supersteps(steps: int) -> Work:
    return workloads.supersteps_with_a_saver(OURS, steps)


class Summed(TypedDict):
    # Lists that are added would be copied for each task: the reducer's own cost, and quadratic.
    n: Annotated[int, operator.add]


def sends(count: int) -> Work:
    async def work(number: int) -> Any:
        return {"n": number}

    graph = _fan_out(count, work)
    return in_a_loop(lambda: workloads.adrain(graph.astream({"n": 0})))


def sync_sends(count: int) -> Work:
    graph = _fan_out(count, lambda number: {"n": number})
    return lambda: drain(graph.stream({"n": 0}))


def _fan_out(count: int, work: Any) -> Any:
    builder = OURS.StateGraph(Summed).add_node("work", work)
    builder.add_conditional_edges(
        OURS.START, lambda state: [OURS.Send("work", i) for i in range(count)], ["work"]
    )
    return builder.compile()


def keys_shown(keys: int) -> Work:
    """A state of so many keys, read by a node and shown in mode values."""
    names = [f"key_{i}" for i in range(keys)]
    schema = TypedDict("Wide", {"n": int, **dict.fromkeys(names, int)})  # type: ignore[misc]
    graph = counting(OURS, 20, schema=schema)
    start = {"n": 0, **dict.fromkeys(names, 0)}
    return in_a_loop(lambda: workloads.adrain(graph.astream(start, stream_mode="values")))


def keys_written(keys: int) -> Work:
    """A state of so many keys, all written at each of 20 supersteps, each shown as an update."""
    names = [f"key_{i}" for i in range(keys)]
    schema = TypedDict("Wide", {"n": int, **dict.fromkeys(names, int)})  # type: ignore[misc]

    async def write_all(state: Any) -> Any:
        return {**state, "n": state["n"] + 1}

    graph = counting(OURS, 20, write_all, schema=schema)
    start = {"n": 0, **dict.fromkeys(names, 0)}
    return in_a_loop(lambda: workloads.adrain(graph.astream(start, stream_mode="updates")))


def nesting(depth: int) -> Work:
    """Graphs within graphs, so many deep, with the chunks of all of them."""
    graph: Any = async_step
    for _ in range(depth):
        graph = OURS.StateGraph(Counted).add_node("in", graph).add_edge(OURS.START, "in").compile()
    return in_a_loop(lambda: workloads.adrain(graph.astream({"n": 0}, subgraphs=True)))


def sync_nesting(depth: int) -> Work:
    graph: Any = sync_step
    for _ in range(depth):
        graph = OURS.StateGraph(Counted).add_node("in", graph).add_edge(OURS.START, "in").compile()
    return lambda: drain(graph.stream({"n": 0}))


def compiled(nodes: int) -> Work:
    return workloads.compiling(OURS, nodes)


def wide_fork(nodes: int) -> Work:
    """So many nodes due in one superstep, behind them a list edge from all."""
    builder = OURS.StateGraph(Summed)
    names = [f"node_{i}" for i in range(nodes)]
    for name in names:
        builder.add_node(name, _writes_one).add_edge(OURS.START, name)
    builder.add_node("join", _writes_one).add_edge(names, "join")
    graph = builder.compile()
    return in_a_loop(lambda: workloads.adrain(graph.astream({"n": 0})))


async def _writes_one(state: Any) -> Any:
    return {"n": 1}


ROWS = [
    Growth("superstep", 100_000, supersteps),
    Growth("superstep with a saver", 3_000, saved_supersteps),
    Growth("async Send in one superstep", 10_000, sends),
    Growth("sync Send in one superstep", 10_000, sync_sends),
    Growth("node due in one superstep", 1_000, wide_fork),
    Growth("key shown in mode values", 10_000, keys_shown),
    Growth("key written", 10_000, keys_written),
    Growth("graph in a graph", 50, nesting),
    Growth("graph in a graph, sync", 50, sync_nesting),
    Growth("node to compile", 10_000, compiled),
]


async def kept_after(steps: int) -> int:
    """How many bytes a run holds when it has made so many supersteps and is about to end."""
    graph = counting(OURS, steps)
    chunks = graph.astream({"n": 0}, {"recursion_limit": steps + 5}, stream_mode=["updates", "values"])
    for _ in range(2 * steps):
        await anext(chunks)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    await chunks.aclose()
    return held


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scaling", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="how often each size is run")
    repeats: int = parser.parse_args().repeats
    print(f"{f'µs a unit, median of {repeats}':30}{'n':>10}{'at n/10':>11}{'at n':>11}{'growth':>8}")
    for row in ROWS:
        few, many = row.prepare(row.most // 10), row.prepare(row.most)
        few(), many()
        gc.freeze()  # One look of the collector at all that was imported would outweigh a thousand tasks.
        rounds = [(_cost(few, row.most // 10, 10), _cost(many, row.most, 1)) for _ in range(repeats)]
        growth = median(many / few for few, many in rounds)
        low, high = (median(costs) for costs in zip(*rounds, strict=True))
        mark = "" if growth <= TOLERATED else "  grows"
        print(f"{row.label:30}{row.most:10,}{low:11.2f}{high:11.2f}{growth:8.2f}{mark}", flush=True)
    asyncio.run(kept_after(100))
    tracemalloc.start()
    early, late = (asyncio.run(kept_after(steps)) / 1024 for steps in (1_000, 20_000))
    print(f"Held after 1,000 supersteps: {early:,.0f} kB; after 20,000: {late:,.0f} kB.")


def _cost(work: Work, units: int, times: int) -> float:
    """Of one unit; a small workload is run several times over, so that both take as long."""
    return microseconds(lambda: [work() for _ in range(times)], units * times)


if __name__ == "__main__":
    main()
