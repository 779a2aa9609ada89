"""Static breakpoints: where a run stops, what it says then, and how it goes on."""

from typing import Any

import pytest
from tests.conformance.threads.graphs import Log, fan, line, says, within
from tests.conformance.threads.session import goto_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread


def to_the_end(thread: GraphThread, input: Any, runs: int, **options: Any) -> None:
    thread.run(input, **options)
    for _ in range(runs - 1):
        thread.run(None, **options)


@session
def before_every_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before="*")
    to_the_end(thread, {"x": "in"}, 5)


@session
def after_every_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_after="*")
    to_the_end(thread, {"x": "in"}, 5)


@session
def before_and_after_every_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"), interrupt_before="*", interrupt_after="*")
    to_the_end(thread, {"x": "in"}, 6)


@session
def before_and_after_one_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"], interrupt_after=["b"])
    to_the_end(thread, {"x": "in"}, 4)


@session
def before_the_first_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["a"])
    to_the_end(thread, {"x": "in"}, 2)


@session
def after_the_last_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_after=["c"])
    to_the_end(thread, {"x": "in"}, 2)


@session
def asked_for_by_the_call(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"}, interrupt_before=["b"])
    thread.run(None, interrupt_after=["b"])
    thread.run(None)


@session
def the_calls_breakpoints_stand_for_the_graphs(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"}, interrupt_before=["c"])
    thread.run({"x": "in"}, interrupt_before=[])


@session
def a_resume_value_passes_a_breakpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.resume("anything")


@session
def a_command_with_an_update_passes_a_breakpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(engine.Command(resume="go", update={"x": "edited", "log": ["update"]}))


@session
def a_command_with_only_an_update_at_a_breakpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(engine.Command(update={"x": "edited"}))


@goto_session
def a_command_with_goto_at_a_breakpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(engine.Command(goto="c"))


@session
def a_new_input_while_paused(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "one"})
    thread.run({"x": "two"})
    thread.run(None)


@session
def an_edit_while_paused(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]})
    thread.run(None)


@session
def an_edit_while_paused_as_the_node_that_waits(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update({"log": ["instead of b"]}, as_node="b")
    thread.run(None)


@racing_session
def before_one_of_parallel_nodes(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=None, b=None, c=None), interrupt_before=["b"])
    to_the_end(thread, {"x": "in"}, 2)


@racing_session
def after_one_of_parallel_nodes(engine: Engine, thread: GraphThread) -> None:
    builder = fan(engine, a=None, b=None).add_node("c", says("c")).add_edge("a", "c")
    thread.opens(builder, interrupt_after=["b"])
    to_the_end(thread, {"x": "in"}, 2)


@racing_session
def before_sends(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("w", lambda state: {"log": [state["x"]]})
    builder.add_node("end", says("end")).add_edge("w", "end")
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("w", {"x": word}) for word in ("c", "a", "b")]
    )
    thread.opens(builder, interrupt_before=["w"], interrupt_after=["w"])
    to_the_end(thread, {"x": "in"}, 3)


@session
def before_a_node_in_a_loop(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab")
    builder.add_conditional_edges("b", lambda state: "a" if len(state["log"]) < 5 else engine.END)
    thread.opens(builder, interrupt_before=["a"])
    to_the_end(thread, {"x": "in"}, 4)


@racing_session
def before_a_barrier(engine: Engine, thread: GraphThread) -> None:
    builder = fan(engine, a=None, b=None).add_node("join", says("join")).add_edge(["a", "b"], "join")
    thread.opens(builder, interrupt_before=["join"])
    to_the_end(thread, {"x": "in"}, 2)
    to_the_end(thread, {"x": "in"}, 2)


@racing_session
def before_a_deferred_node(engine: Engine, thread: GraphThread) -> None:
    builder = fan(engine, a=None, b=None).add_node("c", says("c")).add_node("d", says("d"), defer=True)
    builder.add_edge("b", "c").add_edge("a", "d").add_edge("c", "d")
    thread.opens(builder, interrupt_before=["c", "d"])
    to_the_end(thread, {"x": "in"}, 3)


@session
def in_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, line(engine, "ab"), interrupt_before=["b"])
    builder.add_node("end", says("end")).add_edge("sub", "end")
    thread.opens(builder)
    to_the_end(thread, {"x": "in"}, 2)


@session
def after_a_node_of_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab"), interrupt_after=["a", "b"]))
    to_the_end(thread, {"x": "in"}, 3)


@session
def two_deep(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, line(engine, "ab"), "inner", interrupt_before=["b"])
    middle.add_node("m", says("m")).add_edge("inner", "m")
    thread.opens(within(engine, middle, "middle", interrupt_before=["m"]))
    to_the_end(thread, {"x": "in"}, 3)


@session
def before_the_node_that_is_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab")), interrupt_before=["sub"], interrupt_after=["sub"])
    to_the_end(thread, {"x": "in"}, 3)


@session
def the_calls_breakpoints_do_not_reach_into_subgraphs(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab")))
    thread.run({"x": "in"}, interrupt_before="*")
    thread.run(None, interrupt_before="*")


@racing_session
def a_subgraph_beside_a_finished_sibling(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, line(engine, "ab"), interrupt_before=["b"])
    builder.add_node("beside", says("beside")).add_edge(engine.START, "beside")
    thread.opens(builder)
    to_the_end(thread, {"x": "in"}, 2)


@session
def an_unknown_node(engine: Engine, thread: GraphThread) -> None:
    with pytest.raises(ValueError, match="zz"):
        thread.opens(line(engine), interrupt_before=["zz"])
    thread.opens(line(engine, "ab"))
    thread.run({"x": "in"})
