"""Writing to a thread from outside: as which node, in bulk, and what is due afterwards."""

import warnings
from typing import Any

from tests.conformance.threads.graphs import Log, asks, fan, line, says, within
from tests.conformance.threads.session import racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread

from stepgraph.warnings import UnknownStateKey


@session
def a_fresh_thread_is_written_as_a_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.update({"x": "seed", "log": ["seed"]}, as_node="a")
    thread.run(None)


@session
def a_fresh_thread_is_written_as_nobody(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.update({"x": "seed"})
    thread.run(None)


@session
def a_fresh_thread_of_one_node_is_written_as_nobody(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a"))
    thread.update({"x": "seed"})
    thread.run({"log": ["in"]})


@session
def a_finished_thread_is_written(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]})
    thread.run(None)
    thread.update({"log": ["edit"]}, as_node="a")
    thread.run(None)


@session
def as_the_end(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update(None, as_node=engine.END)
    thread.run(None)
    thread.run({"x": "again"})


@session
def as_the_end_after_a_question(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.update(None, as_node=engine.END)
    thread.resume("too late")


@session
def as_the_end_with_values(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]}, as_node=engine.END)


@session
def as_the_start(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.update({"x": "first"}, as_node=engine.START)
    thread.run(None)
    thread.update({"x": "second", "log": ["edit"]}, as_node=engine.START)
    thread.run(None)


@session
def as_the_input(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.update({"x": "first"}, as_node="__input__")
    thread.run(None)
    thread.update({"x": "second", "log": ["edit"]}, as_node="__input__")
    thread.run(None)


@session
def a_copy(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update(None, as_node="__copy__")
    thread.run(None)


@session
def a_copy_of_an_earlier_checkpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    steps = thread.history()
    thread.update(None, as_node="__copy__", config=steps[-1].config)
    thread.run(None)


@session
def as_an_unknown_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update({"x": "edit"}, as_node="zz")


@racing_session
def as_nobody_after_parallel_nodes(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=None, b=None))
    thread.run({"x": "in"})
    thread.update({"x": "edit"})
    thread.update({"x": "edit"}, as_node="b")


@session
def unknown_keys(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    with warnings.catch_warnings():
        # LangGraph drops such a key in silence.
        warnings.simplefilter("ignore", UnknownStateKey)
        thread.update({"x": "edit", "zz": 1}, as_node="a")


@session
def nothing_at_all(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update(None)
    thread.run(None)
    thread.update({})


@session
def something_that_is_no_update(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update("text", as_node="a")
    thread.update(5, as_node="a")


@session
def as_a_node_with_a_branch(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("a", says("a")).add_node("b", says("b"))
    builder.add_node("c", says("c")).add_edge(engine.START, "a")
    builder.add_conditional_edges("a", lambda state: state["x"])
    thread.opens(builder)
    thread.run({"x": "b"})
    thread.update({"x": "c", "log": ["edit"]}, as_node="a")
    thread.run(None)


@session
def as_a_node_whose_branch_sends(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("a", says("a")).add_edge(engine.START, "a")
    builder.add_node("w", lambda state: {"log": [state["x"]]})
    builder.add_conditional_edges("a", lambda state: [engine.Send("w", {"x": "sent"})])
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]}, as_node="a")
    thread.run(None)


@racing_session
def with_a_command(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update(engine.Command(update={"log": ["edit"]}, goto="c"), as_node="a")
    thread.run(None)


@session
def as_one_side_of_a_barrier(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log)
    for name in ("a", "b", "join"):
        builder.add_node(name, says(name))
    builder.add_conditional_edges(engine.START, lambda state: state["x"])
    builder.add_edge(["a", "b"], "join")
    thread.opens(builder)
    thread.run({"x": "a"})
    thread.update({"log": ["edit"]}, as_node="b")
    thread.run(None)


@session
def several_edits_one_after_another(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    for word in ("one", "two", "three"):
        thread.update({"log": [word]})
    thread.run(None)


@session
def an_edit_of_an_earlier_checkpoint(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    steps = thread.history()
    forked = thread.update({"log": ["edit"]}, config=steps[len(steps) // 2].config)
    thread.state(forked)
    thread.run(None, forked)
    thread.run(None)


@session
def an_edit_whose_reducer_fails(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update({"log": 5}, as_node="a")


@session
def an_edit_with_a_task_id(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]}, as_node="a", task_id="11111111-2222-3333-4444-555555555555")
    thread.run(None)


@session
def in_bulk(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.update_in_bulk([({"x": "in"}, "__input__")], [({"log": ["A"]}, "a")], [({"log": ["B"]}, "b")])
    thread.history()
    thread.run(None)


@racing_session
def in_bulk_side_by_side(engine: Engine, thread: GraphThread) -> None:
    builder = fan(engine, a=None, b=None).add_node("join", says("join")).add_edge(["a", "b"], "join")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.update_in_bulk([({"log": ["B"]}, "b"), ({"log": ["A"]}, "a")])
    thread.run(None)


@session
def in_bulk_by_sends(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node("w", lambda state: {"log": [state["x"]]})
    builder.add_node("end", says("end")).add_edge("w", "end")
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", {"x": w}) for w in "ab"])
    thread.opens(builder)
    thread.update_in_bulk([({"x": "in"}, "__input__")], [({"log": ["A"]}, "w"), ({"log": ["B"]}, "w")])
    thread.run(None)


@session
def in_bulk_and_wrong(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine))
    thread.run({"x": "in"})
    thread.update_in_bulk()
    thread.update_in_bulk([])
    thread.update_in_bulk([({"x": "in"}, "a")], [])
    thread.update_in_bulk([({"log": ["A"]}, None), ({"log": ["B"]}, "b")])
    thread.update_in_bulk([({"log": ["A"]}, "__input__"), ({"log": ["B"]}, "b")])
    thread.update_in_bulk([({"log": ["A"]}, engine.END), ({"log": ["B"]}, "b")])
    thread.update_in_bulk([(None, "__copy__"), ({"log": ["B"]}, "b")])
    thread.update_in_bulk([({"x": "one"}, "a"), ({"x": "two"}, "b")])


@session
def in_bulk_as_the_end_and_as_a_copy(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine), interrupt_before=["b"])
    thread.run({"x": "in"})
    thread.update_in_bulk([({"log": ["A"]}, "a")], [(None, engine.END)])
    thread.update_in_bulk([(None, "__copy__")])


@session
def an_edit_at_a_question_of_a_subgraph(engine: Engine, thread: GraphThread) -> None:
    thread.opens(within(engine, line(engine, "ab", b=asks(engine, "why?"))))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]}, config=thread.state().tasks[0].state.config)
    thread.resume("because")


@session
def an_edit_whose_branch_knows_no_way(engine: Engine, thread: GraphThread) -> None:
    def path(state: Log) -> Any:
        return {"b": "b"}[state["x"]]

    builder = line(engine, "a").add_node("b", says("b")).add_conditional_edges("a", path)
    thread.opens(builder)
    thread.run({"x": "b"})
    thread.update({"x": "elsewhere"}, as_node="a")
