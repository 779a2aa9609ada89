"""Policies of nodes: retries and what is left of failed attempts, timeouts, error handlers, defaults."""

import asyncio
import operator
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from tests.conformance.scenario import async_scenario, racing_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Part(TypedDict):
    n: int


class Numbered(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]
    n: int


class Broken(Exception):
    """An exception class of the user's own."""


class Flaky:
    """A node that fails until it is called for the `succeeds`th time, and then returns the count."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self, state: Any) -> Any:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return {"log": [self.calls]}


def alone(engine: Engine, node: Any, **options: Any) -> Any:
    """A graph of node n, then m."""
    builder = engine.StateGraph(Log).add_node("n", node, **options)
    builder.add_node("m", lambda state: {"log": ["m"]})
    return builder.add_edge(engine.START, "n").add_edge("n", "m").compile()


def at_once(engine: Engine, **options: Any) -> Any:
    """A retry policy that wastes no time."""
    return engine.RetryPolicy(**{"initial_interval": 0.001, "jitter": False, **options})


# -- retries


@scenario
def a_node_succeeds_at_last(engine: Engine) -> Case:
    node = Flaky(ConnectionError(1), Broken(2))
    return Case(alone(engine, node, retry_policy=at_once(engine)), {"log": []})


@scenario
def a_node_fails_too_often(engine: Engine) -> Case:
    node = Flaky(Broken(1), Broken(2), Broken(3))
    return Case(alone(engine, node, retry_policy=at_once(engine, max_attempts=2)), {"log": []})


@scenario
def a_bug_is_not_tried_again(engine: Engine) -> Case:
    return Case(alone(engine, Flaky(ValueError(1)), retry_policy=at_once(engine)), {"log": []})


@scenario
def a_policy_that_names_classes(engine: Engine) -> Case:
    node = Flaky(KeyError(1), ValueError(2))
    policy = at_once(engine, retry_on=[KeyError, ValueError])
    return Case(alone(engine, node, retry_policy=policy), {"log": []})


@scenario
def a_policy_that_asks(engine: Engine) -> Case:
    policy = at_once(engine, max_attempts=9, retry_on=lambda error: error.args[0] < 3)
    return Case(alone(engine, Flaky(*map(Broken, range(9))), retry_policy=policy), {"log": []})


@scenario
def the_first_policy_that_matches_decides(engine: Engine) -> Case:
    policies = [at_once(engine, retry_on=KeyError, max_attempts=4), at_once(engine, retry_on=ValueError)]
    node = Flaky(ValueError(1), KeyError(2), KeyError(3), ValueError(4))
    return Case(alone(engine, node, retry_policy=policies), {"log": []})


@scenario
def attempts_are_counted(engine: Engine) -> Case:
    seen = []

    def node(state: Log, runtime: engine.Runtime) -> Log:  # type: ignore[name-defined]
        info = runtime.execution_info
        seen.append(info.node_first_attempt_time)
        runtime.stream_writer((info.node_attempt, seen[0] == info.node_first_attempt_time))
        if len(seen) < 3:
            raise Broken
        return {"log": [info.node_attempt]}

    return Case(alone(engine, node, retry_policy=at_once(engine)), {"log": []})


@async_scenario
def an_async_node_succeeds_at_last(engine: Engine) -> Case:
    flaky = Flaky(Broken(1))

    async def node(state: Log) -> Any:
        return flaky(state)

    return Case(alone(engine, node, retry_policy=at_once(engine)), {"log": []})


@scenario
def custom_data_of_failed_attempts_stays(engine: Engine) -> Case:
    flaky = Flaky(Broken(1), Broken(2))

    def node(state: Log) -> Any:
        engine.get_stream_writer()(flaky.calls)
        return flaky(state)

    return Case(alone(engine, node, retry_policy=at_once(engine)), {"log": []})


@scenario
def tokens_of_failed_attempts_stay(engine: Engine) -> Case:
    flaky = Flaky(Broken(1))

    def node(state: Any) -> Any:
        model = GenericFakeChatModel(messages=iter([AIMessage("a b", id=f"m{flaky.calls}")]))
        answer = model.invoke("hello")
        flaky(state)
        return {"messages": [answer]}

    builder = engine.StateGraph(engine.MessagesState).add_node(node, retry_policy=at_once(engine))
    return Case(builder.add_edge(engine.START, "node").compile(), {"messages": []})


def with_path(engine: Engine, path: Any, **options: Any) -> Any:
    """Node n, then what a path says, or m."""
    builder = engine.StateGraph(Log).add_node("n", lambda state: {"log": ["n"]}, **options)
    builder.add_node("m", lambda state: {"log": ["m"]}).add_node("o", lambda state: {"log": ["o"]})
    builder.add_edge(engine.START, "n").add_conditional_edges("n", path, ["m"])
    return builder


@scenario
def a_node_is_tried_again_for_its_path(engine: Engine) -> Case:
    flaky = Flaky(Broken(1), Broken(2))

    def path(state: Log) -> str:
        flaky(state)
        return "m"

    return Case(with_path(engine, path, retry_policy=at_once(engine)).compile(), {"log": []})


@scenario
def a_path_fails_too_often(engine: Engine) -> Case:
    policy = at_once(engine, max_attempts=2)
    return Case(with_path(engine, Flaky(*map(Broken, "12")), retry_policy=policy).compile(), {"log": []})


@scenario
def an_update_that_cannot_be_is_tried_again(engine: Engine) -> Case:
    answers = iter([5, {"log": ["n"]}])
    policy = at_once(engine)
    return Case(alone(engine, lambda state: next(answers), retry_policy=policy), {"log": []})


@scenario
def a_subgraph_is_tried_again(engine: Engine) -> Case:
    inner = engine.StateGraph(Log).add_node("i", lambda state: {"log": ["i"]})
    inner.add_node("j", Flaky(Broken(1), Broken(2))).add_edge(engine.START, "i").add_edge("i", "j")
    return Case(alone(engine, inner.compile(), retry_policy=at_once(engine)), {"log": []})


@scenario
def a_command_for_the_parent_is_no_failure(engine: Engine) -> Case:
    def leave(state: Log) -> Any:
        return engine.Command(graph=engine.Command.PARENT, update={"log": ["left"]})

    policy = at_once(engine, retry_on=Exception)
    inner = alone(engine, leave, retry_policy=policy, error_handler=lambda state: {"log": ["handled"]})
    return Case(alone(engine, inner, retry_policy=policy), {"log": []})


# -- cancellations of a node's own


@scenario
def a_node_raises_a_cancellation(engine: Engine) -> Case:
    def node(state: Log) -> Log:
        raise asyncio.CancelledError("mine")

    policy = at_once(engine, retry_on=Exception)
    return Case(alone(engine, node, retry_policy=policy), {"log": []})


# -- error handlers


def failing(state: Any) -> Any:
    raise Broken("failed")


def handled(engine: Engine, handler: Any, node: Any = failing) -> Case:
    return Case(alone(engine, node, error_handler=handler), {"log": ["in"]})


def told_of(engine: Engine, told: Callable[[Any, Any], Any]) -> Any:
    """A handler that is told the error."""

    def handler(state: Any, error: engine.NodeError) -> Any:  # type: ignore[name-defined]
        return told(state, error)

    return handler


@scenario
def a_handler_updates_in_place_of_its_node(engine: Engine) -> Case:
    return handled(
        engine, told_of(engine, lambda state, error: {"log": [state, error.node, str(error.error)]})
    )


@scenario
def a_handler_goes_on(engine: Engine) -> Case:
    return handled(engine, lambda state: engine.Command(update={"log": ["h"]}, goto="m"))


@scenario
def a_handler_sends(engine: Engine) -> Case:
    return handled(engine, lambda state: engine.Command(goto=engine.Send("m", {"log": ["sent"]})))


@scenario
def a_handler_does_nothing(engine: Engine) -> Case:
    return handled(engine, lambda state: None)


@scenario
def a_handler_fails_too(engine: Engine) -> Case:
    def handler(state: Log) -> Log:
        raise Broken("again")

    return handled(engine, handler)


@scenario
def a_handler_leads_nowhere_known(engine: Engine) -> Case:
    return handled(engine, lambda state: engine.Command(goto="nowhere"))


@scenario
def a_handler_with_an_edge(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("n", failing, error_handler=lambda state: {"log": ["h"]})
    builder.add_node("m", lambda state: {"log": ["m"]}).add_edge(engine.START, "n")
    return Case(builder.add_edge("__error_handler__n", "m").compile(), {"log": []})


@scenario
def a_handler_is_gone_to(engine: Engine) -> Case:
    handler = told_of(engine, lambda state, error: {"log": [error]})
    builder = engine.StateGraph(Log).add_node("n", failing, error_handler=handler)
    builder.add_node("m", lambda state: engine.Command(goto="__error_handler__n"))
    return Case(builder.add_edge(engine.START, "m").compile(), {"log": []})


@scenario
def a_node_that_asks_for_an_error_has_none(engine: Engine) -> Case:
    return Case(alone(engine, told_of(engine, lambda state, error: {"log": [error]})), {"log": []})


@scenario
def a_handler_whose_error_is_annotated_otherwise(engine: Engine) -> Case:
    def handler(state: Log, error: Exception) -> Log:
        return {"log": [error]}

    return handled(engine, handler)


@scenario
def a_handler_takes_over_after_the_last_attempt(engine: Engine) -> Case:
    def node(state: Log) -> Log:
        engine.get_stream_writer()("trying")
        raise Broken("failed")

    options = {"retry_policy": at_once(engine), "error_handler": lambda state: {"log": ["h"]}}
    return Case(alone(engine, node, **options), {"log": []})


@scenario
def a_handler_is_not_tried_again(engine: Engine) -> Case:
    options = {"retry_policy": at_once(engine), "error_handler": Flaky(Broken("once"))}
    return Case(alone(engine, failing, **options), {"log": []})


@scenario
def what_a_node_wrote_before_its_path_failed_stays(engine: Engine) -> Case:
    builder = with_path(engine, failing, error_handler=lambda state: {"log": ["h"]})
    return Case(builder.add_edge("n", "o").compile(), {"log": []})


@scenario
def a_handler_sees_its_nodes_part_of_the_state(engine: Engine) -> Case:
    def node(state: Part) -> Any:
        raise Broken

    builder = engine.StateGraph(Numbered).add_node(node, error_handler=lambda state: {"log": [state]})
    return Case(builder.add_edge(engine.START, "node").compile(), {"log": [], "n": 1})


@scenario
def a_handler_knows_its_place(engine: Engine) -> Case:
    def handler(state: Log, config: RunnableConfig, runtime: engine.Runtime) -> Any:  # type: ignore[name-defined]
        info = runtime.execution_info
        return {"log": [sorted(config), config["metadata"], info.task_id, info.checkpoint_ns]}

    return Case(alone(engine, failing, error_handler=handler, metadata={"mine": 1}), {"log": []})


@scenario
def a_handler_writes_custom_data(engine: Engine) -> Case:
    def handler(state: Log) -> None:
        engine.get_stream_writer()("handling")

    return handled(engine, handler)


@scenario
def a_handler_calls_a_graph(engine: Engine) -> Case:
    inner = alone(engine, lambda state: {"log": ["inner"]})
    return handled(engine, lambda state: inner.invoke({"log": []}))


@scenario
def a_handler_is_a_graph(engine: Engine) -> Case:
    return handled(engine, alone(engine, lambda state: {"log": ["inner"]}))


@scenario
def a_handlers_model_and_message(engine: Engine) -> Case:
    def handler(state: Any) -> Any:
        model = GenericFakeChatModel(messages=iter([AIMessage("a b", id="m")]))
        return {"messages": [model.invoke("hello"), AIMessage("plain", id="p")]}

    builder = engine.StateGraph(engine.MessagesState).add_node("n", failing, error_handler=handler)
    return Case(builder.add_edge(engine.START, "n").compile(), {"messages": []})


@scenario
def a_failing_subgraph_is_handled(engine: Engine) -> Case:
    return handled(engine, lambda state: {"log": ["h"]}, alone(engine, failing))


@scenario
def a_failure_inside_a_subgraph_is_handled_there(engine: Engine) -> Case:
    inner = alone(engine, failing, error_handler=lambda state: {"log": ["h"]})
    return Case(alone(engine, inner), {"log": []})


@async_scenario
def an_async_handler(engine: Engine) -> Case:
    async def node(state: Log) -> Log:
        raise Broken("failed")

    async def handler(state: Log) -> Log:
        await asyncio.sleep(0)
        return {"log": ["h"]}

    return handled(engine, handler, node)


@racing_scenario
def handlers_and_siblings_are_applied_by_name(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    for name in "no":
        handler = lambda state, name=name: {"log": [f"h {name}"]}  # noqa: E731
        builder.add_node(name, failing, error_handler=handler).add_edge(engine.START, name)
    builder.add_node("s", lambda state: {"log": ["s"]}).add_edge(engine.START, "s")
    builder.add_node("t", lambda state: {"log": ["t"]}).add_edge("n", "t").add_edge("s", "t")
    return Case(builder.compile(), {"log": []})


@racing_scenario
def handlers_of_sends(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("w", failing, error_handler=lambda n: {"log": [n]})
    builder.add_node("p", lambda state: {"log": ["p"]})
    builder.add_conditional_edges(engine.START, lambda state: [engine.Send("w", 0), "p", engine.Send("w", 1)])
    return Case(builder.compile(), {"log": []})


@racing_scenario
def a_handled_node_opens_no_barrier(engine: Engine) -> Case:
    builder = engine.StateGraph(Log)
    builder.add_node("n", failing, error_handler=lambda state: {"log": ["h"]})
    builder.add_node("o", lambda state: {"log": ["o"]})
    builder.add_node("m", lambda state: {"log": ["m"]}).add_edge(["n", "o"], "m")
    return Case(builder.add_edge(engine.START, "n").add_edge(engine.START, "o").compile(), {"log": []})


# -- timeouts


async def slow(state: Any) -> Any:
    await asyncio.sleep(60)
    return {"log": ["slow"]}


async def quick(state: Any) -> Any:
    return {"log": ["quick"]}


@async_scenario
def a_node_takes_too_long(engine: Engine) -> Case:
    return Case(alone(engine, slow, timeout=0.01), {"log": []})


@async_scenario
def a_node_is_idle_too_long(engine: Engine) -> Case:
    policy = engine.TimeoutPolicy(idle_timeout=timedelta(milliseconds=10), run_timeout=60)
    return Case(alone(engine, slow, timeout=policy), {"log": []})


@async_scenario
def a_node_is_in_time(engine: Engine) -> Case:
    policy = engine.TimeoutPolicy(idle_timeout=60, run_timeout=timedelta(minutes=1))
    return Case(alone(engine, quick, timeout=policy), {"log": []})


@async_scenario
def a_node_catches_its_cancellation(engine: Engine) -> Case:
    async def node(state: Log) -> Any:
        writer = engine.get_stream_writer()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            writer("too late")
        return {"log": ["too late"]}

    return Case(alone(engine, node, timeout=0.01), {"log": []})


@async_scenario
def a_timeout_of_the_nodes_own(engine: Engine) -> Case:
    async def node(state: Log) -> Any:
        raise TimeoutError("mine")

    return Case(alone(engine, node, timeout=60), {"log": []})


@async_scenario
def a_late_node_is_tried_again(engine: Engine) -> Case:
    calls = []

    async def node(state: Log) -> Any:
        calls.append(len(calls))
        engine.get_stream_writer()(len(calls))
        return await (slow if len(calls) < 3 else quick)(state)

    return Case(alone(engine, node, timeout=0.01, retry_policy=at_once(engine)), {"log": []})


@async_scenario
def a_late_node_is_handled(engine: Engine) -> Case:
    def told(state: Log, error: Any) -> Log:
        late = error.error
        return {
            "log": [
                type(late).__name__,
                late.node,
                late.kind,
                late.timeout,
                late.run_timeout,
                late.idle_timeout,
            ]
        }

    return Case(alone(engine, slow, timeout=0.01, error_handler=told_of(engine, told)), {"log": []})


@async_scenario
def a_path_is_part_of_a_nodes_time(engine: Engine) -> Case:
    async def path(state: Log) -> str:
        await asyncio.sleep(60)
        return "m"

    builder = engine.StateGraph(Log).add_node("n", quick, timeout=0.01).add_node("m", quick)
    builder.add_edge(engine.START, "n").add_conditional_edges("n", path, ["m"])
    return Case(builder.compile(), {"log": []})


@async_scenario
def a_subgraph_takes_too_long(engine: Engine) -> Case:
    return Case(alone(engine, alone(engine, slow), timeout=0.02), {"log": []})


@async_scenario
def a_command_for_the_parent_from_a_timed_node(engine: Engine) -> Case:
    async def leave(state: Log) -> Any:
        return engine.Command(graph=engine.Command.PARENT, update={"log": ["left"]})

    return Case(alone(engine, alone(engine, leave, timeout=60)), {"log": []})


@async_scenario
def one_send_has_less_time(engine: Engine) -> Case:
    async def work(n: int) -> Any:
        return await (slow if n else quick)(n)

    builder = engine.StateGraph(Log).add_node("w", work, timeout=60)
    sends = [engine.Send("w", 0), engine.Send("w", 1, timeout=0.01)]
    return Case(builder.add_conditional_edges(engine.START, lambda state: sends).compile(), {"log": []})


@scenario
def a_sync_node_is_sent_with_a_timeout(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("w", lambda n: {"log": [n]})
    return Case(
        builder.add_conditional_edges(engine.START, lambda state: engine.Send("w", 1, timeout=60)).compile(),
        {"log": []},
    )


@scenario
def a_subgraph_with_a_timeout(engine: Engine) -> Case:
    return Case(alone(engine, alone(engine, lambda state: {"log": ["inner"]}), timeout=60), {"log": []})


# -- defaults


@racing_scenario
def a_default_handler_takes_over_where_none_is_named(engine: Engine) -> Case:
    handler = told_of(engine, lambda state, error: {"log": [f"default {error.node}"]})
    builder = engine.StateGraph(Log).set_node_defaults(error_handler=handler)
    builder.add_node("m", failing, error_handler=lambda state: {"log": ["own"]})
    builder.add_node("n", failing).add_node("ok", lambda state: {"log": ["ok"]})
    for name in ("n", "m", "ok"):
        builder.add_edge(engine.START, name)
    return Case(builder.compile(), {"log": []})


@scenario
def defaults_add_up(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("n", Flaky(Broken(1), Broken(2), Broken(3)))
    builder.set_node_defaults(error_handler=lambda state: {"log": ["h"]})
    builder.set_node_defaults(retry_policy=at_once(engine, max_attempts=2)).add_edge(engine.START, "n")
    return Case(builder.compile(), {"log": []})


@scenario
def a_nodes_own_policy_wins(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).set_node_defaults(retry_policy=at_once(engine, max_attempts=9))
    builder.add_node("n", Flaky(*map(Broken, range(5))), retry_policy=at_once(engine, max_attempts=2))
    return Case(builder.add_edge(engine.START, "n").compile(), {"log": []})


@scenario
def a_handler_is_retried_by_default(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).set_node_defaults(retry_policy=at_once(engine))
    builder.add_node("n", failing, error_handler=Flaky(Broken(1), Broken(2))).add_edge(engine.START, "n")
    return Case(builder.compile(), {"log": []})


@scenario
def defaults_do_not_reach_into_subgraphs(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).set_node_defaults(error_handler=lambda state: {"log": ["h"]})
    return Case(
        builder.add_node("n", alone(engine, failing)).add_edge(engine.START, "n").compile(), {"log": []}
    )


# -- draining


def draining(engine: Engine, **options: Any) -> Any:
    """Node n, which asks the run to end, then m."""

    def node(state: Log, runtime: engine.Runtime) -> Any:  # type: ignore[name-defined]
        runtime.control.request_drain("enough")
        return {"log": [runtime.drain_requested, runtime.drain_reason]}

    return alone(engine, node, **options)


def controlled(engine: Engine, graph: Any, **config: Any) -> Case:
    return Case(graph, {"log": []}, config, {"control": engine.RunControl()})


@scenario
def a_run_is_drained(engine: Engine) -> Case:
    return controlled(engine, draining(engine))


@scenario
def a_run_is_drained_without_a_control_of_the_callers(engine: Engine) -> Case:
    return Case(draining(engine), {"log": []})


@scenario
def a_run_was_drained_beforehand(engine: Engine) -> Case:
    case = controlled(engine, alone(engine, failing))
    case.options["control"].request_drain()
    return case


@scenario
def a_run_that_is_over_is_not_drained(engine: Engine) -> Case:
    def node(state: Log, runtime: engine.Runtime) -> Any:  # type: ignore[name-defined]
        runtime.control.request_drain()
        return {"log": ["last"]}

    builder = engine.StateGraph(Log).add_node(node).add_edge(engine.START, "node")
    return controlled(engine, builder.compile())


@scenario
def a_drained_run_whose_steps_are_used_up(engine: Engine) -> Case:
    return controlled(engine, draining(engine), recursion_limit=1)


@scenario
def a_subgraph_is_drained(engine: Engine) -> Case:
    handler = {
        "error_handler": lambda state: {"log": ["h"]},
        "retry_policy": at_once(engine, retry_on=Exception),
    }
    return controlled(engine, alone(engine, draining(engine), **handler))


@scenario
def a_drained_run_that_fails(engine: Engine) -> Case:
    def node(state: Log, runtime: engine.Runtime) -> Any:  # type: ignore[name-defined]
        runtime.control.request_drain()
        raise Broken("failed")

    return controlled(engine, alone(engine, node))


# -- supersteps that take too long


@async_scenario
def a_superstep_takes_too_long(engine: Engine) -> Case:
    builder = engine.StateGraph(Log).add_node("s", slow).add_node("q", quick)
    graph = builder.add_edge(engine.START, "s").add_edge(engine.START, "q").compile()
    graph.step_timeout = 0.05
    return Case(graph, {"log": []})


@scenario
def a_superstep_is_in_time(engine: Engine) -> Case:
    graph = alone(engine, lambda state: {"log": ["n"]})
    graph.step_timeout = 60
    return Case(graph, {"log": []})


# -- tasks of entrypoints


@scenario
def a_task_succeeds_at_last(engine: Engine) -> Case:
    flaky = Flaky(Broken(1), ConnectionError(2))

    @engine.task(retry_policy=at_once(engine))
    def work(x: int) -> Any:
        attempt = engine.get_runtime().execution_info.node_attempt
        engine.get_stream_writer()(attempt)
        return flaky(x)

    return Case(engine.entrypoint()(lambda x: work(x).result()), 1)


@scenario
def a_task_fails_too_often(engine: Engine) -> Case:
    work = engine.task(retry_policy=at_once(engine, max_attempts=2), name="work")(Flaky(*map(Broken, "123")))
    return Case(engine.entrypoint()(lambda x: work(x).result()), 1)


@scenario
def an_entrypoint_is_tried_again_with_its_tasks(engine: Engine) -> Case:
    flaky = Flaky(Broken(1))
    work = engine.task(name="work")(lambda x: x + 1)

    def function(x: int) -> Any:
        return work(x).result(), flaky(x)

    return Case(engine.entrypoint(retry_policy=[at_once(engine)])(function), 1)


@async_scenario
def a_task_takes_too_long(engine: Engine) -> Case:
    work = engine.task(timeout=0.01)(slow)

    async def function(x: int) -> Any:
        return await work(x)

    return Case(engine.entrypoint()(function), 1)


@async_scenario
def an_entrypoint_takes_too_long(engine: Engine) -> Case:
    return Case(engine.entrypoint(timeout=0.01)(slow), 1)
