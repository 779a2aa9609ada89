"""stream(), invoke() and their async twins: which chunks come, in which shape, and when."""

from __future__ import annotations

import asyncio
import contextvars
import operator
import threading
from collections.abc import Callable
from contextlib import aclosing
from typing import Annotated, Any, Optional

import pytest
from langchain_core.runnables import RunnableConfig
from typing_extensions import TypedDict

from stepgraph.config import get_config, get_store, get_stream_writer
from stepgraph.errors import (
    EmptyInputError,
    GraphRecursionError,
    InvalidUpdateError,
    ParentCommand,
)
from stepgraph.graph import END, START, StateGraph
from stepgraph.runtime import Runtime, get_runtime
from stepgraph.types import Command, Send, StreamWriter


class State(TypedDict):
    log: Annotated[list[Any], operator.add]
    x: str


def logs(word: str) -> Callable[[State], dict[str, Any]]:
    return lambda state: {"log": [word]}


def chain(*actions: Any, schema: Any = State, **options: Any) -> Any:
    """A graph of nodes a, b, c... one after another."""
    names = "abcdefgh"[: len(actions)]
    graph = StateGraph(schema).add_sequence(list(zip(names, actions, strict=True)))
    return graph.add_edge(START, "a").compile(**options)


def side_by_side(*actions: Any) -> Any:
    """A graph of nodes a, b, c... all due at once."""
    graph = StateGraph(State)
    for name, action in zip("abcdefgh", actions, strict=False):
        graph.add_node(name, action).add_edge(START, name)
    return graph.compile()


def without_ids(chunk: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in chunk.items() if key not in ("id", "timestamp")}


# -- modes and envelopes


def test_updates_is_the_default_and_values_come_once_a_step() -> None:
    graph = chain(logs("1"), lambda state: None, logs("2"))
    assert list(graph.stream({"x": "in"})) == [{"a": {"log": ["1"]}}, {"b": None}, {"c": {"log": ["2"]}}]
    assert list(graph.stream({"x": "in"}, stream_mode="values")) == [
        {"log": [], "x": "in"},
        {"log": ["1"], "x": "in"},
        {"log": ["1", "2"], "x": "in"},
    ]


def test_tasks_tell_start_and_end_with_input_and_result() -> None:
    started, ended = chain(logs("1")).stream({"x": "in"}, stream_mode="tasks")
    assert without_ids(started) == {
        "name": "a",
        "input": {"log": [], "x": "in"},
        "triggers": ("branch:to:a",),
    }
    assert without_ids(ended) == {"name": "a", "error": None, "result": {"log": ["1"]}, "interrupts": []}
    assert started["id"] == ended["id"]


def test_debug_wraps_tasks_with_the_step() -> None:
    chunks = list(chain(logs("1"), logs("2")).stream({}, stream_mode="debug"))
    assert [(c["step"], c["type"], c["payload"]["name"]) for c in chunks] == [
        (1, "task", "a"),
        (1, "task_result", "a"),
        (2, "task", "b"),
        (2, "task_result", "b"),
    ]


@pytest.mark.parametrize("modes", [["updates"], ("updates",)])
def test_several_modes_label_their_chunks_in_a_list_or_a_tuple(modes: Any) -> None:
    assert list(chain(logs("1")).stream({}, stream_mode=modes)) == [("updates", {"a": {"log": ["1"]}})]


def test_an_unknown_mode_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match=r"stream_mode 'update' does not exist. Did you mean 'updates'\?"):
        chain(logs("1")).stream({}, stream_mode="update")


async def test_an_unknown_mode_is_refused_in_async_too() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        chain(logs("1")).astream({}, stream_mode=["nothing"])


def test_output_keys_narrow_values_and_updates() -> None:
    graph = chain(logs("1"), lambda state: {"x": "out"})
    assert list(graph.stream({"x": "in"}, stream_mode=["values", "updates"], output_keys="x")) == [
        ("values", "in"),
        ("updates", {"a": None}),
        ("updates", {"b": "out"}),
        ("values", "out"),
    ]
    with pytest.raises(ValueError, match=r"Key 'y' in output_keys is not in the state. Keys: 'log', 'x'\."):
        graph.invoke({}, output_keys=["y"])


def test_invoke_gives_the_last_values_or_nothing_or_the_chunks_of_another_mode() -> None:
    graph = chain(logs("1"))
    assert graph.invoke({"x": "in"}) == {"log": ["1"], "x": "in"}
    assert chain(lambda state: None).invoke({}) is None
    assert graph.invoke({}, stream_mode="updates") == [{"a": {"log": ["1"]}}]


def test_a_key_written_twice_by_one_task_shows_both_writes() -> None:
    graph = chain(lambda state: Command(update=[("log", [1]), ("log", [2])]))
    modes = ["updates", "tasks", "values"]
    chunks = [(mode, data) for mode, data in graph.stream({}, stream_mode=modes) if "triggers" not in data]
    assert chunks[0] == ("updates", {"a": [{"log": [1]}, {"log": [2]}]})
    assert chunks[1][1]["result"] == {"log": {"$writes": [[1], [2]]}}
    assert chunks[2] == ("values", {"log": [1, 2]})


def test_an_option_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"stream\(\) has no option 'subgraph'. Did you mean 'subgraphs'\?"):
        chain(logs("1")).stream({}, subgraph=True)


# -- when chunks come


def test_nothing_runs_before_the_first_chunk_is_asked_for_and_each_step_waits_to_be_asked() -> None:
    ran: list[str] = []
    graph = chain(lambda state: ran.append("a"), lambda state: ran.append("b"))
    chunks = graph.stream({})
    assert ran == []
    next(chunks)
    assert ran == ["a"]
    next(chunks)
    assert ran == ["a", "b"]


async def test_an_async_run_is_as_lazy() -> None:
    ran: list[str] = []
    graph = chain(lambda state: ran.append("a"), lambda state: ran.append("b"))
    async with aclosing(graph.astream({})) as chunks:
        await anext(chunks)
        assert ran == ["a"]


async def test_what_tells_that_a_superstep_begins_is_taken_before_its_nodes_start() -> None:
    ran: list[str] = []

    def runs(name: str) -> Callable[[State], Any]:
        async def node(state: State) -> None:
            ran.append(name)

        return node

    graph = side_by_side(runs("a"), runs("b"))
    seen = []
    async with aclosing(graph.astream({"x": "in"}, stream_mode=["values", "tasks", "custom"])) as chunks:
        async for mode, chunk in chunks:
            for _ in range(10):  # turns of the loop, in which a node that was due would have run
                await asyncio.sleep(0)
            seen.append((mode, chunk.get("name"), "result" in chunk, len(ran)))
    assert seen[:3] == [("values", None, False, 0), ("tasks", "a", False, 0), ("tasks", "b", False, 0)]
    assert [name for _, name, ended, _ in seen[3:] if ended] == ["a", "b"]


def test_custom_data_comes_while_a_lone_sync_node_still_runs() -> None:
    seen = threading.Event()

    def node(state: State, writer: StreamWriter) -> None:
        writer("now")
        assert seen.wait(10), "the chunk did not come before the node ended"

    chunks = chain(node).stream({}, stream_mode="custom")
    assert next(chunks) == "now"
    seen.set()
    assert list(chunks) == []


async def test_custom_data_comes_while_an_async_node_still_runs() -> None:
    seen = asyncio.Event()

    async def node(state: State, writer: StreamWriter) -> None:
        writer("now")
        await seen.wait()

    async with aclosing(chain(node).astream({}, stream_mode="custom")) as chunks:
        assert await anext(chunks) == "now"
        seen.set()
        assert [chunk async for chunk in chunks] == []


async def test_custom_data_of_a_sync_node_reaches_an_async_run_at_once() -> None:
    seen = threading.Event()

    def node(state: State, writer: StreamWriter) -> None:
        writer("now")
        assert seen.wait(10)

    async with aclosing(chain(node).astream({}, stream_mode="custom")) as chunks:
        assert await anext(chunks) == "now"
        seen.set()
        assert [chunk async for chunk in chunks] == []


def test_a_fast_nodes_update_does_not_wait_for_its_slow_sibling() -> None:
    seen = threading.Event()

    def slow(state: State) -> dict[str, Any]:
        assert seen.wait(10)
        return {"log": ["slow"]}

    chunks = side_by_side(slow, logs("fast")).stream({}, stream_mode="updates")
    assert next(chunks) == {"b": {"log": ["fast"]}}
    seen.set()
    assert list(chunks) == [{"a": {"log": ["slow"]}}]


async def test_the_state_does_not_depend_on_who_finishes_first() -> None:
    done = asyncio.Event()

    async def last(state: State) -> dict[str, Any]:
        await done.wait()
        return {"log": ["a"]}

    async def first(state: State) -> dict[str, Any]:
        done.set()
        return {"log": ["b"]}

    graph = side_by_side(last, first)
    assert [next(iter(chunk)) async for chunk in graph.astream({})] == ["b", "a"]
    done.clear()
    assert await graph.ainvoke({}) == {"log": ["a", "b"]}


def test_a_lone_sync_node_runs_on_the_callers_thread() -> None:
    graph = chain(lambda state: {"log": [threading.get_ident()]})
    assert graph.invoke({})["log"] == [threading.get_ident()]


def test_an_eager_graphs_lone_node_leaves_the_callers_thread_free() -> None:
    graph = chain(lambda state: {"log": [threading.get_ident()]})
    graph.stream_eager = True
    (chunk,) = graph.stream({})
    assert chunk["a"]["log"] != [threading.get_ident()]


async def test_sync_nodes_of_an_async_run_leave_the_loops_thread_free() -> None:
    graph = chain(lambda state: {"log": [threading.get_ident()]})
    assert (await graph.ainvoke({}))["log"] != [threading.get_ident()]


async def test_max_concurrency_limits_how_many_run_at_once() -> None:
    running, most = 0, 0

    async def node(state: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    graph = side_by_side(*[node] * 8)
    await graph.ainvoke({}, {"max_concurrency": 3})
    assert most == 3
    await graph.ainvoke({})
    assert most == 8


# -- the end of a run


@pytest.mark.parametrize(("nodes", "limit"), [(1, 2), (3, 4)])
def test_n_nodes_in_a_row_need_a_limit_of_n_plus_one(nodes: int, limit: int) -> None:
    graph = chain(*[logs("x")] * nodes)
    assert len(list(graph.stream({}, {"recursion_limit": limit}))) == nodes
    chunks = graph.stream({}, {"recursion_limit": limit - 1})
    assert [next(chunks) for _ in range(nodes)]
    with pytest.raises(GraphRecursionError, match=f"Recursion limit of {limit - 1} reached"):
        next(chunks)


def test_a_recursion_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="recursion_limit must be at least 1, and is 0"):
        chain(logs("1")).invoke({}, {"recursion_limit": 0})


@pytest.mark.parametrize("nothing", [None, Command()])
def test_nothing_to_start_from_is_refused(nothing: Any) -> None:
    with pytest.raises(EmptyInputError, match="Received no input"):
        chain(logs("1")).invoke(nothing)


def test_an_input_that_is_no_state_is_refused() -> None:
    with pytest.raises(InvalidUpdateError, match="Expected dict, got 'hello': as input"):
        chain(logs("1")).invoke("hello")


def test_a_command_as_input_updates_and_leads_on_beside_the_first_node() -> None:
    graph = StateGraph(State).add_node("a", logs("a")).add_node("b", logs("b")).add_edge(START, "a").compile()
    assert graph.invoke(Command(update={"x": "in"}, goto="b")) == {"log": ["a", "b"], "x": "in"}


@pytest.mark.parametrize("answer", ["text", [{"log": []}], [], 5])
def test_a_node_that_returns_no_update_is_told_what_to_return(answer: Any) -> None:
    with pytest.raises(InvalidUpdateError, match=r"from node 'a'. Return a dict of the keys to update"):
        chain(lambda state: answer).invoke({})


async def test_a_coroutine_that_was_not_awaited_is_recognized() -> None:
    async def later() -> dict[str, Any]:
        return {}

    with pytest.raises(InvalidUpdateError, match="It was not awaited: make the function async"):
        await chain(lambda state: later()).ainvoke({})


def test_an_async_node_in_a_sync_run_is_told_to_use_ainvoke() -> None:
    async def node(state: State) -> None: ...

    with pytest.raises(TypeError, match=r"Node 'a' is async: .* Run the graph with ainvoke\(\)"):
        chain(node).invoke({})


# -- where to go


def routed(path: Any, path_map: Any = None) -> Any:
    graph = StateGraph(State)
    for name in "abc":
        graph.add_node(name, logs(name))
    return graph.add_edge(START, "a").add_conditional_edges("a", path, path_map).compile()


@pytest.mark.parametrize(
    ("answer", "path_map", "ran"),
    [
        ("b", None, ["a", "b"]),
        (END, None, ["a"]),
        ([], None, ["a"]),
        (["c", "b"], None, ["a", "b", "c"]),
        (["c", Send("b", {}), END], None, ["a", "c", "b"]),
        (True, {True: "b", False: END}, ["a", "b"]),
        (["x", "y"], {"x": "b", "y": "c"}, ["a", "b", "c"]),
    ],
)
def test_a_path_leads_where_it_says(answer: Any, path_map: Any, ran: list[str]) -> None:
    assert routed(lambda state: answer, path_map).invoke({})["log"] == ran


async def test_a_path_may_be_async() -> None:
    async def path(state: State) -> str:
        return "b"

    assert (await routed(path).ainvoke({}))["log"] == ["a", "b"]


def test_a_path_sees_its_own_nodes_writes_and_no_siblings() -> None:
    seen: list[Any] = []

    def path(state: Any) -> str:
        seen.append(dict(state))
        return END

    graph = StateGraph(State).add_node("a", lambda state: {"log": ["a"], "extra": 1}).add_node("b", logs("b"))
    graph.add_edge(START, "a").add_edge(START, "b").add_conditional_edges("a", path)
    graph.compile().invoke({"x": "in"})
    assert seen == [{"log": ["a"], "x": "in", "extra": 1}]


def test_an_answer_that_the_map_lacks_is_a_key_error_that_lists_it() -> None:
    with pytest.raises(
        KeyError, match=r"path 'condition' of node 'a' returned 'z', which is not one of \['x'\]"
    ):
        routed(lambda state: "z", {"x": "b"}).invoke({})


@pytest.mark.parametrize("answer", [None, START, 7])
def test_an_answer_that_is_no_destination_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="did not return a valid destination"):
        routed(lambda state: answer).invoke({})


def test_an_unknown_destination_is_logged_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    assert routed(lambda state: ["bb", Send("cc", 1)]).invoke({})["log"] == ["a"]
    assert [record.getMessage() for record in caplog.records] == [
        "Node 'a' leads to 'bb', but there is no such node: ignored. Did you mean 'b'?",
        "Node 'a' leads to 'cc', but there is no such node: ignored. Did you mean 'c'?",
    ]


def test_goto_adds_to_the_edges_and_end_cancels_nothing() -> None:
    graph = StateGraph(State).add_node("a", lambda state: Command(goto=["c", END], update={"log": ["a"]}))
    graph.add_node("b", logs("b")).add_node("c", logs("c")).add_edge(START, "a").add_edge("a", "b")
    assert graph.compile().invoke({})["log"] == ["a", "b", "c"]


def test_a_send_carries_an_input_of_its_own() -> None:
    graph = StateGraph(State).add_node("w", lambda n: {"log": [n * 10]})
    graph.add_conditional_edges(START, lambda state: [Send("w", n) for n in (3, 1, 2)])
    assert graph.compile().invoke({})["log"] == [30, 10, 20]


def test_a_command_to_a_parent_that_is_not_there_reaches_the_caller() -> None:
    with pytest.raises(ParentCommand) as caught:
        chain(lambda state: Command(graph=Command.PARENT, goto="b")).invoke({})
    assert caught.value.command.goto == "b"


# -- what a node can ask for


def test_config_writer_and_runtime_are_given_by_name() -> None:
    def node(
        state: State,
        config: Optional[RunnableConfig],  # noqa: UP045
        *,
        writer: StreamWriter,
        runtime: Runtime[Any],
        store: Any = 1,
    ) -> dict[str, Any]:
        assert config is not None
        writer("from the writer")
        runtime.stream_writer("from the runtime")
        where = config["metadata"]["langgraph_node"], config["configurable"]["user"], runtime.context, store
        return {"log": [where]}

    config = {"configurable": {"user": "ada"}}
    chunks = chain(node).stream({}, config, context={"k": 1}, stream_mode=["custom", "updates"])
    assert list(chunks) == [
        ("custom", "from the writer"),
        ("custom", "from the runtime"),
        ("updates", {"a": {"log": [("a", "ada", {"k": 1}, 1)]}}),
    ]


def test_a_config_with_another_annotation_is_warned_of_and_not_given() -> None:
    def node(state: State, config: dict[str, Any]) -> None: ...

    with pytest.warns(UserWarning, match="Annotate it with RunnableConfig"):
        graph = chain(node)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        graph.invoke({})


@pytest.mark.parametrize("ask", [get_config, get_stream_writer, get_runtime, get_store])
def test_asking_outside_of_a_run_says_so(ask: Callable[[], Any]) -> None:
    with pytest.raises(RuntimeError, match="outside of a runnable context"):
        ask()


async def test_asking_works_in_whatever_a_node_calls_sync_and_async() -> None:
    def helper() -> None:
        get_stream_writer()(get_config()["metadata"]["langgraph_step"])

    async def a(state: State) -> None:
        await asyncio.sleep(0)
        helper()

    def b(state: State) -> None:
        helper()

    assert [chunk async for chunk in chain(a, b).astream({}, stream_mode="custom")] == [1, 2]


def test_a_writer_works_in_a_thread_of_the_nodes_own() -> None:
    def node(state: State, writer: StreamWriter) -> None:
        thread = threading.Thread(target=writer, args=("from a thread",))
        thread.start()
        thread.join()

    assert list(chain(node).stream({}, stream_mode="custom")) == ["from a thread"]


def test_a_writer_that_no_one_listens_to_does_nothing() -> None:
    assert list(chain(lambda state: get_stream_writer()("unheard")).stream({})) == [{"a": None}]


variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


async def test_context_variables_set_in_a_node_stay_there() -> None:
    async def sets(state: State) -> dict[str, Any]:
        variable.set("in the node")
        await asyncio.sleep(0)
        return {"log": [variable.get()]}

    def looks(state: State) -> dict[str, Any]:
        return {"log": [variable.get()]}

    variable.set("outside")
    assert (await chain(sets, looks, sets).ainvoke({}))["log"] == ["in the node", "outside", "in the node"]
    assert variable.get() == "outside"


def test_a_bound_config_lies_beneath_the_calls() -> None:
    def node(state: State, config: RunnableConfig) -> dict[str, Any]:
        return {"log": [config["tags"], config["metadata"]["m"], config["configurable"]["c"]]}

    graph = chain(node).with_config(
        tags=["bound"], metadata={"m": 1}, configurable={"c": 1}, recursion_limit=1
    )
    call = {"tags": ["call"], "metadata": {"m": 2}, "recursion_limit": 5}
    assert graph.invoke({}, call)["log"] == [["bound", "call"], 2, 1]
    with pytest.raises(GraphRecursionError):
        graph.invoke({}, {"metadata": {"m": 2}, "tags": []})
