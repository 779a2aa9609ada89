"""Failures: what is streamed before the error, which error it is, and what the error carries."""

import operator
import time
from typing import Annotated, Any

from langchain_core.tools import tool
from tests.conformance.scenario import async_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Custom(Exception):
    """An exception class of the user's own."""


def line(engine: Engine, *nodes: Any) -> Any:
    builder = engine.StateGraph(Log).add_sequence([(f"n{i}", node) for i, node in enumerate(nodes)])
    return builder.add_edge(engine.START, "n0").compile()


def fine(state: Log) -> Log:
    return {"log": ["fine"]}


def fails(state: Log) -> Log:
    raise Custom("broken", 7)


@scenario
def a_node_raises(engine: Engine) -> Case:
    return Case(line(engine, fine, fails, fine), {"log": []})


@scenario
def an_async_node_raises(engine: Engine) -> Case:
    async def fails_async(state: Log) -> Log:
        raise Custom("broken")

    return Case(line(engine, fails_async), {"log": []})


@scenario
def a_node_raises_after_custom_data(engine: Engine) -> Case:
    def writes_then_fails(state: Log) -> Log:
        engine.get_stream_writer()("about to fail")
        raise Custom("broken")

    return Case(line(engine, writes_then_fails), {"log": []})


@scenario
def a_tool_raises(engine: Engine) -> Case:
    @tool
    def broken(query: str) -> str:
        """Break."""
        raise Custom("the tool broke")

    return Case(line(engine, lambda state: {"log": [broken.invoke({"query": "q"})]}), {"log": []})


@scenario
def a_node_raises_after_its_sibling_finished(engine: Engine) -> Case:
    turns = Turns({"log": ["fast"]}, "never")

    def slow(state: Log) -> Log:
        turns.finish("never")
        time.sleep(0.01 if turns.watched else 0.05)
        raise Custom("broken")

    builder = engine.StateGraph(Log).add_node("fast", lambda state: turns.finish({"log": ["fast"]}))
    builder.add_node(slow).add_edge(engine.START, "fast").add_edge(engine.START, "slow")
    return Case(builder.compile(), {"log": []}, turns=turns)


@async_scenario
def a_sibling_of_a_failed_node_is_not_reported(engine: Engine) -> Case:
    async def slow(state: Log) -> Log:
        import asyncio

        await asyncio.sleep(5)
        return {"log": ["slow"]}

    async def fast(state: Log) -> Log:
        raise Custom("broken")

    builder = engine.StateGraph(Log).add_node(slow).add_node(fast)
    builder.add_edge(engine.START, "fast").add_edge(engine.START, "slow")
    return Case(builder.compile(), {"log": []})


@scenario
def a_run_that_exhausts_its_steps(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", fine).add_edge(engine.START, "a").add_edge("a", "a")
    return Case(builder.compile(), {"log": []}, {"recursion_limit": 3})


@scenario
def one_node_needs_two_steps(engine: Engine) -> Case:
    return Case(line(engine, fine), {"log": []}, {"recursion_limit": 1})


@scenario
def three_nodes_fit_into_four_steps(engine: Engine) -> Case:
    return Case(line(engine, fine, fine, fine), {"log": []}, {"recursion_limit": 4})


@scenario
def three_nodes_do_not_fit_into_three_steps(engine: Engine) -> Case:
    return Case(line(engine, fine, fine, fine), {"log": []}, {"recursion_limit": 3})


@scenario
def a_limit_below_one(engine: Engine) -> Case:
    return Case(line(engine, fine), {"log": []}, {"recursion_limit": 0})


@scenario
def no_input_at_all(engine: Engine) -> Case:
    return Case(line(engine, fine), None)


@scenario
def an_input_of_another_type(engine: Engine) -> Case:
    return Case(line(engine, fine), "text")


@scenario
def an_input_with_a_value_that_the_reducer_refuses(engine: Engine) -> Case:
    return Case(line(engine, fine), {"log": 5})
