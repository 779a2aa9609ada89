"""A compiled graph among langchain-core's Runnables."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from langchain_core.runnables import Runnable, RunnableLambda
from typing_extensions import TypedDict

from stepgraph.graph import START, StateGraph


class Count(TypedDict):
    n: int


graph: Any = (
    StateGraph(Count).add_node("add", lambda state: {"n": state["n"] + 1}).add_edge(START, "add").compile()
)
as_state = RunnableLambda(lambda n: {"n": n})


def test_a_graph_counts_as_a_runnable() -> None:
    assert isinstance(graph, Runnable)


BEFORE_LANGCHAIN = """
import sys
from typing import TypedDict
from stepgraph.graph import START, StateGraph

class Count(TypedDict):
    n: int

graph = StateGraph(Count).add_node("add", lambda s: {"n": s["n"] + 1}).add_edge(START, "add").compile()
assert not hasattr(graph, "nothing_of_the_kind")
assert "langchain_core" not in sys.modules
from langchain_core.runnables import Runnable, RunnableLambda
assert (RunnableLambda(lambda n: {"n": n}) | graph | graph.pick("n")).invoke(1) == 3
"""


def test_a_graph_made_before_langchain_core_is_imported_counts_as_a_runnable_too() -> None:
    program = [sys.executable, "-W", "error", "-c", BEFORE_LANGCHAIN]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")


async def test_a_graph_stands_in_a_chain_before_and_after_others() -> None:
    chain = as_state | graph | (lambda state: state["n"])
    assert chain.invoke(1) == 2
    assert await chain.ainvoke(2) == 3
    assert ((lambda n: {"n": n}) | graph).invoke(3) == {"n": 4}


async def test_a_chain_that_ends_in_a_graph_streams_its_updates() -> None:
    chain = as_state | graph
    assert list(chain.stream(1)) == [{"add": {"n": 2}}]
    assert [chunk async for chunk in chain.astream(1)] == [{"add": {"n": 2}}]


async def test_a_batch_is_a_run_for_each() -> None:
    assert graph.batch([{"n": 1}, {"n": 2}]) == [{"n": 2}, {"n": 3}]
    assert await graph.abatch([{"n": 1}, {"n": 2}], {"tags": ["t"]}) == [{"n": 2}, {"n": 3}]
    assert graph.batch([]) == []


def test_a_chain_with_a_graph_in_it_can_be_a_node() -> None:
    outer = StateGraph(Count).add_node("chain", as_state_of | graph).add_edge(START, "chain").compile()
    chunks = [(len(namespace), data) for namespace, data in outer.stream({"n": 1}, subgraphs=True)]
    assert chunks == [(1, {"add": {"n": 2}}), (0, {"chain": {"n": 2}})]


as_state_of = RunnableLambda(lambda state: state)
