"""Where stepgraph's retries, handlers, timeouts and caches are not LangGraph's, on purpose."""

import asyncio
import operator
from typing import Annotated, Any

import requests
from langchain_core.callbacks import BaseCallbackHandler
from langgraph.cache.memory import InMemoryCache
from tests.conformance.differences import Difference
from tests.kit.engines import Engine
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


def failing(state: Any) -> Any:
    raise ValueError


def alone(engine: Engine, node: Any, **options: Any) -> Any:
    return engine.StateGraph(Log).add_node("n", node, **options).add_edge(engine.START, "n").compile()


def handled_interrupt_from_the_keyboard(engine: Engine) -> Any:
    def node(state: Log) -> Log:
        raise KeyboardInterrupt

    try:
        graph = alone(engine, node, error_handler=lambda state: {"log": ["handled"]})
        return list(graph.stream({"log": []}, stream_mode=["updates", "custom"]))
    except KeyboardInterrupt:
        return "KeyboardInterrupt"


def handler_that_leaves(engine: Engine) -> Any:
    def leave(state: Log) -> Any:
        return engine.Command(graph=engine.Command.PARENT, update={"log": ["left"]})

    return alone(engine, alone(engine, failing, error_handler=leave)).invoke({"log": []})


def not_found(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(response=response)


def cleaning_up(engine: Engine) -> list[str]:
    seen = []

    async def node(state: Log) -> Log:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            seen.append("cleaned up")
        return {"log": []}

    async def run() -> list[str]:
        graph = alone(engine, node, timeout=0.01, error_handler=lambda state: seen.append("handled"))
        await graph.ainvoke({"log": []})
        return list(seen)

    return asyncio.run(run())


def equal_sends(engine: Engine) -> list[bool]:
    builder = engine.StateGraph(Log).add_node("w", lambda n: {"log": [n]}, cache_policy=engine.CachePolicy())
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", 1), engine.Send("w", 1)])
    graph = builder.compile(cache=InMemoryCache())
    graph.invoke({"log": []})
    return sorted("__metadata__" in chunk for chunk in graph.stream({"log": []}))


def a_cache_that_fails(engine: Engine) -> list[Any]:
    class Full(InMemoryCache[Any]):
        def set(self, pairs: Any) -> None:
            raise OSError("full")

    builder = engine.StateGraph(Log).add_node("n", lambda state: None, cache_policy=engine.CachePolicy())
    builder.add_node("m", lambda state: None).add_edge(engine.START, "n").add_edge("n", "m")
    started = []
    try:
        for chunk in builder.compile(cache=Full()).stream({"log": []}, stream_mode="tasks"):
            started += [chunk["name"]] if "input" in chunk else []
    except OSError:
        started.append("OSError")
    return started


def told_of_a_node(engine: Engine) -> list[Any]:
    policy = engine.TracePolicy(process_inputs=lambda value: "hidden", process_outputs=lambda value: "too")
    told: list[Any] = []

    class Listening(BaseCallbackHandler):
        def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
            told.append(inputs)

        def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
            told.append(outputs)

    graph = alone(engine, lambda state: {"log": ["n"]}, trace_policy=policy)
    graph.invoke({"log": []}, {"callbacks": [Listening()]})
    return told[1:3]


def compiled_twice(engine: Engine) -> str:
    builder = engine.StateGraph(Log).set_node_defaults(error_handler=lambda state: None)
    builder.add_node("n", failing).add_edge(engine.START, "n").compile()
    builder.compile()
    return "compiled"


POLICY_DIFFERENCES: dict[str, Difference] = {
    "a handled interrupt from the keyboard": Difference(
        "Control-C stops a program; it is no failure of the node that happened to run.",
        handled_interrupt_from_the_keyboard,
        ours="KeyboardInterrupt",
        theirs=[("updates", {"__error_handler__n": {"log": ["handled"]}})],
    ),
    "a handler's Command for the parent": Difference(
        "It goes to the graph around, as the node's own would. LangGraph takes the failed node for that.",
        handler_that_leaves,
        ours={"log": ["left"]},
        theirs="ParentCommand",
    ),
    "a status of requests that is the client's fault": Difference(
        "Of an HTTP error, only a server's failure may pass, as it is with httpx. LangGraph asks whether "
        "there is a response, and requests says no to one that failed.",
        lambda engine: [engine.RetryPolicy().retry_on(not_found(status)) for status in (404, 500)],
        ours=[False, True],
        theirs=[True, True],
    ),
    "a node that cleans up when its time is up": Difference(
        "What was started is waited for, so that nothing of it goes on behind the next superstep.",
        cleaning_up,
        ours=["cleaned up", "handled"],
        theirs=["handled"],
    ),
    "equal Sends to a cached node": Difference(
        "The cache knows the result of each. LangGraph looks up one of several that are equal.",
        equal_sends,
        ours=[True, True],
        theirs=[False, True],
    ),
    "a cache that cannot keep a result": Difference(
        "It is told when it happens, by the node whose result it is. LangGraph tells at the end of the run.",
        a_cache_that_fails,
        ours=["n", "OSError"],
        theirs=["n", "m", "OSError"],
    ),
    "what callbacks are told of a node with a trace policy": Difference(
        "What is to be hidden is hidden from all who listen. LangGraph hides it from tracers alone.",
        told_of_a_node,
        ours=["hidden", "too"],
        theirs=[{"log": []}, {"log": ["n"]}],
    ),
    "a builder with a default handler, compiled twice": Difference(
        "Compiling a graph does not change its builder. LangGraph's has the handler in it from then on.",
        compiled_twice,
        ours="compiled",
        theirs="ValueError",
    ),
}
