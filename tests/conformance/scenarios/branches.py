"""Conditional edges: what a path may return, what it sees, and what it is told off for."""

import operator
from functools import partial
from typing import Annotated, Any, Literal

from langchain_core.runnables import RunnableConfig, RunnableLambda
from tests.conformance.scenario import scenario, warned_scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[str], operator.add]


class Counted(TypedDict):
    n: int
    log: Annotated[list[str], operator.add]


def branching(engine: Engine, path: Any, path_map: Any = None) -> Case:
    """Node a, then b or c, as the path says."""
    builder = engine.StateGraph(Log).add_edge(engine.START, "a")
    for name in "abc":
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_conditional_edges("a", path, path_map)
    return Case(builder.compile(), {"log": []})


def both(engine: Engine, path: Any, path_map: Any = None) -> Case:
    """Node a, then both b and c, which finish in this order."""
    turns = Turns({"log": ["b"]}, {"log": ["c"]})
    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]}).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: turns.finish({"log": ["b"]}))
    builder.add_node("c", lambda state: turns.finish({"log": ["c"]}))
    builder.add_conditional_edges("a", path, path_map)
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_path_returns_a_name(engine: Engine) -> Case:
    return branching(engine, lambda state: "b")


@scenario
def a_path_returns_the_end(engine: Engine) -> Case:
    return branching(engine, lambda state: engine.END)


@scenario
def a_path_returns_a_list_of_names(engine: Engine) -> Case:
    return both(engine, lambda state: ["c", "b"])


@scenario
def a_path_returns_a_tuple_of_names(engine: Engine) -> Case:
    return both(engine, lambda state: ("b", "c"))


@scenario
def a_path_returns_a_name_twice(engine: Engine) -> Case:
    return branching(engine, lambda state: ["b", "b"])


@scenario
def a_path_returns_nothing_to_do(engine: Engine) -> Case:
    return branching(engine, lambda state: [])


@scenario
def a_path_returns_a_send_a_name_and_the_end(engine: Engine) -> Case:
    return both(engine, lambda state: [engine.Send("b", {"log": ["sent"]}), engine.END, "c"])


@scenario
def a_path_returns_none(engine: Engine) -> Case:
    return branching(engine, lambda state: None)


@scenario
def a_path_returns_start(engine: Engine) -> Case:
    return branching(engine, lambda state: engine.START)


@scenario
def a_path_returns_an_unknown_name(engine: Engine) -> Case:
    return branching(engine, lambda state: "nowhere")


@scenario
def a_path_sends_to_the_end(engine: Engine) -> Case:
    return branching(engine, lambda state: engine.Send(engine.END, {}))


@scenario
def a_path_sends_to_an_unknown_node(engine: Engine) -> Case:
    return branching(engine, lambda state: [engine.Send("nowhere", {})])


@scenario
def a_path_raises(engine: Engine) -> Case:
    def path(state: Log) -> str:
        raise LookupError("no way out")

    return branching(engine, path)


@scenario
def a_map_of_names(engine: Engine) -> Case:
    return branching(engine, lambda state: "yes", {"yes": "b", "no": "c"})


@scenario
def a_map_whose_keys_are_booleans(engine: Engine) -> Case:
    return branching(engine, lambda state: len(state["log"]) > 5, {True: "b", False: "c"})


@scenario
def a_map_and_a_list_of_its_keys(engine: Engine) -> Case:
    return both(engine, lambda state: ["x", "y"], {"x": "b", "y": "c"})


@scenario
def a_map_that_is_a_list(engine: Engine) -> Case:
    return branching(engine, lambda state: "b", ["b", "c"])


@scenario
def a_map_that_leads_to_the_end(engine: Engine) -> Case:
    return branching(engine, lambda state: "stop", {"go": "b", "stop": engine.END})


@scenario
def a_map_and_a_send(engine: Engine) -> Case:
    return branching(engine, lambda state: [engine.Send("b", {"log": []})], {"b": "b"})


@scenario
def a_map_that_lacks_what_the_path_returned(engine: Engine) -> Case:
    return branching(engine, lambda state: "maybe", {"yes": "b", "no": "c"})


@scenario
def a_literal_acts_as_a_map(engine: Engine) -> Case:
    def path(state: Log) -> Literal["b", "__end__"]:
        return "b"

    return branching(engine, path)


@scenario
def a_literal_that_is_not_kept_to(engine: Engine) -> Case:
    def path(state: Log) -> Literal["b"]:
        return "c"  # type: ignore[return-value]

    return branching(engine, path)


@scenario
def an_async_path(engine: Engine) -> Case:
    async def path(state: Log) -> str:
        return "b"

    return branching(engine, path)


@scenario
def a_path_that_is_a_runnable(engine: Engine) -> Case:
    return branching(engine, RunnableLambda(lambda state: "b", name="to_b"))


@scenario
def a_path_that_is_a_callable_instance(engine: Engine) -> Case:
    class Path:
        def __call__(self, state: Log) -> str:
            return "c"

    return branching(engine, Path())


@scenario
def a_path_that_is_a_bound_method(engine: Engine) -> Case:
    class Router:
        def route(self, state: Log) -> str:
            return "c"

    return branching(engine, Router().route)


@scenario
def a_path_that_is_a_partial(engine: Engine) -> Case:
    def to(state: Log, target: str) -> str:
        return target

    return branching(engine, partial(to, target="c"))


@scenario
def a_path_that_asks_for_the_config(engine: Engine) -> Case:
    def path(state: Log, config: RunnableConfig) -> str:
        return config["configurable"]["way"]

    case = branching(engine, path)
    case.config = {"configurable": {"way": "c"}}
    return case


@scenario
def a_path_that_asks_for_the_runtime(engine: Engine) -> Case:
    def path(state: Log, runtime: engine.Runtime) -> str:  # type: ignore[name-defined]
        return runtime.context["way"]

    case = branching(engine, path)
    case.options = {"context": {"way": "c"}}
    return case


@scenario
def a_path_that_writes_custom_data(engine: Engine) -> Case:
    def path(state: Log) -> str:
        engine.get_stream_writer()({"routing": len(state["log"])})
        return "b"

    return branching(engine, path)


@scenario
def a_path_sees_its_own_nodes_writes_but_not_a_siblings(engine: Engine) -> Case:
    turns = Turns({"n": 1, "log": ["a"]}, {"log": ["b"]})

    def path(state: Counted) -> str:
        engine.get_stream_writer()(repr(state))
        return engine.END

    builder = engine.StateGraph(Counted)
    builder.add_node("a", lambda state: turns.finish({"n": 1, "log": ["a"]}))
    builder.add_node("b", lambda state: turns.finish({"log": ["b"]}))
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_conditional_edges("a", path)
    return Case(builder.compile(), {"n": 0, "log": ["in"]}, turns=turns)


@scenario
def a_path_without_annotation_sees_unknown_keys_too(engine: Engine) -> Case:
    def path(state):  # type: ignore[no-untyped-def]
        engine.get_stream_writer()(sorted(state.items()))
        return engine.END

    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"], "extra": 1})
    builder.add_edge(engine.START, "a").add_conditional_edges("a", path)
    return Case(builder.compile(), {"log": ["in"], "unknown": 2})


@warned_scenario
def an_annotated_path_sees_the_keys_of_its_schema_only(engine: Engine) -> Case:
    class JustN(TypedDict):
        n: int

    def path(state: JustN) -> str:
        engine.get_stream_writer()(sorted(state.items()))
        return engine.END

    builder = engine.StateGraph(Counted).add_node("a", lambda state: {"log": ["a"], "extra": 1})
    builder.add_edge(engine.START, "a").add_conditional_edges("a", path)
    return Case(builder.compile(), {"n": 3, "log": ["in"]})


@scenario
def a_path_from_start(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_conditional_edges(engine.START, lambda state: "b" if state["log"] else "a")
    return Case(builder.compile(), {"log": ["in"]})


@scenario
def a_conditional_entry_point_with_a_map(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.set_conditional_entry_point(lambda state: "second", {"first": "a", "second": "b"})
    return Case(builder.compile(), {"log": []})


@scenario
def a_path_from_start_sees_the_inputs_unknown_keys(engine: Engine) -> Case:
    def path(state):  # type: ignore[no-untyped-def]
        engine.get_stream_writer()(sorted(state.items()))
        return "a"

    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]})
    builder.add_conditional_edges(engine.START, path)
    return Case(builder.compile(), {"log": ["in"], "unknown": 2})


@scenario
def two_paths_on_one_node(engine: Engine) -> Case:
    turns = Turns({"log": ["b"]}, {"log": ["c"]})

    def one(state: Log) -> str:
        return "b"

    def other(state: Log) -> str:
        return "c"

    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]}).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: turns.finish({"log": ["b"]}))
    builder.add_node("c", lambda state: turns.finish({"log": ["c"]}))
    builder.add_conditional_edges("a", one).add_conditional_edges("a", other)
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_path_beside_a_plain_edge(engine: Engine) -> Case:
    turns = Turns({"log": ["b"]}, {"log": ["c"]})
    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]}).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: turns.finish({"log": ["b"]}))
    builder.add_node("c", lambda state: turns.finish({"log": ["c"]}))
    builder.add_edge("a", "b").add_conditional_edges("a", lambda state: "c")
    return Case(builder.compile(), {"log": []}, turns=turns)
