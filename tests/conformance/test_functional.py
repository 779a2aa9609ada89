"""Threads of functional graphs: what is saved, what is not run again, who goes on with whose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from tests.conformance.annotated import annotated
from tests.conformance.oracle import CARRIES_CONTEXT, SYNC_TWIN
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.runs import MODES, Case, Drive, Outcome, astream, outcome, stream

THREAD = {"configurable": {"thread_id": "1"}}
Build = Callable[[Engine, Any, list[str]], Any]
"""Makes a graph with this saver, whose tasks tell this list when they run."""
Ask = Callable[[Engine], Any]
"""Makes an input."""


def resume(answer: Any) -> Ask:
    return lambda engine: engine.Command(resume=answer)


def given(input: Any) -> Ask:
    return lambda engine: input


GO_ON = given(None)

# -- graphs, sync and async


def survey(engine: Engine, saver: Any, ran: list[str]) -> Any:
    """Asks by itself, by a task that asks twice, and by a task of a task."""

    @engine.task
    def plus(x: int) -> int:
        ran.append(f"plus {x}")
        return x + 1

    @engine.task
    def ask_twice(topic: str) -> Any:
        return [engine.interrupt(f"{topic} first"), engine.interrupt(f"{topic} second")]

    @engine.task
    def nested(topic: str) -> Any:
        return [*ask_twice(topic).result(), engine.interrupt("last")]

    @engine.entrypoint(checkpointer=saver)
    def wf(x: int, *, previous: Any = None) -> Any:
        first = plus(x).result()
        own = engine.interrupt("own")
        answers = [own, ask_twice("a").result(), nested("b").result()]
        return engine.entrypoint.final(value=[first, answers, previous], save=first)

    return wf


def async_survey(engine: Engine, saver: Any, ran: list[str]) -> Any:
    @engine.task
    async def plus(x: int) -> int:
        ran.append(f"plus {x}")
        return x + 1

    @engine.task
    async def ask(topic: str) -> Any:
        return engine.interrupt(topic)

    @engine.entrypoint(checkpointer=saver)
    async def wf(x: int, *, previous: Any = None) -> Any:
        first = await plus(x)
        answer = await ask("a")
        return [first, answer, previous]

    return wf


def stumbling(engine: Engine, saver: Any, ran: list[str]) -> Any:
    """Fails twice, after a task that need not run again."""

    @engine.task
    def sure(x: int) -> int:
        ran.append("sure")
        return x

    @engine.task
    def unsure(x: int) -> int:
        ran.append("unsure")
        if ran.count("unsure") < 3:
            raise ValueError("not yet")
        return x

    @engine.entrypoint(checkpointer=saver)
    def wf(x: int) -> Any:
        return [sure(x).result(), unsure(x).result()]

    return wf


def asking_node(engine: Engine, saver: Any, ran: list[str]) -> Any:
    """Tasks of a node, one of which asks."""

    @engine.task
    def sure(x: int) -> int:
        ran.append("sure")
        return x

    @engine.task
    def ask() -> Any:
        return engine.interrupt("?")

    def node(state: Any) -> Any:
        return {"messages": [("user", f"{sure(1).result()} {ask().result()}")]}

    builder = engine.StateGraph(engine.MessagesState).add_node("node", node).add_edge(engine.START, "node")
    return builder.compile(checkpointer=saver)


def remembering(engine: Engine, saver: Any, ran: list[str]) -> Any:
    @engine.task
    def told(x: int, *, previous: Any = None) -> Any:
        return previous

    @engine.entrypoint(checkpointer=saver)
    def wf(x: int, *, previous: Any = None) -> Any:
        return [x, previous and previous[0], told(x).result() and "told"]

    return wf


def crowd(engine: Engine, saver: Any, ran: list[str]) -> Any:
    """Two tasks ask at once, and the first of them is waited for."""

    @engine.task
    def ask(topic: str) -> Any:
        return engine.interrupt(topic)

    @engine.entrypoint(checkpointer=saver)
    def wf(x: int) -> Any:
        futures = [ask("a"), ask("b")]
        for future in futures:
            future.exception()  # Both have asked before either stops this function.
        return [future.result() for future in futures]

    return wf


CONVERSATIONS: dict[str, tuple[Build, list[Ask]]] = {
    "answers one after another": (survey, [given(1), *(resume(f"R{i}") for i in range(6)), given(5), GO_ON]),
    "falsy answers": (survey, [given(1), resume(0), resume(False), resume("")]),
    "going on without an answer": (survey, [given(1), GO_ON, GO_ON, resume("R")]),
    "a new input in place of an answer": (survey, [given(1), given(2), resume("S")]),
    "failures": (stumbling, [given(1), GO_ON, GO_ON, GO_ON]),
    "a task of a node asks": (asking_node, [given({"messages": []}), resume("R"), GO_ON]),
    "what is saved": (remembering, [given(1), given(2), given(3)]),
    "one answer for two questions": (crowd, [given(1), resume("R")]),
}
ASYNC_CONVERSATIONS: dict[str, tuple[Build, list[Ask]]] = {
    "async answers": (async_survey, [given(1), resume("R"), given(2), resume("S")]),
}
WAYS: dict[str, tuple[Drive, dict[str, Any]]] = {
    "sync": (stream, {"stream_mode": MODES}),
    "sync-checkpoints": (stream, {"stream_mode": ["checkpoints", "updates", "values"]}),
    "sync-exit": (stream, {"stream_mode": ["tasks", "updates", "values"], "durability": "exit"}),
    "async": (astream, {"stream_mode": [*MODES, "checkpoints"]}),
}


def asked() -> Iterator[Any]:
    for name in (*CONVERSATIONS, *ASYNC_CONVERSATIONS):
        for way in WAYS if name in CONVERSATIONS else ["async"]:
            yield pytest.param(name, *WAYS[way], id=f"{name}-{way}")


def told(
    engines: tuple[Engine, ...], name: str, drive: Drive, options: dict[str, Any]
) -> tuple[list[Outcome], list[str]]:
    """The outcomes of a conversation in which the engines take turns, and which tasks ran."""
    build, asks = (CONVERSATIONS | ASYNC_CONVERSATIONS)[name]
    saver, ran, outcomes = InMemorySaver(), [], []
    graphs = [build(engine, saver, ran) for engine in engines]
    for turn, ask in enumerate(asks):
        engine, graph = engines[turn % len(engines)], graphs[turn % len(engines)]
        outcomes.append(outcome(drive, Case(graph, ask(engine), THREAD), **options))
    return outcomes, ran


@pytest.mark.parametrize(("name", "drive", "options"), list(asked()))
def test_a_thread_of_tasks_goes_on_alike(name: str, drive: Drive, options: dict[str, Any]) -> None:
    if name in ASYNC_CONVERSATIONS and not CARRIES_CONTEXT:
        outcomes, _ = told((OURS,), name, drive, options)
        assert all(one.error is None for one in outcomes)
        return
    drive_theirs = drive if CARRIES_CONTEXT else SYNC_TWIN.get(drive, drive)
    assert told((OURS,), name, drive, options) == told((ORACLE,), name, drive_theirs, options)


@pytest.mark.parametrize("engines", [(ORACLE, OURS), (OURS, ORACLE)], ids=["theirs first", "ours first"])
@pytest.mark.parametrize(
    "name", [name for name in CONVERSATIONS if name not in ("one answer for two questions",)]
)
def test_each_engine_goes_on_with_the_others_thread(name: str, engines: tuple[Engine, ...]) -> None:
    options = {"stream_mode": ["tasks", "updates", "values"]}
    assert told(engines, name, stream, options) == told((ORACLE,), name, stream, options)


def test_a_task_that_has_returned_is_not_run_again() -> None:
    _, ran = told((OURS,), "answers one after another", stream, {"stream_mode": "updates"})
    assert ran == ["plus 1", "plus 5"]


def test_answers_are_given_by_the_ids_of_the_questions() -> None:
    for engine in (ORACLE, OURS):
        graph = crowd(engine, InMemorySaver(), [])
        (first,) = graph.invoke(1, THREAD)["__interrupt__"]
        (second,) = graph.invoke(engine.Command(resume={first.id: "A"}), THREAD)["__interrupt__"]
        assert (first.value, second.value) == ("a", "b")
        assert graph.invoke(engine.Command(resume={second.id: "B"}), THREAD) == ["A", "B"]


@pytest.mark.parametrize("build", [survey, stumbling, remembering])
def test_states_and_histories_are_alike(build: Build) -> None:
    def states(engine: Engine) -> list[Any]:
        graph = build(engine, InMemorySaver(), [])
        found = []
        for input in (1, 2, engine.Command(resume="R")):
            stream(Case(graph, input, THREAD))
            found += [shown(graph.get_state(THREAD)), [shown(s) for s in graph.get_state_history(THREAD)]]
        return found

    assert states(OURS) == states(ORACLE)


def shown(state: Any) -> Any:
    tasks = [
        (task.name, task.path, task.error, [asked.value for asked in task.interrupts], task.result)
        for task in state.tasks
    ]
    return state.values, state.next, state.metadata, tasks, [asked.value for asked in state.interrupts]


def test_states_are_written_alike() -> None:
    def states(engine: Engine) -> list[Any]:
        graph = remembering(engine, InMemorySaver(), [])
        found = []
        for values, as_node in ([5, None], "wf"), ([6, None], None), (7, "__input__"), (None, engine.END):
            graph.update_state(THREAD, values, as_node=as_node)
            found.append(shown(graph.get_state(THREAD)))
        return [*found, graph.invoke(8, THREAD)]

    assert states(OURS) == states(ORACLE)


def test_ainvoke_remembers_too() -> None:
    async def results() -> list[Any]:
        graph = remembering(OURS, InMemorySaver(), [])
        found = [await graph.ainvoke(x, THREAD) for x in (1, 2)]
        return [*found, (await graph.aget_state(THREAD)).values]

    graph = remembering(ORACLE, InMemorySaver(), [])
    found = [graph.invoke(x, THREAD) for x in (1, 2)]
    assert asyncio.run(results()) == [*found, graph.get_state(THREAD).values]


# -- before a run


@pytest.mark.parametrize("name", ["plain", "typed", "model", "optional", "final", "bare_final"])
def test_entrypoints_tell_alike_what_they_take_and_give(name: str) -> None:
    def schemas(engine: Engine) -> Any:
        graph = annotated(engine)[name]
        types = [graph.InputType, graph.OutputType, *(graph.channels[key].typ for key in CHANNELS)]
        return (
            graph.get_name(),
            graph.get_input_jsonschema(),
            graph.get_output_jsonschema(),
            graph.get_context_jsonschema(),
            types,
            list(graph.nodes),
        )

    assert schemas(OURS) == schemas(ORACLE)


CHANNELS = ("__start__", "__end__", "__previous__")


def calling(engine: Engine) -> Any:
    """An entrypoint that calls a graph."""
    builder = engine.StateGraph(engine.MessagesState).add_node("inside", lambda state: None)
    inner = builder.add_edge(engine.START, "inside").compile()

    def wf(x: Any) -> Any:
        return inner.invoke(x)

    return engine.entrypoint()(wf)


@pytest.mark.parametrize("xray", [False, True])
def test_entrypoints_are_drawn_alike(xray: bool) -> None:
    def drawn(engine: Engine) -> list[str]:
        alone = calling(engine)
        builder = engine.StateGraph(engine.MessagesState).add_node("node", alone)
        around = builder.add_edge(engine.START, "node").compile()
        return [graph.get_graph(xray=xray).draw_mermaid() for graph in (alone, around)]

    assert drawn(OURS) == drawn(ORACLE)


def test_the_graphs_that_an_entrypoint_calls_are_its_subgraphs() -> None:
    names = [[name for name, _ in calling(engine).get_subgraphs()] for engine in (OURS, ORACLE)]
    assert names == [["wf"], ["wf"]]


@pytest.mark.parametrize(
    "refused",
    [
        lambda engine: engine.task(lambda: 1)(),
        lambda engine: engine.entrypoint()(lambda: 1),
        lambda engine: engine.entrypoint()(_generator),
        lambda engine: engine.entrypoint()(lambda x: x).invoke(1, output_keys="unknown"),
        lambda engine: engine.entrypoint(checkpointer=InMemorySaver())(lambda x: x).invoke(1),
        lambda engine: engine.entrypoint()(lambda x: x).get_state(THREAD),
        lambda engine: engine.entrypoint()(lambda x: x).invoke(engine.Command(resume=1)),
        lambda engine: engine.entrypoint()(lambda x, y: x).invoke(1),
    ],
)
def test_the_same_is_refused(refused: Callable[[Engine], Any]) -> None:
    def raised(engine: Engine) -> str:
        try:
            refused(engine)
        except Exception as error:
            return type(error).__name__
        raise AssertionError("nothing was refused")

    assert raised(OURS) == raised(ORACLE)


def _generator(x: int) -> Iterator[int]:
    yield x
