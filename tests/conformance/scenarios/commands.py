"""Commands: an update and a destination in one return value, for this graph or its parent."""

import operator
from typing import Annotated, Any, Literal

from tests.conformance.scenario import scenario, warned_scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Counted(TypedDict):
    n: int
    log: Annotated[list[Any], operator.add]


def commanded(engine: Engine, returned: Any, edge: bool = False) -> Case:
    """Node a returns what is told; b and c, if they both run, finish in this order. The edge is a -> b."""
    turns = Turns({"log": ["b"]}, {"log": ["c"]})
    goes_to_b = edge or "b" in repr(returned)
    builder = engine.StateGraph(Counted).add_node("a", lambda state: returned)
    builder.add_node("b", lambda state: turns.finish({"log": ["b"]}))
    builder.add_node("c", lambda state: turns.finish({"log": ["c"]}) if goes_to_b else {"log": ["c"]})
    builder.add_edge(engine.START, "a")
    if edge:
        builder.add_edge("a", "b")
    return Case(builder.compile(), {"n": 0, "log": []}, turns=turns)


@scenario
def a_command_updates_and_goes(engine: Engine) -> Case:
    return commanded(engine, engine.Command(update={"log": ["a"]}, goto="c"))


@scenario
def a_command_that_only_updates(engine: Engine) -> Case:
    return commanded(engine, engine.Command(update={"log": ["a"]}))


@scenario
def a_command_that_only_goes(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto="c"))


@scenario
def a_goto_adds_to_the_edges(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto="c"), edge=True)


@scenario
def a_goto_of_the_end_cancels_nothing(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto=engine.END), edge=True)


@scenario
def a_goto_of_several(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto=["b", "c"], update={"log": ["a"]}))


@scenario
def a_goto_of_a_send_and_a_name(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto=[engine.Send("b", {"log": [1]}), "c"]))


@scenario
def a_goto_of_one_send(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto=engine.Send("c", {"log": [1]})))


@scenario
def a_goto_of_one_node_twice(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto=["c", "c"]))


@scenario
def a_goto_of_an_unknown_node(engine: Engine) -> Case:
    return commanded(engine, engine.Command(goto="nowhere", update={"log": ["a"]}))


@scenario
def an_update_of_pairs(engine: Engine) -> Case:
    return commanded(engine, engine.Command(update=[("log", ["a"]), ("n", 1)]))


@scenario
def an_update_of_pairs_that_repeat_a_key(engine: Engine) -> Case:
    return commanded(engine, engine.Command(update=[("log", ["a"]), ("log", ["again"]), ("n", 1)]))


@warned_scenario
def an_update_of_unknown_keys(engine: Engine) -> Case:
    return commanded(engine, engine.Command(update={"unknown": 1}, goto="c"))


@scenario
def a_list_of_commands_and_a_dict(engine: Engine) -> Case:
    returned = [
        engine.Command(update={"log": ["a1"]}, goto="c"),
        {"log": ["a2"]},
        engine.Command(update={"n": 9}),
    ]
    return commanded(engine, returned)


@scenario
def a_list_of_commands_that_write_different_keys(engine: Engine) -> Case:
    return commanded(engine, [engine.Command(update={"log": ["a1"]}), engine.Command(update={"n": 9})])


@scenario
def a_resume_value_returned_by_a_node_is_ignored(engine: Engine) -> Case:
    return commanded(engine, engine.Command(resume="x", goto="c"))


@scenario
def annotated_destinations_only_draw(engine: Engine) -> Case:
    def a(state: Log) -> engine.Command[Literal["b"]]:  # type: ignore[name-defined]
        return engine.Command(goto="c")

    builder = engine.StateGraph(Log).add_node(a).add_edge(engine.START, "a")
    builder.add_node("b", lambda state: {"log": ["b"]}).add_node("c", lambda state: {"log": ["c"]})
    return Case(builder.compile(), {"log": []})


@scenario
def a_command_from_an_async_node(engine: Engine) -> Case:
    async def a(state: Log) -> Any:
        return engine.Command(update={"log": ["a"]}, goto="b")

    builder = engine.StateGraph(Log).add_node(a).add_node("b", lambda state: {"log": ["b"]})
    return Case(builder.add_edge(engine.START, "a").compile(), {"log": []})


def child(engine: Engine, command: Any, schema: Any = Log) -> Any:
    """A graph of one node x that returns the command, and a node y after it."""
    builder = engine.StateGraph(schema).add_node("x", lambda state: command)
    builder.add_node("y", lambda state: {"log": ["y"]})
    return builder.add_edge(engine.START, "x").add_edge("x", "y").compile()


def parent(engine: Engine, command: Any, edge: bool = False) -> Case:
    """A graph whose node `sub` gives the command to its parent; `after` and `other` may follow."""
    builder = engine.StateGraph(Log).add_node("sub", child(engine, command)).add_edge(engine.START, "sub")
    turns = Turns({"log": ["after"]}, {"log": ["other"]})
    builder.add_node("after", lambda state: turns.finish({"log": ["after"]}))
    builder.add_node("other", lambda state: turns.finish({"log": ["other"]}))
    if edge:
        builder.add_edge("sub", "other")
    return Case(builder.compile(), {"log": ["in"]}, turns=turns)


@scenario
def a_command_for_the_parent(engine: Engine) -> Case:
    command = engine.Command(graph=engine.Command.PARENT, update={"log": ["from sub"]}, goto="after")
    return parent(engine, command)


@scenario
def a_command_for_the_parent_that_only_updates(engine: Engine) -> Case:
    return parent(engine, engine.Command(graph=engine.Command.PARENT, update={"log": ["from sub"]}))


@scenario
def a_command_for_the_parent_beside_the_parents_edge(engine: Engine) -> Case:
    command = engine.Command(graph=engine.Command.PARENT, update={"log": ["from sub"]}, goto="after")
    return parent(engine, command, edge=True)


@scenario
def a_command_for_the_parent_that_sends(engine: Engine) -> Case:
    send = engine.Send("after", {"log": ["sent"]})
    return parent(engine, engine.Command(graph=engine.Command.PARENT, goto=send))


@scenario
def a_command_for_the_parent_of_a_root(engine: Engine) -> Case:
    return Case(child(engine, engine.Command(graph=engine.Command.PARENT, goto="y")), {"log": []})


@scenario
def a_command_for_the_parent_from_two_graphs_deep(engine: Engine) -> Case:
    command = engine.Command(graph=engine.Command.PARENT, update={"log": ["deep"]}, goto="after")
    middle = engine.StateGraph(Log).add_node("sub", child(engine, command)).add_edge(engine.START, "sub")
    middle.add_node("after", lambda state: {"log": ["after in the middle"]})
    builder = engine.StateGraph(Log).add_node("outer", middle.compile()).add_edge(engine.START, "outer")
    builder.add_node("after", lambda state: {"log": ["after at the root"]})
    return Case(builder.compile(), {"log": []})


@scenario
def a_command_for_the_parent_from_a_graph_called_in_a_node(engine: Engine) -> Case:
    command = engine.Command(graph=engine.Command.PARENT, update={"log": ["called"]}, goto="after")
    called = child(engine, command)
    builder = engine.StateGraph(Log).add_node("calls", lambda state: called.invoke(state))
    builder.add_node("after", lambda state: {"log": ["after"]}).add_edge(engine.START, "calls")
    return Case(builder.compile(), {"log": []})


@scenario
def a_command_as_input(engine: Engine) -> Case:
    class State(TypedDict):
        x: str

    builder = engine.StateGraph(State)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: {"x": state["x"] + name})
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", engine.END)
    return Case(builder.compile(), engine.Command(update={"x": "in"}))


@scenario
def a_command_as_input_for_a_parent(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("a", lambda state: {"log": ["a"]}).add_edge(engine.START, "a")
    return Case(builder.compile(), engine.Command(graph=engine.Command.PARENT, goto="a"))
