"""Graphs draw the same: nodes, edges, conditional flags and labels, folded and opened."""

import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
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
]


def drawing(graph: Any, xray: bool | int) -> dict[str, Any]:
    """A graph's picture as plain data."""
    drawn = graph.get_graph(xray=xray)
    return {
        "nodes": [(key, node.id, node.name, node.metadata) for key, node in drawn.nodes.items()],
        "edges": [(edge.source, edge.target, edge.data, edge.conditional) for edge in drawn.edges],
        "mermaid": drawn.draw_mermaid(),
    }


@pytest.mark.parametrize("xray", [False, 1, True])
@pytest.mark.parametrize("build", GRAPHS, ids=lambda build: build.__name__)
def test_a_graph_draws_the_same(build: Callable[[Engine], Any], xray: bool | int) -> None:
    assert drawing(build(OURS), xray) == drawing(build(ORACLE), xray)


@pytest.mark.parametrize("xray", [False, True])
@pytest.mark.parametrize("name", examples.NAMES)
def test_an_example_draws_the_same(name: str, xray: bool) -> None:
    ours, theirs = (examples.load(name, engine).graph for engine in (OURS, ORACLE))
    assert drawing(ours, xray) == drawing(theirs, xray)


def test_a_graph_lists_its_subgraphs() -> None:
    ours, theirs = (subgraphs_two_deep(engine) for engine in (OURS, ORACLE))
    for recurse in (False, True):
        names = [name for name, _ in ours.get_subgraphs(recurse=recurse)]
        assert names == [name for name, _ in theirs.get_subgraphs(recurse=recurse)]
        assert names
