"""Failures on a thread: what is kept of the others, and how the run goes on."""

import asyncio
from typing import Any

from tests.conformance.threads.graphs import Broken, Log, asks, counted, fails, fan, line, says, within
from tests.conformance.threads.session import async_session, one_at_a_time_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread


@session
def a_node_fails_and_is_run_again(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    nodes = {name: counted(calls, name, fails() if name == "b" else None) for name in "abc"}
    thread.opens(line(engine, "abc", **nodes))
    thread.run({"x": "in"})
    thread.notes(calls)
    thread.run(None)
    thread.notes(calls)


@session
def a_node_fails_twice(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=fails(2)))
    thread.run({"x": "in"})
    thread.run(None)
    thread.run(None)


@session
def the_first_node_fails(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", a=fails()))
    thread.run({"x": "in"})
    thread.run(None)


@session
def a_new_input_after_a_failure(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=fails()))
    thread.run({"x": "one"})
    thread.run({"x": "two"})


@session
def a_resume_value_after_a_failure(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=fails()))
    thread.run({"x": "in"})
    thread.resume("anything")


@session
def an_update_by_command_after_a_failure(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=fails()))
    thread.run({"x": "in"})
    thread.run(engine.Command(update={"x": "edited"}))


@session
def an_edit_after_a_failure(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=fails()))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]})
    thread.run(None)


@session
def an_edit_as_the_node_that_failed(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=fails(9)))
    thread.run({"x": "in"})
    thread.update({"log": ["instead"]}, as_node="b")
    thread.run(None)


@one_at_a_time_session
def finished_siblings_are_not_run_again(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    nodes = {"a": None, "b": None, "c": fails()}
    builder = fan(engine, **{name: counted(calls, name, node) for name, node in nodes.items()})
    builder.add_node("end", says("end")).add_edge(["a", "b", "c"], "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.notes(calls)
    thread.run(None)
    thread.notes(calls)


@one_at_a_time_session
def a_finished_sibling_that_wrote_nothing(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=lambda state: None, b=fails()))
    thread.run({"x": "in"})
    thread.run(None)


@one_at_a_time_session
def a_new_input_discards_finished_siblings(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=None, b=fails()))
    thread.run({"x": "one"})
    thread.run({"x": "two"})


@one_at_a_time_session
def a_send_fails_after_its_siblings(engine: Engine, thread: GraphThread) -> None:
    broken = fails(1, "c")

    def worker(state: Log) -> Any:
        return broken(state) if state["x"] == "c" else {"log": [state["x"]]}

    builder = engine.StateGraph(Log).add_node("w", worker).add_node("end", says("end")).add_edge("w", "end")
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", {"x": x}) for x in "abc"])
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run(None)


@one_at_a_time_session
def an_edit_beside_finished_siblings(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=None, b=fails(9)).add_node("c", says("c")).add_edge("b", "c"))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]}, as_node="b")
    thread.run(None)


@one_at_a_time_session
def one_writer_too_many(engine: Engine, thread: GraphThread) -> None:
    nodes = {"a": lambda state: {"x": "a"}, "b": lambda state: {"x": "b"}}
    thread.opens(fan(engine, **nodes))
    thread.run({"x": "in"})
    thread.run(None)


@session
def a_bad_return(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=lambda state: "text"))
    thread.run({"x": "in"})


@session
def a_subgraph_fails_and_goes_on_where_it_was(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    inner = line(engine, "ab", a=counted(calls, "a"), b=counted(calls, "b", fails()))
    builder = within(engine, inner).add_node("end", says("end")).add_edge("sub", "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.notes(calls)
    thread.run(None)
    thread.notes(calls)


@session
def a_subgraph_two_deep_fails(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, line(engine, "ab", b=fails()), "inner")
    middle.add_node("m", says("m")).add_edge("inner", "m")
    thread.opens(within(engine, middle, "middle"))
    thread.run({"x": "in"})
    thread.run(None)


@session
def the_limit_is_reached_and_the_run_goes_on(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab").add_edge("b", "a")
    thread.opens(builder)
    limited = {"recursion_limit": 3}
    thread.run({"x": "in"}, limited)
    thread.run(None, limited)
    thread.run({"x": "again"}, limited)


@session
def the_limit_is_reached_at_the_end(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({"x": "in"}, {"recursion_limit": 2})
    thread.run(None, {"recursion_limit": 1})


@session
def the_limit_is_reached_after_a_pause(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abcd"), interrupt_before=["b"])
    thread.run({"x": "in"}, {"recursion_limit": 5})
    thread.run(None, {"recursion_limit": 1})
    thread.run(None)


@session
def the_limit_is_reached_in_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "abc")))
    thread.run({"x": "in"}, {"recursion_limit": 3})
    thread.run(None)


@session
def left_early_and_gone_on(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.take(1, {"x": "in"})
    thread.take(1, None)
    thread.run(None)


@session
def left_before_the_first_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.take(1, {"x": "in"}, stream_mode="values")
    thread.run(None)


@session
def left_before_anything(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.take(0, {"x": "in"})
    thread.history()
    thread.run(None)


@session
def left_early_and_begun_anew(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.take(2, {"x": "in"})
    thread.run({"x": "again"})


@session
def left_at_a_question(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=asks(engine, "why?")))
    thread.take(2, {"x": "in"})
    thread.resume("because")


@racing_session
def left_between_parallel_nodes(engine: Engine, thread: GraphThread) -> None:
    builder = fan(engine, a=None, b=None).add_node("end", says("end")).add_edge(["a", "b"], "end")
    thread.opens(builder)
    thread.take(2, {"x": "in"})
    thread.run(None)


@async_session
def an_async_failure_cancels_its_siblings(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []

    async def quick(state: Log) -> Any:
        calls.append("quick")
        return {"log": ["quick"]}

    async def slow(state: Log) -> Any:
        calls.append("slow")
        if calls.count("slow") == 1:
            await asyncio.sleep(60)
        return {"log": ["slow"]}

    async def broken(state: Log) -> Any:
        calls.append("broken")
        await asyncio.sleep(0.05)
        if calls.count("broken") == 1:
            raise Broken("async")
        return {"log": ["mended"]}

    thread.config["max_concurrency"] = 3
    thread.opens(fan(engine, broken=broken, quick=quick, slow=slow))
    thread.run({"x": "in"})
    thread.notes(sorted(calls))
    thread.config["max_concurrency"] = 1
    thread.run(None)
    thread.notes(sorted(calls))
