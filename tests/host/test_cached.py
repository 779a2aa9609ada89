"""A node whose result is cached: LangGraph says so, and never that it has finished."""

from __future__ import annotations

from pathlib import Path

from tests.kit.programs import Programs, Recorder
from tests.kit.run_script import topology

from stepscope.model.events import parse
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState

CACHED = """
from langgraph.cache.memory import InMemoryCache
from langgraph.types import CachePolicy

def slow(state: State):
    return {"log": ["slow"]}

def quick(state: State):
    return {"log": ["quick"]}

builder = StateGraph(State)
builder.add_node(slow, cache_policy=CachePolicy()).add_node(quick)
builder.add_edge(START, "slow").add_edge("slow", "quick")
graph = builder.compile(cache=InMemoryCache())
"""


async def test_a_cached_node_is_done_and_the_way_out_of_it_is_taken(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.open(Programs(tmp_path, "langgraph").graph(CACHED))
    await recorder.run({"log": []})
    await recorder.run({"log": []})
    shape = topology("START -> slow", "slow -> quick")
    state = RunState(shape)
    for number, event in enumerate(recorder.events):
        state.apply(parse({"seq": number, "time": 1000.0, **event}))

    slow, quick = (next(task for task in state.tasks.values() if task.key == (n,)) for n in ("slow", "quick"))
    assert (slow.phase, slow.is_cached) == (Phase.DONE, True)
    assert (quick.phase, quick.is_cached) == (Phase.DONE, False)
    assert all(state.taken[edge] for edge in shape.edges)
