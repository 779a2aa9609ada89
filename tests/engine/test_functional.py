"""Entrypoints and tasks: what is refused, who waits for whom, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import contextvars
import operator
import threading
from contextlib import aclosing
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.cache.memory import InMemoryCache

from stepgraph.func import entrypoint, task
from stepgraph.graph import START, StateGraph
from stepgraph.types import CachePolicy

# -- what is refused


def test_a_task_called_outside_of_a_run_says_which() -> None:
    lonely = task(name="lonely")(lambda: 1)
    with pytest.raises(RuntimeError, match="task 'lonely' outside of a runnable context"):
        lonely()


def test_an_entrypoint_needs_a_parameter() -> None:
    with pytest.raises(ValueError, match="'<lambda>' needs at least one parameter"):
        entrypoint()(lambda: 1)


def test_an_entrypoint_is_no_generator() -> None:
    def sync(x: int) -> Any:
        yield x

    async def awaited(x: int) -> Any:
        yield x

    for function in (sync, awaited):
        with pytest.raises(NotImplementedError, match="is a generator"):
            entrypoint()(function)


@pytest.mark.parametrize("decorate", [task, entrypoint()])
def test_what_cannot_be_called_is_refused_at_once(decorate: Any) -> None:
    with pytest.raises(TypeError, match="a str cannot be called"):
        decorate("text")


def test_an_async_task_is_refused_in_a_sync_run() -> None:
    @task
    async def fetch() -> None: ...

    with pytest.raises(RuntimeError, match="Task 'fetch' is async") as caught:
        entrypoint()(lambda x: fetch()).invoke(1)
    assert "ainvoke" in str(caught.value)


def test_a_task_called_when_its_superstep_is_over_is_refused() -> None:
    late: list[Any] = []
    go, done = threading.Event(), threading.Event()
    one = task(name="one")(lambda: 1)

    def in_a_thread() -> None:
        go.wait()
        try:
            one()
        except RuntimeError as error:
            late.append(str(error))
        done.set()

    def wf(x: int) -> int:
        one().result()
        context = contextvars.copy_context()
        threading.Thread(target=lambda: context.run(in_a_thread)).start()
        return x

    entrypoint()(wf).invoke(1)
    go.set()
    assert done.wait(20)
    assert late == ["Task 'one' was called by 'wf', whose superstep is over."]


# -- who waits for whom


def test_a_run_ends_when_all_tasks_have_ended() -> None:
    ended: list[str] = []
    returned = threading.Event()

    @task
    def slow() -> None:
        returned.wait(20)
        ended.append("slow")

    def wf(x: int) -> int:
        slow()
        returned.set()
        return x

    assert entrypoint()(wf).invoke(1) == 1
    assert ended == ["slow"]


def test_an_async_run_ends_when_all_tasks_have_ended() -> None:
    ended: list[str] = []

    @task
    async def inner() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append("inner")

    @task
    async def outer() -> None:
        inner()
        ended.append("outer")

    async def wf(x: int) -> int:
        await outer()
        return x

    assert asyncio.run(entrypoint()(wf).ainvoke(1)) == 1
    assert ended == ["outer", "inner"]


def test_a_lone_node_that_is_not_listened_to_has_its_tasks_waited_for() -> None:
    class State(TypedDict):
        log: Annotated[list[Any], operator.add]

    returned = threading.Event()
    slow = task(name="slow")(lambda: returned.wait(20))

    def node(state: State) -> Any:
        slow()
        returned.set()
        return {"log": ["node"]}

    graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
    assert list(graph.stream({"log": []})) == [{"node": {"log": ["node"]}}, {"slow": True}]


class Crowd:
    """Counts how many are in at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)

    def __exit__(self, *error: Any) -> None:
        with self._lock:
            self._inside -= 1


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_max_concurrency_counts_the_caller_and_its_tasks(limit: int) -> None:
    crowd, meeting = Crowd(), threading.Barrier(max(1, limit - 1))

    @task
    def visit(x: int) -> int:
        with crowd:
            meeting.wait(20)
            return x

    def wf(x: int) -> Any:
        return [future.result() for future in [visit(i) for i in range(4)]]

    assert entrypoint()(wf).invoke(1, {"max_concurrency": limit}) == [0, 1, 2, 3]
    assert crowd.most == max(1, limit - 1)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_max_concurrency_counts_async_tasks(limit: int) -> None:
    crowd = Crowd()

    @task
    async def visit(x: int) -> int:
        with crowd:
            await asyncio.sleep(0)
            return x

    async def wf(x: int) -> Any:
        return await asyncio.gather(*[visit(i) for i in range(4)])

    assert asyncio.run(entrypoint()(wf).ainvoke(1, {"max_concurrency": limit})) == [0, 1, 2, 3]
    assert crowd.most == max(1, limit - 1)


@pytest.mark.parametrize("is_async", [False, True])
def test_tasks_that_wait_for_tasks_never_wait_for_themselves(is_async: bool) -> None:
    @task
    def down(depth: int) -> int:
        return 0 if depth == 0 else 1 + sum(future.result() for future in [down(depth - 1), down(0)])

    wf = entrypoint()(lambda depth: down(depth).result())
    config = {"max_concurrency": 1}
    assert (asyncio.run(wf.ainvoke(50, config)) if is_async else wf.invoke(50, config)) == 50


def test_a_thread_with_the_callers_context_may_call_tasks() -> None:
    one = task(name="one")(lambda: 1)

    def wf(x: int) -> Any:
        found: list[Any] = []
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: context.run(lambda: found.append(one().result())))
        thread.start()
        thread.join()
        return found

    assert entrypoint()(wf).invoke(1) == [1]


def test_what_a_task_sets_in_its_context_stays_with_it() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outside")

    @task
    def sets() -> str:
        before = variable.get()
        variable.set("in the task")
        return before

    def wf(x: int) -> Any:
        variable.set("in the entrypoint")
        return sets().result(), variable.get()

    assert entrypoint()(wf).invoke(1) == ("in the entrypoint", "in the entrypoint")
    assert variable.get() == "outside"


# -- nothing is left behind


class Forever:
    """A task that never ends, and what became of it."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.cancelled = False
        self.task = task(name="forever")(self._run)

    async def _run(self) -> None:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


async def test_cancelling_a_run_cancels_its_tasks() -> None:
    forever = Forever()

    async def wf(x: int) -> Any:
        return await forever.task()

    running = asyncio.create_task(entrypoint()(wf).ainvoke(1))
    await forever.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert forever.cancelled
    assert not others()


async def test_leaving_a_stream_cancels_tasks_that_nobody_waits_for() -> None:
    forever = Forever()

    async def wf(x: int) -> Any:
        forever.task()
        await forever.started.wait()
        return x

    async with aclosing(entrypoint()(wf).astream(1)) as chunks:
        async for chunk in chunks:
            assert chunk == {"wf": 1}
            break
    assert forever.cancelled
    assert not others()


async def test_a_failing_entrypoint_cancels_its_tasks() -> None:
    forever = Forever()

    @task
    async def outer() -> None:
        await forever.task()

    async def wf(x: int) -> Any:
        outer()
        await forever.started.wait()
        raise ValueError("own")

    with pytest.raises(ValueError, match="own"):
        await entrypoint()(wf).ainvoke(1)
    assert forever.cancelled
    assert not others()


async def test_a_sibling_that_fails_cancels_the_tasks_of_a_node() -> None:
    class State(TypedDict):
        log: Annotated[list[Any], operator.add]

    forever = Forever()

    async def waits(state: State) -> Any:
        await forever.task()

    async def fails(state: State) -> Any:
        await forever.started.wait()
        raise ValueError("sibling")

    builder = StateGraph(State).add_node(waits).add_node(fails)
    graph = builder.add_edge(START, "waits").add_edge(START, "fails").compile()
    with pytest.raises(ValueError, match="sibling"):
        await graph.ainvoke({"log": []})
    assert forever.cancelled
    assert not others()


async def test_a_future_that_is_cancelled_cancels_its_task_alone() -> None:
    forever = Forever()

    async def wf(x: int) -> Any:
        future: Any = forever.task()
        await forever.started.wait()
        future.cancel()
        return x

    assert await entrypoint()(wf).ainvoke(1) == 1
    assert forever.cancelled
    assert not others()


def test_a_failure_in_a_thread_is_raised_when_the_other_tasks_have_ended() -> None:
    ended: list[str] = []
    failed = threading.Event()

    @task
    def slow() -> None:
        failed.wait(20)
        ended.append("slow")

    @task
    def boom() -> None:
        raise ValueError("boom")

    def wf(x: int) -> None:
        slow()
        try:
            boom().result()
        finally:
            failed.set()

    with pytest.raises(ValueError, match="boom"):
        entrypoint()(wf).invoke(1)
    assert ended == ["slow"]


def test_a_task_that_cannot_be_started_holds_nobody_up() -> None:
    def no_key(x: int) -> str:
        raise LookupError("no key")

    keyed = task(cache_policy=CachePolicy(key_func=no_key))(lambda x: x)
    with pytest.raises(LookupError, match="no key"):
        entrypoint(cache=InMemoryCache())(lambda x: keyed(x).result()).invoke(1)
