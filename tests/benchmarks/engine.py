"""What a superstep, a Send, a custom item, a token and a subgraph call cost on stepgraph and on LangGraph.

Run `python -m tests.benchmarks.engine`. The two sides of a row take turns in one process, so that whatever
else the machine is doing slows down both; each row's figure is the median of the repeats. A row that misses
its target is marked.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from tests.benchmarks import workloads
from tests.benchmarks.workloads import Work
from tests.kit.engines import ORACLE, OURS, Engine


@dataclass(frozen=True)
class Row:
    """A line of the table: a workload of so many units, and how many times quicker it is to be."""

    label: str
    units: int
    prepare: Callable[[Engine, int], Work]
    target: float


ROWS = [
    Row("async superstep", 1000, workloads.async_supersteps, 10),
    Row("... in five modes", 500, workloads.async_supersteps_in_five_modes, 8),
    Row("sync superstep", 1000, workloads.sync_supersteps, 8),
    Row("sync node under astream", 500, workloads.sync_nodes_in_an_async_run, 4),
    Row("... and its path", 500, workloads.sync_nodes_and_paths_in_an_async_run, 4),
    Row("async Send, 1000 in a step", 1000, workloads.async_sends, 10),
    Row("sync Send, 1000 in a step", 1000, workloads.sync_sends, 10),
    Row("... under astream", 1000, workloads.sync_sends_in_an_async_run, 4),
    Row("state of 200 keys, values", 200, workloads.wide_state, 5),
    Row("custom item", 30_000, workloads.custom_items, 8),
    Row("subgraph as a node", 200, workloads.subgraph_nodes, 10),
    Row("graph called in a node", 200, workloads.subgraph_calls, 10),
    Row("superstep with InMemorySaver", 300, workloads.supersteps_with_a_saver, 3),
    Row("node of 1000 to compile", 1000, workloads.compiling, 3),
]


@dataclass(frozen=True)
class Floor:
    """A line that compares stepgraph with doing without any graph: at most so many times slower."""

    label: str
    units: int
    ours: Callable[[Engine, int], Work]
    bare: Callable[[int], Work]
    target: float


FLOORS = [
    Floor("asyncio task a superstep", 1000, workloads.async_supersteps, workloads.bare_tasks, 3),
    Floor("token of a fake model", 2000, workloads.tokens_of_a_model, workloads.tokens_alone, 1.15),
    Floor(
        "... past an idle callback", 2000, workloads.tokens_of_a_model, workloads.tokens_past_a_callback, 1.15
    ),
]


def microseconds(work: Work, units: int) -> float:
    """Wall time of one unit of the work."""
    gc.collect()
    began = perf_counter()
    work()
    return (perf_counter() - began) / units * 1e6


@dataclass(frozen=True)
class Result:
    """Medians over the rounds of a race, in microseconds a unit."""

    ours: float
    other: float
    ratio: float
    """Of the other's time to stepgraph's, round by round: both ran in the same half second."""

    @classmethod
    def of(cls, rounds: list[tuple[float, float]]) -> Result:
        ours, other = zip(*rounds, strict=True)
        return cls(median(ours), median(other), median(b / a for a, b in rounds))


def race(ours: Work, other: Work, units: int, repeats: int) -> Result:
    """Two workloads, turn about."""
    ours(), other()  # the first run pays for imports and caches
    return Result.of([(microseconds(ours, units), microseconds(other, units)) for _ in range(repeats)])


def race_of_imports(repeats: int) -> Result:
    """From starting Python to having `StateGraph`, less what Python itself takes, in child processes."""

    def started(code: str) -> float:
        return microseconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 1)

    ours, theirs = (f"import {engine.package}.graph" for engine in (OURS, ORACLE))
    bare = min(started("pass") for _ in range(repeats))
    return Result.of([(started(ours) - bare, started(theirs) - bare) for _ in range(repeats)])


def imports_langchain() -> bool:
    """Whether `import stepgraph.graph` brings langchain-core with it."""
    code = f"import sys, {OURS.package}.graph; sys.exit('langchain_core' in sys.modules)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode != 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="how often each side runs each row")
    parser.add_argument("--only", default="", help="the rows whose label has this in it")
    options = parser.parse_args()
    repeats: int = options.repeats
    print(f"µs a unit, median of {repeats}")
    print(f"{'':30}{'stepgraph':>11}{'langgraph':>11}{'ratio':>8}{'at least':>10}")
    for row in ROWS:
        if options.only in row.label:
            ours, theirs = (row.prepare(engine, row.units) for engine in (OURS, ORACLE))
            _at_least(row.label, race(ours, theirs, row.units, repeats), row.target)
    if options.only in "import stepgraph.graph":
        _at_least("import stepgraph.graph", race_of_imports(repeats), 10)
        print(f"It {'imports' if imports_langchain() else 'does not import'} langchain-core.")
    print(f"{'':30}{'stepgraph':>11}{'bare':>11}{'ratio':>8}{'at most':>10}")
    for floor in FLOORS:
        if options.only in floor.label:
            ours, bare = floor.ours(OURS, floor.units), floor.bare(floor.units)
            _at_most(floor.label, race(ours, bare, floor.units, repeats), floor.target)


def _at_least(label: str, result: Result, target: float) -> None:
    _print(label, result, result.ratio, target, is_reached=result.ratio >= target)


def _at_most(label: str, result: Result, target: float) -> None:
    times = 1 / result.ratio
    _print(label, result, times, target, is_reached=times <= target)


def _print(label: str, result: Result, ratio: float, target: float, *, is_reached: bool) -> None:
    mark = "" if is_reached else "  missed"
    print(f"{label:30}{result.ours:11,.1f}{result.other:11,.1f}{ratio:8.2f}{target:10,.2f}{mark}", flush=True)


if __name__ == "__main__":
    main()
