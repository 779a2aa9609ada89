"""Sends on a thread: pending across a pause, in order, to nodes that also have edges."""

from typing import Any

from tests.conformance.threads.graphs import Log, asks, line, says
from tests.conformance.threads.session import racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread


def mapped(engine: Engine, words: str = "ba", worker: Any = None) -> Any:
    """A node that sends a task a word, and a node after all of them."""
    builder = line(engine, "a").add_node("w", worker or (lambda state: {"log": [state["x"]]}))
    builder.add_conditional_edges("a", lambda state: [engine.Send("w", {"x": word}) for word in words])
    return builder.add_node("end", says("end")).add_edge("w", "end")


@racing_session
def sends_across_a_pause(engine: Engine, thread: GraphThread) -> None:
    thread.opens(mapped(engine), interrupt_after=["a"])
    thread.run({"x": "in"})
    thread.run(None)


@racing_session
def sends_and_a_new_input(engine: Engine, thread: GraphThread) -> None:
    thread.opens(mapped(engine), interrupt_before=["w"])
    thread.run({"x": "one"})
    thread.run({"x": "two"})
    thread.run(None)


@racing_session
def sends_and_an_edit(engine: Engine, thread: GraphThread) -> None:
    thread.opens(mapped(engine), interrupt_before=["w"])
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]})
    thread.run(None)


@racing_session
def sends_of_a_command(engine: Engine, thread: GraphThread) -> None:
    def spread(state: Log) -> Any:
        sends = [engine.Send("w", {"x": word}) for word in "ba"]
        return engine.Command(update={"log": ["spread"]}, goto=[*sends, "c"])

    builder = line(engine, "a", a=spread).add_node("w", lambda state: {"log": [state["x"]]})
    thread.opens(builder.add_node("c", says("c")), interrupt_after=["a"])
    thread.run({"x": "in"})
    thread.run(None)


@racing_session
def sends_that_send(engine: Engine, thread: GraphThread) -> None:
    def worker(state: Log) -> Any:
        deeper = [engine.Send("w", {"x": state["x"] + "'"})] if len(state["x"]) < 2 else []
        return engine.Command(update={"log": [state["x"]]}, goto=deeper)

    thread.opens(mapped(engine, worker=worker))
    thread.run({"x": "in"})


@racing_session
def sends_whose_argument_is_no_dict(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "a").add_node("w", lambda word: {"log": [word]})
    builder.add_conditional_edges("a", lambda state: [engine.Send("w", each) for each in (1, None, "s")])
    thread.opens(builder, interrupt_before=["w"])
    thread.run({"x": "in"})
    thread.run(None)


@racing_session
def a_send_beside_an_edge_to_the_same_node(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab").add_conditional_edges("a", lambda state: [engine.Send("b", {"x": "sent"})])
    thread.opens(builder, interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(None)


@session
def a_send_that_asks_and_then_goes_on(engine: Engine, thread: GraphThread) -> None:
    thread.opens(mapped(engine, "a", asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.resume("because")


@racing_session
def sends_to_a_deferred_node(engine: Engine, thread: GraphThread) -> None:
    builder = mapped(engine).add_node("last", says("last"), defer=True).add_edge("w", "last")
    thread.opens(builder.add_edge("end", "last"), interrupt_before=["last"])
    thread.run({"x": "in"})
    thread.run(None)
