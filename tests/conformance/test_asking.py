"""How a stream is asked for: modes, keys and subgraphs in every combination, by stream() and by invoke()."""

from __future__ import annotations

import asyncio
import operator
from itertools import product
from typing import Annotated, Any

import pytest
from tests.kit.answers import Questions, answer
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict

INPUT: dict[str, Any] = {"a": "x", "log": ["in"]}


class State(TypedDict):
    a: str
    log: Annotated[list[Any], operator.add]


class Output(TypedDict):
    a: str


class Private(TypedDict):
    secret: str


def sub(engine: Engine) -> Any:
    builder = engine.StateGraph(State).add_node("s", lambda state: {"a": "sub", "log": ["s"]})
    return builder.add_edge(engine.START, "s").compile()


def graph(engine: Engine, **options: Any) -> Any:
    """Nodes that write a key, none, a private one, one twice; and a subgraph."""

    def one(state: State) -> Any:
        return {"log": ["one"]}

    def hides(state: State) -> Any:
        return {"secret": "s"}

    def peeks(state: Private) -> Any:
        return [engine.Command(update={"log": ["p1"]}), engine.Command(update={"log": ["p2"], "a": "p"})]

    builder = engine.StateGraph(State, output_schema=Output)
    builder.add_node(one).add_node("silent", lambda state: None).add_node(hides).add_node(peeks)
    builder.add_node("sub", sub(engine))
    names = ["one", "silent", "hides", "peeks", "sub"]
    for source, target in zip([engine.START, *names], names, strict=False):
        builder.add_edge(source, target)
    return builder.compile(**options)


asked = Questions()

MODES: list[Any] = ["values", "updates", "tasks", ["values"], ["updates", "values"], []]
KEYS: list[Any] = [None, "log", "a", ["log"], ["a", "log"], ["log", "a"], ["secret"], "secret", [], ["a"] * 2]
VERSIONS = ["v1", "v2"]


def both(engine: Engine, **options: Any) -> Any:
    """What stream() yields and what invoke() returns for it."""
    graph_ = graph(engine)
    return list(graph_.stream(INPUT, **options)), graph_.invoke(INPUT, **options)


for _mode, _keys in product(MODES, KEYS):
    asked[f"{_mode} of {_keys}"] = lambda e, m=_mode, k=_keys: both(e, stream_mode=m, output_keys=k)
for _mode, _subgraphs, _version in product(MODES, [False, True], VERSIONS):
    asked[f"{_mode}, subgraphs {_subgraphs}, {_version}"] = lambda e, m=_mode, s=_subgraphs, v=_version: both(
        e, stream_mode=m, subgraphs=s, version=v
    )


@asked
def keys_that_do_not_exist(engine: Engine) -> Any:
    return graph(engine).invoke(INPUT, output_keys=["b"])


@asked
def the_attributes_of_a_graph(engine: Engine) -> Any:
    made = graph(engine)
    names = ("stream_mode", "stream_eager", "step_timeout", "store", "cache", "checkpointer", "name", "debug")
    return {name: getattr(made, name) for name in names}


@asked
def a_graph_whose_mode_was_set(engine: Engine) -> Any:
    made = graph(engine)
    found = []
    for mode in ("values", ["values", "custom"], "updates"):
        made.stream_mode = mode
        found.append((list(made.stream(INPUT)), made.invoke(INPUT)))
    return found


@asked
def a_copy_whose_mode_was_set(engine: Engine) -> Any:
    made = graph(engine)
    return list(made.copy({"stream_mode": "values"}).stream(INPUT)), list(made.stream(INPUT))


@asked
def an_eager_graph(engine: Engine) -> Any:
    made = graph(engine)
    made.stream_eager = True
    return list(made.stream(INPUT, stream_mode=["values", "updates"])), made.invoke(INPUT)


@asked
def the_mode_of_a_graph_that_a_node_streams(engine: Engine) -> Any:
    inner = graph(engine)

    def bare(state: State) -> Any:
        return {"log": list(inner.stream(state))}

    def configured(state: State, config) -> Any:  # type: ignore[no-untyped-def]
        return {"log": list(inner.stream(state, config))}

    found = []
    for mode in ("updates", "tasks"):
        inner.stream_mode = mode
        for node in (bare, configured):
            outer = engine.StateGraph(State).add_node("n", node).add_edge(engine.START, "n").compile()
            found.append(outer.invoke(INPUT)["log"])
    return found


@asked
def ainvoke_in_every_mode(engine: Engine) -> Any:
    async def ask(**options: Any) -> Any:
        return await graph(engine).ainvoke(INPUT, **options)

    return [
        asyncio.run(ask(stream_mode=mode, output_keys=keys, version=version))
        for mode, keys, version in product(MODES, [None, "log", ["log"]], VERSIONS)
    ]


@asked
def astream_in_every_mode(engine: Engine) -> Any:
    async def ask(**options: Any) -> Any:
        return [chunk async for chunk in graph(engine).astream(INPUT, **options)]

    return [
        asyncio.run(ask(stream_mode=mode, subgraphs=subgraphs, version=version))
        for mode, subgraphs, version in product(MODES, [False, True], VERSIONS)
    ]


@pytest.mark.parametrize("question", asked)
def test_both_engines_give_what_is_asked_for(question: str) -> None:
    ours, theirs = (answer(asked[question], engine) for engine in (OURS, ORACLE))
    assert ours == theirs
    assert repr(ours) == repr(theirs)
