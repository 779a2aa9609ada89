"""Callbacks hear of a run what they hear on LangGraph: chains, their order, parents, tags, ins and outs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tracers.context import collect_runs
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.traceable import ASYNC_ONLY, RACING, TRACEABLE, input_of
from tests.kit.callbacks import Recorder
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber

Run = Callable[[Any, Any, Any], Any]


async def gather(graph: Any, input: Any, config: Any) -> list[Any]:
    return [chunk async for chunk in graph.astream(input, config)]


SYNC: dict[str, Run] = {
    "invoke": lambda graph, input, config: graph.invoke(input, config),
    "stream": lambda graph, input, config: list(graph.stream(input, config)),
}
ASYNC: dict[str, Run] = {
    "ainvoke": lambda graph, input, config: asyncio.run(graph.ainvoke(input, config)),
    "astream": lambda graph, input, config: asyncio.run(gather(graph, input, config)),
}
ASKED = [
    (name, way)
    for name in TRACEABLE
    for way in (*(() if name in ASYNC_ONLY else SYNC), *(ASYNC if CARRIES_CONTEXT else ()))
]


def heard(name: str, engine: Engine, run: Run, config: dict[str, Any]) -> list[Any]:
    recorder = Recorder()
    graph, input = TRACEABLE[name](engine), input_of(name)
    try:
        run(graph, input, {**config, "callbacks": [recorder]})
    except Exception as error:
        recorder.heard.append({"raised": type(error).__name__})
    if name in RACING:
        return recorder.runs()
    scrub = Scrubber()
    return [scrub(event) for event in recorder.heard]


@pytest.mark.parametrize(("name", "way"), ASKED)
def test_callbacks_hear_the_same(name: str, way: str) -> None:
    run = (SYNC | ASYNC)[way]
    config = {"tags": ["asked"], "metadata": {"who": "me"}}
    ours, theirs = (heard(name, engine, run, config) for engine in (OURS, ORACLE))
    assert ours == theirs


@pytest.mark.parametrize("name", ["nodes_in_a_row", "a_subgraph"])
def test_callbacks_hear_a_runs_own_name_and_id(name: str) -> None:
    id = "5f4b4f7c-6d5c-4f0c-9c1e-0d6f3a1b2c3d"
    config = {"run_name": "Renamed", "run_id": id, "metadata": {}, "tags": []}
    ours, theirs = (heard(name, engine, SYNC["invoke"], config) for engine in (OURS, ORACLE))
    assert ours == theirs


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_a_run_that_is_left_early_ends_with_an_error(engine: Engine) -> None:
    recorder = Recorder()
    chunks = TRACEABLE["nodes_in_a_row"](engine).stream({"log": []}, {"callbacks": [recorder]})
    next(chunks)
    chunks.close()
    assert isinstance(recorder.heard[-1]["error"], GeneratorExit)


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
def test_runs_are_collected_that_were_given_no_callbacks(engine: Engine) -> None:
    with collect_runs() as collected:
        TRACEABLE["a_path"](engine).invoke({"log": []})
    assert [run.name for run in collected.traced_runs] == ["LangGraph"]
