"""Exceptions of every kind out of nodes of a thread: which comes out, what is kept, and how it goes on."""

from __future__ import annotations

import asyncio
import builtins
import sys
from collections.abc import Callable
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads.graphs import fan, says
from tests.kit.engines import ORACLE, OURS, Engine


class OutsideOfException(BaseException):
    """An exception that `except Exception` does not catch."""


def groups() -> dict[str, Callable[[], BaseException]]:
    if sys.version_info < (3, 11):
        return {}
    errors, anything = builtins.ExceptionGroup, builtins.BaseExceptionGroup
    return {
        "ExceptionGroup": lambda: errors("odd", [ValueError("one"), KeyError("two")]),
        "BaseExceptionGroup": lambda: anything("odd", [OutsideOfException()]),
    }


KINDS: dict[str, Callable[[], BaseException]] = {
    **{
        kind.__name__: kind
        for kind in (
            KeyboardInterrupt,
            SystemExit,
            GeneratorExit,
            asyncio.CancelledError,
            StopIteration,
            StopAsyncIteration,
            RecursionError,
            MemoryError,
            TimeoutError,
            OutsideOfException,
        )
    },
    **groups(),
}
STOPS_THE_LOOP = {"KeyboardInterrupt", "SystemExit"}
"""asyncio lets these out of `run_forever()` at once, whatever a task may do about it."""

NOT_ALIKE = {*STOPS_THE_LOOP, "GeneratorExit"}
if not CARRIES_CONTEXT:
    NOT_ALIKE.add("CancelledError")  # LangGraph loses it before Python 3.11.


def tell(engine: Engine, kind: str, siblings: bool, asynchronous: bool) -> list[Any]:
    """The type of what came out, which tasks have results, and what going on gives."""
    left = [1]

    def odd(state: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise KINDS[kind]()
        return {"log": ["mended"]}

    async def aodd(state: Any) -> Any:
        return odd(state)

    nodes = {"a": says("a")} if siblings else {}
    graph = fan(engine, **nodes, b=aodd if asynchronous else odd).compile(checkpointer=InMemorySaver())
    config: dict[str, Any] = {"configurable": {"thread_id": "1"}, "max_concurrency": 1}

    def run(input: Any) -> Any:
        return asyncio.run(graph.ainvoke(input, config)) if asynchronous else graph.invoke(input, config)

    with pytest.raises(BaseException) as raised:  # noqa: PT011 - its type is the question
        run({"x": "in"})
    kept = [(task.name, task.result) for task in graph.get_state(config).tasks]
    return [type(raised.value).__name__, kept, run(None)]


@pytest.mark.parametrize("siblings", [False, True], ids=["alone", "beside-another"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_sync_node_raises(kind: str, siblings: bool) -> None:
    assert tell(OURS, kind, siblings, False) == tell(ORACLE, kind, siblings, False)


@pytest.mark.parametrize("siblings", [False, True], ids=["alone", "beside-another"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NOT_ALIKE])
def test_an_async_node_raises(kind: str, siblings: bool) -> None:
    assert tell(OURS, kind, siblings, True) == tell(ORACLE, kind, siblings, True)


@pytest.mark.parametrize("siblings", [False, True], ids=["alone", "beside-another"])
@pytest.mark.parametrize("kind", sorted(STOPS_THE_LOOP))
def test_an_async_node_stops_the_loop(kind: str, siblings: bool) -> None:
    beside = [("a", {"log": ["a"]})] if siblings else []
    end = {"x": "in", "log": ["a", "mended"] if siblings else ["mended"]}
    assert tell(OURS, kind, siblings, True) == [kind, [*beside, ("b", None)], end]
