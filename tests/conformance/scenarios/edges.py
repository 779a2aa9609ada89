"""Edges: which node is due in which superstep, in what order tasks start, and in what order they apply."""

import operator
from collections.abc import Callable
from typing import Annotated

from tests.conformance.scenario import async_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[str], operator.add]


class Counted(TypedDict):
    n: int
    log: Annotated[list[str], operator.add]


def logs(name: str) -> Callable[[Log], Log]:
    """A node that adds its name, and how much of the log it saw, to the log."""

    def node(state: Log) -> Log:
        return {"log": [f"{name} saw {len(state['log'])}"]}

    return node


def takes_turns(name: str, turns: Turns) -> Callable[[Log], Log]:
    return lambda state: turns.finish({"log": [name]})


@scenario
def one_node(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", logs("a")).add_edge(engine.START, "a")
    return Case(builder.compile(), {"log": ["in"]})


@scenario
def a_line_of_three_nodes(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in "abc":
        builder.add_node(name, logs(name))
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", "c").add_edge("c", engine.END)
    return Case(builder.compile(), {"log": []})


@scenario
def a_sequence_added_in_one_call(engine: Engine) -> Case:
    def first(state: Log) -> Log:
        return {"log": ["first"]}

    builder = engine.StateGraph(Log).add_sequence([first, ("second", logs("second"))])
    return Case(builder.add_edge(engine.START, "first").compile(), {"log": []})


@scenario
def entry_and_finish_points(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", logs("a")).add_node("b", logs("b")).add_edge("a", "b")
    builder.set_entry_point("a").set_finish_point("b")
    return Case(builder.compile(), {"log": []})


@scenario
def parallel_nodes_apply_by_name_though_they_finish_otherwise(engine: Engine) -> Case:
    turns = Turns({"log": ["c"]}, {"log": ["a"]}, {"log": ["b"]})
    builder = engine.StateGraph(Log)
    for name in "bca":
        builder.add_node(name, takes_turns(name, turns)).add_edge(engine.START, name)
    return Case(builder.compile(), {"log": ["in"]}, turns=turns)


@async_scenario
def parallel_async_nodes_apply_by_name(engine: Engine) -> Case:
    turns = Turns({"log": ["b"]}, {"log": ["a"]})

    async def a(state: Log) -> Log:
        return await turns.finish_async({"log": ["a"]})

    async def b(state: Log) -> Log:
        return await turns.finish_async({"log": ["b"]})

    builder = engine.StateGraph(Log).add_node(a).add_node(b)
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b")
    return Case(builder.compile(), {"log": ["in"]}, turns=turns)


@scenario
def a_join_of_two_edges_in_one_step_runs_once(engine: Engine) -> Case:
    turns = Turns({"log": ["a"]}, {"log": ["b"]})
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, takes_turns(name, turns)).add_edge(engine.START, name).add_edge(name, "c")
    builder.add_node("c", logs("c"))
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def two_edges_that_land_in_different_steps_run_the_node_twice(engine: Engine) -> Case:
    turns = Turns({"log": ["a"]}, {"log": ["b"]}, {"log": ["b2"]}, {"log": ["c"]})

    def c(state: Log) -> Log:
        return turns.finish({"log": ["c"]}) if len(state["log"]) == 2 else {"log": ["c again"]}

    builder = engine.StateGraph(Log).add_node(c)
    for name in ("a", "b", "b2"):
        builder.add_node(name, takes_turns(name, turns))
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_edge("b", "b2")
    builder.add_edge("a", "c").add_edge("b2", "c")
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_list_edge_waits_for_all_its_sources(engine: Engine) -> Case:
    turns = Turns({"log": ["b"]}, {"log": ["a"]})
    builder = engine.StateGraph(Log)
    builder.add_node("a", takes_turns("a", turns)).add_node("b", takes_turns("b", turns))
    builder.add_node("b2", logs("b2")).add_node("c", logs("c"))
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_edge("b", "b2")
    builder.add_edge(["a", "b2"], "c")
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_list_edge_arms_again_in_a_loop(engine: Engine) -> Case:
    turns = Turns({"log": ["a1"]}, {"log": ["b1"]}, {"log": ["a2"]}, {"log": ["b2"]})
    builder = engine.StateGraph(Counted)
    builder.add_node("count", lambda state: {"n": state["n"] + 1})
    builder.add_node("a", lambda state: turns.finish({"log": [f"a{state['n']}"]}))
    builder.add_node("b", lambda state: turns.finish({"log": [f"b{state['n']}"]}))
    builder.add_node("join", lambda state: {"log": [f"join {state['n']}"]})
    builder.add_edge(engine.START, "count").add_edge("count", "a").add_edge("count", "b")
    builder.add_edge(["a", "b"], "join")
    builder.add_conditional_edges("join", lambda state: "count" if state["n"] < 2 else engine.END)
    return Case(builder.compile(), {"n": 0, "log": []}, turns=turns)


@scenario
def a_list_edge_beside_a_plain_one(engine: Engine) -> Case:
    turns = Turns({"log": ["a"]}, {"log": ["b"]})
    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, takes_turns(name, turns)).add_edge(engine.START, name)
    builder.add_node("c", logs("c")).add_edge(["a", "b"], "c").add_edge("a", "c")
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_list_edge_to_the_end_does_nothing(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", logs("a")).add_edge(engine.START, "a")
    return Case(builder.add_edge(["a"], engine.END).compile(), {"log": []})


@scenario
def a_node_that_nothing_leads_to_never_runs(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", logs("a")).add_node("lonely", logs("lonely"))
    return Case(builder.add_edge(engine.START, "a").add_edge("lonely", "a").compile(), {"log": []})


@scenario
def a_node_that_leads_to_itself_and_on(engine: Engine) -> Case:
    builder = engine.StateGraph(Counted).add_node("a", lambda state: {"n": state["n"] + 1})
    builder.add_edge(engine.START, "a")
    builder.add_conditional_edges("a", lambda state: "a" if state["n"] < 3 else engine.END)
    return Case(builder.compile(), {"n": 0})


@scenario
def names_sort_as_text_and_not_by_insertion(engine: Engine) -> Case:
    order = ["node10", "node2", "Zoo", "_private"]
    turns = Turns(*({"log": [name]} for name in order))
    builder = engine.StateGraph(Log)
    for name in order:
        builder.add_node(name, takes_turns(name, turns)).add_edge(engine.START, name)
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def an_edge_added_twice_counts_once(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", logs("a")).add_node("b", logs("b"))
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("a", "b")
    return Case(builder.compile(), {"log": []})


@scenario
def ten_nodes_in_a_ring_until_a_count(engine: Engine) -> Case:
    builder = engine.StateGraph(Counted)
    for i in range(10):
        builder.add_node(f"n{i}", lambda state: {"n": state["n"] + 1})
        if i:
            builder.add_edge(f"n{i - 1}", f"n{i}")
    builder.add_edge(engine.START, "n0")
    builder.add_conditional_edges("n9", lambda state: "n0" if state["n"] < 25 else engine.END)
    return Case(builder.compile(), {"n": 0})
