"""Instruments: awaited around every task at every depth, and able to hold one while its siblings go on."""

from __future__ import annotations

import asyncio
import operator
import queue
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import TypedDict

from stepgraph.graph import START, StateGraph
from stepgraph.pregel.instruments import Supply, SyncInstrument, TaskInfo
from stepgraph.types import Command, interrupt


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def of(**nodes: Any) -> Any:
    graph = StateGraph(State).add_sequence(list(nodes.items()))
    return graph.add_edge(START, next(iter(nodes))).compile()


def logs(word: str) -> Any:
    return lambda state: {"log": [word]}


class Recorder:
    """Writes down what it is told, and can hold tasks by name until they are let go."""

    def __init__(self, *held: str) -> None:
        self.told: list[Any] = []
        self.infos: list[TaskInfo] = []
        self.gates = {name: asyncio.Event() for name in held}
        self.holding: asyncio.Queue[str] = asyncio.Queue()

    async def before_task(self, task: TaskInfo) -> None:
        self.infos.append(task)
        self.told.append(("before", task.name))
        if task.name in self.gates:
            self.holding.put_nowait(task.name)
            await self.gates[task.name].wait()

    async def after_task(self, task: TaskInfo, error: BaseException | None) -> None:
        self.told.append(("after", task.name, error))


async def all_of(chunks: AsyncIterator[Any]) -> list[Any]:
    return [chunk async for chunk in chunks]


async def test_an_instrument_hears_of_every_graph_inside_before_a_task_of_it() -> None:
    heard: list[Any] = []

    class Listening(Recorder):
        def graph_called(self, graph: Any, namespace: tuple[str, ...], node: str) -> None:
            self.told.append(("called", node))
            heard.append((graph, [segment.partition(":")[0] for segment in namespace], node))

    deepest, called = of(x=logs("x")), of(y=logs("y"))
    inner = of(deepest=deepest)

    async def calls(state: State) -> Any:
        return await called.ainvoke({"log": []})

    listening = Listening()
    graph = of(inner=inner, calls=calls, thread=lambda state: called.invoke({"log": []}))
    await graph.with_instrument(listening).ainvoke({"log": []})

    # Each with its owner; the graph that runs was called by nobody.
    assert heard == [
        (inner, [], "inner"),
        (deepest, ["inner"], "deepest"),
        (called, [], "calls"),
        (called, [], "thread"),
    ]
    told = [each[:2] for each in listening.told]
    assert told.index(("called", "calls")) == told.index(("before", "y")) - 1


def test_an_instrument_of_plain_methods_hears_of_graphs_inside_too() -> None:
    heard = []

    class Listening(SyncInstrument):
        def graph_called(self, graph: Any, namespace: tuple[str, ...], node: str) -> None:
            heard.append((graph, namespace, node))

    inner = of(x=logs("x"))
    of(inner=inner).with_instrument(Listening()).invoke({"log": []})
    assert heard == [(inner, (), "inner")]


async def test_an_instrument_is_told_of_each_task_and_of_its_input() -> None:
    recorder = Recorder()
    await of(a=logs("a"), b=logs("b")).with_instrument(recorder).ainvoke({"log": ["in"]})
    assert recorder.told == [("before", "a"), ("after", "a", None), ("before", "b"), ("after", "b", None)]
    first, second = recorder.infos
    assert (first.step, first.namespace, first.input, first.triggers) == (
        1,
        (),
        {"log": ["in"]},
        ("branch:to:a",),
    )
    assert second.step == 2


async def test_the_graph_it_was_made_from_has_no_instrument() -> None:
    recorder, graph = Recorder(), of(a=logs("a"))
    graph.with_instrument(recorder)
    await graph.ainvoke({})
    graph.with_instrument(recorder).with_instrument(None).invoke({})
    assert recorder.told == []


async def test_afterwards_an_instrument_sees_what_the_node_has_returned() -> None:
    outputs: list[Any] = []

    class Looking:
        async def before_task(self, task: TaskInfo) -> Any:
            outputs.append(task.output)

        async def before_route(self, task: TaskInfo, leads_to: Any) -> Any:
            return None

        async def after_task(self, task: TaskInfo, error: BaseException | None) -> Any:
            outputs.append(task.output)
            return Supply({"log": ["supplied"]}) if error is not None else None

    def fails(state: State) -> None:
        raise LookupError("lost")

    await of(a=logs("a"), fails=fails).with_instrument(Looking()).ainvoke({})
    assert outputs == [None, {"log": ["a"]}, None, None, {"log": ["supplied"]}]


async def test_afterwards_an_instrument_sees_the_signal_that_a_node_has_raised() -> None:
    class Looking:
        async def after_task(self, task: TaskInfo, error: BaseException | None) -> None:
            outputs[task.name] = task.output

    outputs: dict[str, Any] = {}
    leaving = Command(graph=Command.PARENT, goto="b", update={"log": ["left"]})
    graph = StateGraph(State).add_node("inner", of(leave=lambda state: leaving)).add_node("b", logs("b"))
    graph.add_node("ask", lambda state: interrupt("why?")).add_edge(START, "inner").add_edge("b", "ask")
    await (
        graph.compile(checkpointer=InMemorySaver())
        .with_instrument(Looking())
        .ainvoke({"log": []}, {"configurable": {"thread_id": "1"}})
    )
    assert outputs["leave"].command is leaving
    assert outputs["b"] == {"log": ["b"]}
    assert [asked.value for asked in outputs["ask"].interrupts] == ["why?"]


class Choosy(Recorder):
    """Waits for nobody but who is asked for by name and question."""

    def __init__(self, *wanted: tuple[str, str]) -> None:
        super().__init__()
        self.wanted = wanted
        self.offered: list[tuple[str, str]] = []

    def lets_pass(self, question: str, task: TaskInfo) -> bool:
        self.offered.append((question, task.name))
        return (question, task.name) not in self.wanted

    async def before_route(self, task: TaskInfo, leads_to: Any) -> None:
        self.told.append(("route", task.name))


async def test_an_instrument_leaves_out_the_questions_that_it_lets_pass() -> None:
    choosy = Choosy(("before_task", "b"), ("after_task", "a"))
    bare = await of(a=logs("a"), b=logs("b")).ainvoke({"log": []})
    assert await of(a=logs("a"), b=logs("b")).with_instrument(choosy).ainvoke({"log": []}) == bare
    assert choosy.told == [("after", "a", None), ("before", "b")]
    assert choosy.offered == [
        ("before_route", "__start__"),
        *((question, name) for name in "ab" for question in ("before_task", "before_route", "after_task")),
    ]


async def test_a_failure_can_be_let_pass_as_well() -> None:
    def fails(state: State) -> None:
        raise LookupError("lost")

    choosy = Choosy()
    with pytest.raises(LookupError):
        await of(fails=fails).with_instrument(choosy).ainvoke({})
    assert choosy.offered[-1] == ("after_task", "fails")
    assert choosy.told == []


async def test_tasks_in_a_thread_are_asked_about_whatever_an_instrument_lets_pass() -> None:
    inner, choosy = of(deep=logs("deep")), Choosy()
    outer = of(outer=lambda state: {"log": inner.invoke({"log": []})["log"]})
    await outer.with_instrument(choosy).ainvoke({"log": []})
    assert [told[:2] for told in choosy.told] == [
        ("route", "__start__"), ("before", "deep"), ("route", "deep"), ("after", "deep")
    ]  # fmt: skip


class Turnstile:
    """A passage that notes who goes through."""

    def __init__(self) -> None:
        self.is_free = True
        self.inside: list[str] = []
        self.noted: list[str] = []

    def enter(self, id: str, name: str, namespace: Any, step: int) -> None:
        self.noted.append(f"{name} in {step}")
        self.inside.append(id)

    def leave(self, id: str) -> None:
        self.inside.remove(id)


class Guarded(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.passage = Turnstile()


async def test_nothing_is_asked_about_tasks_that_find_the_passage_free() -> None:
    guarded = Guarded()
    assert await of(a=logs("a"), b=logs("b")).with_instrument(guarded).ainvoke({"log": []}) == {
        "log": ["a", "b"]
    }
    assert guarded.passage.noted == ["a in 1", "b in 2"]
    assert guarded.told == guarded.passage.inside == []


async def test_a_task_that_fails_leaves_the_passage() -> None:
    def fails(state: State) -> None:
        raise LookupError("lost")

    guarded = Guarded()
    with pytest.raises(LookupError):
        await of(fails=fails).with_instrument(guarded).ainvoke({})
    assert guarded.passage.noted == ["fails in 1"]
    assert guarded.passage.inside == []


async def test_who_found_the_passage_free_is_asked_about_at_its_end_when_it_is_not_any_more() -> None:
    guarded = Guarded()

    async def closes(state: State) -> Any:
        guarded.passage.is_free = False
        return {"log": ["a"]}

    await of(a=closes, b=logs("b")).with_instrument(guarded).ainvoke({"log": []})
    assert [told[:2] for told in guarded.told] == [("after", "a"), ("before", "b"), ("after", "b")]


async def test_tasks_in_a_thread_do_not_see_the_passage() -> None:
    inner, guarded = of(deep=logs("deep")), Guarded()
    outer = of(outer=lambda state: {"log": inner.invoke({"log": []})["log"]})
    await outer.with_instrument(guarded).ainvoke({"log": []})
    assert guarded.passage.noted == ["outer in 1"]
    assert ("before", "deep") in guarded.told


async def test_a_failed_task_is_told_with_its_error() -> None:
    def fails(state: State) -> None:
        raise LookupError("lost")

    recorder = Recorder()
    with pytest.raises(LookupError) as caught:
        await of(a=fails).with_instrument(recorder).ainvoke({})
    assert recorder.told == [("before", "a"), ("after", "a", caught.value)]


@pytest.mark.parametrize("how", ["as a node", "called by an async node", "called by a sync node"])
async def test_graphs_inside_inherit_the_instrument(how: str) -> None:
    inner = of(one=logs("1"))

    async def awaits(state: State) -> Any:
        return await inner.ainvoke({})

    node = {
        "as a node": inner,
        "called by an async node": awaits,
        "called by a sync node": lambda state: inner.invoke({}),
    }
    recorder = Recorder()
    assert await of(sub=node[how]).with_instrument(recorder).ainvoke({}) == {"log": ["1"]}
    assert [told[:2] for told in recorder.told] == [
        ("before", "sub"),
        ("before", "one"),
        ("after", "one"),
        ("after", "sub"),
    ]
    outer, inside = recorder.infos
    assert inside.namespace == (f"sub:{outer.id}",)


async def test_a_held_task_waits_with_its_start_reported_while_its_sibling_finishes() -> None:
    recorder = Recorder("a")
    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b"))
    graph.add_edge(START, "a").add_edge(START, "b")
    compiled = graph.compile().with_instrument(recorder)
    async with aclosing(compiled.astream({}, stream_mode=["tasks", "updates"])) as chunks:
        seen = [await anext(chunks) for _ in range(4)]
        assert [data["name"] for mode, data in seen if mode == "tasks"] == ["a", "b", "b"]
        recorder.gates["a"].set()
        rest = await all_of(chunks)
    assert rest[0] == ("updates", {"a": {"log": ["a"]}})


async def test_a_lone_held_task_is_reported_before_it_is_held() -> None:
    recorder = Recorder("a")
    compiled = of(a=logs("a")).with_instrument(recorder)
    async with aclosing(compiled.astream({}, stream_mode="tasks")) as chunks:
        started = await anext(chunks)
        rest = asyncio.create_task(all_of(chunks))
        assert await recorder.holding.get() == started["name"] == "a"
        recorder.gates["a"].set()
        assert len(await rest) == 1


async def test_what_a_task_wrote_is_out_before_its_end_is_awaited() -> None:
    class HoldsTheEnd(Recorder):
        async def after_task(self, task: TaskInfo, error: BaseException | None) -> None:
            await released.wait()

    released = asyncio.Event()
    compiled = of(a=logs("a")).with_instrument(HoldsTheEnd())
    async with aclosing(compiled.astream({})) as chunks:
        assert await anext(chunks) == {"a": {"log": ["a"]}}
        released.set()
        assert await all_of(chunks) == []


async def test_cancelling_a_held_run_never_starts_the_node() -> None:
    ran: list[str] = []
    recorder = Recorder("a")
    run = asyncio.create_task(of(a=lambda state: ran.append("a")).with_instrument(recorder).ainvoke({}))
    await recorder.holding.get()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (ran, recorder.told) == ([], [("before", "a")])


async def test_cancelling_a_run_lets_go_of_a_thread_that_waits_inside() -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()
    inner = of(one=logs("1"))

    def node(state: State) -> None:
        try:
            inner.invoke({})
        except BaseException as error:
            loop.call_soon_threadsafe(ended.set_result, type(error).__name__)
            raise

    recorder = Recorder("one")
    run = asyncio.create_task(of(sub=node).with_instrument(recorder).ainvoke({}))
    await recorder.holding.get()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert await ended == "CancelledError"


def test_a_thread_that_outlives_its_run_is_let_go_when_it_calls_a_graph() -> None:
    is_in, go_on = threading.Event(), threading.Event()
    ended: queue.SimpleQueue[str] = queue.SimpleQueue()
    inner = of(one=logs("1"))

    def node(state: State) -> None:
        is_in.set()
        go_on.wait(30)
        try:
            inner.invoke({})
        except BaseException as error:
            ended.put(type(error).__name__)
            raise

    async def cancelled() -> None:
        run = asyncio.create_task(of(sub=node).with_instrument(Recorder()).ainvoke({}))
        await asyncio.to_thread(is_in.wait, 30)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(cancelled())  # its loop is closed by then
    go_on.set()
    assert ended.get(timeout=30) == "CancelledError"


def test_a_sync_run_with_an_async_instrument_is_told_to_be_async() -> None:
    graph = of(a=logs("a")).with_instrument(Recorder())
    for run in (graph.invoke, graph.stream):
        with pytest.raises(RuntimeError, match=r"Run it with astream\(\) or ainvoke\(\)"):
            run({})


async def test_a_blocking_call_on_the_loop_runs_without_the_instrument() -> None:
    inner = of(one=logs("1"))

    async def blocks(state: State) -> Any:
        return inner.invoke({})

    recorder = Recorder()
    assert await of(sub=blocks).with_instrument(recorder).ainvoke({}) == {"log": ["1"]}
    assert [info.name for info in recorder.infos] == ["sub"]
