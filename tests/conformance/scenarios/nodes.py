"""What a node may be, and what is handed to it beside the state."""

import operator
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Optional

from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import tool
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


def of(engine: Engine, node: Any, name: str = "a", **options: Any) -> Case:
    builder = engine.StateGraph(Log).add_node(name, node, **options).add_edge(engine.START, name)
    return Case(builder.compile(), {"log": ["in"]})


def named(engine: Engine, node: Any, name: str) -> Case:
    """The node is added without a name and must get this one."""
    builder = engine.StateGraph(Log).add_node(node).add_edge(engine.START, name)
    return Case(builder.compile(), {"log": ["in"]})


class Instance:
    def __call__(self, state: Log) -> Log:
        return {"log": ["instance"]}

    def method(self, state: Log) -> Log:
        return {"log": ["method"]}


@scenario
def a_callable_instance_is_named_after_its_class(engine: Engine) -> Case:
    return named(engine, Instance(), "Instance")


@scenario
def a_bound_method(engine: Engine) -> Case:
    return named(engine, Instance().method, "method")


@scenario
def a_partial(engine: Engine) -> Case:
    def node(state: Log, word: str) -> Log:
        return {"log": [word]}

    return of(engine, partial(node, word="partial"))


@scenario
def a_runnable(engine: Engine) -> Case:
    return named(engine, RunnableLambda(lambda state: {"log": ["runnable"]}, name="My"), "My")


@scenario
def a_sequence_of_runnables(engine: Engine) -> Case:
    return of(engine, RunnableLambda(len) | (lambda length: {"log": [length]}))


@scenario
def a_dict_of_functions(engine: Engine) -> Case:
    return of(engine, {"log": lambda state: ["mapped"]})


@scenario
def an_async_function(engine: Engine) -> Case:
    async def a(state: Log) -> Log:
        return {"log": ["async"]}

    return of(engine, a)


@scenario
def an_async_callable_instance(engine: Engine) -> Case:
    class Async:
        async def __call__(self, state: Log) -> Log:
            return {"log": ["async instance"]}

    return of(engine, Async())


@scenario
def a_runnable_that_is_sync_and_async(engine: Engine) -> Case:
    async def other(state: Log) -> Log:
        return {"log": ["async side"]}

    return of(engine, RunnableLambda(lambda state: {"log": ["sync side"]}, other))


@scenario
def a_compiled_graph_is_named_by_its_name(engine: Engine) -> Case:
    inner = engine.StateGraph(Log).add_node("i", lambda state: {"log": ["i"]}).add_edge(engine.START, "i")
    return named(engine, inner.compile(name="Inner"), "Inner")


@scenario
def a_lambda_is_named_as_python_names_it(engine: Engine) -> Case:
    return named(engine, lambda state: {"log": ["lambda"]}, "<lambda>")


@scenario
def node_metadata(engine: Engine) -> Case:
    def a(state: Log, config: RunnableConfig) -> Log:
        return {"log": [config["metadata"]["colour"]]}

    return of(engine, a, metadata={"colour": "blue"})


@scenario
def the_config_is_injected_by_its_annotation(engine: Engine) -> Case:
    def a(state: Log, config: RunnableConfig) -> Log:
        return {"log": [config["configurable"]["user"], config["metadata"]["langgraph_node"]]}

    case = of(engine, a)
    case.config = {"configurable": {"user": "ada"}}
    return case


@scenario
def the_config_is_injected_by_its_name(engine: Engine) -> Case:
    def a(state, config):  # type: ignore[no-untyped-def]
        metadata = {key: config["metadata"][key] for key in sorted(config["metadata"])}
        return {"log": [metadata, sorted(config.get("tags") or []), config.get("recursion_limit")]}

    case = of(engine, a)
    case.config = {"metadata": {"who": "ada"}, "tags": ["t"], "recursion_limit": 12}
    return case


@scenario
def an_optional_config(engine: Engine) -> Case:
    def a(state: Log, config: Optional[RunnableConfig] = None) -> Log:  # noqa: UP045
        return {"log": [config is not None]}

    return of(engine, a)


@scenario
def a_tasks_config_tells_its_namespace(engine: Engine) -> Case:
    def a(state: Log, config: RunnableConfig) -> Log:
        configurable = config["configurable"]
        return {"log": [configurable[key] for key in ("user", "thread_id", "checkpoint_ns")]}

    case = of(engine, a)
    case.config = {"configurable": {"user": "ada", "thread_id": "7"}}
    return case


@scenario
def the_writer_is_injected_by_its_annotation(engine: Engine) -> Case:
    def a(state: Log, writer: engine.StreamWriter) -> Log:  # type: ignore[name-defined]
        writer("annotated")
        return {"log": ["a"]}

    return of(engine, a)


@scenario
def the_writer_is_injected_by_its_name(engine: Engine) -> Case:
    def a(state, writer):  # type: ignore[no-untyped-def]
        writer({"named": True})
        return {"log": ["a"]}

    return of(engine, a)


@scenario
def the_writer_is_injected_into_async_nodes(engine: Engine) -> Case:
    async def a(state: Log, writer: engine.StreamWriter) -> Log:  # type: ignore[name-defined]
        writer("async")
        return {"log": ["a"]}

    return of(engine, a)


@scenario
def the_writer_takes_anything(engine: Engine) -> Case:
    def a(state: Log) -> Log:
        writer = engine.get_stream_writer()
        for item in (None, 0, "", (1, 2), [1], {"k": "v"}):
            writer(item)
        return {"log": ["a"]}

    return of(engine, a)


@scenario
def the_writer_works_in_a_tool(engine: Engine) -> Case:
    @tool
    def look_up(query: str) -> str:
        """Look something up."""
        engine.get_stream_writer()({"looking up": query})
        return "found"

    return of(engine, lambda state: {"log": [look_up.invoke({"query": "q"})]})


@scenario
def the_writer_works_in_an_async_tool(engine: Engine) -> Case:
    @tool
    async def look_up(query: str) -> str:
        """Look something up."""
        engine.get_stream_writer()({"looking up": query})
        return "found"

    async def a(state: Log) -> Log:
        return {"log": [await look_up.ainvoke({"query": "q"})]}

    return of(engine, a)


@scenario
def the_writer_works_in_a_nested_runnable(engine: Engine) -> Case:
    def inner(value: Any) -> Any:
        engine.get_stream_writer()("from the runnable")
        return value

    return of(engine, lambda state: {"log": [RunnableLambda(inner).invoke("r")]})


@scenario
def the_writer_does_not_work_in_a_thread_of_ones_own(engine: Engine) -> Case:
    def a(state: Log) -> Log:
        found: list[str] = []

        def run() -> None:
            try:
                engine.get_stream_writer()
            except RuntimeError as error:
                found.append(type(error).__name__)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return {"log": found}

    return of(engine, a)


@scenario
def the_runtime_is_injected(engine: Engine) -> Case:
    def a(state: Log, runtime: engine.Runtime) -> Log:  # type: ignore[name-defined]
        runtime.stream_writer("by the runtime")
        return {"log": [runtime.context, runtime.store]}

    case = of(engine, a)
    case.options = {"context": {"user": "ada"}}
    return case


@scenario
def the_context_defaults_to_none(engine: Engine) -> Case:
    def a(state: Log, runtime: engine.Runtime) -> Log:  # type: ignore[name-defined]
        return {"log": [runtime.context]}

    return of(engine, a)


@scenario
def a_context_is_made_from_a_dict(engine: Engine) -> Case:
    @dataclass
    class Who:
        user: str = "nobody"

    def a(state: Log, runtime: engine.Runtime) -> Log:  # type: ignore[name-defined]
        return {"log": [repr(runtime.context.user), engine.get_runtime().context.user]}

    builder = engine.StateGraph(Log, context_schema=Who).add_node(a).add_edge(engine.START, "a")
    return Case(builder.compile(), {"log": []}, options={"context": {"user": "ada"}})


@scenario
def a_context_that_does_not_fit_its_schema(engine: Engine) -> Case:
    @dataclass
    class Who:
        user: str

    builder = engine.StateGraph(Log, context_schema=Who).add_node("a", lambda state: {"log": ["a"]})
    graph = builder.add_edge(engine.START, "a").compile()
    return Case(graph, {"log": []}, options={"context": {"colour": "blue"}})


@scenario
def a_context_is_inherited_by_subgraphs(engine: Engine) -> Case:
    def inner(state: Log, runtime: engine.Runtime) -> Log:  # type: ignore[name-defined]
        return {"log": [runtime.context["user"]]}

    sub = engine.StateGraph(Log).add_node(inner).add_edge(engine.START, "inner").compile()
    case = of(engine, sub)
    case.options = {"context": {"user": "ada"}}
    return case


@scenario
def the_config_can_be_asked_for(engine: Engine) -> Case:
    def a(state: Log) -> Log:
        return {"log": [engine.get_config()["configurable"]["user"], engine.get_store()]}

    case = of(engine, a)
    case.config = {"configurable": {"user": "ada"}}
    return case


@scenario
def parameters_with_defaults_are_left_alone(engine: Engine) -> Case:
    def a(state: Log, times: int = 2) -> Log:
        return {"log": ["a"] * times}

    return of(engine, a)


@scenario
def a_parameter_that_nothing_fills(engine: Engine) -> Case:
    def a(state: Log, times: int) -> Log:
        return {"log": ["a"] * times}

    return of(engine, a)


WORD: ContextVar[str] = ContextVar("WORD", default="unset")


@scenario
def a_node_has_a_copy_of_the_callers_context(engine: Engine) -> Case:
    def sets(state: Log) -> Log:
        before = WORD.get()
        WORD.set("changed")
        return {"log": [before]}

    def reads(state: Log) -> Log:
        return {"log": [WORD.get()]}

    builder = engine.StateGraph(Log).add_sequence([sets, reads]).add_edge(engine.START, "sets")
    return Case(builder.compile(), {"log": []})
