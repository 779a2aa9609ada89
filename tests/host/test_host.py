"""A run as events, on both engines: what is told, in which order, and how it ends."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

from stepscope.model.events import Event, parse
from stepscope.model.phase import RunPhase
from stepscope.model.run_state import RunState
from stepscope.model.topology import Topology

CHAIN = """
def a(state: State):
    return {"log": ["a"]}

async def b(state: State):
    get_stream_writer()({"at": "b"})
    return {"log": ["b"]}

graph = (
    StateGraph(State).add_node(a).add_node(b).add_edge(START, "a").add_edge("a", "b").compile()
)
"""

NESTED = """
def x(state: State):
    return {"log": ["x"]}

def y(state: State):
    return {"log": ["y"]}

def a(state: State):
    return {"word": "a"}

inner = StateGraph(State).add_node(x).add_node(y).add_edge(START, "x").add_edge("x", "y").compile()
graph = (
    StateGraph(State).add_node(a).add_node("inner", inner).add_node("z", lambda state: {"word": "z"})
    .add_edge(START, "a").add_edge(START, "inner").add_edge(["a", "inner"], "z").compile()
)
"""

PARALLEL = """
def a(state: State):
    return {"log": ["a"]}

def b(state: State):
    return {"log": ["b"]}

def c(state: State):
    return {"log": ["c"]}

graph = (
    StateGraph(State).add_node(a).add_node(b).add_node(c)
    .add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], "c").compile()
)
"""


def loaded() -> Any:
    """The program's module, as the host has executed it."""
    return sys.modules["stepscope_target_program"]


async def test_a_run_is_told_from_start_to_finish(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(CHAIN))
    last = await recorder.run({"log": ["in"]})
    assert recorder.story() == [
        "run_started",
        "values",
        "task_started a",
        "updated a",
        "task_finished a",
        "values",
        "task_started b",
        "custom",
        "updated b",
        "task_finished b",
        "values",
        "run_finished",
    ]
    assert (last["outcome"], last["reason"], last["still_running"]) == (
        "finished",
        "finished after superstep 2",
        [],
    )


async def test_events_name_their_superstep(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(CHAIN))
    await recorder.run({"log": ["in"]})
    assert [event["step"] for event in recorder.all("values")] == [0, 1, 2]
    assert [event["step"] for event in recorder.all("updated")] == [1, 2]
    assert [(event["step"], event["data"]) for event in recorder.all("custom")] == [(2, {"at": "b"})]
    assert recorder.all("values")[-1]["values"] == {"log": ["in", "a", "b"]}


async def test_a_subgraphs_events_carry_the_namespace_of_its_task(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(NESTED))
    await recorder.run({"log": []})
    task = next(event["task"] for event in recorder.all("task_started") if event["node"] == "inner")
    inner = [event for event in recorder.all("updated") if event["namespace"]]
    assert [event["node"] for event in inner] == ["x", "y"]
    assert {tuple(event["namespace"]) for event in inner} == {(f"inner:{task}",)}


async def test_the_window_can_read_and_fold_every_event(programs: Programs, recorder: Recorder) -> None:
    opened = recorder.open(programs.graph(NESTED))
    state = RunState(Topology.from_plain(opened["topology"]))
    await recorder.run({"log": []})
    for seq, event in enumerate(recorder.events):
        read = parse({**event, "seq": seq})
        assert isinstance(read, Event)
        state.apply(read)
    assert state.phase is RunPhase.FINISHED
    assert state.step == 2


async def test_a_stepped_run_holds_each_superstep_until_it_is_let_go(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(PARALLEL))
    recorder.on("paused", lambda event: recorder.host.order("step", {}))
    await recorder.run({"log": []}, start="step")
    assert recorder.story("task_started", "task_held", "paused", "resumed", "task_released", "task_finished")[
        2:
    ] in (
        [
            *order,
            "task_started c",
            "task_held c",
            "paused c",
            "resumed",
            "task_released c",
            "task_finished c",
        ]
        for order in (["task_finished a", "task_finished b"], ["task_finished b", "task_finished a"])
    )
    paused = recorder.all("paused")[0]
    assert (paused["step"], paused["reason"]) == (2, "superstep 2 is next: c")


async def test_what_is_held_has_not_run(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(PARALLEL))
    logs: list[Any] = []

    def look(event: dict[str, Any]) -> None:
        logs.append(recorder.all("values")[-1]["values"]["log"])
        recorder.host.stop()

    recorder.on("paused", look)
    last = await recorder.run({"log": []}, start="step")
    assert logs == [["a", "b"]]
    assert last["outcome"] == "stopped"
    assert "task_finished c" not in recorder.story()


async def test_one_step_runs_a_subgraph_to_its_end(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(NESTED))
    recorder.on("paused", lambda event: recorder.host.order("step", {}))
    await recorder.run({"log": []}, start="step")
    assert [event["next"] for event in recorder.all("paused")] == [["z"]]


async def test_a_pause_holds_the_next_task_inside_a_subgraph(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            may_end = asyncio.Event()

            async def x(state: State):
                get_stream_writer()("in x")
                await may_end.wait()
                return {"log": ["x"]}

            def y(state: State):
                return {"log": ["y"]}

            inner = StateGraph(State).add_sequence([x, y]).add_edge(START, "x").compile()
            graph = (
                StateGraph(State).add_node("inner", inner).add_node("z", lambda state: {"word": "z"})
                .add_edge(START, "inner").add_edge("inner", "z").compile()
            )
            """
        )
    )

    def pause(event: dict[str, Any]) -> None:
        recorder.host.order("pause", {})
        loaded().may_end.set()

    recorder.on("custom", pause)
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    last = await recorder.run({"log": []})
    [paused] = recorder.all("paused")
    assert (paused["next"], paused["reason"]) == (["y"], "y has not begun")
    assert last["outcome"] == "finished"


async def test_a_step_from_inside_a_subgraph_ends_before_the_roots_next_superstep(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(NESTED))
    recorder.on(
        "run_started", lambda event: asyncio.get_running_loop().call_soon(recorder.host.order, "pause", {})
    )
    recorder.on("paused", lambda event: recorder.host.order("step", {}))
    await recorder.run({"log": []})
    assert [event["next"] for event in recorder.all("paused")][-1] == ["z"]


async def test_a_pause_lets_what_runs_finish_first(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            async def quick(state: State):
                return {"log": ["quick"]}

            async def slow(state: State):
                for _ in range(50):
                    await asyncio.sleep(0)
                return {"log": ["slow"]}

            graph = (
                StateGraph(State).add_node(quick).add_node(slow)
                .add_node("last", lambda state: {"log": ["last"]})
                .add_edge(START, "quick").add_edge(START, "slow").add_edge(["quick", "slow"], "last")
                .compile()
            )
            """
        )
    )
    recorder.on(
        "updated", lambda event: recorder.host.order("pause", {}) if event["node"] == "quick" else None
    )
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    await recorder.run({"log": []})
    assert recorder.story("updated", "paused") == [
        "updated quick",
        "updated slow",
        "paused last",
        "updated last",
    ]


async def test_a_thousand_sends_are_held_together_and_told_by_one_pause(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def fan(state: State):
                return [Send("w", {"n": n}) for n in range(1000)]

            async def w(state: Any):
                return {"log": [state["n"]]}

            graph = (
                StateGraph(State).add_node("plan", lambda state: {"word": "go"}).add_node(w)
                .add_edge(START, "plan").add_conditional_edges("plan", fan, ["w"]).compile()
            )
            """
        )
    )
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    await recorder.run({"log": []}, start="step")
    assert len(recorder.all("task_held")) == len(recorder.all("task_released")) == 1000
    assert [event["next"] for event in recorder.all("paused")] == [["w"]]
    assert len(recorder.all("values")[-1]["values"]["log"]) == 1000


async def test_a_node_that_raises_fails_the_run_and_points_at_its_line(
    programs: Programs, recorder: Recorder
) -> None:
    path = programs.graph(
        """
        def fine(state: State):
            return {"word": "fine"}

        async def boom(state: State):
            await asyncio.sleep(0.05)
            raise ValueError("no such city")

        graph = (
            StateGraph(State).add_node(fine).add_node(boom)
            .add_edge(START, "fine").add_edge(START, "boom").compile()
        )
        """
    )
    recorder.open(path)
    last = await recorder.run({"log": []})
    assert last["outcome"] == "failed"
    assert last["reason"] == "boom failed in superstep 1"
    failure = last["failure"]
    assert (failure["type"], failure["message"]) == ("ValueError", "no such city")
    assert failure["where"]["file"] == path
    assert failure["where"]["function"] == "boom"
    assert failure["where"]["source"] == 'raise ValueError("no such city")'
    assert programs.engine not in failure["traceback"].replace(path, "")
    finished = {event["node"]: event["failure"] for event in recorder.all("task_finished")}
    assert finished["fine"] is None
    assert finished["boom"]["type"] == "ValueError"
    assert "updated fine" in recorder.story(), "what had arrived is kept"


async def test_a_failure_inside_a_subgraph_names_the_inner_node(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def deep(state: State):
                raise KeyError("word")

            inner = StateGraph(State).add_node(deep).add_edge(START, "deep").compile()
            graph = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()
            """
        )
    )
    last = await recorder.run({"log": []})
    assert last["reason"] == "deep failed in superstep 1"
    assert "state.get('word')" in last["failure"]["remedy"]
    failed = [event["node"] for event in recorder.all("task_finished") if event["failure"]]
    assert failed == ["deep", "inner"]


@pytest.mark.parametrize("raised", ["SystemExit(3)", "KeyboardInterrupt()", "BaseException('odd')"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_node_that_exits_fails_the_run_and_not_the_host(
    programs: Programs, recorder: Recorder, raised: str, kind: str
) -> None:
    from stepscope_host.running import run_until_complete

    recorder.open(
        programs.graph(
            f"""
            {kind} leave(state: State):
                raise {raised}

            graph = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
            """
        )
    )
    loop = asyncio.new_event_loop()
    try:
        last = run_until_complete(loop, recorder.run({"log": []}))
        assert (last["outcome"], last["failure"]["type"]) == ("failed", raised.partition("(")[0])
        again = run_until_complete(loop, recorder.run({"log": []}))
        assert again["outcome"] == "failed"
    finally:
        loop.close()


async def test_a_node_that_returns_nonsense_is_pointed_at(programs: Programs, recorder: Recorder) -> None:
    path = programs.graph(
        """
        def nonsense(state: State):
            return "not a dictionary"

        graph = StateGraph(State).add_node(nonsense).add_edge(START, "nonsense").compile()
        """
    )
    recorder.open(path)
    last = await recorder.run({"log": []})
    failure = last["failure"]
    assert failure["type"] == "InvalidUpdateError"
    assert "A node returns a dictionary" in failure["remedy"]
    assert (failure["where"]["file"], failure["where"]["function"]) == (path, "nonsense")


async def test_an_endless_loop_is_told_with_what_to_do(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            def again(state: State):
                return {"word": "x"}

            graph = (
                StateGraph(State).add_node(again)
                .add_edge(START, "again").add_edge("again", "again").compile()
            ).with_config(recursion_limit=5)
            """
        )
    )
    last = await recorder.run({"log": []})
    assert last["failure"]["type"] == "GraphRecursionError"
    assert "recursion_limit" in last["failure"]["remedy"]
    assert len(recorder.all("updated")) == 5


async def test_an_input_of_unknown_keys_is_refused_before_anything_runs(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CHAIN))
    last = await recorder.run({"wrod": "cats"})
    assert recorder.story() == ["run_started", "run_finished"]
    assert last["failure"]["type"] == "InputError"
    assert last["failure"]["message"].endswith("'wrod'. Did you mean 'word'?")
    assert last["failure"]["remedy"] == "It knows: log, word."


async def test_a_stop_cancels_what_runs(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            async def forever(state: State):
                await asyncio.Event().wait()

            graph = StateGraph(State).add_node(forever).add_edge(START, "forever").compile()
            """
        )
    )
    recorder.on("task_started", lambda event: recorder.host.stop())
    last = await recorder.run({"log": []})
    assert (last["outcome"], last["reason"], last["failure"]) == ("stopped", "stopped in superstep 1", None)
    assert last["still_running"] == []


async def test_a_stop_names_the_node_whose_thread_goes_on(programs: Programs, recorder: Recorder) -> None:
    opened = recorder.open(
        programs.graph(
            """
            import threading
            is_let_go = threading.Event()

            def stuck(state: State):
                get_stream_writer()("in")
                is_let_go.wait(30)

            async def forever(state: State):
                await asyncio.Event().wait()

            graph = (
                StateGraph(State).add_node(stuck).add_node(forever)
                .add_edge(START, "stuck").add_edge(START, "forever").compile()
            )
            """
        )
    )
    recorder.on("custom", lambda event: recorder.host.stop())
    last = await recorder.run({"log": []})
    try:
        assert opened["name"] == "graph"
        assert last["still_running"] == ["stuck"]
        assert recorder.host.still_running == ("stuck",)
    finally:
        loaded().is_let_go.set()


async def test_all_tasks_of_a_superstep_are_told_before_a_node_blocks_the_loop(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            import threading
            all_are_told = threading.Event()

            def in_a_thread(state: State):
                return {"log": ["in_a_thread"]}

            async def a_blocking(state: State):
                return {"log": [all_are_told.wait(5)]}

            graph = (
                StateGraph(State).add_node(in_a_thread).add_node(a_blocking)
                .add_edge(START, "in_a_thread").add_edge(START, "a_blocking").compile()
            )
            """
        )
    )

    def count(event: dict[str, Any]) -> None:
        if len(recorder.all("task_started")) == 2:
            loaded().all_are_told.set()

    recorder.on("task_started", count)
    await recorder.run({"log": []})
    assert recorder.all("values")[-1]["values"]["log"] == [True, "in_a_thread"]


async def test_an_async_node_that_swallows_its_cancellation_is_named(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            is_let_go = asyncio.Event()

            async def deaf(state: State):
                while not is_let_go.is_set():
                    try:
                        await is_let_go.wait()
                    except asyncio.CancelledError:
                        pass
                return {"log": ["late"]}

            graph = StateGraph(State).add_node(deaf).add_edge(START, "deaf").compile()
            """
        )
    )
    recorder.on("task_started", lambda event: asyncio.get_running_loop().call_later(0.01, recorder.host.stop))
    last = await recorder.run({"log": []})
    left = asyncio.all_tasks() - {asyncio.current_task()}
    loaded().is_let_go.set()
    await asyncio.wait(left)
    assert (last["outcome"], last["still_running"]) == ("stopped", ["deaf"])


async def test_a_node_that_stood_still_is_over_by_the_next_run(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(PARALLEL))
    recorder.on("paused", lambda event: recorder.host.stop())
    await recorder.run({"log": []}, start="step")
    last = await recorder.run({"log": []})
    assert last["outcome"] == "finished"
    assert recorder.all("paused") == []


async def test_a_command_that_leaves_a_subgraph_settles_the_task_that_gave_it(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def leave(state: State):
                return Command(graph=Command.PARENT, goto="after", update={"word": "left"})

            inner = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
            graph = (
                StateGraph(State).add_node("inner", inner).add_node("after", lambda state: {"log": ["after"]})
                .add_edge(START, "inner").compile()
            )
            """
        )
    )
    await recorder.run({"log": []})
    started = [event["task"] for event in recorder.all("task_started")]
    finished = [event["task"] for event in recorder.all("task_finished")]
    assert sorted(started) == sorted(finished)
    assert len(started) == 3


async def test_tokens_are_told_as_they_arrive(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            from langchain_core.language_models import GenericFakeChatModel
            from langchain_core.messages import AIMessage
            model = GenericFakeChatModel(messages=iter([AIMessage("a joke")])).with_config(tags=["joke"])

            def ask(state: State):
                return {"word": model.invoke("tell").content}

            graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
            """
        )
    )
    await recorder.run({"log": []})
    tokens = recorder.all("token")
    assert "".join(token["text"] for token in tokens) == "a joke"
    assert {(token["node"], token["step"], *token["tags"]) for token in tokens} == {("ask", 1, "joke")}
    assert len({token["message"] for token in tokens}) == 1
    assert [token["whole"] for token in tokens] == [False] * (len(tokens) - 1) + [True]


async def test_a_streamed_tool_call_begins_with_its_name(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            """
            from ENGINE.graph import START, MessagesState, StateGraph
            from langchain_core.language_models import BaseChatModel
            from langchain_core.messages import AIMessageChunk
            from langchain_core.outputs import ChatGenerationChunk

            class Caller(BaseChatModel):
                _llm_type = "caller"

                def _generate(self, *args, **kwargs):
                    raise NotImplementedError

                def _stream(self, *args, **kwargs):
                    parts = [("add", "", 0), (None, '{"a": 1}', 0), ("sub", "{}", 1)]
                    for name, args, index in parts:
                        call = {"name": name, "args": args, "id": f"c{index}", "index": index}
                        chunk = AIMessageChunk("", tool_call_chunks=[call])
                        yield ChatGenerationChunk(message=chunk)

            def ask(state: MessagesState):
                return {"messages": [Caller().invoke(state["messages"])]}

            graph = StateGraph(MessagesState).add_node(ask).add_edge(START, "ask").compile()
            """
        )
    )
    await recorder.run({"messages": [{"role": "user", "content": "1+1"}]})
    calls = "".join(token["tool_calls"] for token in recorder.all("token"))
    assert calls == 'add {"a": 1}\nsub {}'


async def test_a_returned_message_is_one_whole_token(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            """
            from ENGINE.graph import START, MessagesState, StateGraph
            from langchain_core.messages import AIMessage

            def ask(state: MessagesState):
                call = {"name": "add", "args": {"a": 1}, "id": "c1"}
                return {"messages": [AIMessage("let me see", tool_calls=[call])]}

            graph = StateGraph(MessagesState).add_node(ask).add_edge(START, "ask").compile()
            """
        )
    )
    await recorder.run({"messages": [{"role": "user", "content": "1+1"}]})
    [token] = recorder.all("token")
    assert (token["kind"], token["text"], token["whole"]) == ("AIMessage", "let me see", True)
    assert token["tool_calls"] == 'add {"a": 1}'


async def test_a_state_of_any_values_is_told(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            """
            class Silent:
                def __repr__(self):
                    raise RuntimeError("no words")

            def odd(state: State):
                cycle = []
                cycle.append(cycle)
                return {"log": [Silent(), cycle, {1, 2}, float("nan"), "x" * 50_000_000, object]}

            graph = StateGraph(State).add_node(odd).add_edge(START, "odd").compile()
            """
        )
    )
    last = await recorder.run({"log": []})
    assert last["outcome"] == "finished"
    log = recorder.all("updated")[0]["update"]["log"]
    assert log[0]["$type"] == "Silent"
    assert log[1] == [{"$type": "list", "$cycle": True}]
    assert log[4]["$size"] == 50_000_000


async def test_a_graph_that_reacts_badly_to_wrapping_is_stepped_by_not_asking(
    programs: Programs, recorder: Recorder
) -> None:
    opened = recorder.open(
        programs.graph(
            PARALLEL
            + """
class Shy:
    '''A graph that can be run and drawn, but neither copied nor given an instrument.'''

    def __init__(self, inner):
        self._inner = inner
        self.nodes = {"a": None, "b": None, "c": None}

    def astream(self, *args, **kwargs):
        return self._inner.astream(*args, **kwargs)

    def get_graph(self):
        return self._inner.get_graph()

    def get_input_jsonschema(self):
        return {}

shy = Shy(graph)
"""
        )
        + ":shy"
    )
    assert "at its own supersteps only: wrapping its nodes raises" in opened["warnings"][0]
    recorder.on("paused", lambda event: recorder.host.order("step", {}))
    last = await recorder.run({"log": []}, start="step")
    assert recorder.story("paused", "updated")[-2:] == ["paused c", "updated c"]
    assert last["outcome"] == "finished"


async def test_a_run_that_is_cancelled_from_outside_still_tells_its_end(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(PARALLEL))
    run = asyncio.ensure_future(recorder.run({"log": []}, start="step"))
    recorder.on("paused", lambda event: run.cancel())
    await run
    assert recorder.events[-1]["outcome"] == "stopped"


async def test_an_async_node_may_call_a_graph_with_a_blocking_call(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def x(state: State):
                return {"log": ["x"]}

            def y(state: State):
                return {"log": ["y"]}

            inner = (
                StateGraph(State).add_node(x).add_node(y)
                .add_edge(START, "x").add_edge(START, "y").compile()
            )

            async def outer(state: State):
                return inner.invoke({"log": []})

            graph = (
                StateGraph(State).add_node(outer).add_node("after", lambda state: {"log": ["after"]})
                .add_edge(START, "outer").add_edge("outer", "after").compile()
            )
            """
        )
    )
    recorder.on("paused", lambda event: recorder.host.order("step", {}))
    last = await recorder.run({"log": []}, start="step")
    assert last["outcome"] == "finished"
    assert [event["next"] for event in recorder.all("paused")] == [["after"]]
    assert recorder.all("values")[-1]["values"]["log"] == ["x", "y", "after"]
