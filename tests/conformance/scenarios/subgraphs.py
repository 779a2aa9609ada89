"""Subgraphs: as nodes and called inside nodes, their namespaces, and what reaches the parent."""

import operator
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from tests.conformance.scenario import async_scenario, racing_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Parent(TypedDict):
    foo: str


class Child(TypedDict):
    foo: str
    bar: str


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


def child(engine: Engine) -> Any:
    """Two nodes; the first writes custom data and a key that the parent does not have."""

    def first(state: Child) -> Any:
        engine.get_stream_writer()("from the first of the child")
        return {"bar": "bar"}

    def second(state: Child) -> Any:
        return {"foo": state["foo"] + state["bar"]}

    builder = engine.StateGraph(Child).add_sequence([first, second])
    return builder.add_edge(engine.START, "first").compile()


def calling(engine: Engine, node: Any) -> Case:
    builder = engine.StateGraph(Parent).add_node("calls", node).add_edge(engine.START, "calls")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def a_subgraph_as_a_node(engine: Engine) -> Case:
    def before(state: Parent) -> Any:
        engine.get_stream_writer()("from the parent")
        return {"foo": "hi " + state["foo"]}

    builder = engine.StateGraph(Parent).add_node(before).add_node("sub", child(engine))
    builder.add_edge(engine.START, "before").add_edge("before", "sub")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def subgraphs_three_deep(engine: Engine) -> Case:
    graph = child(engine)
    for depth in range(3):
        builder = engine.StateGraph(Parent).add_node(f"level{depth}", graph)
        graph = builder.add_edge(engine.START, f"level{depth}").compile()
    return Case(graph, {"foo": "in"})


@scenario
def a_shared_key_with_a_reducer_doubles(engine: Engine) -> Case:
    sub = engine.StateGraph(Log).add_node("s", lambda state: {"log": ["s"]}).add_edge(engine.START, "s")
    builder = engine.StateGraph(Log).add_node("sub", sub.compile()).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"log": ["in"]})


@racing_scenario
def two_subgraphs_side_by_side(engine: Engine) -> Case:
    def sub(name: str) -> Any:
        builder = engine.StateGraph(Log).add_node("s", lambda state: {"log": [name]})
        builder.add_node("t", lambda state: {"log": [f"{name} too"]})
        return builder.add_edge(engine.START, "s").add_edge("s", "t").compile()

    builder = engine.StateGraph(Log).add_node("a", sub("a")).add_node("b", sub("b"))
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b")
    return Case(builder.compile(), {"log": []})


@scenario
def one_subgraph_in_two_nodes(engine: Engine) -> Case:
    sub = child(engine)
    builder = engine.StateGraph(Parent).add_node("one", sub).add_node("two", sub)
    builder.add_edge(engine.START, "one").add_edge("one", "two")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def a_subgraph_with_other_keys_called_by_a_function(engine: Engine) -> Case:
    class Other(TypedDict):
        text: str

    builder = engine.StateGraph(Other).add_node("shout", lambda state: {"text": state["text"].upper()})
    other = builder.add_edge(engine.START, "shout").compile()
    return calling(engine, lambda state: {"foo": other.invoke({"text": state["foo"]})["text"]})


@scenario
def a_graph_called_in_a_node(engine: Engine) -> Case:
    sub = child(engine)
    return calling(engine, lambda state: {"foo": sub.invoke({"foo": state["foo"]})["foo"]})


@scenario
def a_graph_called_in_an_async_node(engine: Engine) -> Case:
    sub = child(engine)

    async def node(state: Parent) -> Any:
        return {"foo": (await sub.ainvoke({"foo": state["foo"]}))["foo"]}

    return calling(engine, node)


@scenario
def a_graph_called_with_the_nodes_config(engine: Engine) -> Case:
    sub = child(engine)

    def node(state: Parent, config: RunnableConfig) -> Any:
        return {"foo": sub.invoke({"foo": state["foo"]}, config)["foo"]}

    return calling(engine, node)


@scenario
def a_graph_called_three_times_in_a_node(engine: Engine) -> Case:
    sub = child(engine)

    def node(state: Parent) -> Any:
        foo = state["foo"]
        for _ in range(3):
            foo = sub.invoke({"foo": foo})["foo"]
        return {"foo": foo}

    return calling(engine, node)


@scenario
def two_graphs_called_in_a_node(engine: Engine) -> Case:
    one, two = child(engine), child(engine)
    return calling(engine, lambda state: {"foo": two.invoke(one.invoke({"foo": state["foo"]}))["foo"]})


@scenario
def a_graph_streamed_in_a_node_defaults_to_updates(engine: Engine) -> Case:
    sub = child(engine)
    return calling(engine, lambda state: {"foo": repr(list(sub.stream({"foo": state["foo"]})))})


@scenario
def a_graph_streamed_with_the_nodes_config_defaults_to_values(engine: Engine) -> Case:
    sub = child(engine)

    def node(state: Parent, config: RunnableConfig) -> Any:
        return {"foo": repr(list(sub.stream({"foo": state["foo"]}, config)))}

    return calling(engine, node)


@scenario
def a_graph_streamed_in_a_node_keeps_its_custom_data(engine: Engine) -> Case:
    sub = child(engine)
    return calling(
        engine, lambda state: {"foo": repr(list(sub.stream({"foo": state["foo"]}, stream_mode="custom")))}
    )


@scenario
def a_graph_streamed_in_a_node_in_several_modes(engine: Engine) -> Case:
    sub = child(engine)

    def node(state: Parent) -> Any:
        chunks = sub.stream({"foo": state["foo"]}, stream_mode=["updates", "values", "custom"])
        return {"foo": repr(list(chunks))}

    return calling(engine, node)


@scenario
def a_subgraph_that_calls_a_graph(engine: Engine) -> Case:
    innermost = child(engine)
    middle = calling(engine, lambda state: {"foo": innermost.invoke({"foo": state["foo"]})["foo"]}).graph
    builder = engine.StateGraph(Parent).add_node("outer", middle).add_edge(engine.START, "outer")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def a_subgraph_in_a_loop(engine: Engine) -> Case:
    sub = engine.StateGraph(Log).add_node("s", lambda state: {"log": ["s"]}).add_edge(engine.START, "s")
    builder = engine.StateGraph(Log).add_node("sub", sub.compile()).add_edge(engine.START, "sub")
    builder.add_conditional_edges("sub", lambda state: "sub" if len(state["log"]) < 9 else engine.END)
    return Case(builder.compile(), {"log": ["in"]})


@scenario
def a_subgraph_that_writes_nothing(engine: Engine) -> Case:
    sub = engine.StateGraph(Parent).add_node("s", lambda state: None).add_edge(engine.START, "s").compile()
    builder = engine.StateGraph(Parent).add_node("sub", sub).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def a_subgraph_with_input_and_output_schemas(engine: Engine) -> Case:
    class Out(TypedDict):
        foo: str

    builder = engine.StateGraph(Child, input_schema=Parent, output_schema=Out)
    builder.add_node("s", lambda state: {"foo": state["foo"] + "!", "bar": "inner"})
    sub = builder.add_edge(engine.START, "s").compile()
    parent = engine.StateGraph(Child).add_node("sub", sub).add_edge(engine.START, "sub")
    return Case(parent.compile(), {"foo": "in", "bar": "kept"})


@scenario
def a_subgraph_without_a_shared_key(engine: Engine) -> Case:
    class Other(TypedDict):
        text: str

    builder = engine.StateGraph(Other).add_node("s", lambda state: {"text": repr(state)})
    sub = builder.add_edge(engine.START, "s").compile()
    parent = engine.StateGraph(Parent).add_node("sub", sub).add_edge(engine.START, "sub")
    return Case(parent.compile(), {"foo": "in"})


@scenario
def a_subgraph_that_fails(engine: Engine) -> Case:
    def fails(state: Parent) -> Any:
        raise ValueError("inside")

    sub = engine.StateGraph(Parent).add_node(fails).add_edge(engine.START, "fails").compile()
    builder = engine.StateGraph(Parent).add_node("sub", sub).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"foo": "in"})


@scenario
def a_subgraph_that_exhausts_its_steps(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("s", lambda state: {"log": ["s"]}).add_edge(engine.START, "s")
    sub = builder.add_edge("s", "s").compile()
    parent = engine.StateGraph(Log).add_node("sub", sub).add_edge(engine.START, "sub")
    return Case(parent.compile(), {"log": []}, {"recursion_limit": 4})


@scenario
def the_steps_of_a_subgraph_start_at_one(engine: Engine) -> Case:
    def step(state: Log, config: RunnableConfig) -> Any:
        return {"log": [config["metadata"]["langgraph_step"]]}

    sub = engine.StateGraph(Log).add_node("s", step).add_node("t", step)
    sub.add_edge(engine.START, "s").add_edge("s", "t")
    builder = engine.StateGraph(Log).add_node("a", step).add_node("sub", sub.compile())
    builder.add_edge(engine.START, "a").add_edge("a", "sub")
    return Case(builder.compile(), {"log": []})


@scenario
def configuration_reaches_subgraphs(engine: Engine) -> Case:
    def node(state: Parent, config: RunnableConfig) -> Any:
        metadata = {key: config["metadata"][key] for key in sorted(config["metadata"])}
        return {"foo": repr((config["configurable"]["user"], metadata, config.get("tags")))}

    sub = engine.StateGraph(Parent).add_node(node).add_edge(engine.START, "node").compile()
    builder = engine.StateGraph(Parent).add_node("sub", sub, metadata={"colour": "blue"})
    graph = builder.add_edge(engine.START, "sub").compile()
    return Case(graph, {"foo": "in"}, {"configurable": {"user": "ada"}, "metadata": {"m": 1}, "tags": ["t"]})


@async_scenario
def a_subgraph_between_parents_nodes_that_send(engine: Engine) -> Case:
    async def w(state: Any) -> Any:
        return {"log": [state["i"]]}

    sub = engine.StateGraph(Log).add_node("w", w)
    sub.add_conditional_edges(engine.START, lambda state: [engine.Send("w", {"i": i}) for i in range(3)])
    builder = engine.StateGraph(Log).add_node("sub", sub.compile()).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"log": ["in"]})
