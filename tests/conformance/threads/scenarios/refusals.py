"""What is refused on a thread, and by which error."""

from typing import Any

import pytest
from tests.conformance.threads.graphs import asks, line, within
from tests.conformance.threads.session import session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread


def tell(thread: GraphThread, ask: Any) -> None:
    """Note the type of error that a call raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is the question
        ask()
    thread.notes(type(raised.value).__name__)


@session
def a_config_without_a_thread(engine: Engine, thread: GraphThread) -> None:
    graph = thread.opens(line(engine))
    for config in (None, {}, {"configurable": {}}, {"configurable": {"user": "bob"}}, {"tags": ["t"]}):
        tell(thread, lambda config=config: graph.invoke({"x": "in"}, config))
        tell(thread, lambda config=config: list(graph.stream({"x": "in"}, config)))
        tell(thread, lambda config=config: graph.get_state(config or {}))
        tell(thread, lambda config=config: list(graph.get_state_history(config or {})))
        tell(thread, lambda config=config: graph.update_state(config or {}, {"x": "edit"}))
    thread.history()


@session
def a_graph_without_a_saver(engine: Engine, thread: GraphThread) -> None:
    graph = line(engine).compile()
    tell(thread, lambda: graph.get_state(thread.config))
    tell(thread, lambda: list(graph.get_state_history(thread.config)))
    tell(thread, lambda: graph.update_state(thread.config, {"x": "edit"}))
    tell(thread, lambda: graph.bulk_update_state(thread.config, [[engine.StateUpdate({"x": "edit"}, "a")]]))
    tell(thread, lambda: graph.invoke(engine.Command(resume="answer")))
    tell(thread, lambda: graph.invoke(None))
    thread.opens(line(engine, "a"))
    thread.run({"x": "in"})


@session
def an_interrupt_outside_of_a_run(engine: Engine, thread: GraphThread) -> None:
    tell(thread, lambda: engine.interrupt("why?"))
    thread.opens(line(engine, "a"))
    thread.run({"x": "in"})


@session
def savers_that_are_none(engine: Engine, thread: GraphThread) -> None:
    tell(thread, lambda: line(engine).compile(checkpointer="x"))
    tell(thread, lambda: line(engine).compile(checkpointer=True).invoke({"x": "in"}))
    thread.graph = line(engine).compile(checkpointer=False)
    thread.run({"x": "in"})
    tell(thread, lambda: thread.graph.get_state(thread.config))


@session
def questions_without_a_saver(engine: Engine, thread: GraphThread) -> None:
    thread.graph = line(engine, "ab", b=asks(engine, "why?")).compile()
    thread.run({"x": "in"})
    thread.graph = within(engine, line(engine, "ab", b=asks(engine, "why?"))).compile()
    thread.run({"x": "in"})
    thread.graph = line(engine, "ab").compile(interrupt_before=["b"])
    thread.run({"x": "in"})


@session
def an_unknown_durability(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.run({"x": "in"}, durability="sync")
    thread.run({"x": "in"}, durability="exit")
    thread.run({"x": "in"}, durability="async")


@session
def a_command_for_the_parent_as_input(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.run(engine.Command(graph=engine.Command.PARENT, update={"x": "in"}))


@session
def an_input_that_is_no_state(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.run("text")
    thread.run(5)
    thread.run([("x", "pair")])
    thread.run({"log": 5})
    thread.run({"x": "in"})
