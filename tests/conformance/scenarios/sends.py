"""Sends: tasks with an input of their own, in the order they were written."""

import operator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel
from tests.conformance.scenario import async_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Item(TypedDict):
    i: int


@scenario
def sends_start_as_written_and_apply_after_nodes(engine: Engine) -> Case:
    turns = Turns({"log": [1]}, {"log": ["p"]}, {"log": [3]}, {"log": [2]})
    builder = engine.StateGraph(Log)
    builder.add_node("w", lambda state: turns.finish({"log": [state["i"]]}))
    builder.add_node("p", lambda state: turns.finish({"log": ["p"]}))
    builder.add_conditional_edges(
        engine.START, lambda state: [*(engine.Send("w", {"i": i}) for i in (3, 1, 2)), "p"]
    )
    return Case(builder.compile(), {"log": ["in"]}, turns=turns)


@scenario
def map_and_reduce(engine: Engine) -> Case:
    turns = Turns({"log": [0]}, {"log": [1]}, {"log": [2]})
    builder = engine.StateGraph(Log)
    builder.add_node("w", lambda state: turns.finish({"log": [state["i"]]}))
    builder.add_node("join", lambda state: {"log": [f"join {state['log']}"]})
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("w", {"i": i}) for i in range(3)], ["w"]
    )
    builder.add_edge("w", "join")
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_bare_send_from_a_path(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("w", lambda state: {"log": [state]})
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", {"any": "thing"}))
    return Case(builder.compile(), {"log": []})


@scenario
def a_send_whose_argument_is_no_dict(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("w", lambda state: {"log": [state]})
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", 7))
    return Case(builder.compile(), {"log": []})


@scenario
def a_send_to_a_node_that_an_edge_leads_to_as_well(engine: Engine) -> Case:
    turns = Turns({"log": ["sent"]}, {"log": ["edge"]})
    builder = engine.StateGraph(Log)
    builder.add_node("w", lambda state: turns.finish({"log": ["sent" if "i" in state else "edge"]}))
    builder.add_edge(engine.START, "w")
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", {"i": 1}))
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_send_reaches_a_typed_node_as_it_is(engine: Engine) -> Case:
    class Typed(BaseModel):
        i: int

    def w(state: Typed) -> Log:
        return {"log": [repr(state)]}

    builder = engine.StateGraph(Log).add_node(w)
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", {"i": "not a number"}))
    return Case(builder.compile(), {"log": []})


@scenario
def a_send_of_an_instance(engine: Engine) -> Case:
    @dataclass
    class Parcel:
        weight: int

    builder = engine.StateGraph(Log).add_node("w", lambda parcel: {"log": [parcel.weight]})
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", Parcel(3)))
    return Case(builder.compile(), {"log": []})


@scenario
def sends_that_lead_to_sends(engine: Engine) -> Case:
    turns = Turns(*({"log": [name]} for name in ("a0", "a1", "b0", "b1")))
    builder = engine.StateGraph(Log)
    builder.add_node("a", lambda state: turns.finish({"log": [f"a{state['i']}"]}))
    builder.add_node("b", lambda state: turns.finish({"log": [f"b{state['i']}"]}))

    def again(state: Log) -> Any:
        return engine.Send("b", {"i": int(state["log"][-1][1])})

    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("a", {"i": i}) for i in (0, 1)])
    builder.add_conditional_edges("a", again)
    return Case(builder.compile(), {"log": []}, turns=turns)


@scenario
def a_path_after_a_send_does_not_see_its_argument(engine: Engine) -> Case:
    def path(state):  # type: ignore[no-untyped-def]
        engine.get_stream_writer()(sorted(state.items()))
        return engine.END

    builder = engine.StateGraph(Log).add_node("w", lambda state: {"log": ["w"]})
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", {"i": 1}))
    builder.add_conditional_edges("w", path)
    return Case(builder.compile(), {"log": ["in"]})


@scenario
def a_node_returns_a_send(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", lambda state: engine.Send("b", {"i": 1}))
    builder.add_node("b", lambda state: {"log": [state["i"]]}).add_edge(engine.START, "a")
    return Case(builder.compile(), {"log": []})


@scenario
def a_send_to_a_subgraph(engine: Engine) -> Case:
    inner = engine.StateGraph(Log).add_node("inner", lambda state: {"log": ["inner", len(state["log"])]})
    builder = engine.StateGraph(Log).add_node("sub", inner.add_edge(engine.START, "inner").compile())
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("sub", {"log": ["sent"]}))
    return Case(builder.compile(), {"log": ["in"]})


@async_scenario
def many_sends_apply_in_order(engine: Engine) -> Case:
    async def w(state: Item) -> Log:
        return {"log": [state["i"]]}

    builder = engine.StateGraph(Log).add_node(w)
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", {"i": i}) for i in range(12)])
    return Case(builder.compile(), {"log": []})
