"""What is refused while a graph is built, or when it is asked for the impossible: the same type of error."""

import operator
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict


class State(TypedDict):
    x: str
    log: Annotated[list[Any], operator.add]


def n(state: State) -> Any:
    return {"log": ["n"]}


def m(state: State) -> Any:
    return {"log": ["m"]}


def builder(engine: Engine) -> Any:
    return engine.StateGraph(State).add_node(n)


def started(engine: Engine) -> Any:
    return builder(engine).add_edge(engine.START, "n")


def takes_three(a: Any, b: Any, c: Any) -> Any:
    return a


class OddReducer(TypedDict):
    x: Annotated[list, takes_three]


class Reduced(TypedDict):
    x: Annotated[list, operator.add]


class ReducedOtherwise(TypedDict):
    x: Annotated[list, operator.iadd]


class Plain(TypedDict):
    x: list


def managed(engine: Engine) -> Any:
    class Managed(TypedDict):
        x: str
        left: engine.RemainingSteps  # type: ignore[name-defined]

    return engine.StateGraph(State, input_schema=Managed)


REFUSED: dict[str, Callable[[Engine], Any]] = {
    "no edge from START": lambda e: builder(e).compile(),
    "edge from an unknown node": lambda e: started(e).add_edge("nowhere", "n").compile(),
    "edge to an unknown node": lambda e: started(e).add_edge("n", "nowhere").compile(),
    "END as a source": lambda e: builder(e).add_edge(e.END, "n"),
    "START as a target": lambda e: builder(e).add_edge("n", e.START),
    "a node added twice": lambda e: builder(e).add_node(n),
    "a node called START": lambda e: builder(e).add_node(e.START, m),
    "a node called END": lambda e: builder(e).add_node(e.END, m),
    "a bar in a name": lambda e: builder(e).add_node("a|b", m),
    "a colon in a name": lambda e: builder(e).add_node("a:b", m),
    "a name without a function": lambda e: builder(e).add_node("a"),
    "a node that is a number": lambda e: builder(e).add_node("a", 5),
    "an unknown source in a list": lambda e: builder(e).add_edge(["n", "nowhere"], "n"),
    "an unknown target of a list": lambda e: builder(e).add_edge(["n"], "nowhere"),
    "START in a list": lambda e: builder(e).add_edge([e.START], "n"),
    "a path added twice": lambda e: builder(e).add_conditional_edges("n", m).add_conditional_edges("n", m),
    "two lambdas as paths": lambda e: (
        builder(e).add_conditional_edges("n", lambda s: e.END).add_conditional_edges("n", lambda s: e.END)
    ),
    "paths from an unknown node": lambda e: started(e).add_conditional_edges("nowhere", m).compile(),
    "a map to an unknown node": lambda e: (
        started(e).add_conditional_edges("n", m, {"a": "nowhere"}).compile()
    ),
    "an empty sequence": lambda e: builder(e).add_sequence([]),
    "a sequence that repeats a node": lambda e: e.StateGraph(State).add_sequence([m, m]),
    "a reducer of three": lambda e: e.StateGraph(OddReducer),
    "two reducers of one key": lambda e: e.StateGraph(Reduced, input_schema=ReducedOtherwise),
    "a reducer after a plain key": lambda e: e.StateGraph(Plain, input_schema=Reduced),
    "a managed value as input": managed,
    "an unknown node to stop before": lambda e: started(e).compile(interrupt_before=["nowhere"]),
    "an unknown node to stop after": lambda e: started(e).compile(interrupt_after=["nowhere"]),
    "a writer outside a run": lambda e: e.get_stream_writer(),
    "a config outside a run": lambda e: e.get_config(),
    "a store outside a run": lambda e: e.get_store(),
}


def refusal(attempt: Callable[[Engine], Any], engine: Engine) -> list[str]:
    """The names of the error's classes, which are what an `except` sees."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which error it is, is what is compared
        attempt(engine)
    return [kind.__name__ for kind in type(caught.value).__mro__]


@pytest.mark.parametrize("label", REFUSED)
def test_the_same_error_refuses(label: str) -> None:
    ours, theirs = (refusal(REFUSED[label], engine) for engine in (OURS, ORACLE))
    # Ours may be a subclass with more to tell; whoever catches LangGraph's type catches it too.
    assert set(theirs) <= set(ours)


ALLOWED: dict[str, Callable[[Engine], Any]] = {
    "a node that leads nowhere": started,
    "an unreachable node": lambda e: started(e).add_node(m),
    "an unreachable node with an edge": lambda e: started(e).add_node(m).add_edge("m", e.END),
    "a list edge to END": lambda e: started(e).add_edge(["n"], e.END),
    "an edge before its node": lambda e: e.StateGraph(State).add_edge(e.START, "m").add_node(m),
    "a plain key after a reducer": lambda e: (
        e.StateGraph(Reduced, input_schema=Plain).add_node("m", m).add_edge(e.START, "m")
    ),
}


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
@pytest.mark.parametrize("label", ALLOWED)
def test_what_looks_odd_is_allowed(label: str, engine: Engine) -> None:
    assert ALLOWED[label](engine).compile().get_graph().nodes


ERRORS = ["InvalidUpdateError", "GraphRecursionError", "EmptyInputError", "ParentCommand"]


@pytest.mark.parametrize("name", ERRORS)
def test_the_errors_have_the_same_bases(name: str) -> None:
    ours, theirs = ([base.__name__ for base in getattr(engine, name).__mro__] for engine in (OURS, ORACLE))
    assert set(theirs) <= set(ours)
