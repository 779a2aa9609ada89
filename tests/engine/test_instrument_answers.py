"""What an instrument answers: another input, an output, no turn at all, another try, another route.

Each law holds for async and plain instruments, so most tests tell the same story to both.
"""

from __future__ import annotations

import asyncio
import operator
import threading
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import TypedDict

from stepgraph.errors import InvalidUpdateError, ParentCommand, UnknownNode
from stepgraph.func import entrypoint, task
from stepgraph.graph import END, START, StateGraph
from stepgraph.pregel.instruments import Instrument, Retry, Route, Skip, Supply, SyncInstrument, WithInput
from stepgraph.types import Command, RetryPolicy, Send, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]


Script = dict[tuple[str, str], Any]
"""From a question and a node's name to the answers, used up one after another."""


class Actor:
    """Answers from a script and keeps what it was told."""

    def __init__(self, script: Script) -> None:
        self.script = {
            key: list(value) if isinstance(value, list) else [value] for key, value in script.items()
        }
        self.told: list[tuple[Any, ...]] = []
        self.ends: dict[str, Any] = {}

    def answer(self, question: str, task: Any, *about: Any) -> Any:
        self.told.append((question, task.name, *about))
        if question == "after_task":
            self.ends[task.name] = task
        waiting = self.script.get((question, task.name))
        answer = waiting.pop(0) if waiting else None
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Plain(SyncInstrument):
    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def before_task(self, task: Any) -> Any:
        return self.actor.answer("before_task", task)

    def before_route(self, task: Any, leads_to: Any) -> Any:
        return self.actor.answer("before_route", task, leads_to)

    def after_task(self, task: Any, error: Any) -> Any:
        return self.actor.answer("after_task", task, error)


class Awaited(Instrument):
    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    async def before_task(self, task: Any) -> Any:
        await asyncio.sleep(0)
        return self.actor.answer("before_task", task)

    async def before_route(self, task: Any, leads_to: Any) -> Any:
        await asyncio.sleep(0)
        return self.actor.answer("before_route", task, leads_to)

    async def after_task(self, task: Any, error: Any) -> Any:
        await asyncio.sleep(0)
        return self.actor.answer("after_task", task, error)


def _play_plain(graph: Any, script: Script, **options: Any) -> tuple[list[Any], Actor]:
    actor = Actor(script)
    options.setdefault("stream_mode", "updates")
    return list(graph.with_instrument(Plain(actor)).stream({}, **options)), actor


def _play_awaited(graph: Any, script: Script, **options: Any) -> tuple[list[Any], Actor]:
    actor = Actor(script)
    options.setdefault("stream_mode", "updates")

    async def run() -> list[Any]:
        return [chunk async for chunk in graph.with_instrument(Awaited(actor)).astream({}, **options)]

    return asyncio.run(run()), actor


@pytest.fixture(params=[_play_plain, _play_awaited], ids=["plain", "awaited"])
def play(request: pytest.FixtureRequest) -> Any:
    return request.param


def chain(**nodes: Any) -> Any:
    graph = StateGraph(State).add_sequence(list(nodes.items()))
    return graph.add_edge(START, next(iter(nodes))).compile()


def logs(word: str) -> Any:
    return lambda state: {"log": [word]}


def never(state: Any) -> Any:
    raise AssertionError("this node must not run")


# -- before a task


def test_another_input_is_what_the_node_gets_and_after_task_is_told(play: Any) -> None:
    chunks, actor = play(
        chain(a=lambda state: {"log": state["log"]}), {("before_task", "a"): WithInput({"log": ["edited"]})}
    )
    assert chunks == [{"a": {"log": ["edited"]}}]
    assert actor.ends["a"].input == {"log": ["edited"]}
    assert actor.ends["a"].answers == (WithInput({"log": ["edited"]}),)


def test_a_supplied_output_takes_the_place_of_the_node(play: Any) -> None:
    chunks, actor = play(chain(a=never, b=logs("b")), {("before_task", "a"): Supply({"log": ["pinned"]})})
    assert chunks == [{"a": {"log": ["pinned"]}}, {"b": {"log": ["b"]}}]
    assert actor.ends["a"].answers == (Supply({"log": ["pinned"]}),)
    assert actor.ends["b"].answers == ()


def test_a_supplied_output_may_be_a_command(play: Any) -> None:
    graph = StateGraph(State).add_node("a", never).add_node("b", logs("b")).add_edge(START, "a").compile()
    command = Command(update={"log": ["pinned"]}, goto="b")
    chunks, _ = play(graph, {("before_task", "a"): Supply(command)})
    assert chunks == [{"a": {"log": ["pinned"]}}, {"b": {"log": ["b"]}}]


def test_a_skipped_task_wrote_nothing_and_leads_on(play: Any) -> None:
    chunks, actor = play(chain(a=never, b=logs("b")), {("before_task", "a"): Skip()})
    assert chunks == [{"a": None}, {"b": {"log": ["b"]}}]
    assert actor.ends["a"].answers == (Skip(),)


def test_paths_are_asked_after_a_supplied_output(play: Any) -> None:
    graph = StateGraph(State).add_node("a", never).add_node("b", logs("b")).add_edge(START, "a")
    graph.add_conditional_edges("a", lambda state: "b" if state["log"] == ["pinned"] else END)
    chunks, _ = play(graph.compile(), {("before_task", "a"): Supply({"log": ["pinned"]})})
    assert [*chunks[1]] == ["b"]


def test_a_supplied_output_with_a_route_asks_no_path(play: Any) -> None:
    graph = StateGraph(State).add_node("a", never).add_node("b", logs("b")).add_edge(START, "a")
    graph.add_conditional_edges("a", never)
    chunks, _ = play(graph.compile(), {("before_task", "a"): Supply(None, leads_to=["b"])})
    assert chunks == [{"a": None}, {"b": {"log": ["b"]}}]


def test_each_of_several_sends_has_its_own_answer(play: Any) -> None:
    graph = StateGraph(State).add_node("work", lambda arg: {"log": [arg]})
    graph.add_conditional_edges(START, lambda state: [Send("work", n) for n in range(3)], ["work"])

    class Doubles(Plain):
        def before_task(self, task: Any) -> Any:
            return {0: None, 1: Skip(), 2: WithInput(20)}[task.input]

    result = graph.compile().with_instrument(Doubles(Actor({}))).invoke({})
    assert result == {"log": [0, 20]}


def test_a_bad_output_fails_the_task_and_can_be_mended(play: Any) -> None:
    chunks, actor = play(
        chain(a=never), {("before_task", "a"): Supply(7), ("after_task", "a"): [Supply({"log": ["right"]})]}
    )
    assert chunks == [{"a": {"log": ["right"]}}]
    errors = [told[2] for told in actor.told if told[0] == "after_task"]
    assert [type(error) for error in errors] == [InvalidUpdateError, type(None)]


def test_an_error_raised_before_a_task_fails_it(play: Any) -> None:
    with pytest.raises(LookupError, match="no"):
        play(chain(a=never), {("before_task", "a"): LookupError("no")})


# -- after an error


def flaky(failures: int) -> Any:
    left = [failures]

    def node(state: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise LookupError(f"{left[0]} to go")
        return {"log": [state.get("log")]}

    return node


def test_a_retried_task_runs_again_and_only_its_success_is_reported(play: Any) -> None:
    chunks, actor = play(
        chain(a=flaky(2)), {("after_task", "a"): [Retry(), Retry()]}, stream_mode=["tasks", "updates"]
    )
    assert [mode for mode, _ in chunks] == ["tasks", "updates", "tasks"]
    assert chunks[-1][1]["error"] is None
    assert [str(told[2]) for told in actor.told if told[0] == "after_task"] == [
        "1 to go",
        "0 to go",
        "None",
    ]
    assert actor.ends["a"].answers == (Retry(), Retry())


def test_a_task_can_be_retried_with_edited_input(play: Any) -> None:
    chunks, _ = play(chain(a=flaky(1)), {("after_task", "a"): WithInput({"log": "edited"})})
    assert chunks == [{"a": {"log": ["edited"]}}]


@pytest.mark.parametrize(
    ("answer", "update"), [(Supply({"log": ["mended"]}), {"log": ["mended"]}), (Skip(), None)]
)
def test_a_failed_task_can_be_supplied_or_skipped(play: Any, answer: Any, update: Any) -> None:
    chunks, _ = play(chain(a=flaky(9), b=logs("b")), {("after_task", "a"): answer})
    assert chunks == [{"a": update}, {"b": {"log": ["b"]}}]


def test_an_instrument_is_asked_once_a_retry_policy_has_given_up(play: Any) -> None:
    graph = StateGraph(State).add_edge(START, "a")
    policy = RetryPolicy(initial_interval=0, jitter=False, max_attempts=2, retry_on=LookupError)
    graph.add_node("a", flaky(2), retry_policy=policy)
    chunks, actor = play(graph.compile(), {("after_task", "a"): Retry()})
    assert chunks == [{"a": {"log": [[]]}}]
    errors = [told[2] for told in actor.told if told[0] == "after_task"]
    assert [type(error) for error in errors] == [LookupError, type(None)]


def test_a_handler_takes_over_only_where_an_instrument_has_no_answer(play: Any) -> None:
    graph = StateGraph(State).add_edge(START, "a")
    graph.add_node("a", flaky(9), error_handler=logs("handled"))
    mended, _ = play(graph.compile(), {("after_task", "a"): Supply({"log": ["mended"]})})
    assert mended == [{"a": {"log": ["mended"]}}]
    handled, actor = play(graph.compile(), {})
    assert [update for chunk in handled for update in chunk.values()] == [{"log": ["handled"]}]
    assert len([told for told in actor.told if told[0] == "before_task"]) == 2


def test_without_an_answer_the_error_is_reported_and_raised(play: Any) -> None:
    with pytest.raises(LookupError) as caught:
        play(chain(a=flaky(1)), {})
    assert any("'a'" in note for note in getattr(caught.value, "__notes__"))  # noqa: B009 - new in Python 3.11


def test_a_path_that_fails_can_be_overruled(play: Any) -> None:
    def lost(state: Any) -> str:
        raise LookupError("no way")

    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b")).add_edge(START, "a")
    graph.add_conditional_edges("a", lost, ["b"])
    chunks, _ = play(graph.compile(), {("after_task", "a"): Supply({"log": ["a"]}, leads_to=["b"])})
    assert chunks == [{"a": {"log": ["a"]}}, {"b": {"log": ["b"]}}]


def test_a_command_to_the_parent_is_no_error_to_answer(play: Any) -> None:
    graph = chain(a=lambda state: Command(graph=Command.PARENT, goto="x"))
    with pytest.raises(ParentCommand):
        play(graph, {("after_task", "a"): Skip()})


# -- where it leads


def forked() -> Any:
    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b")).add_node("c", logs("c"))
    graph.add_edge(START, "a").add_conditional_edges("a", lambda state: "b", ["b", "c"])
    return graph.compile()


def nodes_of(chunks: list[Any]) -> list[str]:
    return [name for chunk in chunks for name in chunk]


def test_a_conditional_route_can_be_forced(play: Any) -> None:
    chunks, actor = play(forked(), {("before_route", "a"): Route(["c"])})
    assert nodes_of(chunks) == ["a", "c"]
    assert ("before_route", "a", ("b",)) in actor.told
    assert actor.ends["a"].answers == (Route(["c"]),)


@pytest.mark.parametrize("nowhere", [(), (END,)])
def test_a_route_to_nowhere_ends_the_branch(play: Any, nowhere: Any) -> None:
    chunks, _ = play(forked(), {("before_route", "a"): Route(nowhere)})
    assert nodes_of(chunks) == ["a"]


def test_a_route_may_hold_sends(play: Any) -> None:
    graph = chain(a=logs("a"), b=lambda state: {"log": [state]})
    chunks, _ = play(graph, {("before_route", "a"): Route([Send("b", 1), Send("b", 2)])})
    assert sorted(chunk["b"]["log"][0] for chunk in chunks[1:]) == [1, 2]


def test_an_edge_can_be_left_and_is_followed_again_in_the_next_round(play: Any) -> None:
    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b")).add_node("c", logs("c"))
    graph.add_edge(START, "a").add_edge("a", "b").add_edge("c", "a")
    chunks, _ = play(graph.compile(), {("before_route", "a"): Route(["c"])})
    assert nodes_of(chunks) == ["a", "c", "a", "b"]


def test_the_way_in_can_be_forced(play: Any) -> None:
    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b"))
    graph.add_conditional_edges(START, lambda state: "a", ["a", "b"])
    chunks, _ = play(graph.compile(), {("before_route", START): Route(["b"])})
    assert nodes_of(chunks) == ["b"]


def joined() -> Any:
    graph = StateGraph(State)
    for name in "abcd":
        graph.add_node(name, logs(name))
    graph.add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], "c").add_edge("c", "d")
    return graph.compile()


def test_an_answer_of_just_what_was_told_changes_nothing() -> None:
    class Echoes(Plain):
        def before_route(self, task: Any, leads_to: Any) -> Any:
            return Route(leads_to)

    assert joined().with_instrument(Echoes(Actor({}))).invoke({}) == joined().invoke({})


def test_a_list_edge_that_is_left_out_does_not_count_its_source(play: Any) -> None:
    chunks, actor = play(joined(), {("before_route", "a"): Route([])})
    assert sorted(nodes_of(chunks)) == ["a", "b"]
    assert ("before_route", "a", ("c",)) in actor.told


def test_a_route_to_an_unknown_node_names_the_nearest(play: Any) -> None:
    graph = chain(writer=logs("w"), reader=logs("r"))
    with pytest.raises(UnknownNode, match="Did you mean 'reader'"):
        play(graph, {("before_route", "writer"): Route(["raeder"])})


# -- at every depth


def inner() -> Any:
    return chain(one=flaky(9), two=logs("2"))


@pytest.mark.parametrize("how", ["as a node", "called by an async node", "called by a sync node"])
def test_answers_reach_into_graphs_inside(how: str) -> None:
    within = inner()

    async def awaits(state: State) -> Any:
        return await within.ainvoke({})

    node = {
        "as a node": within,
        "called by an async node": awaits,
        "called by a sync node": lambda state: within.invoke({}),
    }
    script = {("after_task", "one"): Supply({"log": ["mended"]}), ("before_task", "two"): Skip()}
    chunks, _ = _play_awaited(chain(sub=node[how]), dict(script))
    assert chunks == [{"sub": {"log": ["mended"]}}]
    if how != "called by an async node":
        chunks, _ = _play_plain(chain(sub=node[how]), dict(script))
        assert chunks == [{"sub": {"log": ["mended"]}}]


async def test_an_async_graph_that_a_sync_node_runs_on_its_own_loop_asks_the_same_instrument() -> None:
    within = chain(one=flaky(1), two=logs("2"))
    held, let_go = asyncio.Event(), asyncio.Event()

    class Holds(Awaited):
        async def before_task(self, task: Any) -> Any:
            if task.name == "two":
                held.set()
                await let_go.wait()  # an event of the outer loop
            return await super().before_task(task)

    actor = Actor({("after_task", "one"): Retry()})
    graph = chain(sub=lambda state: asyncio.run(within.ainvoke({}))).with_instrument(Holds(actor))
    run = asyncio.create_task(graph.ainvoke({}))
    await held.wait()
    let_go.set()
    assert await run == {"log": [[], "2"]}


def test_tasks_of_plain_functions_are_asked_about_too() -> None:
    class ByInput(Plain):
        def before_task(self, task: Any) -> Any:
            if task.name != "double":
                return None
            (number,), _ = task.input
            return {1: Supply("pinned"), 2: WithInput(((5,), {})), 3: Skip()}.get(number)

        def after_task(self, task: Any, error: Any) -> Any:
            return Supply("mended") if error is not None else None

    @task
    def double(number: int) -> int:
        if number == 4:
            raise LookupError
        return 2 * number

    @entrypoint()
    def doubles(numbers: list[int]) -> list[Any]:
        return [future.result() for future in [double(number) for number in numbers]]

    graph = doubles.with_instrument(ByInput(Actor({})))
    assert graph.invoke([0, 1, 2, 3, 4]) == [0, "pinned", 10, None, "mended"]


def test_a_question_to_the_caller_is_no_error_and_its_answer_runs_the_task_again() -> None:
    graph = StateGraph(State).add_node("a", lambda state: {"log": [interrupt("how many?")]})
    compiled = graph.add_edge(START, "a").compile(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    actor = Actor({})
    asking = compiled.with_instrument(Plain(actor))
    assert "__interrupt__" in asking.invoke({}, config)
    assert [told for told in actor.told if told[0] == "after_task"] == [("after_task", "a", None)]
    assert asking.invoke(Command(resume=7), config) == {"log": [7]}
    assert [told[0] for told in actor.told if told[1] == "a"] == [
        *("before_task", "after_task"),
        *("before_task", "before_route", "after_task"),
    ]


# -- what an instrument must be


def test_a_wrong_answer_names_those_allowed(play: Any) -> None:
    with pytest.raises(TypeError, match=r"before_task\(\) has answered True.*WithInput, Supply, Skip"):
        play(chain(a=logs("a")), {("before_task", "a"): True})


def test_there_is_no_answer_to_a_success(play: Any) -> None:
    with pytest.raises(TypeError, match="which did not fail"):
        play(chain(a=logs("a")), {("after_task", "a"): Retry()})


def test_an_instrument_needs_only_the_methods_it_wants_asked() -> None:
    class OnlySkips:
        def before_task(self, task: Any) -> Any:
            return Skip()

    assert list(chain(a=never).with_instrument(OnlySkips()).stream({})) == [{"a": None}]


@pytest.mark.parametrize("kind", [object, type("Half", (Plain,), {"after_task": Awaited.after_task})])
def test_what_is_no_instrument_is_refused(kind: Any) -> None:
    instrument = kind() if kind is object else kind(Actor({}))
    with pytest.raises(TypeError, match="before_task"):
        chain(a=never).with_instrument(instrument)


def test_chunks_come_out_of_a_sync_stream_while_a_task_is_held() -> None:
    let_go = threading.Event()

    class Holds(Plain):
        def before_task(self, task: Any) -> Any:
            let_go.wait()

    chunks = chain(a=logs("a")).with_instrument(Holds(Actor({}))).stream({}, stream_mode="tasks")
    assert next(chunks)["name"] == "a"
    let_go.set()
    assert next(chunks)["result"] == {"log": ["a"]}
