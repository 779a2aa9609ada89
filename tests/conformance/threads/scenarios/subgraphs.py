"""Subgraphs and savers: whose saver, which namespace, what stays between calls, and how they are paused."""

import operator
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from tests.conformance.threads.graphs import Log, asks, counted, fails, line, says, within
from tests.conformance.threads.session import async_session, own_threads_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread
from typing_extensions import TypedDict


class Other(TypedDict):
    text: str


class Words(TypedDict):
    log: Annotated[list[Any], operator.add]


def asking(engine: Engine, *questions: str, schema: Any = Log) -> Any:
    return line(engine, "ab", schema, b=asks(engine, *(questions or ("why?",))))


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


@racing_session
def two_subgraphs_that_ask(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, asking(engine, "left?", schema=Words), "left")
    builder.add_node("right", asking(engine, "right?", schema=Words).compile())
    builder.add_edge(engine.START, "right")
    thread.opens(builder)
    thread.run({"x": "in"})
    ids = {interrupt.value: interrupt.id for interrupt in thread.state().interrupts}
    thread.resume({ids["right?"]: "right"})
    thread.resume("left")


@racing_session
def subgraphs_in_sends_that_ask(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("sub", asking(engine, schema=Words).compile())
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("sub", {"x": word, "log": []}) for word in "ab"]
    )
    thread.opens(builder)
    thread.run({"x": "in"})
    first, second = (interrupt.id for interrupt in thread.state().interrupts)
    thread.resume({first: "first"})
    thread.resume({second: "second"})


@session
def a_graph_called_in_a_node_asks(engine: Engine, thread: GraphThread) -> None:
    inner = asking(engine).compile()
    calls: list[str] = []

    def node(state: Log) -> Any:
        calls.append("node")
        return {"log": inner.invoke({"x": state["x"]})["log"]}

    thread.opens(line(engine, "ab", b=node))
    thread.run({"x": "in"})
    thread.resume("because")
    thread.notes(calls)


@session
def a_graph_called_twice_in_a_node(engine: Engine, thread: GraphThread) -> None:
    inner = line(engine, "ab").compile()

    def node(state: Log) -> Any:
        return {"log": [*inner.invoke({"x": "one"})["log"], *inner.invoke({"x": "two"})["log"]]}

    thread.opens(line(engine, "c", c=node))
    thread.run({"x": "in"})


@session
def a_graph_called_twice_asks_twice(engine: Engine, thread: GraphThread) -> None:
    inner = asking(engine).compile()

    def node(state: Log) -> Any:
        return {"log": [*inner.invoke({"x": "one"})["log"], *inner.invoke({"x": "two"})["log"]]}

    thread.opens(line(engine, "c", c=node))
    thread.run({"x": "in"})
    thread.resume("first")
    thread.resume("second")


@session
def a_graph_of_another_state_asks(engine: Engine, thread: GraphThread) -> None:
    def ask(state: Other) -> Any:
        return {"text": engine.interrupt(state["text"])}

    inner = engine.StateGraph(Other).add_node(ask).add_edge(engine.START, "ask").compile()

    def node(state: Log) -> Any:
        return {"log": [inner.invoke({"text": state["x"]})["text"]]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume("because")


@session
def a_node_asks_and_then_its_graph_asks(engine: Engine, thread: GraphThread) -> None:
    inner = asking(engine, "inner?").compile()

    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("outer?"), *inner.invoke({"x": state["x"]})["log"]]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume("to the outer")
    thread.resume("to the inner")


@session
def a_graph_called_with_a_thread_of_another_name(engine: Engine, thread: GraphThread) -> None:
    inner = line(engine, "ab").compile(checkpointer=thread.saver)

    def node(state: Log) -> Any:
        mine = {"configurable": {"thread_id": "mine", "checkpoint_ns": ""}}
        return {"log": inner.invoke({"x": state["x"]}, mine)["log"]}

    thread.opens(line(engine, "c", c=node))
    run_twice(thread)
    thread.history({"configurable": {"thread_id": "mine"}})


@session
def a_graph_streamed_in_a_node_with_its_config(engine: Engine, thread: GraphThread) -> None:
    inner = line(engine, "ab").compile()

    def node(state: Log, config: RunnableConfig) -> Any:
        return {"log": list(inner.stream({"x": state["x"]}, config, stream_mode="updates"))}

    thread.opens(line(engine, "c", c=node))
    thread.run({"x": "in"})


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


@session
def a_subgraph_in_a_loop_asks_each_time(engine: Engine, thread: GraphThread) -> None:
    builder = within(engine, asking(engine))
    builder.add_conditional_edges("sub", lambda state: "sub" if len(state["log"]) < 5 else engine.END)
    thread.opens(builder)
    thread.run({"x": "in"})
    for answer in "123":
        thread.resume(answer)


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


@session
def time_travel_into_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, asking(engine)))
    thread.run({"x": "in"})
    before = thread.state()
    thread.resume("because")
    thread.state(before.config)
    thread.run(None, before.config)
    thread.resume("otherwise")


@own_threads_session
def time_travel_with_a_subgraph_with_its_own_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab"), checkpointer=True))
    run_twice(thread)
    steps = [each for each in thread.history() if each.next == ("sub",)]
    if steps:
        thread.run(None, steps[-1].config)


@async_session
def an_async_graph_called_in_a_node_asks(engine: Engine, thread: GraphThread) -> None:
    async def ask(state: Log) -> Any:
        return {"log": [engine.interrupt("why?")]}

    inner = line(engine, "ab", b=ask).compile()

    async def node(state: Log) -> Any:
        return {"log": (await inner.ainvoke({"x": state["x"]}))["log"]}

    thread.opens(line(engine, "ab", b=node))
    thread.run({"x": "in"})
    thread.resume("because")


@async_session
def an_async_subgraph_asks_two_deep(engine: Engine, thread: GraphThread) -> None:
    async def ask(state: Log) -> Any:
        return {"log": [engine.interrupt("why?")]}

    thread.opens(within(engine, within(engine, line(engine, "ab", b=ask), "inner"), "middle"))
    thread.run({"x": "in"})
    thread.resume("because")
