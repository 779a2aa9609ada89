"""Retries, timeouts, handlers and caches, where a clock or a look behind the scenes is needed."""

from __future__ import annotations

import asyncio
import builtins
import pickle
import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langgraph.cache.memory import InMemoryCache
from tests.kit.engines import ORACLE, OURS
from tests.kit.swift_loop import run_swiftly
from typing_extensions import TypedDict

from stepgraph.errors import GraphDrained, InvalidGraph, NodeCancelledError, NodeTimeoutError
from stepgraph.graph import START, StateGraph
from stepgraph.pregel import attempts
from stepgraph.pregel.instruments import SyncInstrument, TaskInfo
from stepgraph.runtime import Runtime
from stepgraph.types import CachePolicy, RetryPolicy, Send, TimeoutPolicy, TracePolicy


class Text(TypedDict, total=False):
    text: str


def alone(node: Any, **options: Any) -> Any:
    return StateGraph(Text).add_node("n", node, **options).add_edge(START, "n").compile()


def broken(state: Text) -> Text:
    raise ConnectionError


# -- retries


def pauses(monkeypatch: pytest.MonkeyPatch, policy: Any) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(attempts.time, "sleep", waited.append)
    with pytest.raises(ConnectionError):
        alone(broken, retry_policy=policy).invoke({})
    return waited


def test_pauses_grow_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = RetryPolicy(max_attempts=6, jitter=False, max_interval=3)
    assert pauses(monkeypatch, policy) == [0.5, 1.0, 2.0, 3, 3]


def test_jitter_adds_up_to_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = pauses(monkeypatch, RetryPolicy(initial_interval=5, backoff_factor=1, max_attempts=9))
    assert len(set(waited)) > 1
    assert all(5 <= pause <= 6 for pause in waited)


def test_pauses_of_an_async_node_do_not_hold_the_loop() -> None:
    async def node(state: Text) -> Text:
        return broken(state)

    async def run() -> float:
        with pytest.raises(ConnectionError):
            await alone(node, retry_policy=RetryPolicy(jitter=False)).ainvoke({})
        return asyncio.get_running_loop().time()

    assert run_swiftly(run()) == pytest.approx(1.5)


ERRORS = [
    kind
    for kind in vars(builtins).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError)
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_the_same_errors_are_worth_another_try(kind: Any) -> None:
    error = kind("several", [ValueError()]) if "Group" in kind.__name__ else kind()
    ours, theirs = (engine.RetryPolicy().retry_on(error) for engine in (OURS, ORACLE))
    assert ours is theirs


@pytest.mark.parametrize("status", [301, 404, 429, 500, 503, 599])
def test_only_a_servers_failure_is_worth_another_try(status: int) -> None:
    request = httpx.Request("GET", "http://example.org")
    error = httpx.HTTPStatusError("", request=request, response=httpx.Response(status))
    assert [engine.RetryPolicy().retry_on(error) for engine in (OURS, ORACLE)] == [status >= 500] * 2


def test_a_retry_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    policy = RetryPolicy(initial_interval=0, jitter=False, max_attempts=2)
    with caplog.at_level("INFO", "stepgraph"), pytest.raises(ConnectionError):
        alone(broken, retry_policy=policy).invoke({})
    assert "Node 'n' failed in attempt 1 with ConnectionError" in caplog.text


# -- timeouts


async def sleepy(runtime: Runtime[Any], times: int, seconds: float, what: Any) -> Text:
    for number in range(times):
        await asyncio.sleep(seconds)
        answer = what(runtime, number)
        if answer is not None:
            await answer
    return {"text": "done"}


def outcome_of(limit: TimeoutPolicy, what: Any, times: int = 5, seconds: float = 3) -> str:
    async def node(state: Text, runtime: Runtime[Any]) -> Text:
        return await sleepy(runtime, times, seconds, what)

    async def run() -> str:
        try:
            return str((await alone(node, timeout=limit).ainvoke({}))["text"])
        except NodeTimeoutError as late:
            return f"{late.kind} after {late.elapsed:g}"

    return run_swiftly(run())


class Model(GenericFakeChatModel):
    async def _agenerate(self, *args: Any, **kwargs: Any) -> Any:
        # Not in a thread: the loop's clock would not wait for it.
        return self._generate(*args, **kwargs)


def model_call(runtime: Any, number: int) -> Any:
    return Model(messages=iter([AIMessage("a b")])).ainvoke("hello")


PROGRESS: dict[str, Any] = {
    "nothing": lambda runtime, number: None,
    "custom data": lambda runtime, number: runtime.stream_writer(number),
    "a heartbeat": lambda runtime, number: runtime.heartbeat(),
    "a model": model_call,
    "a Runnable": lambda runtime, number: RunnableLambda(lambda x: x, afunc=echo).ainvoke(1),
}


async def echo(value: Any) -> Any:
    return value


@pytest.mark.parametrize("what", PROGRESS)
def test_an_idle_node_is_one_that_shows_nothing(what: str) -> None:
    limit = TimeoutPolicy(idle_timeout=4)
    expected = "idle after 4" if what == "nothing" else "done"
    assert outcome_of(limit, PROGRESS[what]) == expected


@pytest.mark.parametrize("what", PROGRESS)
def test_a_node_may_have_to_say_that_it_is_not_idle(what: str) -> None:
    limit = TimeoutPolicy(idle_timeout=timedelta(seconds=4), refresh_on="heartbeat")
    expected = "done" if "heartbeat" in what else "idle after 4"
    assert outcome_of(limit, PROGRESS[what]) == expected


def test_progress_does_not_lengthen_the_whole() -> None:
    limit = TimeoutPolicy(idle_timeout=4, run_timeout=10)
    assert outcome_of(limit, PROGRESS["a heartbeat"]) == "run after 10"


def test_a_heartbeat_is_heard_by_the_nodes_around() -> None:
    async def node(state: Text, runtime: Runtime[Any]) -> Text:
        return await sleepy(runtime, 5, 3, PROGRESS["a heartbeat"])

    async def run() -> Any:
        limit = TimeoutPolicy(idle_timeout=4, refresh_on="heartbeat")
        return await alone(alone(node), timeout=limit).ainvoke({})

    assert run_swiftly(run()) == {"text": "done"}


def test_cancelling_a_run_cancels_a_node_under_a_timeout() -> None:
    seen = []

    async def node(state: Text) -> Text:
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("cancelled")
        return {}

    async def run() -> None:
        running = asyncio.create_task(alone(node, timeout=60).ainvoke({}))
        await asyncio.sleep(1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(asyncio.all_tasks()) == 1

    run_swiftly(run())
    assert seen == ["cancelled"]


@pytest.mark.parametrize("given", [0, -1, timedelta(0), TimeoutPolicy(idle_timeout=0)])
def test_a_timeout_that_leaves_no_time_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match="no time at all"):
        Send("n", 1, timeout=given)


@pytest.mark.parametrize("node", [broken, RunnableLambda(broken)])
def test_a_timeout_on_a_sync_node_is_refused(node: Any) -> None:
    with pytest.raises(InvalidGraph, match="Node 'n' has a timeout, but is a sync function"):
        alone(node, timeout=1)


def test_a_send_with_a_timeout_is_another_send() -> None:
    assert Send("n", 1, timeout=2) == Send("n", 1, timeout=TimeoutPolicy(run_timeout=2.0))
    assert Send("n", 1, timeout=2) != Send("n", 1)


# -- supersteps that take too long


def test_a_sync_superstep_that_takes_too_long_fails_once_its_nodes_are_done() -> None:
    go_on, ended = threading.Event(), []

    def node(state: Text) -> Text:
        go_on.wait(20)
        ended.append("node")
        return {}

    graph = alone(node)
    graph.step_timeout = 0.01
    threading.Timer(0.05, go_on.set).start()
    with pytest.raises(TimeoutError, match="step_timeout"):
        graph.invoke({})
    assert ended == ["node"]


# -- handlers


def test_a_handler_is_a_task_of_its_own_to_an_instrument() -> None:
    asked: list[tuple[str, str]] = []

    class Watching(SyncInstrument):
        def before_task(self, task: TaskInfo) -> None:
            asked.append(("before", task.name))

        def after_task(self, task: TaskInfo, error: BaseException | None) -> None:
            asked.append((type(error).__name__, task.name))

    graph = alone(broken, error_handler=lambda state: {"text": "handled"})
    assert graph.with_instrument(Watching()).invoke({}) == {"text": "handled"}
    handler = "__error_handler__n"
    assert asked == [("before", "n"), ("ConnectionError", "n"), ("before", handler), ("NoneType", handler)]


def test_a_handled_failure_leaves_no_context_behind() -> None:
    def handler(state: Text) -> Text:
        raise ValueError("again")

    with pytest.raises(ValueError, match="again") as caught:
        alone(broken, error_handler=handler).invoke({})
    assert caught.value.__context__ is None


# -- caches


def test_a_cache_on_disk_is_a_cache(tmp_path: Any) -> None:
    from langgraph.cache.sqlite import SqliteCache

    calls = []

    def node(state: Text) -> Text:
        calls.append(1)
        return {"text": "done"}

    for _ in range(2):
        cache = SqliteCache(path=str(tmp_path / "cache.db"))
        builder = StateGraph(Text).add_node("n", node, cache_policy=CachePolicy()).add_edge(START, "n")
        assert builder.compile(cache=cache).invoke({}) == {"text": "done"}
    assert calls == [1]


def test_what_langgraph_has_kept_is_known() -> None:
    cache: InMemoryCache[Any] = InMemoryCache()
    calls = []

    def node(state: Text) -> Text:
        calls.append(1)
        return {"text": "done"}

    for engine in (ORACLE, OURS, ORACLE):
        builder = engine.StateGraph(Text).add_node("n", node, cache_policy=engine.CachePolicy())
        builder.add_edge(engine.START, "n").compile(cache=cache).invoke({})
    assert calls == [1]


# -- errors


@pytest.mark.parametrize(
    "error",
    [
        NodeTimeoutError("n", 1.5, kind="idle", idle_timeout=1.0),
        NodeCancelledError("n"),
        GraphDrained("enough"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_being_pickled(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), vars(again)) == (str(error), vars(error))


# -- traces


def test_a_value_that_a_trace_policy_cannot_process_is_told_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[Any] = []

    class Listening(BaseCallbackHandler):
        def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
            told.append(outputs)

    def process(value: Any) -> Any:
        raise ValueError("no")

    policy = TracePolicy(process_outputs=process)
    graph = alone(lambda state: {"text": "done"}, trace_policy=policy)
    assert graph.invoke({}, {"callbacks": [Listening()]}) == {"text": "done"}
    assert told[0] == {"text": "done"}
    assert "cannot process" in caplog.text
