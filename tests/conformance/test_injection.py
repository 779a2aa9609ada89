"""What nodes are given besides the state: runtime, context, store, config, previous."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Optional
from uuid import UUID

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from pydantic import BaseModel
from tests.kit.answers import Questions, answer
from tests.kit.engines import ORACLE, OURS, Engine
from typing_extensions import TypedDict

THREAD = {"configurable": {"thread_id": "1"}}


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


class DictContext(TypedDict):
    user: str


@dataclass
class DataContext:
    user: str
    age: int = 1


class ModelContext(BaseModel):
    user: str
    age: int = 1


def one_node(engine: Engine, node: Any, context_schema: Any = None, **options: Any) -> Any:
    builder = engine.StateGraph(State, context_schema=context_schema)
    return builder.add_node("n", node).add_edge(engine.START, "n").compile(**options)


def learnt(engine: Engine, tell: Callable[..., Any], config: Any = None, **options: Any) -> Any:
    """What a node learns, by `tell`: a function of the node's parameters beside the state."""
    context = options.pop("context", None)
    return one_node(engine, tell, **options).invoke({"log": []}, config, context=context)["log"]


def about(runtime: Any) -> Any:
    info = runtime.execution_info
    return {
        "context": runtime.context,
        "store": type(runtime.store).__name__,
        "previous": runtime.previous,
        "checkpoint_ns": info.checkpoint_ns.partition(":")[0],
        "ids": [len(info.checkpoint_id), len(info.task_id)],
        "thread_id": info.thread_id,
        "run_id": info.run_id,
        "attempt": info.node_attempt,
        "since": type(info.node_first_attempt_time).__name__,
        "server": runtime.server_info,
        "control": type(runtime.control).__name__,
        "drain": [runtime.drain_requested, runtime.drain_reason],
        "calls": [runtime.stream_writer("nobody hears"), runtime.heartbeat()],
    }


def tells_runtime(state: State, runtime: Any) -> Any:
    return {"log": [about(runtime)]}


asked = Questions()


# -- context

CONTEXTS: dict[str, Any] = {
    "none": None,
    "a dict": {"user": "ada"},
    "a dict of all": {"user": "ada", "age": "5"},
    "a wrong dict": {"name": "ada"},
    "a dataclass": DataContext("ada"),
    "a model": ModelContext(user="ada"),
    "a text": "ada",
}
for _schema in (None, DictContext, DataContext, ModelContext):
    for _label, _context in CONTEXTS.items():
        asked[f"the context of {_schema and _schema.__name__}: {_label}"] = lambda e, s=_schema, c=_context: (
            learnt(e, tells_runtime, context_schema=s, context=c)
        )


def called(engine: Engine, *, sub_schema: Any, sub_context: Any) -> Any:
    sub = one_node(engine, tells_runtime, sub_schema)

    def calls(state: State) -> Any:
        return sub.invoke(state) if sub_context is None else sub.invoke(state, context=sub_context)

    return learnt(engine, calls, context_schema=DataContext, context=DataContext("outer"))


@asked
def the_context_of_a_graph_that_a_node_calls(engine: Engine) -> Any:
    return [
        called(engine, sub_schema=schema, sub_context=context)
        for schema in (None, DictContext, ModelContext)
        for context in (None, {"user": "inner"})
    ]


@asked
def the_context_of_a_subgraph(engine: Engine) -> Any:
    sub = one_node(engine, tells_runtime, ModelContext)
    return learnt(engine, sub, context_schema=DataContext, context={"user": "outer"})


@asked
def the_context_of_async_runs(engine: Engine) -> Any:
    async def tells(state: State, runtime: Any) -> Any:
        return {"log": [about(runtime)]}

    graph = one_node(engine, tells, DataContext)
    return asyncio.run(graph.ainvoke({"log": []}, context={"user": "ada"}))


@asked
def context_for_each_of_a_batch(engine: Engine) -> Any:
    graph = one_node(engine, tells_runtime, DataContext)
    return graph.batch([{"log": []}] * 2, context=DataContext("all"))


@asked
def context_while_it_is_streamed(engine: Engine) -> Any:
    graph = one_node(engine, tells_runtime, DataContext)
    return list(graph.stream({"log": []}, context={"user": "ada"}, stream_mode="updates"))


@asked
def configurable_is_no_context(engine: Engine) -> Any:
    config = {"configurable": {"user": "ada"}}
    return learnt(engine, tells_runtime, config, context_schema=DataContext)


# -- runtime


@asked
def the_runtime_of_a_thread(engine: Engine) -> Any:
    options = {"checkpointer": InMemorySaver(), "store": InMemoryStore()}
    return learnt(engine, tells_runtime, THREAD, **options)


@asked
def the_runtime_of_a_run_with_an_id(engine: Engine) -> Any:
    return learnt(engine, tells_runtime, {"run_id": UUID(int=5), "configurable": {"x": 1}})


@asked
def the_runtime_is_the_same_wherever_it_is_asked_for(engine: Engine) -> Any:
    def tells(state: State, runtime: Any, writer: Any = None) -> Any:
        found = [engine.get_runtime() is runtime, engine.get_runtime(DataContext) == runtime]
        return {"log": [*found, runtime.stream_writer is writer]}

    def path(state: State, runtime: Any) -> Any:
        return engine.END if engine.get_runtime() is runtime else "n"

    builder = engine.StateGraph(State).add_node("n", tells).add_edge(engine.START, "n")
    return builder.add_conditional_edges("n", path).compile().invoke({"log": []})


@asked
def the_tasks_of_a_superstep_start_from_one_checkpoint(engine: Engine) -> Any:
    def tells(state: State, runtime: Any) -> Any:
        return {"log": [runtime.execution_info.checkpoint_id]}

    builder = engine.StateGraph(State)
    for name in "abc":
        builder.add_node(name, tells)
    builder.add_edge(engine.START, "a").add_edge(engine.START, "b").add_edge("a", "c")
    found = []
    for saver in (None, InMemorySaver()):
        graph = builder.compile(checkpointer=saver)
        log = graph.invoke({"log": []}, THREAD)["log"]
        found.append([log[0] == log[1], log[1] == log[2]])
    steps = [snapshot.config["configurable"]["checkpoint_id"] for snapshot in graph.get_state_history(THREAD)]
    return found, [steps.index(id) for id in log]


@asked
def the_control_of_a_run_reaches_its_subgraphs(engine: Engine) -> Any:
    control = engine.RunControl()
    seen: list[Any] = []
    sub = one_node(engine, lambda state, runtime: seen.append(runtime.control))
    builder = engine.StateGraph(State).add_node("a", lambda state, runtime: seen.append(runtime.control))
    graph = builder.add_node("sub", sub).add_edge(engine.START, "a").add_edge("a", "sub").compile()
    graph.invoke({"log": []}, control=control)
    graph.invoke({"log": []})
    return [seen[0] is control, seen[1] is control, seen[2] is control, seen[2] is seen[3]]


@asked
def a_runtime_of_ones_own(engine: Engine) -> Any:
    runtime = engine.Runtime()
    return [
        *(runtime.context, runtime.store, runtime.previous, runtime.execution_info),
        *(runtime.server_info, runtime.control, runtime.drain_requested, runtime.drain_reason),
        *(runtime.stream_writer(1), runtime.heartbeat(), runtime == engine.Runtime()),
    ]


def fields(runtime: Any) -> Any:
    return [runtime.context, runtime.store, runtime.previous, runtime.execution_info, runtime.server_info]


@asked
def merged_runtimes(engine: Engine) -> Any:
    Runtime, Info = engine.Runtime, engine.ExecutionInfo
    info, server = Info("c", "n", "t"), engine.ServerInfo("a", "g")
    some = [
        Runtime(context=1, previous=1),
        Runtime(context=0, previous=0),
        Runtime(store="store", execution_info=info),
        Runtime(server_info=server, execution_info=Info("other", "n", "t")),
        Runtime(),
    ]
    return [fields(one.merge(other)) for one in some for other in some]


@asked
def what_merged_runtimes_call(engine: Engine) -> Any:
    control, plain = engine.RunControl(), engine.Runtime()
    loud = engine.Runtime(stream_writer=print, heartbeat=print, control=control)
    return [
        (merged.stream_writer is print, merged.heartbeat is print, merged.control is control)
        for merged in (plain.merge(loud), loud.merge(plain), loud.merge(engine.Runtime(control=control)))
    ]


@asked
def runtimes_with_other_fields(engine: Engine) -> Any:
    info = engine.ExecutionInfo("c", "n", "t", "thread", "run", 2, 3.0)
    runtime = engine.Runtime(context=1, execution_info=info)
    return [
        fields(runtime.override(context=2, previous=3)),
        fields(runtime.patch_execution_info(node_attempt=4)),
        info.patch(task_id="other"),
        fields(runtime),
    ]


@asked
def a_field_that_a_runtime_does_not_have(engine: Engine) -> Any:
    return engine.Runtime().override(colour="blue")


@asked
def execution_info_that_is_not_there(engine: Engine) -> Any:
    return engine.Runtime().patch_execution_info(task_id="t")


@asked
def a_runtime_that_is_written_to(engine: Engine) -> Any:
    engine.Runtime().context = 1


@asked
def execution_info_that_is_written_to(engine: Engine) -> Any:
    engine.ExecutionInfo("c", "n", "t").task_id = "other"


@asked
def a_drain_that_is_asked_for_twice(engine: Engine) -> Any:
    control = engine.RunControl()
    before = (control.drain_requested, control.drain_reason)
    control.request_drain()
    once = control.drain_reason
    control.request_drain("again")
    return before, once, control.drain_requested, control.drain_reason


@asked
def a_runtime_outside_of_a_run(engine: Engine) -> Any:
    return engine.get_runtime()


# -- store


def takes_annotated(state: State, *, store: BaseStore) -> Any:
    return {"log": [type(store).__name__]}


def takes_optional(state: State, store: Optional[BaseStore]) -> Any:  # noqa: UP045 - as programs write it
    return {"log": [type(store).__name__]}


def takes_bare(state, store):  # type: ignore[no-untyped-def]
    return {"log": [type(store).__name__]}


def takes_default(state, store=None):  # type: ignore[no-untyped-def]
    return {"log": [type(store).__name__]}


def takes_another(state: State, store: str = "mine") -> Any:
    return {"log": [store]}


def takes_runtime(state: State, runtime: Any) -> Any:
    return {"log": [type(runtime.store).__name__]}


for _take in (takes_annotated, takes_optional, takes_bare, takes_default, takes_another, takes_runtime):
    for _made in (InMemoryStore, lambda: None):
        asked[f"{_take.__name__} of {_made.__name__}"] = lambda e, t=_take, m=_made: learnt(e, t, store=m())


@asked
def the_store_that_is_asked_for(engine: Engine) -> Any:
    def asks(state: State) -> Any:
        return {"log": [type(engine.get_store()).__name__]}

    return [learnt(engine, asks, store=store) for store in (InMemoryStore(), None)]


@asked
def things_in_a_store(engine: Engine) -> Any:
    def keeps(state: State, store: BaseStore) -> Any:
        store.put(("things",), "one", {"n": 1})
        return {"log": ["kept"]}

    def finds(state: State, store: BaseStore) -> Any:
        return {"log": [[item.key, item.value] for item in store.search(("things",))]}

    builder = engine.StateGraph(State).add_node(keeps).add_node(finds)
    builder.add_edge(engine.START, "keeps").add_edge("keeps", "finds")
    graph = builder.compile(store=InMemoryStore())
    return graph.invoke({"log": []}), graph.invoke({"log": []}), asyncio.run(graph.ainvoke({"log": []}))


@asked
def things_in_a_store_that_is_awaited(engine: Engine) -> Any:
    async def keeps(state: State, store: BaseStore) -> Any:
        await store.aput(("things",), "one", {"n": 1})
        item = await store.aget(("things",), "one")
        return {"log": [item and item.value]}

    return asyncio.run(one_node(engine, keeps, store=InMemoryStore()).ainvoke({"log": []}))


@asked
def the_store_of_subgraphs(engine: Engine) -> Any:
    """Handed down to graphs that are nodes, to graphs that nodes call, and to those that have their own."""
    outer, own = InMemoryStore(), InMemoryStore()
    seen: list[Any] = []

    def sees(state: State, runtime: Any) -> None:
        seen.append([engine.get_store() is outer, runtime.store is outer])

    inner, storing = one_node(engine, sees), one_node(engine, sees, store=own)
    builder = engine.StateGraph(State).add_node("a", inner).add_node("b", storing)
    builder.add_node("c", lambda state: inner.invoke(state)).add_node(
        "d", lambda state: storing.invoke(state)
    )
    builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", "c").add_edge("c", "d")
    builder.compile(store=outer).invoke({"log": []})
    return seen


@asked
def the_store_in_a_path(engine: Engine) -> Any:
    def path(state: State, store: BaseStore, config: RunnableConfig, runtime: Any) -> Any:
        found = [type(store).__name__, config["configurable"]["thread_id"], runtime.execution_info.thread_id]
        return engine.Send("tell", {"log": found})

    builder = engine.StateGraph(State).add_node("n", lambda state: None)
    builder.add_node("tell", lambda state: {"log": state["log"]})
    builder.add_edge(engine.START, "n").add_conditional_edges("n", path, ["tell"])
    return builder.compile(store=InMemoryStore()).invoke({"log": []}, THREAD)


# -- the rest


@asked
def previous_in_a_graph(engine: Engine) -> Any:
    def tells(state: State, previous: Any) -> Any:
        return {"log": [previous]}

    return learnt(engine, tells)


@asked
def everything_with_defaults(engine: Engine) -> Any:
    def tells(state, config=1, writer=2, store=3, runtime=4, previous=5):  # type: ignore[no-untyped-def]
        return {"log": [type(config).__name__, callable(writer), store, type(runtime).__name__, previous]}

    return learnt(engine, tells)


@asked
def keyword_parameters_take_nothing(engine: Engine) -> Any:
    return learnt(engine, lambda state, **given: {"log": [given]})


@asked
def a_runtime_annotated_with_anything(engine: Engine) -> Any:
    def tells(state: State, runtime: int) -> Any:
        return {"log": [type(runtime).__name__]}

    return learnt(engine, tells)


@asked
def a_positional_parameter_is_not_filled_in(engine: Engine) -> Any:
    def tells(state, config, /):  # type: ignore[no-untyped-def]
        return {"log": [type(config).__name__]}

    return learnt(engine, tells)


@asked
def a_node_without_parameters(engine: Engine) -> Any:
    return learnt(engine, lambda: {"log": []})


@asked
def what_the_config_holds(engine: Engine) -> Any:
    def tells(state: State, config: RunnableConfig) -> Any:
        configurable = {k: v for k, v in config["configurable"].items() if not k.startswith("__")}
        configurable["checkpoint_map"] = sorted(configurable.get("checkpoint_map", {}))
        kept: dict[str, Any] = {**config, "configurable": configurable}
        return {"log": [{key: value for key, value in sorted(kept.items()) if key != "callbacks"}]}

    config = {
        "configurable": {"thread_id": 1, "z": 1},
        "tags": ["t"],
        "metadata": {"m": 1},
        "recursion_limit": 7,
        "max_concurrency": 3,
        "run_name": "named",
    }
    return learnt(engine, tells, config, checkpointer=InMemorySaver())


@asked
def what_the_config_of_an_inner_node_holds(engine: Engine) -> Any:
    def tells(state: State, config: RunnableConfig) -> Any:
        found = {key: config.get(key) for key in ("tags", "recursion_limit", "max_concurrency", "run_name")}
        keys = (
            "langgraph_step",
            "langgraph_node",
            "langgraph_checkpoint_ns",
            "checkpoint_ns",
            "m",
            "thread_id",
        )
        return {"log": [found, {key: config["metadata"].get(key) for key in keys}]}

    config = {**THREAD, "tags": ["t"], "metadata": {"m": 1}, "recursion_limit": 7, "max_concurrency": 3}
    sub = one_node(engine, tells)
    nodes = (sub, lambda state: sub.invoke(state), lambda state, config: sub.invoke(state, config))
    return [learnt(engine, node, config) for node in nodes]


@asked
def managed_values(engine: Engine) -> Any:
    schema: Any = TypedDict(  # type: ignore[misc] - its types are those of the engine that is asked
        "Managed",
        {
            "log": Annotated[list[Any], operator.add],
            "left": engine.RemainingSteps,
            "last": engine.IsLastStep,
        },
    )

    def tells(state: Any) -> Any:
        return {"log": [(state["left"], state["last"], sorted(state))]}

    def path(state: Any) -> Any:
        return engine.END if state["left"] < 3 else "tells"

    builder = engine.StateGraph(schema).add_node(tells).add_edge(engine.START, "tells")
    graph = builder.add_conditional_edges("tells", path).compile()
    return list(graph.stream({"log": []}, {"recursion_limit": 6}, stream_mode=["values", "updates"]))


@pytest.mark.parametrize("question", asked)
def test_both_engines_give_nodes_the_same(question: str) -> None:
    ours, theirs = (answer(asked[question], engine) for engine in (OURS, ORACLE))
    assert ours == theirs
