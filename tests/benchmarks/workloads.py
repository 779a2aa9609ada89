"""What the engines are raced with: each function makes one workload ready, and what it returns runs it."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from itertools import count, repeat
from typing import Annotated, Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from tests.kit.engines import Engine
from typing_extensions import TypedDict

ALL_MODES = ["values", "updates", "custom", "messages", "debug"]

Work = Callable[[], Any]


class Counted(TypedDict):
    n: int


class Gathered(TypedDict):
    items: Annotated[list[int], operator.add]


# -- supersteps


def async_supersteps(engine: Engine, steps: int) -> Work:
    return in_a_loop(lambda: adrain(_stream_of(counting(engine, steps), steps, "updates")))


def async_supersteps_in_five_modes(engine: Engine, steps: int) -> Work:
    """The node writes a custom item, too."""

    async def step(state: Counted, writer: engine.StreamWriter) -> Counted:  # type: ignore[name-defined]
        writer(state["n"])
        return {"n": state["n"] + 1}

    step.__annotations__["writer"] = engine.StreamWriter  # A local name is not found by those who resolve it.
    graph = counting(engine, steps, step)
    return in_a_loop(lambda: adrain(_stream_of(graph, steps, ALL_MODES)))


def sync_supersteps(engine: Engine, steps: int) -> Work:
    graph = counting(engine, steps, sync_step, sync_path)
    return lambda: drain(graph.stream({"n": 0}, {"recursion_limit": steps + 5}))


def sync_nodes_in_an_async_run(engine: Engine, steps: int) -> Work:
    graph = counting(engine, steps, sync_step)
    return in_a_loop(lambda: adrain(_stream_of(graph, steps, "updates")))


def sync_nodes_and_paths_in_an_async_run(engine: Engine, steps: int) -> Work:
    graph = counting(engine, steps, sync_step, sync_path)
    return in_a_loop(lambda: adrain(_stream_of(graph, steps, "updates")))


def supersteps_with_a_saver(engine: Engine, steps: int) -> Work:
    from langgraph.checkpoint.memory import InMemorySaver

    graph = counting(engine, steps, checkpointer=InMemorySaver())
    threads = count()

    def run() -> Coroutine[Any, Any, None]:
        config = {"recursion_limit": steps + 5, "configurable": {"thread_id": str(next(threads))}}
        return adrain(graph.astream({"n": 0}, config, stream_mode="updates"))

    return in_a_loop(run)


def bare_tasks(steps: int) -> Work:
    """The least that an asyncio task a superstep can cost."""

    async def step(state: Counted) -> Counted:
        return {"n": state["n"] + 1}

    async def run() -> None:
        state: Counted = {"n": 0}
        while state["n"] < steps:
            state = await asyncio.create_task(step(state))

    return in_a_loop(run)


def wide_state(engine: Engine, steps: int) -> Work:
    """200 keys, all shown after each superstep."""
    keys = [f"key_{i}" for i in range(199)]
    schema = TypedDict("Wide", {"n": int, **dict.fromkeys(keys, int)})  # type: ignore[misc]
    graph = counting(engine, steps, schema=schema)
    start = {"n": 0, **dict.fromkeys(keys, 0)}
    config = {"recursion_limit": steps + 5}
    return in_a_loop(lambda: adrain(graph.astream(start, config, stream_mode="values")))


def counting(
    engine: Engine,
    steps: int,
    node: Any = None,
    path: Any = None,
    *,
    schema: Any = Counted,
    checkpointer: Any = None,
) -> Any:
    """A graph whose only node runs `steps` times; node and path are async unless given."""

    async def async_path(state: Any) -> bool:
        return bool(state["n"] < steps)

    builder = engine.StateGraph(schema).add_node("count", node or async_step).add_edge(engine.START, "count")
    path = sync_path_until(steps) if path is sync_path else path or async_path
    builder.add_conditional_edges("count", path, {True: "count", False: engine.END})
    return builder.compile(checkpointer=checkpointer) if checkpointer else builder.compile()


async def async_step(state: Any) -> Any:
    return {"n": state["n"] + 1}


def sync_step(state: Any) -> Any:
    return {"n": state["n"] + 1}


def sync_path(state: Any) -> Any:
    """Stands for `sync_path_until()`, which needs to know when to stop."""


def sync_path_until(steps: int) -> Callable[[Any], bool]:
    return lambda state: bool(state["n"] < steps)


def _stream_of(graph: Any, steps: int, modes: Any) -> AsyncIterator[Any]:
    chunks: AsyncIterator[Any] = graph.astream({"n": 0}, {"recursion_limit": steps + 5}, stream_mode=modes)
    return chunks


# -- Sends


def sync_sends(engine: Engine, sends: int) -> Work:
    graph = fan_out(engine, sends, lambda state: {"items": [state["i"]]})
    return lambda: drain(graph.stream({"items": []}))


def sync_sends_in_an_async_run(engine: Engine, sends: int) -> Work:
    graph = fan_out(engine, sends, lambda state: {"items": [state["i"]]})
    return in_a_loop(lambda: adrain(graph.astream({"items": []})))


def async_sends(engine: Engine, sends: int) -> Work:
    async def work(state: Any) -> Gathered:
        return {"items": [state["i"]]}

    graph = fan_out(engine, sends, work)
    return in_a_loop(lambda: adrain(graph.astream({"items": []})))


def fan_out(engine: Engine, sends: int, node: Any) -> Any:
    builder = engine.StateGraph(Gathered).add_node("work", node)
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("work", {"i": i}) for i in range(sends)], ["work"]
    )
    return builder.compile()


# -- items and tokens


def custom_items(engine: Engine, items: int) -> Work:
    async def write(state: Counted, writer: engine.StreamWriter) -> Counted:  # type: ignore[name-defined]
        for i in range(items):
            writer(i)
            if i % 100 == 0:
                await asyncio.sleep(0)  # as any node that waits for something does
        return {"n": items}

    write.__annotations__["writer"] = (
        engine.StreamWriter
    )  # A local name is not found by those who resolve it.
    graph = engine.StateGraph(Counted).add_node(write).add_edge(engine.START, "write").compile()
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, stream_mode="custom")))


def tokens_of_a_model(engine: Engine, tokens: int) -> Work:
    model = _model_of(tokens)

    async def talk(state: Any) -> Any:
        return {"messages": [await model.ainvoke("hello")]}

    graph = engine.StateGraph(engine.MessagesState).add_node(talk).add_edge(engine.START, "talk").compile()
    return in_a_loop(lambda: adrain(graph.astream({"messages": []}, stream_mode="messages")))


def tokens_alone(tokens: int) -> Work:
    model = _model_of(tokens)
    return in_a_loop(lambda: adrain(model.astream("hello")))


def tokens_past_a_callback(tokens: int) -> Work:
    """The least that hearing of a model's tokens costs: langchain-core calls a handler that does nothing."""
    model = _model_of(tokens)
    return in_a_loop(lambda: adrain(model.astream("hello", {"callbacks": [_Idle()]})))


class _Idle(BaseCallbackHandler):
    run_inline = True

    def on_llm_new_token(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do."""


def _model_of(tokens: int) -> GenericFakeChatModel:
    # The fake model streams a text's words and the spaces between them, a chunk each.
    return GenericFakeChatModel(messages=repeat(AIMessage(" ".join(["word"] * (tokens // 2)))))


# -- graphs within graphs, and graphs made


def subgraph_nodes(engine: Engine, calls: int) -> Work:
    inner = engine.StateGraph(Counted).add_node("count", async_step).add_edge(engine.START, "count").compile()
    graph = counting(engine, calls, inner)
    return in_a_loop(lambda: adrain(_stream_of(graph, calls, "updates")))


def subgraph_calls(engine: Engine, calls: int) -> Work:
    inner = engine.StateGraph(Counted).add_node("count", async_step).add_edge(engine.START, "count").compile()

    async def call(state: Counted) -> Counted:
        for _ in range(calls):
            state = await inner.ainvoke(state)
        return {"n": state["n"]}

    graph = engine.StateGraph(Counted).add_node(call).add_edge(engine.START, "call").compile()
    return in_a_loop(lambda: adrain(graph.astream({"n": 0}, stream_mode="updates")))


def compiling(engine: Engine, nodes: int) -> Work:
    """A chain of that many nodes, compiled; put together beforehand."""
    builder = engine.StateGraph(Counted)
    builder.add_sequence([(f"node_{i}", sync_step) for i in range(nodes)])
    builder.add_edge(engine.START, "node_0")
    return builder.compile


# -- running them


def in_a_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> Work:
    return lambda: asyncio.run(work())


def drain(chunks: Iterator[Any]) -> None:
    for _ in chunks:
        pass


async def adrain(chunks: AsyncIterator[Any]) -> None:
    async for _ in chunks:
        pass
