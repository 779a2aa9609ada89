"""Building a graph, and what is refused while it is built: where, what, and what to do instead."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import TypedDict

from stepgraph.errors import InvalidGraph, StepgraphError, UnknownNode
from stepgraph.graph import END, START, StateGraph
from stepgraph.types import Command


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


Graph = StateGraph[State]


def write(state: State) -> State:
    return {"log": ["write"]}


def read(state: State) -> State:
    return {"log": ["read"]}


def new() -> Graph:
    return StateGraph(State).add_node(write).add_node(read)


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no way in": (lambda: new().compile(), InvalidGraph, r"entrypoint: .*add_edge\(START, 'write'\)"),
    "an edge from nowhere": (
        lambda: new().add_edge(START, "write").add_edge("writr", "read").compile(),
        UnknownNode,
        r"Edge 'writr' -> 'read' names 'writr', but there is no such node. Did you mean 'write'\?",
    ),
    "an edge to nowhere": (
        lambda: new().add_edge(START, "writr").compile(),
        UnknownNode,
        r"Edge START -> 'writr' names 'writr', .* Did you mean 'write'\?",
    ),
    "an edge to END in quotes": (
        lambda: new().add_edge(START, "write").add_edge("write", "END").compile(),
        UnknownNode,
        r"names 'END', .* Write END without quotes: from stepgraph.graph import END\.",
    ),
    "an edge from START in quotes": (
        lambda: new().add_edge("start", "write").compile(),
        UnknownNode,
        r"names 'start', .* Write START without quotes",
    ),
    "a breakpoint nowhere, to validate": (
        lambda: new().add_edge(START, "write").validate(["writr"]),
        UnknownNode,
        r"validate\(interrupt=...\) names 'writr', .* Did you mean 'write'\?",
    ),
    "a breakpoint nowhere, in a call": (
        lambda: new().add_edge(START, "write").compile().invoke({}, interrupt_before=["writr"]),
        UnknownNode,
        r"interrupt_before= names 'writr', .* Did you mean 'write'\?",
    ),
    "a durability that is none": (
        lambda: new().add_edge(START, "write").compile().invoke({}, durability="synk"),
        ValueError,
        r"durability 'synk' does not exist. Did you mean 'sync'\?",
    ),
    "a saver's class": (
        lambda: new().add_edge(START, "write").compile(checkpointer=InMemorySaver),
        TypeError,
        r"The checkpointer is a class. .*: InMemorySaver\(...\)",
    ),
    "a path to nowhere": (
        lambda: new().add_conditional_edges(START, read, {"x": "nope"}).compile(),
        UnknownNode,
        r"The path 'read' of node START names 'nope', .* Nodes: 'write', 'read'\.",
    ),
    "a path from nowhere": (
        lambda: new().add_edge(START, "read").add_conditional_edges("red", read).compile(),
        UnknownNode,
        r"Did you mean 'read'\?",
    ),
    "a destination nowhere": (
        lambda: new().add_edge(START, "read").add_node("c", read, destinations=("raed",)).compile(),
        UnknownNode,
        r"A destination of node 'c' names 'raed'",
    ),
    "END leads on": (lambda: new().add_edge(END, "read"), InvalidGraph, "END cannot be a start node"),
    "back to START": (lambda: new().add_edge("read", START), InvalidGraph, "START cannot be an end node"),
    "one name twice": (lambda: new().add_node(read), InvalidGraph, "Node 'read' already present"),
    "a reserved name": (lambda: new().add_node(END, read), InvalidGraph, "Node '__end__' is reserved"),
    "a bar in a name": (lambda: new().add_node("a|b", read), InvalidGraph, r"'\|' in its name"),
    "a colon in a name": (lambda: new().add_node("a:b", read), InvalidGraph, "':' in its name"),
    "a name alone": (lambda: new().add_node("c"), RuntimeError, r"Write add_node\('c', function\)"),
    "a number": (lambda: new().add_node("c", 5), TypeError, "Node 'c' is a int, which cannot be called"),
    "a number alone": (lambda: new().add_node(5), TypeError, "a int cannot be called"),
    "a list with a stranger": (
        lambda: new().add_edge(["read", "wirte"], "write"),
        UnknownNode,
        r"\['read', 'wirte'\] -> 'write' names 'wirte', .* Did you mean 'write'\?",
    ),
    "a list with START": (lambda: new().add_edge([START], "read"), UnknownNode, "START cannot be waited for"),
    "a path twice": (
        lambda: new().add_conditional_edges("read", write).add_conditional_edges("read", write),
        InvalidGraph,
        "Branch with name 'write' already exists for node 'read'",
    ),
    "two lambdas": (
        lambda: (
            new()
            .add_conditional_edges("read", lambda state: END)
            .add_conditional_edges("read", lambda state: END)
        ),
        InvalidGraph,
        "Branch with name 'condition' already exists",
    ),
    "an empty sequence": (lambda: new().add_sequence([]), InvalidGraph, "at least one node"),
    "one node twice in a sequence": (
        lambda: StateGraph(State).add_sequence([read, read]),
        InvalidGraph,
        "already present",
    ),
    "no saver": (
        lambda: new().add_edge(START, "read").compile(checkpointer="x"),
        TypeError,
        "checkpointer cannot be a str.*Give a saver",
    ),
    "a breakpoint nowhere": (
        lambda: new().add_edge(START, "read").compile(interrupt_after=["rea"]),
        UnknownNode,
        r"Did you mean 'read'\?",
    ),
    "a retry policy": (
        lambda: new().add_node("c", read, retry_policy=object()),  # type: ignore[arg-type]
        TypeError,
        "not a RetryPolicy",
    ),
}


@pytest.mark.parametrize(("build", "error", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused_with_a_reason(
    build: Callable[[], Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        build()


def test_refusals_are_value_errors_and_the_engines_own() -> None:
    with pytest.raises(UnknownNode) as caught:
        new().add_edge(START, "writr").compile()
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, StepgraphError)
    assert (caught.value.name, caught.value.known) == ("writr", ("write", "read"))


def test_checkpointer_none_and_false_are_fine() -> None:
    for none in (None, False):
        assert new().add_edge(START, "read").compile(checkpointer=none).invoke({"log": []}) == {
            "log": ["read"]
        }


class Callable_:
    def __call__(self, state: State) -> State:
        return {"log": ["called"]}

    def method(self, state: State) -> State:
        return {"log": ["method"]}


def with_word(state: State, word: str) -> State:
    return {"log": [word]}


async def later(state: State) -> State:
    return {"log": ["later"]}


def generated(state: State) -> Any:
    yield {"log": ["first"]}
    yield {"log": ["second"]}


async def generated_later(state: State) -> Any:
    yield {"log": ["first"]}
    yield {"log": ["second"]}


inner = StateGraph(State).add_node(write).add_edge(START, "write").compile(name="Inner")


@pytest.mark.parametrize(
    ("action", "name", "wrote"),
    [
        (write, "write", "write"),
        (later, "later", "later"),
        (Callable_(), "Callable_", "called"),
        (Callable_().method, "method", "method"),
        (functools.partial(with_word, word="partial"), "partial", "partial"),
        (RunnableLambda(write, name="Run"), "Run", "write"),
        (inner, "Inner", "write"),
        (generated, "generated", "second"),
        (generated_later, "generated_later", "second"),
    ],
)
async def test_whatever_can_be_called_can_be_a_node(action: Any, name: str, wrote: str) -> None:
    graph = StateGraph(State).add_node(action)
    assert list(graph.nodes) == [name]
    assert await graph.add_edge(START, name).compile().ainvoke({"log": []}) == {"log": [wrote]}


def test_a_dict_of_runnables_is_a_node() -> None:
    graph = StateGraph(State).add_node("both", {"log": lambda state: ["mapped"]}).add_edge(START, "both")
    assert graph.compile().invoke({"log": []}) == {"log": ["mapped"]}


def test_a_sequence_is_nodes_and_the_edges_between_them() -> None:
    graph = StateGraph(State).add_sequence([read, ("again", read)]).set_entry_point("read")
    assert graph.edges == {("read", "again"), (START, "read")}


def test_entry_and_finish_points_are_edges() -> None:
    graph = new().set_conditional_entry_point(lambda state: "read", ["read"]).set_finish_point("read")
    assert list(graph.compile().stream({"log": []})) == [{"read": {"log": ["read"]}}]


def test_what_is_added_later_does_not_change_a_compiled_graph() -> None:
    graph = new().add_edge(START, "write")
    compiled = graph.compile()
    graph.add_edge("write", "read")
    assert compiled.invoke({"log": []}) == {"log": ["write"]}


def test_a_bare_value_can_be_the_state() -> None:
    graph = StateGraph(int).add_node("add", lambda n: n + 1).add_edge(START, "add").compile()
    assert graph.invoke(3) == 4
    assert list(graph.stream(3)) == [{"add": 4}]


def test_commands_may_say_in_their_annotation_where_they_lead() -> None:
    def choose(state: State) -> Command[Literal["read", "__end__"]]:
        return Command(goto="read")

    choose.__annotations__["return"] = Command[Literal["read", "__end__"]]
    graph = new().add_node(choose).add_edge(START, "choose").compile()
    edges = {(edge.source, edge.target) for edge in graph.get_graph().edges}
    assert {("choose", "read"), ("choose", END)} <= edges
