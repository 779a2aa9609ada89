"""Graphs draw the same: nodes, edges, conditional flags and labels, folded and opened."""

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from langchain_core.runnables import RunnableLambda
from tests.kit import examples
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


def logs(state: Log) -> Log:
    return {"log": ["ran"]}


def nodes(engine: Engine, names: str) -> Any:
    """A builder with a node of each name, and an edge from START to the first."""
    builder = engine.StateGraph(Log)
    for name in names.split():
        builder.add_node(name, logs)
    return builder.add_edge(engine.START, names.split()[0])


def a_line(engine: Engine) -> Any:
    return nodes(engine, "a b c").add_edge("a", "b").add_edge("b", "c").compile()


def a_line_to_the_end(engine: Engine) -> Any:
    return nodes(engine, "a b").add_edge("a", "b").add_edge("b", engine.END).compile()


def one_node(engine: Engine) -> Any:
    return nodes(engine, "a").compile()


def a_list_edge(engine: Engine) -> Any:
    return nodes(engine, "a b c d").add_edge("a", "b").add_edge("a", "c").add_edge(["b", "c"], "d").compile()


def a_map_with_labels(engine: Engine) -> Any:
    builder = nodes(engine, "a b c")
    labels = {"b": "b", "other": "c", "stop": engine.END}
    return builder.add_conditional_edges("a", lambda state: "b", labels).compile()


def a_map_of_booleans(engine: Engine) -> Any:
    return (
        nodes(engine, "a b c")
        .add_conditional_edges("a", lambda state: True, {True: "b", False: "c"})
        .compile()
    )


def a_map_that_is_a_list(engine: Engine) -> Any:
    return nodes(engine, "a b c").add_conditional_edges("a", lambda state: "b", ["b", "c"]).compile()


def two_labels_to_one_node(engine: Engine) -> Any:
    return nodes(engine, "a b").add_conditional_edges("a", lambda state: "x", {"x": "b", "y": "b"}).compile()


def a_literal(engine: Engine) -> Any:
    def path(state: Log) -> Literal["b", "__end__"]:
        return "b"

    return nodes(engine, "a b c").add_conditional_edges("a", path).compile()


def a_path_that_tells_nothing(engine: Engine) -> Any:
    return nodes(engine, "a b").add_conditional_edges("a", lambda state: "b").compile()


def a_path_that_tells_nothing_beside_an_edge(engine: Engine) -> Any:
    return nodes(engine, "a b c").add_conditional_edges("a", lambda state: "b").add_edge("a", "c").compile()


def a_loop_on_one_node(engine: Engine) -> Any:
    labels = {"again": "a", "stop": engine.END}
    return nodes(engine, "a").add_conditional_edges("a", lambda state: "stop", labels).compile()


def a_conditional_entry(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs).add_node("b", logs)
    builder.set_conditional_entry_point(lambda state: "a", {"one": "a", "two": "b"})
    return builder.add_edge("a", "b").set_finish_point("b").compile()


def an_annotated_command(engine: Engine) -> Any:
    def route(state: Log) -> engine.Command[Literal["b", "__end__"]]:  # type: ignore[name-defined]
        return engine.Command(goto="b")

    builder = engine.StateGraph(Log).add_node(route).add_node("b", logs).add_edge(engine.START, "route")
    return builder.compile()


def a_command_that_tells_nothing(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", lambda state: engine.Command(goto="b"))
    return builder.add_node("b", logs).add_edge(engine.START, "a").compile()


def destinations_by_name(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs, destinations=("b", "c"))
    return builder.add_node("b", logs).add_node("c", logs).add_edge(engine.START, "a").compile()


def destinations_with_labels(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs, destinations={"b": "forth", "c": "elsewhere"})
    builder.add_node("b", logs, destinations={"a": "back"}).add_node("c", logs)
    return builder.add_edge(engine.START, "a").compile()


def metadata_of_nodes(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs, metadata={"colour": "blue"})
    return builder.add_edge(engine.START, "a").compile()


def an_unreachable_node(engine: Engine) -> Any:
    return nodes(engine, "a b").compile()


def an_unreachable_node_with_an_edge(engine: Engine) -> Any:
    return nodes(engine, "a b").add_edge("b", "a").compile()


def insertion_order_is_not_alphabetical(engine: Engine) -> Any:
    return nodes(engine, "z a m").add_edge("z", "m").add_edge("z", "a").add_edge("a", "m").compile()


def a_named_graph(engine: Engine) -> Any:
    return nodes(engine, "a").compile(name="Named")


def subgraphs_two_deep(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").add_edge("s1", "s2").compile()
    middle = engine.StateGraph(Log).add_node("inner", inner).add_node("m", logs)
    middle.add_edge(engine.START, "inner").add_edge("inner", "m")
    outer = engine.StateGraph(Log).add_node("middle", middle.compile()).add_node("q", logs)
    return outer.add_edge(engine.START, "middle").add_edge("middle", "q").compile()


def a_subgraph_with_a_branch(engine: Engine) -> Any:
    labels = {"go": "s2", "stop": engine.END}
    inner = nodes(engine, "s1 s2").add_conditional_edges("s1", lambda state: "go", labels).compile()
    outer = engine.StateGraph(Log).add_node("sub", inner).add_node("a", logs).add_node("q", logs)
    outer.add_edge(engine.START, "a").add_edge("sub", "q")
    return outer.add_conditional_edges("a", lambda state: "in", {"in": "sub", "by": "q"}).compile()


def two_subgraphs(engine: Engine) -> Any:
    inner = nodes(engine, "s").compile()
    outer = engine.StateGraph(Log).add_node("one", inner).add_node("two", inner)
    return outer.add_edge(engine.START, "one").add_edge("one", "two").compile()


def a_graph_that_a_node_calls(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").add_edge("s1", "s2").compile()

    def calls(state: Log) -> Any:
        return inner.invoke(state)

    return engine.StateGraph(Log).add_node(calls).add_edge(engine.START, "calls").compile()


def an_edge_to_the_end_beside_others(engine: Engine) -> Any:
    builder = nodes(engine, "a b c").add_edge("a", "b").add_edge("a", engine.END)
    return builder.add_conditional_edges("b", lambda state: "c", ["c"]).add_edge("b", engine.END).compile()


def a_loop_without_an_end(engine: Engine) -> Any:
    return nodes(engine, "a b c").add_edge("a", "b").add_edge("b", "c").add_edge("c", "a").compile()


def a_plain_edge_beside_a_labelled_one(engine: Engine) -> Any:
    return nodes(engine, "a b").add_edge("a", "b").add_conditional_edges("a", len, {"go": "b"}).compile()


def where_a_run_stops(engine: Engine) -> Any:
    builder = nodes(engine, "a b c d").add_edge("a", "b").add_edge("b", "c").add_edge("c", "d")
    return builder.compile(interrupt_before=["b", "c"], interrupt_after=["c", "d"])


def a_stop_at_every_node(engine: Engine) -> Any:
    return nodes(engine, "a b").add_edge("a", "b").compile(interrupt_before="*")


def stops_inside_a_subgraph(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("sub", where_a_run_stops(engine)).add_edge(engine.START, "sub")
    return builder.compile(interrupt_before=["sub"])


def a_deferred_node(engine: Engine) -> Any:
    builder = engine.StateGraph(Log).add_node("a", logs, defer=True, metadata={"colour": "blue"})
    builder.add_node("b", logs).add_node("c", logs)
    for name in "abc":
        builder.add_edge(engine.START, name)
    return builder.compile(interrupt_after=["a"])


def a_deferred_barrier(engine: Engine) -> Any:
    builder = nodes(engine, "a b c").add_node("d", logs, defer=True)
    return builder.add_edge("a", "b").add_edge("a", "c").add_edge(["a", "b"], "d").compile()


def subgraphs_three_deep(engine: Engine) -> Any:
    inner = subgraphs_two_deep(engine)
    builder = engine.StateGraph(Log).add_node("outer", inner).add_node("z", logs)
    return builder.add_edge(engine.START, "outer").add_edge("outer", "z").compile()


def a_subgraph_with_two_ways_in(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").add_edge(engine.START, "s2").compile()
    builder = engine.StateGraph(Log).add_node("sub", inner).add_node("q", logs)
    return builder.add_edge(engine.START, "sub").add_edge("sub", "q").compile()


def a_subgraph_with_a_node_apart(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").compile()
    builder = engine.StateGraph(Log).add_node("sub", inner).add_node("q", logs)
    return builder.add_edge(engine.START, "sub").add_edge("sub", "q").compile()


def graphs_that_nodes_reach(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").add_edge("s1", "s2").compile()

    class Holder:
        def __init__(self) -> None:
            self.graph = inner

        def method(self, state: Log) -> Any:
            return self.graph.invoke(state)

        def __call__(self, state: Log) -> Any:
            return self.graph.invoke(state)

    holder = Holder()

    async def awaits(state: Log) -> Any:
        return await inner.ainvoke(state)

    def through_an_attribute(state: Log) -> Any:
        return holder.graph.invoke(state)

    builder = nodes(engine, "a")
    for name, action in {
        "lambda": lambda state: inner.invoke(state),
        "awaits": awaits,
        "attribute": through_an_attribute,
        "method": holder.method,
        "instance": holder,
        "chain": RunnableLambda(lambda state: state) | inner,
        "bound": inner.with_config(tags=["tag"]),
        "retried": inner.with_retry(),
        "dict": {"log": inner},
    }.items():
        builder.add_node(name, action).add_edge("a", name)
    return builder.compile()


def functions_as_a_graph(engine: Engine) -> Any:
    @engine.entrypoint()
    def flow(number: int) -> int:
        return number + 1

    return flow


def a_function_that_calls_a_graph(engine: Engine) -> Any:
    inner = nodes(engine, "s1 s2").add_edge("s1", "s2").compile()

    @engine.entrypoint()
    def flow(state: Any) -> Any:
        return inner.invoke(state)

    return flow


GRAPHS: list[Callable[[Engine], Any]] = [
    a_line,
    a_line_to_the_end,
    one_node,
    a_list_edge,
    a_map_with_labels,
    a_map_of_booleans,
    a_map_that_is_a_list,
    two_labels_to_one_node,
    a_literal,
    a_path_that_tells_nothing,
    a_path_that_tells_nothing_beside_an_edge,
    a_loop_on_one_node,
    a_conditional_entry,
    an_annotated_command,
    a_command_that_tells_nothing,
    destinations_by_name,
    destinations_with_labels,
    metadata_of_nodes,
    an_unreachable_node,
    an_unreachable_node_with_an_edge,
    insertion_order_is_not_alphabetical,
    a_named_graph,
    subgraphs_two_deep,
    a_subgraph_with_a_branch,
    two_subgraphs,
    a_graph_that_a_node_calls,
    an_edge_to_the_end_beside_others,
    a_loop_without_an_end,
    a_plain_edge_beside_a_labelled_one,
    where_a_run_stops,
    a_stop_at_every_node,
    stops_inside_a_subgraph,
    a_deferred_node,
    a_deferred_barrier,
    subgraphs_three_deep,
    a_subgraph_with_two_ways_in,
    a_subgraph_with_a_node_apart,
    graphs_that_nodes_reach,
    functions_as_a_graph,
    a_function_that_calls_a_graph,
]


def drawing(graph: Any, xray: bool | int) -> dict[str, Any]:
    """A graph's picture as plain data."""
    drawn = graph.get_graph(xray=xray)
    return {
        "nodes": [(key, node.id, node.name, node.metadata) for key, node in drawn.nodes.items()],
        "edges": [(edge.source, edge.target, edge.data, edge.conditional) for edge in drawn.edges],
        "mermaid": _mermaid(drawn),
    }


def _mermaid(drawn: Any) -> str:
    try:
        return str(drawn.draw_mermaid())
    except ValueError as error:  # langchain-core has no picture of two opened subgraphs of one name.
        return str(error)


@pytest.mark.parametrize("xray", [False, 1, 2, True])
@pytest.mark.parametrize("build", GRAPHS, ids=lambda build: build.__name__)
def test_a_graph_draws_the_same(build: Callable[[Engine], Any], xray: bool | int) -> None:
    assert drawing(build(OURS), xray) == drawing(build(ORACLE), xray)


@pytest.mark.parametrize("xray", [False, True])
@pytest.mark.parametrize("name", examples.NAMES)
def test_an_example_draws_the_same(name: str, xray: bool) -> None:
    ours, theirs = (examples.load(name, engine).graph for engine in (OURS, ORACLE))
    assert drawing(ours, xray) == drawing(theirs, xray)


LISTED = [subgraphs_three_deep, two_subgraphs, a_graph_that_a_node_calls, graphs_that_nodes_reach, one_node]
NAMESPACES = [
    None,
    "outer",
    "outer|middle",
    "outer|middle|inner",
    "outer|other",
    "z",
    "two",
    "calls",
    "method",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("recurse", [False, True])
@pytest.mark.parametrize("build", LISTED, ids=lambda build: build.__name__)
def test_a_graph_lists_its_subgraphs(
    build: Callable[[Engine], Any], recurse: bool, namespace: str | None
) -> None:
    def names(graph: Any) -> list[str]:
        return [name for name, _ in graph.get_subgraphs(namespace=namespace, recurse=recurse)]

    async def anames(graph: Any) -> list[str]:
        return [name async for name, _ in graph.aget_subgraphs(namespace=namespace, recurse=recurse)]

    ours, theirs = build(OURS), build(ORACLE)
    assert names(ours) == names(theirs)
    assert asyncio.run(anames(ours)) == asyncio.run(anames(theirs))


@pytest.mark.parametrize("build", [subgraphs_three_deep, graphs_that_nodes_reach, a_map_with_labels])
def test_a_picture_becomes_json_alike(build: Callable[[Engine], Any]) -> None:
    def shape(engine: Engine) -> Any:
        found = build(engine).get_graph(xray=True).to_json()
        return [(node["id"], node.get("metadata")) for node in found["nodes"]], found["edges"]

    assert shape(OURS) == shape(ORACLE)


def test_a_picture_is_drawn_for_async_callers_too() -> None:
    graph = subgraphs_two_deep(OURS)
    drawn = asyncio.run(graph.aget_graph(xray=True))
    assert list(drawn.nodes) == list(graph.get_graph(xray=True).nodes)
