"""Where stepgraph keeps threads otherwise than LangGraph on purpose, and why."""

from __future__ import annotations

import contextlib
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel
from tests.conformance.differences import Difference
from tests.conformance.threads.graphs import Broken, Log, asks, fails, fan, line, says, within
from tests.kit.engines import Engine

THREAD: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def begun(builder: Any, **options: Any) -> Any:
    """A graph with a saver whose thread has had its first input, and may have failed at it."""
    graph = builder.compile(checkpointer=InMemorySaver(), **options)
    with contextlib.suppress(Broken):
        graph.invoke({"x": "in"}, THREAD)
    return graph


def with_a_path(engine: Engine, path: Any) -> Any:
    builder = line(engine, "a").add_node("b", says("b"))
    return builder.add_conditional_edges("a", path)


def a_path_that_raises_once(engine: Engine) -> Any:
    broken = fails()

    def path(state: Log) -> str:
        broken(state)
        return "b"

    return begun(with_a_path(engine, path)).invoke(None, THREAD)["log"]


def a_path_of_start_that_raises(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", says("a"))
    return begun(builder.add_conditional_edges(engine.START, fails(9))).get_state(THREAD).next


def a_goto_on_an_unknown_thread(engine: Engine) -> Any:
    graph = line(engine, "ab").compile(checkpointer=InMemorySaver())
    graph.invoke(engine.Command(update={"x": "command"}, goto="b"), THREAD)
    return list(graph.get_state_history(THREAD))[-1].values


def an_answer_and_then_a_failure(engine: Engine) -> Any:
    broken = fails()

    def node(state: Log) -> Any:
        answer = engine.interrupt("why?")
        return {"log": [answer, *broken(state)["log"]]}

    graph = begun(line(engine, "a", a=node))
    seen = []
    with contextlib.suppress(Broken):
        seen.extend(graph.stream(engine.Command(resume="because"), THREAD))
    return seen


def another_answer(engine: Engine) -> Any:
    graph = begun(line(engine, "a", a=asks(engine, "why?")))
    asked = graph.get_state(THREAD)
    graph.invoke(engine.Command(resume="because"), THREAD)
    return graph.invoke(engine.Command(resume="otherwise"), asked.config)["log"]


def siblings_in_the_queue(engine: Engine) -> Any:
    graph = fan(engine, a=fails(9), b=None).compile(checkpointer=InMemorySaver())
    config = {**THREAD, "max_concurrency": 1}
    with contextlib.suppress(Broken):
        graph.invoke({"x": "in"}, config)
    return graph.get_state(THREAD).next


def a_state_that_is_not_valid(engine: Engine) -> Any:
    class Model(BaseModel):
        x: str = ""

    nodes = {"a": lambda state: {"x": 5}, "b": lambda state: None}
    graph = line(engine, "ab", Model, **nodes).compile(checkpointer=InMemorySaver())
    with contextlib.suppress(ValueError):
        graph.invoke({"x": "in"}, THREAD)
    return graph.get_state(THREAD).next


def a_send_to_nobody(engine: Engine) -> Any:
    graph = begun(line(engine, "a").add_conditional_edges("a", lambda state: [engine.Send("zz", {})]))
    newest = graph.checkpointer.get_tuple(THREAD)
    return sorted(newest.checkpoint["channel_values"])


def a_subgraph_with_a_thread_of_its_own(engine: Engine) -> Any:
    inner = line(engine, "a", a=asks(engine, "why?"))
    state = begun(within(engine, inner, checkpointer=True)).get_state(THREAD)
    return state.tasks[0].state["configurable"]["checkpoint_ns"].split(":")[1:] != []


def an_unknown_subgraph(engine: Engine) -> Any:
    graph = begun(line(engine, "a"))
    return graph.get_state({"configurable": {"thread_id": "1", "checkpoint_ns": "zz:1"}}).values


def a_copy_with_values(engine: Engine) -> Any:
    graph = begun(line(engine, "a"))
    copied = graph.update_state(THREAD, [({"log": ["edit"]}, "a")], as_node="__copy__")
    return graph.get_state(copied).values["log"]


def a_goto_on_a_finished_thread(engine: Engine) -> Any:
    graph = begun(line(engine, "ab"))
    finished = graph.get_state(THREAD).config
    graph.invoke(engine.Command(goto="b"), THREAD)
    return graph.get_state(finished).next


def begun_again_inside(engine: Engine) -> Any:
    graph = begun(within(engine, line(engine), interrupt_before=["c"]))
    inside = graph.get_state(THREAD).tasks[0].state["configurable"]
    steps = list(graph.get_state_history({"configurable": {**inside}}))
    graph.invoke(None, steps[-1].config)
    return len(graph.get_state(THREAD).metadata["parents"])


THREAD_DIFFERENCES: dict[str, Difference] = {
    "going on after a path that raised": Difference(
        "The path is asked again, so that its node's successor runs; LangGraph takes the node for finished "
        "and never asks the path again.",
        a_path_that_raises_once,
        ours=["a", "b"],
        theirs=["a"],
    ),
    "what is due after a path of START that raised": Difference(
        "START is, for the same reason.",
        a_path_of_start_that_raises,
        ours=("__start__",),
        theirs=(),
    ),
    "an answer on an unknown thread": Difference(
        "Nobody has asked, and there is no input; LangGraph runs the graph without one.",
        lambda engine: (
            line(engine, "a")
            .compile(checkpointer=InMemorySaver())
            .invoke(engine.Command(resume="answer"), THREAD)
        ),
        ours="EmptyInputError",
        theirs={"log": ["a"]},
    ),
    "the first checkpoint of a thread that begins with a Command": Difference(
        "It is the one before the input is taken in, as with any other input.",
        a_goto_on_an_unknown_thread,
        ours={"log": []},
        theirs={"x": "command", "log": []},
    ),
    "a task that fails after it was answered": Difference(
        "It has written nothing, so there is no update to stream.",
        an_answer_and_then_a_failure,
        ours=[],
        theirs=[{"a": None}],
    ),
    "another answer at a checkpoint whose question was answered": Difference(
        "The answer that is given counts, and not the one that it is to replace.",
        another_answer,
        ours=[["otherwise"]],
        theirs=[["because"]],
    ),
    "siblings that had not started when a sync task failed": Difference(
        "They do not start any more. LangGraph runs them all, and tells nothing of it.",
        siblings_in_the_queue,
        ours=("a", "b"),
        theirs=("a",),
    ),
    "looking at a state that does not validate": Difference(
        "Whoever wants to mend it has to see it.",
        a_state_that_is_not_valid,
        ours=("b",),
        theirs="ValidationError",
    ),
    "what is kept of a Send to a node that is not there": Difference(
        "It was ignored with a warning when it was sent, and would only be ignored again.",
        a_send_to_nobody,
        ours=["log", "x"],
        theirs=["__pregel_tasks", "log", "x"],
    ),
    "whether a snapshot gives the thread of a subgraph's own a task's id": Difference(
        "It is kept under the node's name alone, and under LangGraph's name nothing is found.",
        a_subgraph_with_a_thread_of_its_own,
        ours=False,
        theirs=True,
    ),
    "values given with a copy": Difference(
        "A copy is a copy; bulk_update_state() makes another superstep of the values.",
        a_copy_with_values,
        ours="InvalidUpdateError",
        theirs=["a", "edit"],
    ),
    "the checkpoint that a Command's goto was given at": Difference(
        "It shows what ran from there, as every other checkpoint does.",
        a_goto_on_a_finished_thread,
        ours=("b",),
        theirs=(),
    ),
    "what a fork names as its parents that was begun at a subgraph's checkpoint": Difference(
        "Nothing, as it is the outermost graph's; LangGraph names it and the subgraph's old checkpoint.",
        begun_again_inside,
        ours=0,
        theirs=2,
    ),
    "the state of a subgraph that is not there": Difference(
        "A mistyped namespace should be told, as update_state() tells it.",
        an_unknown_subgraph,
        ours="ValueError",
        theirs={},
    ),
}
