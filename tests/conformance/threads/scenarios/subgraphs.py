"""Subgraphs and savers: whose saver, which namespace, what stays between calls, and how they are paused."""

from typing import Any

from tests.conformance.threads.graphs import Log, asks, counted, fails, line, says, within
from tests.conformance.threads.session import async_session, own_threads_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread
from typing_extensions import TypedDict


class Other(TypedDict):
    text: str


def asking(engine: Engine, *questions: str) -> Any:
    return line(engine, "ab", b=asks(engine, *(questions or ("why?",))))


def run_twice(thread: GraphThread) -> None:
    thread.run({"x": "one"})
    thread.run({"x": "two"})


@session
def a_subgraph_begins_afresh(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab")))
    run_twice(thread)


@own_threads_session
def a_subgraph_with_a_thread_of_its_own(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab"), checkpointer=True))
    run_twice(thread)
    thread.state({"configurable": {"thread_id": "1", "checkpoint_ns": "sub"}})
    thread.history({"configurable": {"thread_id": "1", "checkpoint_ns": "sub"}})


@session
def a_subgraph_that_is_never_saved(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab"), checkpointer=False))
    run_twice(thread)


def pause_within(engine: Engine, thread: GraphThread, checkpointer: Any) -> None:
    calls: list[str] = []
    inner = line(engine, "abc", a=counted(calls, "a"), b=counted(calls, "b", asks(engine, "one", "two")))
    builder = within(engine, inner, checkpointer=checkpointer).add_node("end", says("end"))
    thread.opens(builder.add_edge("sub", "end"))
    thread.run({"x": "in"})
    thread.resume("1")
    thread.resume("2")
    thread.notes(calls)
    thread.run({"x": "again"})
    thread.resume("3")
    thread.resume("4")


@session
def a_question_in_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    pause_within(engine, thread, None)


@own_threads_session
def a_question_in_a_subgraph_with_a_thread_of_its_own(engine: Engine, thread: GraphThread) -> None:
    pause_within(engine, thread, True)


@session
def a_question_in_a_subgraph_that_is_never_saved(engine: Engine, thread: GraphThread) -> None:
    pause_within(engine, thread, False)


@session
def a_question_two_deep(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, asking(engine), "inner").add_node("m", says("m")).add_edge("inner", "m")
    builder = within(engine, middle, "middle").add_node("end", says("end")).add_edge("middle", "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.resume("because")


@session
def a_question_two_deep_answered_by_id(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, asking(engine, "one", "two"), "inner")
    thread.opens(within(engine, middle, "middle"))
    thread.run({"x": "in"})
    thread.resume({thread.state().interrupts[0].id: "1"})
    thread.resume({thread.state().interrupts[0].id: "2"})


@own_threads_session
def a_question_two_deep_with_threads_of_their_own(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, asking(engine), "inner", checkpointer=True)
    thread.opens(within(engine, middle, "middle", checkpointer=True))
    thread.run({"x": "in"})
    thread.resume("because")
    thread.run({"x": "again"})


@session
def none_at_a_question_in_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, asking(engine)))
    thread.run({"x": "in"})
    thread.run(None)
    thread.resume("because")


@session
def a_new_input_while_a_subgraph_asks(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, asking(engine)))
    thread.run({"x": "one"})
    thread.run({"x": "two"})
    thread.resume("because")


@session
def an_edit_of_a_paused_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine), interrupt_before=["b"]))
    thread.run({"x": "in"})
    inner = thread.state().tasks[0].state.config
    thread.update({"log": ["edit"]}, config=inner)
    thread.history(inner)
    thread.run(None)


@session
def an_edit_of_a_subgraph_as_another_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine), interrupt_before=["b"]))
    thread.run({"x": "in"})
    thread.update({"log": ["instead"]}, as_node="b", config=thread.state().tasks[0].state.config)
    thread.run(None)


@session
def an_edit_of_a_subgraph_two_deep(engine: Engine, thread: GraphThread) -> None:
    middle = within(engine, line(engine), "inner", interrupt_before=["b"])
    thread.opens(within(engine, middle, "middle"))
    thread.run({"x": "in"})
    inner = thread.state().tasks[0].state.tasks[0].state.config
    thread.update({"log": ["edit"]}, config=inner)
    thread.run(None)


@session
def an_edit_of_the_whole_node_while_its_subgraph_waits(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, asking(engine)).add_node("end", says("end")).add_edge("sub", "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.update({"log": ["instead"]}, as_node="sub")
    thread.run(None)


@session
def an_unknown_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab")))
    thread.run({"x": "in"})
    unknown = {"configurable": {"thread_id": "1", "checkpoint_ns": "zz:1"}}
    thread.update({"log": ["edit"]}, config=unknown)


@session
def a_state_read_without_subgraphs(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, asking(engine)))
    thread.run({"x": "in"})
    flat = thread.state(subgraphs=False)
    thread.state(flat.tasks[0].state)


@session
def a_parent_command_on_a_thread(engine: Engine, thread: GraphThread) -> None:
    def leave(state: Log) -> Any:
        return engine.Command(graph=engine.Command.PARENT, update={"log": ["from within"]}, goto="end")

    builder = within(engine, line(engine, "ab", b=leave)).add_node("end", says("end"))
    thread.opens(builder)
    run_twice(thread)


@session
def a_parent_command_after_a_question(engine: Engine, thread: GraphThread) -> None:
    def leave(state: Log) -> Any:
        answer = engine.interrupt("why?")
        return engine.Command(graph=engine.Command.PARENT, update={"log": [answer]}, goto="end")

    builder = within(engine, line(engine, "ab", b=leave)).add_node("end", says("end"))
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.resume("because")


@own_threads_session
def a_subgraph_with_its_own_thread_in_a_loop(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, line(engine, "a"), checkpointer=True)
    builder.add_conditional_edges("sub", lambda state: "sub" if len(state["log"]) < 5 else engine.END)
    thread.opens(builder)
    run_twice(thread)


@session
def a_saver_of_a_subgraphs_own(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, asking(engine), checkpointer=thread.saver))
    thread.run({"x": "in"})
    thread.resume("because")


@session
def a_failure_within_a_subgraph_that_is_never_saved(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    inner = line(engine, "ab", a=counted(calls, "a"), b=counted(calls, "b", fails()))
    thread.opens(within(engine, inner, checkpointer=False))
    thread.run({"x": "in"})
    thread.run(None)
    thread.notes(calls)


@own_threads_session
def a_failure_within_a_subgraph_with_its_own_thread(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    inner = line(engine, "ab", a=counted(calls, "a"), b=counted(calls, "b", fails()))
    thread.opens(within(engine, inner, checkpointer=True))
    thread.run({"x": "in"})
    thread.run(None)
    thread.notes(calls)
    thread.run({"x": "again"})


@own_threads_session
def time_travel_with_a_subgraph_with_its_own_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab"), checkpointer=True))
    run_twice(thread)
    steps = [each for each in thread.history() if each.next == ("sub",)]
    if steps:
        thread.run(None, steps[-1].config)


@async_session
def an_async_subgraph_asks_two_deep(engine: Engine, thread: GraphThread) -> None:
    async def ask(state: Log) -> Any:
        return {"log": [engine.interrupt("why?")]}

    thread.opens(within(engine, within(engine, line(engine, "ab", b=ask), "inner"), "middle"))
    thread.run({"x": "in"})
    thread.resume("because")
