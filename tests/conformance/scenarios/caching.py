"""Cached nodes: what a second run streams when results of the first are known."""

import asyncio
import contextlib
import operator
from typing import Annotated, Any

from langchain_core.messages import AIMessage
from langgraph.cache.memory import InMemoryCache
from tests.conformance.scenario import async_scenario, racing_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Two(TypedDict, total=False):
    a: int
    b: int


def warm(graph: Any, input: Any) -> Case:
    """A graph that has run once on this input."""
    graph.invoke(input)
    return Case(graph, input)


def cached(engine: Engine, node: Any, schema: Any = Log, **policy: Any) -> Any:
    """Node n, which is cached, then m."""
    builder = engine.StateGraph(schema).add_node("n", node, cache_policy=engine.CachePolicy(**policy))
    builder.add_node("m", lambda state: None).add_edge(engine.START, "n").add_edge("n", "m")
    return builder.compile(cache=InMemoryCache())


@scenario
def a_node_runs_once_for_one_input(engine: Engine) -> Case:
    def node(state: Log) -> Log:
        engine.get_stream_writer()("running")
        return {"log": ["n"]}

    return warm(cached(engine, node), {"log": ["in"]})


@scenario
def a_node_runs_again_for_another_input(engine: Engine) -> Case:
    graph = cached(engine, lambda state: {"log": ["n"]})
    graph.invoke({"log": ["one"]})
    return Case(graph, {"log": ["two"]})


@async_scenario
def an_async_node_runs_once_for_one_input(engine: Engine) -> Case:
    async def node(state: Log) -> Log:
        engine.get_stream_writer()("running")
        return {"log": ["n"]}

    graph = cached(engine, node)
    asyncio.run(graph.ainvoke({"log": ["in"]}))
    return Case(graph, {"log": ["in"]})


@scenario
def a_policy_without_a_cache(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node(
        "n", lambda s: {"log": ["n"]}, cache_policy=engine.CachePolicy()
    )
    return warm(builder.add_edge(engine.START, "n").compile(), {"log": []})


@scenario
def a_key_of_the_users_own(engine: Engine) -> Case:
    graph = cached(
        engine, lambda state: {"log": [len(state["log"])]}, key_func=lambda state: "always", ttl=60
    )
    graph.invoke({"log": [1, 2, 3]})
    return Case(graph, {"log": []})


@scenario
def a_cached_node_that_wrote_nothing(engine: Engine) -> Case:
    return warm(cached(engine, lambda state: None), {"log": []})


@racing_scenario
def a_cached_command(engine: Engine) -> Case:
    def node(state: Log) -> Any:
        return engine.Command(update={"log": ["n"]}, goto=[engine.Send("m", {"log": ["sent"]}), "m"])

    return warm(cached(engine, node), {"log": []})


@scenario
def a_cached_path(engine: Engine) -> Case:
    asked = []

    def path(state: Log) -> str:
        asked.append(1)
        return "first" if len(asked) == 1 else "second"

    builder = engine.StateGraph(Log).add_node(
        "n", lambda s: {"log": ["n"]}, cache_policy=engine.CachePolicy()
    )
    for name in ("first", "second"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(engine.START, "n").add_conditional_edges("n", path, ["first", "second"])
    return warm(builder.compile(cache=InMemoryCache()), {"log": []})


@scenario
def a_barrier_of_cached_nodes(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in "ab":
        node = lambda state, name=name: {"log": [name]}  # noqa: E731
        builder.add_node(name, node, cache_policy=engine.CachePolicy()).add_edge(engine.START, name)
    builder.add_node("c", lambda state: {"log": ["c"]}).add_edge(["a", "b"], "c")
    return warm(builder.compile(cache=InMemoryCache()), {"log": []})


@scenario
def a_cached_node_beside_others(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).set_node_defaults(cache_policy=engine.CachePolicy())
    builder.add_node("b", lambda state: {"log": ["b"]}).add_node("a", lambda state: {"log": ["a"]})
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b")
    graph = builder.compile(cache=InMemoryCache())
    graph.invoke({"log": []})
    graph.clear_cache(["b"])
    return Case(graph, {"log": []})


@scenario
def cached_sends(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("w", lambda n: {"log": [n]}, cache_policy=engine.CachePolicy())
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", n) for n in (2, 1)])
    return warm(builder.compile(cache=InMemoryCache()), {"log": []})


@scenario
def a_cleared_cache(engine: Engine) -> Case:
    graph = cached(engine, lambda state: {"log": ["n"]})
    graph.invoke({"log": []})
    graph.clear_cache()
    return Case(graph, {"log": []})


@scenario
def a_cache_cleared_on_the_loop(engine: Engine) -> Case:
    graph = cached(engine, lambda state: {"log": ["n"]})
    graph.invoke({"log": []})
    asyncio.run(graph.aclear_cache(["n", "m"]))
    return Case(graph, {"log": []})


@scenario
def a_cache_to_clear_that_is_not_there(engine: Engine) -> Case:
    class Clearing:
        def stream(self, *args: Any, **options: Any) -> Any:
            engine.StateGraph(Log).add_node("n", len).add_edge(engine.START, "n").compile().clear_cache()

        invoke = astream = ainvoke = stream

    return Case(Clearing(), {"log": []})


@scenario
def a_failure_is_not_kept(engine: Engine) -> Case:
    calls = []

    def node(state: Log) -> Log:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        return {"log": [len(calls)]}

    graph = cached(engine, node)
    with contextlib.suppress(ConnectionError):
        graph.invoke({"log": []})
    return Case(graph, {"log": []})


@scenario
def a_key_that_cannot_be_made(engine: Engine) -> Case:
    def key(state: Log) -> str:
        raise ValueError("no key")

    return Case(cached(engine, lambda state: None, key_func=key), {"log": []})


@scenario
def a_subgraph_does_not_use_the_cache_around_it(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node(
        "i", lambda s: {"log": ["i"]}, cache_policy=engine.CachePolicy()
    )
    inner = builder.add_edge(engine.START, "i").compile()
    outer = engine.StateGraph(Log).add_node("o", inner).add_edge(engine.START, "o")
    return warm(outer.compile(cache=InMemoryCache()), {"log": []})


@scenario
def a_cached_subgraph(engine: Engine) -> Case:
    inner = cached(engine, lambda state: {"log": ["i"]})
    return warm(cached(engine, inner), {"log": []})


@scenario
def cached_messages(engine: Engine) -> Case:
    def node(state: Any) -> Any:
        return {"messages": [AIMessage("hello", id="m")]}

    return warm(cached(engine, node, engine.MessagesState, key_func=lambda state: "k"), {"messages": []})


# -- tasks of entrypoints


@scenario
def a_task_runs_once_for_one_input(engine: Engine) -> Case:
    @engine.task(cache_policy=engine.CachePolicy())
    def plus(x: int) -> int:
        engine.get_stream_writer()("running")
        return x + 1

    graph = engine.entrypoint(cache=InMemoryCache())(lambda x: plus(x).result() + plus(2 * x).result())
    return warm(graph, 1)


@async_scenario
def an_async_task_runs_once_for_one_input(engine: Engine) -> Case:
    @engine.task(cache_policy=engine.CachePolicy())
    async def plus(x: int) -> int:
        engine.get_stream_writer()("running")
        return x + 1

    async def function(x: int) -> int:
        return await plus(x)

    graph = engine.entrypoint(cache=InMemoryCache())(function)
    asyncio.run(graph.ainvoke(1))
    return Case(graph, 1)


@scenario
def a_cached_entrypoint(engine: Engine) -> Case:
    options = {"cache": InMemoryCache(), "cache_policy": engine.CachePolicy()}
    return warm(engine.entrypoint(**options)(lambda x: x + 1), 1)


@scenario
def a_tasks_cleared_cache(engine: Engine) -> Case:
    @engine.task(cache_policy=engine.CachePolicy())
    def plus(x: int) -> int:
        return x + 1

    cache = InMemoryCache()
    graph = engine.entrypoint(cache=cache)(lambda x: plus(x).result())
    graph.invoke(1)
    plus.clear_cache(cache)
    return Case(graph, 1)
