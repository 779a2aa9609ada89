"""What a superstep, a Send, a custom item, a token and a subgraph call cost on stepgraph and on LangGraph.

Run `python -m tests.benchmarks.engine`. The engines take turns in one process, so that whatever else the
machine is doing slows down both; each row's figure is the median of the repeats.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import operator
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import repeat
from statistics import median
from time import perf_counter
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict

ALL_MODES = ["values", "updates", "custom", "messages", "debug"]


class Counted(TypedDict):
    n: int


class Gathered(TypedDict):
    items: Annotated[list[int], operator.add]


@dataclass(frozen=True)
class Row:
    """A line of the table: a workload that `prepare` makes ready, and how many units it consists of."""

    label: str
    units: int
    prepare: Callable[[Engine, int], Callable[[], Any]]


def counting_loop(engine: Engine, steps: int, node: Any, *, has_sync_path: bool) -> Any:
    """A graph whose only node runs `steps` times. In an async run a sync path costs a hop to a thread."""

    def path(state: Counted) -> bool:
        return state["n"] < steps

    async def async_path(state: Counted) -> bool:
        return state["n"] < steps

    builder = engine.StateGraph(Counted).add_node("count", node).add_edge(engine.START, "count")
    labels = {True: "count", False: engine.END}
    return builder.add_conditional_edges("count", path if has_sync_path else async_path, labels).compile()


def sync_supersteps(engine: Engine, steps: int) -> Callable[[], Any]:
    graph = counting_loop(engine, steps, lambda state: {"n": state["n"] + 1}, has_sync_path=True)
    return lambda: drain(graph.stream({"n": 0}, {"recursion_limit": steps + 5}))


def async_supersteps(engine: Engine, steps: int) -> Callable[[], Any]:
    return _async_supersteps(engine, steps, "updates")


def async_supersteps_with_a_sync_path(engine: Engine, steps: int) -> Callable[[], Any]:
    return _async_supersteps(engine, steps, "updates", has_sync_path=True)


def async_supersteps_in_five_modes(engine: Engine, steps: int) -> Callable[[], Any]:
    return _async_supersteps(engine, steps, ALL_MODES)


def _async_supersteps(
    engine: Engine, steps: int, modes: str | list[str], *, has_sync_path: bool = False
) -> Callable[[], Any]:
    async def count(state: Counted) -> Counted:
        return {"n": state["n"] + 1}

    graph = counting_loop(engine, steps, count, has_sync_path=has_sync_path)
    config = {"recursion_limit": steps + 5}
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, config, stream_mode=modes)))


def sync_sends(engine: Engine, sends: int) -> Callable[[], Any]:
    graph = fan_out(engine, sends, lambda state: {"items": [state["i"]]})
    return lambda: drain(graph.stream({"items": []}))


def async_sends(engine: Engine, sends: int) -> Callable[[], Any]:
    async def work(state: Any) -> Gathered:
        return {"items": [state["i"]]}

    graph = fan_out(engine, sends, work)
    return in_a_loop(lambda: adrain(graph.astream({"items": []})))


def fan_out(engine: Engine, sends: int, node: Any) -> Any:
    builder = engine.StateGraph(Gathered).add_node("work", node)
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("work", {"i": i}) for i in range(sends)], ["work"]
    )
    return builder.compile()


def custom_items(engine: Engine, items: int) -> Callable[[], Any]:
    async def write(state: Counted, writer: engine.StreamWriter) -> Counted:  # type: ignore[name-defined]
        for i in range(items):
            writer(i)
            if i % 100 == 0:
                await asyncio.sleep(0)  # as any node that waits for something does
        return {"n": items}

    # The annotation is resolved from the module, where a local name is not to be found.
    write.__annotations__["writer"] = engine.StreamWriter
    graph = engine.StateGraph(Counted).add_node(write).add_edge(engine.START, "write").compile()
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, stream_mode="custom")))


def model_of(tokens: int) -> GenericFakeChatModel:
    # The fake model streams a text's words and the spaces between them, a chunk each.
    return GenericFakeChatModel(messages=repeat(AIMessage(" ".join(["word"] * (tokens // 2)))))


def tokens_of_a_model(engine: Engine, tokens: int) -> Callable[[], Any]:
    llm = model_of(tokens)

    async def talk(state: Any) -> Any:
        return {"messages": [await llm.ainvoke("hello")]}

    graph = engine.StateGraph(engine.MessagesState).add_node(talk).add_edge(engine.START, "talk").compile()
    return in_a_loop(lambda: adrain(graph.astream({"messages": []}, stream_mode="messages")))


def model_alone(tokens: int) -> Callable[[], Any]:
    llm = model_of(tokens)
    return in_a_loop(lambda: adrain(llm.astream("hello")))


def subgraph_nodes(engine: Engine, calls: int) -> Callable[[], Any]:
    async def count(state: Counted) -> Counted:
        return {"n": state["n"] + 1}

    inner = engine.StateGraph(Counted).add_node(count).add_edge(engine.START, "count").compile()
    graph = counting_loop(engine, calls, inner, has_sync_path=False)
    config = {"recursion_limit": calls + 5}
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, config, stream_mode="updates")))


def subgraph_calls(engine: Engine, calls: int) -> Callable[[], Any]:
    async def count(state: Counted) -> Counted:
        return {"n": state["n"] + 1}

    inner = engine.StateGraph(Counted).add_node(count).add_edge(engine.START, "count").compile()

    async def call(state: Counted) -> Counted:
        for _ in range(calls):
            state = await inner.ainvoke(state)
        return {"n": state["n"]}

    graph = engine.StateGraph(Counted).add_node(call).add_edge(engine.START, "call").compile()
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, stream_mode="updates")))


ROWS = [
    Row("async superstep, one node", 1000, async_supersteps),
    Row("async superstep, sync path", 1000, async_supersteps_with_a_sync_path),
    Row("async superstep, five modes", 500, async_supersteps_in_five_modes),
    Row("sync superstep, one node", 1000, sync_supersteps),
    Row("async Send, 1000 in a step", 1000, async_sends),
    Row("sync Send, 1000 in a step", 1000, sync_sends),
    Row("custom item", 30_000, custom_items),
    Row("token of a fake model", 2000, tokens_of_a_model),
    Row("subgraph as a node", 200, subgraph_nodes),
    Row("graph called in a node", 200, subgraph_calls),
]


def in_a_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Any]:
    return lambda: asyncio.run(work())


def drain(chunks: Any) -> None:
    for _ in chunks:
        pass


async def adrain(chunks: Any) -> None:
    async for _ in chunks:
        pass


def microseconds(work: Callable[[], Any], units: int) -> float:
    """Wall time of one unit of the work."""
    gc.collect()
    began = perf_counter()
    work()
    return (perf_counter() - began) / units * 1e6


@dataclass(frozen=True)
class Result:
    """Medians over the rounds of a race, in microseconds a unit."""

    ours: float
    theirs: float
    ratio: float
    """Of LangGraph's time to stepgraph's, round by round: both ran in the same half second."""

    @classmethod
    def of(cls, rounds: list[tuple[float, float]]) -> Result:
        ours, theirs = zip(*rounds, strict=True)
        return cls(median(ours), median(theirs), median(b / a for a, b in rounds))


def race(row: Row, repeats: int) -> Result:
    """The row's workload on both engines, turn about."""
    ours, theirs = (row.prepare(engine, row.units) for engine in (OURS, ORACLE))
    ours(), theirs()  # the first run pays for imports and caches
    return Result.of(
        [(microseconds(ours, row.units), microseconds(theirs, row.units)) for _ in range(repeats)]
    )


def race_of_imports(repeats: int) -> Result:
    """From starting Python to having `StateGraph`, less what Python itself takes, in child processes."""

    def started(code: str) -> float:
        return microseconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 1)

    ours, theirs = (f"from {engine.package}.graph import StateGraph" for engine in (OURS, ORACLE))
    bare = min(started("pass") for _ in range(repeats))
    return Result.of([(started(ours) - bare, started(theirs) - bare) for _ in range(repeats)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="how often each engine runs each row")
    repeats = parser.parse_args().repeats
    print(f"{'µs a unit, median of ' + str(repeats):32}{'stepgraph':>12}{'langgraph':>12}{'ratio':>8}")
    for row in ROWS:
        _print(row.label, race(row, repeats))
    _print("import of StateGraph", race_of_imports(repeats))
    alone = model_alone(2000)
    floor = median(microseconds(alone, 2000) for _ in range(repeats))
    print(f"A token of the fake model without any graph takes {floor:.1f} µs.")


def _print(label: str, result: Result) -> None:
    print(f"{label:32}{result.ours:12,.1f}{result.theirs:12,.1f}{result.ratio:8.1f}", flush=True)


if __name__ == "__main__":
    main()
