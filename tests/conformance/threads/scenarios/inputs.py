"""Inputs on a thread: the first, further ones, None, commands, and what a thread keeps between them."""

import operator
from typing import Annotated, Any, Optional

from tests.conformance.threads.graphs import Log, fan, line, says
from tests.conformance.threads.session import goto_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread
from typing_extensions import TypedDict


@session
def three_nodes_and_their_history(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})


@session
def a_second_and_a_third_input(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({"x": "one"})
    thread.run({"x": "two", "log": ["from outside"]})
    thread.run({"log": ["again"]})


@session
def an_empty_input_on_a_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({})
    thread.run({})


@session
def an_input_of_unknown_keys(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.run({"zz": 1})
    thread.run({"x": "in"})


@session
def none_on_a_finished_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({"x": "in"})
    thread.run(None)
    thread.run(None)


@session
def none_on_an_unknown_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.state()
    thread.history()
    thread.run(None)


@session
def a_resume_on_a_finished_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({"x": "in"})
    thread.resume("answer")


@session
def a_command_with_an_update_on_a_finished_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    thread.run({"x": "in"})
    thread.run(engine.Command(update={"log": ["update"]}))


@goto_session
def a_command_with_goto_on_a_finished_thread(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc"))
    thread.run({"x": "in"})
    thread.run(engine.Command(goto="b", update={"log": ["update"]}))


@goto_session
def a_command_with_several_targets(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc"))
    thread.run({"x": "in"})
    thread.run(engine.Command(goto=["c", engine.Send("b", {"x": "sent", "log": []})]))


@session
def threads_do_not_mix(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    other = {"configurable": {"thread_id": "2"}}
    thread.run({"x": "one"})
    thread.run({"x": "two"}, other)
    thread.run({"x": "three"})
    thread.state(other)
    thread.history(other)


@session
def a_thread_id_that_is_a_number(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.run({"x": "in"}, {"configurable": {"thread_id": 5}})
    thread.state({"configurable": {"thread_id": 5}})
    thread.state({"configurable": {"thread_id": "5"}})


@session
def metadata_of_the_config_is_kept_in_checkpoints(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab"))
    config = {
        "configurable": {"thread_id": "1", "user": "bob", "__hidden": 1, "deep": {"a": 1}, "n": 3},
        "metadata": {"origin": "here", "deep": {"b": 2}, "flag": True},
        "tags": ["tagged"],
        "run_name": "named",
    }
    thread.run({"x": "in"}, config)
    thread.history(filter={"origin": "here"})
    thread.update({"log": ["update"]}, config=config)


@session
def a_bound_config_is_used_and_merged(engine: Engine, thread: GraphThread) -> None:
    bound = thread.opens(line(engine, "ab")).with_config(
        {"configurable": {"thread_id": "bound", "user": "ann"}, "metadata": {"origin": "bound"}}
    )
    thread.graph = bound
    thread.run({"x": "in"}, {"configurable": {"thread_id": "called"}})
    thread.state({"configurable": {"thread_id": "called"}})
    thread.history({"configurable": {"thread_id": "called"}})


@session
def looked_at_between_supersteps(engine: Engine, thread: GraphThread) -> None:
    graph = thread.opens(line(engine))
    for chunk in graph.stream({"x": "in"}, thread.config, stream_mode="values", durability="sync"):
        state = graph.get_state(thread.config)
        thread.notes((chunk, state.values, state.next))


@session
def history_with_limit_before_and_filter(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    steps = thread.history()
    thread.history(limit=2)
    thread.history(before=steps[len(steps) // 2].config)
    thread.history(filter={"source": "loop"})
    thread.history(filter={"source": "input"})
    thread.history(filter={"step": 1}, limit=5)


@session
def a_barrier_keeps_what_has_arrived_until_the_next_input(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("a", "b", "join"):
        builder.add_node(name, says(name))
    builder.add_conditional_edges(engine.START, lambda state: state["x"])
    builder.add_edge(["a", "b"], "join")
    thread.opens(builder)
    thread.run({"x": "a"})
    thread.run({"x": "a"})
    thread.run({"x": "b"})
    thread.run({"x": "b"})
    thread.run({"x": "a"})


@racing_session
def a_barrier_in_a_loop(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("round", "a", "b", "join"):
        builder.add_node(name, says(name))
    builder.add_edge(engine.START, "round").add_edge("round", "a").add_edge("round", "b")
    builder.add_edge(["a", "b"], "join")
    builder.add_conditional_edges("join", lambda state: "round" if len(state["log"]) < 8 else engine.END)
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run({"x": "again"})


@racing_session
def a_deferred_node(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("a", "b", "c"):
        builder.add_node(name, says(name))
    builder.add_node("last", says("last"), defer=True).add_node("after", says("after"))
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_edge("b", "c")
    builder.add_edge("a", "last").add_edge("c", "last").add_edge("last", "after")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run({"x": "again"})


@racing_session
def a_deferred_barrier(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("a", "b", "c"):
        builder.add_node(name, says(name))
    builder.add_node("last", says("last"), defer=True)
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_edge("b", "c")
    builder.add_edge(["a", "b"], "last")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run({"x": "again"})


@racing_session
def parallel_nodes(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=None, b=None, c=None))
    thread.run({"x": "in"})
    thread.run({"x": "again"})


@session
def nodes_that_write_nothing(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", a=lambda state: None, b=lambda state: {}))
    thread.run({"x": "in"})
    thread.run({})


@session
def a_loop_by_a_branch(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab")
    builder.add_conditional_edges("b", lambda state: "a" if len(state["log"]) < 5 else engine.END)
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run({"log": ["again"]})


@racing_session
def nodes_that_route_by_command(engine: Engine, thread: GraphThread) -> None:
    def route(state: Log) -> Any:
        return engine.Command(update={"log": ["route"]}, goto=["b", "c"])

    builder = fan(engine, route=route).add_node("b", says("b")).add_node("c", says("c"))
    thread.opens(builder)
    thread.run({"x": "in"})


class Mixed(TypedDict):
    plain: str
    maybe: Annotated[Optional[int], lambda old, new: new]  # noqa: UP045
    total: Annotated[int, operator.add]
    words: Annotated[list[str], operator.add]
    table: Annotated[dict[str, int], lambda old, new: {**old, **new}]
    bag: Annotated[set[str], operator.or_]


@session
def keys_of_many_kinds(engine: Engine, thread: GraphThread) -> None:
    def first(state: Mixed) -> Any:
        return {"maybe": 1, "total": 2, "words": ["w"], "table": {"a": 1}, "bag": {"b"}}

    def second(state: Mixed) -> Any:
        return {"plain": repr(sorted(state)), "maybe": None, "total": 40, "table": {"b": 2}}

    thread.opens(line(engine, "ab", Mixed, a=first, b=second))
    thread.run({"words": ["in"]})
    thread.run({"total": 100, "plain": "given"})


@session
def an_overwritten_reducer(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=lambda state: {"log": engine.Overwrite(["new"])}))
    thread.run({"x": "in", "log": ["one", "two"]})
    thread.run({"log": ["three"]})
    thread.update({"log": engine.Overwrite(["edited"])}, as_node="a")


@session
def remaining_steps_on_a_thread(engine: Engine, thread: GraphThread) -> None:
    class Counted(TypedDict):
        log: Annotated[list[Any], operator.add]
        left: engine.RemainingSteps  # type: ignore[name-defined]
        last: engine.IsLastStep  # type: ignore[name-defined]

    def node(state: Any) -> Any:
        return {"log": [(state["left"], state["last"])]}

    thread.opens(line(engine, "ab", Counted, a=node, b=node), interrupt_before=["b"])
    thread.run({"log": []}, {"recursion_limit": 5})
    thread.run(None, {"recursion_limit": 5})
    thread.run({"log": []}, {"recursion_limit": 5})
