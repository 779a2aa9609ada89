"""`print_mode` and `debug=True` print the same lines at the same moments; what is yielded stays as it is."""

from __future__ import annotations

import asyncio
import operator
import re
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from langchain_core.messages import AIMessage
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.kit.answers import Questions
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber
from typing_extensions import TypedDict

TIME = re.compile(r"'\d{4}-\d\d-\d\dT[^']+'")
INPUT: dict[str, Any] = {"a": "x", "log": []}


StreamWriter = Callable[[Any], None]
"""What both engines' StreamWriter stands for."""


class State(TypedDict):
    a: str
    log: Annotated[list[Any], operator.add]


def graph(engine: Engine, **options: Any) -> Any:
    """A node that writes, and a subgraph whose node writes."""

    def inner(state: State, writer: StreamWriter) -> Any:
        writer("inside")
        return {"a": "inner"}

    def one(state: State, writer: StreamWriter) -> Any:
        writer({"outside": "a\nb"})
        return {"log": ["one"]}

    sub = engine.StateGraph(State).add_node("i", inner).add_edge(engine.START, "i").compile()
    builder = engine.StateGraph(State).add_node("one", one).add_node("sub", sub)
    return builder.add_edge(engine.START, "one").add_edge("one", "sub").compile(**options)


def shown(asked: Any, **options: Any) -> None:
    """Print what is yielded, among what the run prints by itself."""
    for chunk in asked.stream(INPUT, **options):
        print("yields", chunk)


def ashown(asked: Any, **options: Any) -> None:
    async def show() -> None:
        async for chunk in asked.astream(INPUT, **options):
            print("yields", chunk)

    asyncio.run(show())


asked = Questions()
OPTIONS: dict[str, dict[str, Any]] = {
    "the mode that is yielded": {"print_mode": "updates"},
    "another mode": {"print_mode": "values"},
    "modes": {"print_mode": ["values", "custom"]},
    "modes in a tuple": {"print_mode": ("values", "tasks")},
    "debug events": {"print_mode": "debug", "stream_mode": "values"},
    "more than is yielded": {"print_mode": ["values", "tasks"], "stream_mode": ["updates", "custom"]},
    "parts": {"print_mode": ["values", "custom"], "version": "v2"},
    "what debug shows": {"debug": True},
    "what debug shows beside other modes": {"debug": True, "stream_mode": "values", "print_mode": "custom"},
}
for _label, _options in OPTIONS.items():
    asked[f"prints {_label}"] = lambda e, o=_options: shown(graph(e), **o)
    asked[f"prints {_label} of subgraphs"] = lambda e, o=_options: shown(graph(e), subgraphs=True, **o)
    asked[f"prints {_label}, async"] = lambda e, o=_options: ashown(graph(e), **o)
    asked[f"prints {_label} while it is invoked"] = lambda e, o=_options: print(
        graph(e).invoke(INPUT, **({"stream_mode": "values"} | o))
    )
    asked[f"prints {_label} while it is awaited"] = lambda e, o=_options: print(
        asyncio.run(graph(e).ainvoke(INPUT, **({"stream_mode": "values"} | o)))
    )


@asked
def a_graph_compiled_for_debugging(engine: Engine) -> None:
    shown(graph(engine, debug=True))
    shown(graph(engine, debug=True), debug=False)
    print(graph(engine, debug=True).invoke(INPUT), graph(engine, debug=True).debug)


@asked
def a_graph_called_in_a_node(engine: Engine) -> None:
    inner = graph(engine)

    def calls(state: State) -> None:
        inner.invoke(state, print_mode="updates")
        list(inner.stream(state, print_mode="values", subgraphs=True))

    outer = engine.StateGraph(State).add_node("calls", calls).add_edge(engine.START, "calls").compile()
    shown(outer, print_mode="updates")


@asked
def messages(engine: Engine) -> None:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("says", lambda state: {"messages": [AIMessage("x", id="1")]})
    builder.add_edge(engine.START, "says").compile().invoke({"messages": []}, print_mode="messages")


@asked
def a_run_that_fails(engine: Engine) -> None:
    def fails(state: State) -> None:
        raise ValueError("boom")

    builder = engine.StateGraph(State).add_node("one", lambda state: {"a": "y"}).add_node("fails", fails)
    failing = builder.add_edge(engine.START, "one").add_edge("one", "fails").compile()
    try:
        shown(failing, debug=True)
    except ValueError as error:
        print(error)


@pytest.mark.parametrize("question", asked)
def test_both_engines_print_the_same(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not CARRIES_CONTEXT and question.endswith(("async", "awaited")):
        pytest.skip("LangGraph's async runs lose the writer before Python 3.11")
    printed = []
    for engine in (OURS, ORACLE):
        asked[question](engine)
        scrub = Scrubber()
        printed.append([scrub(line) for line in _without_times(capsys.readouterr().out).splitlines()])
    ours, theirs = printed
    assert ours == theirs
    assert ours


def _without_times(text: str) -> str:
    return TIME.sub("'a time'", text)
