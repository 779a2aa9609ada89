"""Graphs written as functions: entrypoints, and the tasks that they and others call."""

import asyncio
import concurrent.futures
import functools
import operator
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableLambda
from langgraph.store.memory import InMemoryStore
from pydantic import BaseModel
from tests.conformance.scenario import async_only, async_scenario, racing_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.turns import Turns
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Question(BaseModel):
    text: str


def plus_one(engine: Engine) -> Any:
    @engine.task
    def plus(x: int) -> int:
        engine.get_stream_writer()(f"plus {x}")
        return x + 1

    return plus


def failing(engine: Engine) -> Any:
    @engine.task
    def boom(x: int) -> int:
        raise ValueError(f"boom {x}")

    return boom


def of(engine: Engine, function: Any, input: Any = 1, **options: Any) -> Case:
    return Case(engine.entrypoint()(function), input, **options)


# -- results


@scenario
def an_entrypoint_of_no_tasks(engine: Engine) -> Case:
    return of(engine, lambda x: {"r": x})


@scenario
def an_entrypoint_that_returns_nothing(engine: Engine) -> Case:
    return of(engine, lambda x: None)


@scenario
def an_entrypoint_given_zero(engine: Engine) -> Case:
    return of(engine, lambda x: x, 0)


@scenario
def an_entrypoint_given_nothing(engine: Engine) -> Case:
    return of(engine, lambda x: x, None)


@scenario
def an_entrypoint_with_a_step_to_spare(engine: Engine) -> Case:
    return of(engine, lambda x: x, config={"recursion_limit": 1})


@scenario
def an_entrypoint_whose_input_has_a_model(engine: Engine) -> Case:
    def ask(question: Question) -> str:
        return type(question).__name__

    return of(engine, ask, {"text": "?"})


@scenario
def a_final_value(engine: Engine) -> Case:
    return of(engine, lambda x: engine.entrypoint.final(value=x, save="kept"))


@scenario
def a_final_value_under_output_keys(engine: Engine) -> Case:
    keys = ["__end__", "__previous__"]
    case = of(engine, lambda x: engine.entrypoint.final(value=x, save="kept"))
    return Case(case.graph, 1, options={"output_keys": keys[:1]})


@scenario
def a_command_is_a_result_like_any_other(engine: Engine) -> Case:
    return of(engine, lambda x: engine.Command(update={"a": 1}))


@scenario
def a_runnable_is_a_result_like_any_other(engine: Engine) -> Case:
    return of(engine, lambda x: {"r": RunnableLambda(lambda y: y) is not None})


@scenario
def an_entrypoint_whose_own_code_fails(engine: Engine) -> Case:
    def wf(x: int) -> int:
        raise ValueError("own")

    return of(engine, wf)


# -- tasks


@scenario
def tasks_one_after_another(engine: Engine) -> Case:
    plus = plus_one(engine)
    return of(engine, lambda x: plus(plus(x).result()).result())


@racing_scenario
def tasks_side_by_side(engine: Engine) -> Case:
    plus = plus_one(engine)
    return of(engine, lambda x: [future.result() for future in [plus(x + i) for i in range(4)]])


@scenario
def tasks_that_finish_in_another_order(engine: Engine) -> Case:
    turns = Turns(3, 2, 1)

    @engine.task
    def wait(x: int) -> Any:
        return turns.finish(x)

    def wf(x: int) -> Any:
        return [future.result() for future in [wait(i + 1) for i in range(3)]]

    return Case(engine.entrypoint()(wf), 1, turns=turns)


@racing_scenario
def futures_can_be_waited_for_together(engine: Engine) -> Case:
    plus = plus_one(engine)

    def wf(x: int) -> Any:
        done, _ = concurrent.futures.wait([plus(i) for i in range(3)])
        later = concurrent.futures.as_completed([plus(i) for i in range(10, 12)])
        return sorted(future.result() for future in [*done, *later])

    return of(engine, wf)


@scenario
def a_task_with_a_name_and_keywords(engine: Engine) -> Case:
    named = engine.task(name="named")(lambda x, y=0: x + y)
    return of(engine, lambda x: named(x, y=2).result())


@scenario
def tasks_without_arguments_and_with_any(engine: Engine) -> Case:
    @engine.task
    def none() -> int:
        return 1

    @engine.task
    def some(*args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    return of(engine, lambda x: [none().result(), some(1, 2, a=3).result()])


@scenario
def a_task_called_with_wrong_arguments(engine: Engine) -> Case:
    none = engine.task(lambda: 1)
    return of(engine, lambda x: none(x).result())


@scenario
def a_partial_a_method_and_an_instance_as_tasks(engine: Engine) -> Case:
    class Adder:
        def method(self, x: int) -> int:
            return x + 1

        def __call__(self, x: int) -> int:
            return x + 2

    tasks = [engine.task(f) for f in (functools.partial(operator.add, 3), Adder().method, Adder())]
    return of(engine, lambda x: [task(x).result() for task in tasks])


@scenario
def a_task_in_a_task(engine: Engine) -> Case:
    plus = plus_one(engine)

    @engine.task
    def outer(x: int) -> int:
        return int(plus(x).result()) * 10

    return of(engine, lambda x: outer(x).result() + plus(x).result())


@scenario
def a_commands_way_out_of_a_task_is_only_a_value(engine: Engine) -> Case:
    leave = engine.task(name="leave")(lambda: engine.Command(goto="nowhere"))
    return of(engine, lambda x: leave().result())


@scenario
def what_a_task_is_given(engine: Engine) -> Case:
    @engine.task
    def ask(x, *, config, writer, store=1, runtime=None, y=3):  # type: ignore[no-untyped-def]
        writer("written")
        metadata = {key: value for key, value in config["metadata"].items() if key.startswith("langgraph")}
        return [x, metadata, config["tags"], store, type(runtime).__name__, runtime.context, y]

    def wf(x: int) -> Any:
        return [ask(x).result(), ask(x=2, y=4).result()]

    return Case(engine.entrypoint()(wf), 1, {"tags": ["t"], "metadata": {"m": 1}}, {"context": "c"})


@scenario
def what_an_entrypoint_is_given(engine: Engine) -> Case:
    def wf(x, config, writer, *, store, runtime, previous="none"):  # type: ignore[no-untyped-def]
        writer("written")
        return [config["metadata"]["m"], config["tags"], store, runtime.context, runtime.previous, previous]

    return Case(engine.entrypoint()(wf), 1, {"tags": ["t"], "metadata": {"m": 1}}, {"context": "c"})


@scenario
def a_store_in_tasks(engine: Engine) -> Case:
    @engine.task
    def keep(key, *, store):  # type: ignore[no-untyped-def]
        store.put(("kept",), key, {"by": "task"})
        return engine.get_store() is store

    def wf(x: int) -> Any:
        kept = keep("k").result()
        return [kept, engine.get_store().get(("kept",), "k").value]

    return Case(engine.entrypoint(store=InMemoryStore())(wf), 1)


@scenario
def a_context_of_a_class(engine: Engine) -> Case:
    wf = engine.entrypoint(context_schema=Question)(lambda x, *, runtime: runtime.context.text)
    return Case(wf, 1, options={"context": {"text": "?"}})


# -- failures


@scenario
def a_task_that_fails(engine: Engine) -> Case:
    boom = failing(engine)
    return of(engine, lambda x: boom(x).result())


@scenario
def a_task_whose_failure_is_caught(engine: Engine) -> Case:
    boom = failing(engine)

    def wf(x: int) -> str:
        try:
            boom(x).result()
        except ValueError:
            return "caught"
        return "not caught"

    return of(engine, wf)


@scenario
def a_task_that_fails_in_a_task(engine: Engine) -> Case:
    boom = failing(engine)
    outer = engine.task(name="outer")(lambda x: boom(x).result())
    return of(engine, lambda x: outer(x).result())


@racing_scenario
def a_task_whose_failure_nobody_asks_for(engine: Engine) -> Case:
    boom = failing(engine)

    def wf(x: int) -> str:
        boom(x)
        return "unasked"

    return of(engine, wf)


@racing_scenario
def tasks_whose_results_nobody_asks_for(engine: Engine) -> Case:
    plus = plus_one(engine)

    def wf(x: int) -> str:
        plus(x)
        plus(x + 1)
        return "unasked"

    return of(engine, wf)


# -- async


@async_scenario
def async_tasks(engine: Engine) -> Case:
    plus = plus_one(engine)

    @engine.task
    async def double(x: int) -> int:
        return 2 * x

    async def wf(x: int) -> Any:
        return [await double(x), await plus(x), *await asyncio.gather(double(3), double(4))]

    return of(engine, wf)


@async_scenario
def async_tasks_in_async_tasks(engine: Engine) -> Case:
    @engine.task
    async def inner(x: int) -> int:
        return x + 1

    @engine.task
    async def outer(x: int) -> int:
        return int(await inner(x)) * 10

    async def wf(x: int) -> int:
        return int(await outer(x))

    return of(engine, wf)


@async_scenario
def an_async_task_called_by_a_sync_entrypoint(engine: Engine) -> Case:
    @engine.task
    async def double(x: int) -> int:
        return 2 * x

    return of(engine, lambda x: double(x).result())


@async_scenario
def an_async_task_that_fails(engine: Engine) -> Case:
    @engine.task
    async def boom(x: int) -> int:
        raise ValueError("boom")

    async def wf(x: int) -> int:
        return int(await boom(x))

    return of(engine, wf)


@async_scenario
def async_failures_gathered_as_results(engine: Engine) -> Case:
    @engine.task
    async def boom(x: int) -> int:
        raise ValueError("boom")

    async def wf(x: int) -> Any:
        return [str(error) for error in await asyncio.gather(boom(x), boom(x), return_exceptions=True)]

    return of(engine, wf)


@async_scenario
def a_failure_cancels_the_other_tasks(engine: Engine) -> Case:
    @engine.task
    async def forever() -> None:
        await asyncio.Event().wait()

    @engine.task
    async def boom() -> None:
        raise ValueError("boom")

    async def wf(x: int) -> Any:
        await asyncio.gather(forever(), boom())

    return of(engine, wf)


@racing_scenario
@async_only
def a_task_that_is_given_up(engine: Engine) -> Case:
    @engine.task
    async def forever() -> None:
        await asyncio.Event().wait()

    async def wf(x: int) -> str:
        try:
            await asyncio.wait_for(forever(), 0.01)
        except asyncio.TimeoutError:
            return "given up"
        return "done"

    return of(engine, wf)


@async_scenario
def tasks_in_an_async_node(engine: Engine) -> Case:
    plus = plus_one(engine)

    async def node(state: Log) -> Any:
        return {"log": [await plus(1), await plus(2)]}

    return in_graph(engine, node)


# -- with other graphs


def in_graph(engine: Engine, node: Any) -> Case:
    graph = engine.StateGraph(Log).add_node("node", node).add_edge(engine.START, "node").compile()
    return Case(graph, {"log": []})


def small_graph(engine: Engine) -> Any:
    def node(state: Log, writer: Any) -> Any:
        writer("inside")
        return {"log": ["inside"]}

    return engine.StateGraph(Log).add_node("inside", node).add_edge(engine.START, "inside").compile()


@scenario
def tasks_in_a_node(engine: Engine) -> Case:
    plus = plus_one(engine)
    return in_graph(engine, lambda state: {"log": [plus(1).result(), plus(2).result()]})


@scenario
def tasks_in_a_node_that_fails(engine: Engine) -> Case:
    plus, boom = plus_one(engine), failing(engine)
    return in_graph(engine, lambda state: {"log": [plus(1).result(), boom(2).result()]})


@scenario
def tasks_in_a_path(engine: Engine) -> Case:
    plus = plus_one(engine)

    def path(state: Log) -> Any:
        return "b" if plus(1).result() == 2 else engine.END

    builder = engine.StateGraph(Log)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(engine.START, "a").add_conditional_edges("a", path, ["b", engine.END])
    return Case(builder.compile(), {"log": []})


@scenario
def tasks_in_a_subgraph(engine: Engine) -> Case:
    plus = plus_one(engine)
    inner = in_graph(engine, lambda state: {"log": [plus(1).result()]}).graph
    return in_graph(engine, inner)


@scenario
def graphs_called_by_tasks(engine: Engine) -> Case:
    inner = small_graph(engine)
    call = engine.task(name="call")(lambda x: inner.invoke({"log": [x]}))

    def wf(x: int) -> Any:
        return [call(1).result(), inner.invoke({"log": []}), inner.invoke({"log": []}), call(2).result()]

    return of(engine, wf)


@scenario
def an_entrypoint_called_by_another(engine: Engine) -> Case:
    plus = plus_one(engine)
    inner = engine.entrypoint()(lambda x: plus(x).result())
    return of(engine, lambda x: inner.invoke(x) * 100 + plus(4).result())


@scenario
def an_entrypoint_called_by_a_task(engine: Engine) -> Case:
    plus = plus_one(engine)
    inner = engine.entrypoint()(lambda x: plus(x).result())
    call = engine.task(name="call")(lambda x: inner.invoke(x))
    return of(engine, lambda x: call(x).result())


@scenario
def an_entrypoint_called_by_a_node(engine: Engine) -> Case:
    plus = plus_one(engine)
    inner = engine.entrypoint()(lambda x: plus(x).result())
    return in_graph(engine, lambda state: {"log": [inner.invoke(1)]})


@scenario
def an_entrypoint_as_a_node(engine: Engine) -> Case:
    plus = plus_one(engine)
    return in_graph(engine, engine.entrypoint()(lambda state: {"log": [plus(3).result()]}))


@scenario
def an_entrypoint_streamed_inside_a_node(engine: Engine) -> Case:
    plus = plus_one(engine)
    inner = engine.entrypoint()(lambda x: plus(x).result())
    return in_graph(engine, lambda state: {"log": list(inner.stream(1, stream_mode=["updates", "custom"]))})


# -- messages


def model() -> Any:
    return GenericFakeChatModel(messages=iter([AIMessage("one two", id="m")]))


@scenario
def a_model_called_by_a_task(engine: Engine) -> Case:
    ask = engine.task(name="ask")(lambda x: model().invoke("?"))
    return of(engine, lambda x: ask(x).result())


@scenario
def a_model_called_by_a_task_of_a_task(engine: Engine) -> Case:
    ask = engine.task(name="ask")(lambda x: model().invoke("?"))
    outer = engine.task(name="outer")(lambda x: ask(x).result().content)
    return of(engine, lambda x: outer(x).result())


@scenario
def a_model_called_deep_inside(engine: Engine) -> Case:
    ask = engine.task(name="ask")(lambda x: model().invoke("?"))
    inner = engine.entrypoint()(lambda x: ask(x).result())
    return of(engine, lambda x: inner.invoke(x))


@scenario
def messages_that_tasks_return(engine: Engine) -> Case:
    one = engine.task(name="one")(lambda: AIMessage("one", id="1"))
    many = engine.task(name="many")(lambda: [AIMessage("two", id="2"), HumanMessage("three", id="3")])
    same = engine.task(name="same")(lambda message: message)

    def wf(x: int) -> Any:
        given = same(HumanMessage("given", id="4")).result()
        return [one().result(), *many().result(), given, AIMessage("five", id="5")]

    return of(engine, wf)


@scenario
def messages_that_are_saved(engine: Engine) -> Case:
    def wf(x: Any) -> Any:
        return engine.entrypoint.final(
            value=[*x, AIMessage("new", id="1")], save=[AIMessage("saved", id="2")]
        )

    return of(engine, wf, [HumanMessage("old", id="0")])


@scenario
def a_lone_message_as_input(engine: Engine) -> Case:
    return of(engine, lambda x: [x, AIMessage("new", id="1")], HumanMessage("old", id="0"))


# -- policies


def trying(engine: Engine, attempts: int) -> Any:
    return engine.RetryPolicy(
        initial_interval=0.001, jitter=False, max_attempts=attempts, retry_on=LookupError
    )


def clumsy(failures: int) -> Any:
    """A function that fails so many times."""
    left = [LookupError(f"failure {number}") for number in range(failures)]

    def clumsy(x: int) -> int:
        if left:
            raise left.pop(0)
        return x

    return clumsy


@scenario
def a_task_that_is_tried_again(engine: Engine) -> Case:
    task = engine.task(retry_policy=trying(engine, 3))(clumsy(2))
    return of(engine, lambda x: task(x).result())


@scenario
def a_task_that_is_tried_as_its_entrypoint_says(engine: Engine) -> Case:
    task = engine.task(clumsy(2))
    return Case(engine.entrypoint(retry_policy=trying(engine, 3))(lambda x: task(x).result()), 1)


@scenario
def an_entrypoint_that_is_tried_again_because_of_a_task(engine: Engine) -> Case:
    task = engine.task(retry_policy=trying(engine, 2))(clumsy(3))
    return Case(engine.entrypoint(retry_policy=trying(engine, 3))(lambda x: task(x).result()), 1)


@scenario
def a_node_that_is_tried_again_because_of_its_task(engine: Engine) -> Case:
    task = engine.task(clumsy(2))
    builder = engine.StateGraph(Log)
    builder.add_node("node", lambda state: {"log": [task(1).result()]}, retry_policy=trying(engine, 3))
    return Case(builder.add_edge(engine.START, "node").compile(), {"log": []})


@async_scenario
def an_entrypoint_whose_time_is_up(engine: Engine) -> Case:
    @engine.task
    async def forever() -> None:
        await asyncio.Event().wait()

    async def wf(x: int) -> Any:
        await forever()

    return Case(engine.entrypoint(timeout=0.01)(wf), 1)
