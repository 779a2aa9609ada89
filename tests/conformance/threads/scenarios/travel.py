"""Time travel: going on from an earlier checkpoint, and what becomes of the thread."""

from typing import Any

from tests.conformance.threads.graphs import Log, asks, counted, fails, fan, line, says
from tests.conformance.threads.session import one_at_a_time_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread


@session
def replay_from_every_checkpoint(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    thread.opens(line(engine, "abc", **{name: counted(calls, name) for name in "abc"}))
    thread.run({"x": "in"})
    for checkpoint in thread.history():
        thread.state(checkpoint.config)
        thread.run(None, checkpoint.config)
        thread.notes(calls)
        thread.history()


@session
def a_new_input_at_an_earlier_checkpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "one"})
    steps = thread.history()
    thread.run({"x": "two"}, steps[len(steps) // 2].config)


@racing_session
def a_command_at_an_earlier_checkpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "one"})
    steps = thread.history()
    thread.run(engine.Command(update={"x": "two"}, goto="c"), steps[len(steps) // 2].config)


@session
def an_unknown_checkpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    unknown = {"configurable": {"thread_id": "1", "checkpoint_id": "1f000000-0000-6000-8000-000000000000"}}
    thread.state(unknown)
    thread.run(None, unknown)
    thread.run({"x": "again"}, unknown)


@session
def a_question_is_asked_anew(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    asked = thread.state()
    thread.resume("because")
    thread.run(None, asked.config)
    thread.resume("otherwise")


@session
def answers_to_two_questions_are_dropped(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", a=asks(engine, "one", "two")))
    thread.run({"x": "in"})
    asked = thread.state()
    thread.resume("1")
    thread.run(None, asked.config)
    thread.resume("1 again")
    thread.resume("2")


@racing_session
def parallel_questions_are_asked_anew(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=asks(engine, "a?"), b=asks(engine, "b?"), ok=None))
    thread.run({"x": "in"})
    asked = thread.state()
    ids = {interrupt.value: interrupt.id for interrupt in asked.interrupts}
    thread.resume({ids["a?"]: "A"})
    thread.resume("B")
    thread.run(None, asked.config)


@one_at_a_time_session
def a_failed_step_is_run_whole(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    thread.opens(fan(engine, a=counted(calls, "a"), b=counted(calls, "b", fails())))
    thread.run({"x": "in"})
    thread.run(None, thread.state().config)
    thread.notes(calls)


@racing_session
def sends_are_sent_anew(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("a", says("a")).add_edge(engine.START, "a")
    builder.add_node("w", lambda state: {"log": [state["x"]]}).add_node("end", says("end"))
    builder.add_conditional_edges("a", lambda state: [engine.Send("w", {"x": word}) for word in "ba"])
    builder.add_edge("w", "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    for checkpoint in thread.history():
        thread.run(None, checkpoint.config)


@session
def a_breakpoint_stops_a_replay(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"], interrupt_after=["b"])
    thread.run({"x": "in"})
    paused = thread.state()
    thread.run(None)
    thread.run(None)
    thread.run(None, paused.config)
    thread.run(None)


@session
def a_replay_and_then_another_of_its_fork(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    steps = thread.history()
    thread.run(None, steps[-1].config)
    forks = thread.history(filter={"source": "fork"})
    for fork in forks:
        thread.run(None, fork.config)
    thread.run({"x": "new"})


@session
def the_newest_checkpoint_by_id(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.run(None, thread.state().config)


@session
def an_edited_fork_that_waits(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["c"])
    thread.run({"x": "in"})
    steps = thread.history()
    forked = thread.update({"log": ["edit"]}, as_node="a", config=steps[-1].config)
    thread.run(None, forked)
    thread.run(None)


@session
def a_barrier_half_full_is_replayed(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("a", "b", "join"):
        builder.add_node(name, says(name))
    builder.add_conditional_edges(engine.START, lambda state: state["x"])
    builder.add_edge(["a", "b"], "join")
    thread.opens(builder)
    thread.run({"x": "a"})
    half = thread.state()
    thread.run({"x": "b"})
    thread.run({"x": "b"}, half.config)
    thread.run({"x": "a"}, half.config)


@session
def history_of_branches(engine: Engine, thread: GraphThread) -> None:
    def route(state: Log) -> Any:
        return "b" if state["x"] == "left" else "c"

    builder = line(engine, "a").add_node("b", says("b")).add_node("c", says("c"))
    builder.add_conditional_edges("a", route)
    thread.opens(builder)
    thread.run({"x": "left"})
    first = thread.history()[-1]
    forked = thread.update({"x": "right"}, as_node="__input__", config=first.config)
    thread.run(None, forked)
    thread.history()
