"""`version="v2"`: parts of a stream and the whole output, with interrupts and checkpoints."""

from __future__ import annotations

import asyncio
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.kit.answers import Questions, answer
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict

MODES = ["values", "updates", "checkpoints", "tasks", "debug", "custom", "messages"]
THREAD = {"configurable": {"thread_id": "1"}}
INPUT = {"a": "x", "log": ["in"]}


class Plain(TypedDict):
    a: str
    log: Annotated[list[Any], operator.add]


class Model(BaseModel):
    a: str = "default"
    log: Annotated[list[Any], operator.add] = []


class LogModel(BaseModel):
    log: list[Any] = []


@dataclass
class Data:
    a: str = "default"
    log: Annotated[list[Any], operator.add] = field(default_factory=list)


def graph(
    engine: Engine, schema: Any = Plain, output: Any = None, *, asks: bool = False, **options: Any
) -> Any:
    def one(state: Any) -> Any:
        return {"log": ["one"]}

    def two(state: Any) -> Any:
        return {"log": [engine.interrupt("go on?") if asks else "two"]}

    builder = engine.StateGraph(schema, output_schema=output)
    builder.add_node(one).add_node(two).add_edge(engine.START, "one").add_edge("one", "two")
    return builder.compile(**options)


def saved(engine: Engine, *args: Any, **options: Any) -> Any:
    return graph(engine, *args, checkpointer=InMemorySaver(), **options)


def nested(engine: Engine, outer: Any, inner: Any, **options: Any) -> Any:
    sub = engine.StateGraph(inner).add_node("s", lambda state: {"a": "sub"}).add_edge(engine.START, "s")
    builder = engine.StateGraph(outer).add_node("n", sub.compile()).add_edge(engine.START, "n")
    return builder.compile(**options)


def parts(asked: Any, input: Any = INPUT, config: Any = THREAD, **options: Any) -> list[Any]:
    return list(asked.stream(input, config, version="v2", **options))


def asynchronous(asked: Any, input: Any = INPUT, config: Any = THREAD, **options: Any) -> list[Any]:
    async def gather() -> list[Any]:
        return [part async for part in asked.astream(input, config, version="v2", **options)]

    return asyncio.run(gather())


SCHEMAS = {
    "a TypedDict": (Plain, None),
    "a model": (Model, None),
    "a model with less to give": (Model, LogModel),
    "a dataclass": (Data, None),
    "a TypedDict that gives a model": (Plain, LogModel),
}
asked = Questions()
for _name, (_state, _output) in SCHEMAS.items():
    for _asks in (False, True):
        _what = f"{_name} that asks" if _asks else _name
        _args = {"schema": _state, "output": _output, "asks": _asks}
        asked[f"every mode of {_what}"] = lambda e, a=_args: parts(saved(e, **a), stream_mode=MODES)
        asked[f"every mode of {_what}, async"] = lambda e, a=_args: asynchronous(
            saved(e, **a), stream_mode=MODES
        )
        asked[f"values of {_what}"] = lambda e, a=_args: parts(saved(e, **a), stream_mode="values")
        asked[f"the output of {_what}"] = lambda e, a=_args: saved(e, **a).invoke(INPUT, THREAD, version="v2")
        asked[f"the output of {_what} by keys"] = lambda e, a=_args: saved(e, **a).invoke(
            INPUT, THREAD, version="v2", output_keys=["log"]
        )
        asked[f"chunks of {_what} from invoke"] = lambda e, a=_args: saved(e, **a).invoke(
            INPUT, THREAD, version="v2", stream_mode=["updates", "values"]
        )


@asked
def parts_without_a_saver(engine: Engine) -> Any:
    return parts(graph(engine, Model), config=None, stream_mode=MODES)


@asked
def some_output_keys(engine: Engine) -> Any:
    return parts(graph(engine, Model), stream_mode=["values", "updates", "debug"], output_keys=["log"])


@asked
def one_output_key(engine: Engine) -> Any:
    return parts(graph(engine, Model), stream_mode=["values", "updates"], output_keys="log")


@asked
def a_static_breakpoint(engine: Engine) -> Any:
    graph = saved(engine, Model)
    return parts(graph, stream_mode=["values", "updates"], interrupt_before=["two"])


@asked
def the_output_at_a_static_breakpoint(engine: Engine) -> Any:
    return saved(engine, Model).invoke(INPUT, THREAD, interrupt_after="*", version="v2")


@asked
def subgraphs_with_models(engine: Engine) -> Any:
    return [
        parts(nested(engine, outer, inner), stream_mode=["values", "updates"], subgraphs=True)
        for outer in (Plain, Model, Data)
        for inner in (Plain, Model)
    ]


@asked
def checkpoints_of_subgraphs(engine: Engine) -> Any:
    graph = nested(engine, Model, Model, checkpointer=InMemorySaver())
    return parts(graph, stream_mode=["checkpoints", "values", "debug"], subgraphs=True)


@asked
def subgraphs_that_are_not_asked_for(engine: Engine) -> Any:
    return parts(nested(engine, Plain, Model), stream_mode=["values", "updates"])


def asking_sub(engine: Engine) -> Any:
    inner = engine.StateGraph(Model).add_node("ask", lambda state: {"a": engine.interrupt("q")})
    builder = engine.StateGraph(Model).add_node("sub", inner.add_edge(engine.START, "ask").compile())
    return builder.add_edge(engine.START, "sub").compile(checkpointer=InMemorySaver())


@asked
def a_subgraph_that_asks(engine: Engine) -> Any:
    return parts(asking_sub(engine), stream_mode=MODES, subgraphs=True)


@asked
def a_subgraph_that_is_answered(engine: Engine) -> Any:
    graph = asking_sub(engine)
    graph.invoke(INPUT, THREAD)
    return parts(graph, engine.Command(resume="yes"), stream_mode=MODES, subgraphs=True)


@asked
def a_graph_whose_parts_a_node_gathers(engine: Engine) -> Any:
    inner = graph(engine, Model)

    def gathers(state: Any) -> Any:
        return {"log": [parts(inner, config=None, stream_mode=["values", "custom"])]}

    outer = engine.StateGraph(Plain).add_node("g", gathers).add_edge(engine.START, "g").compile()
    return [
        list(outer.stream(INPUT, stream_mode=["updates", "values"], subgraphs=subgraphs, version=version))
        for subgraphs in (False, True)
        for version in ("v1", "v2")
    ]


@asked
def a_graph_whose_output_a_node_takes(engine: Engine) -> Any:
    inner = graph(engine, Model)
    outer = engine.StateGraph(Plain).add_node("o", lambda state: {"log": [inner.invoke(state, version="v2")]})
    return parts(outer.add_edge(engine.START, "o").compile(), stream_mode=["updates", "values"])


@asked
def a_state_that_is_a_bare_value(engine: Engine) -> Any:
    builder = engine.StateGraph(Annotated[list, operator.add]).add_node("n", lambda state: [1])
    bare = builder.add_edge(engine.START, "n").compile()
    return bare.invoke([0], version="v2"), parts(bare, [0], None, stream_mode=["values", "updates"])


@asked
def the_output_of_a_run_that_writes_nothing(engine: Engine) -> Any:
    builder = engine.StateGraph(TypedDict("Q", {"x": int})).add_node("n", lambda state: None)
    silent = builder.add_edge(engine.START, "n").compile()
    return [
        silent.invoke({}, version="v2", **o) for o in ({}, {"stream_mode": "updates"}, {"stream_mode": []})
    ]


@asked
def a_model_that_the_state_does_not_satisfy(engine: Engine) -> Any:
    class Number(BaseModel):
        a: int

    return graph(engine, Plain, Number).invoke(INPUT, version="v2")


READINGS: list[Callable[[Any], Any]] = [
    lambda output: output["a"],
    lambda output: output["__interrupt__"],
    lambda output: output["z"],
    lambda output: "log" in output,
    lambda output: "__interrupt__" in output,
    lambda output: "z" in output,
]


@asked
def reading_an_output_like_a_dict(engine: Engine) -> Any:
    return [
        _read(saved(engine, schema, asks=asks).invoke(INPUT, THREAD, version="v2"), reading)
        for schema in (Plain, Model, Data)
        for asks in (False, True)
        for reading in READINGS
    ]


def _read(output: Any, reading: Callable[[Any], Any]) -> Any:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = reading(output)
        except KeyError as error:
            found = error.args
    (warned,) = caught
    said: Any = warned.message
    return found, type(said).__name__, said.since, said.expected_removal, warned.filename == __file__


@pytest.mark.parametrize("question", asked)
def test_both_engines_give_the_same_parts(question: str) -> None:
    if not CARRIES_CONTEXT and question.endswith("asks, async"):
        pytest.skip("LangGraph's async runs lose interrupts before Python 3.11")
    ours, theirs = (answer(asked[question], engine) for engine in (OURS, ORACLE))
    assert ours == theirs
    # Equal dicts may still print differently, and the printed line is what people compare.
    assert repr(ours) == repr(theirs)
