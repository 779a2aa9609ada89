"""Breakpoints on both engines: before and after nodes, on errors, messages and changes; and what they say."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

from stepscope_host.debugging.breakpoints import Breakpoints
from stepscope_host.debugging.debugger import Task
from stepscope_host.debugging.states import States

LOOP = """
def writer(state: State):
    get_stream_writer()({"kind": "draft", "number": len(state["log"])})
    return {"log": [len(state["log"])], "word": "even" if len(state["log"]) % 2 else "odd"}

builder = StateGraph(State).add_node(writer).add_edge(START, "writer")
builder.add_conditional_edges("writer", lambda state: len(state["log"]) < 5, {True: "writer", False: END})
graph = builder.compile()
"""

DEEP = """
def find(state: State):
    return {"log": ["found"]}

def read(state: State):
    return {"log": ["read"]}

def end(state: State):
    return {"log": ["end"]}

def inside(name, graph):
    return StateGraph(State).add_node(name, graph).add_edge(START, name)

deepest = StateGraph(State).add_node(find).add_node(read).add_edge(START, "find").add_edge("find", "read")
middle = inside("search", deepest.compile()).compile()
builder = inside("research", inside("team", middle).compile()).add_node(end).add_edge("research", "end")
graph = builder.compile()
"""

SENDS = """
def plan(state: State):
    return {"log": ["plan"]}

def work(state):
    return {"log": [state["n"]]}

builder = StateGraph(State).add_node(plan).add_node(work).add_edge(START, "plan")
builder.add_conditional_edges("plan", lambda state: [Send("work", {"n": n}) for n in range(4)], ["work"])
graph = builder.compile()
"""

SYNC_AND_ASYNC = pytest.mark.parametrize("define", ["def", "async def"])


def at(*path: str, when: str = "before", **more: Any) -> dict[str, Any]:
    return {"id": "1", "path": list(path), "when": when, **more}


async def stops(
    programs: Programs, recorder: Recorder, text: str, *breakpoints: dict[str, Any], input: Any = None
) -> list[str]:
    """Why the run stands, each time; it goes on at once."""
    recorder.open(programs.graph(text) + ":graph")
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    await recorder.run({"log": []} if input is None else input, breakpoints=list(breakpoints))
    return [event["reason"] for event in recorder.all("paused")]


def told(recorder: Recorder) -> list[str]:
    return [event["text"] for event in recorder.all("printed")]


# -- before


async def test_a_plain_breakpoint_stops_at_every_visit(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, LOOP, at("writer")) == [
        "breakpoint on `writer`",
        *(f"breakpoint on `writer`, visit {visit}" for visit in range(2, 6)),
    ]
    assert len(recorder.all("breakpoint_hit")) == 5
    assert recorder.all("breakpoint_hit")[0]["breakpoint"] == "1"


async def test_a_condition_over_the_newest_state_decides(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, LOOP, at("writer", condition="len(state['log']) > 2")) == [
        "breakpoint on `writer`, visit 4: `len(state['log']) > 2`",
        "breakpoint on `writer`, visit 5: `len(state['log']) > 2`",
    ]
    condition = "visit != 1 and state.word == 'even' and step == visit and node == 'writer'"
    assert await stops(programs, recorder, LOOP, at("writer", condition=condition)) == [
        f"breakpoint on `writer`, visit {visit}: `{condition}`" for visit in (3, 5)
    ]


async def test_a_condition_speaks_of_the_nodes_input(programs: Programs, recorder: Recorder) -> None:
    assert await stops(
        programs, recorder, SENDS, at("work", condition="input.n == 2 and node == 'work'")
    ) == ["breakpoint on `work`, visit 3: `input.n == 2 and node == 'work'`"]


async def test_a_breakpoint_can_let_the_first_visits_pass(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, LOOP, at("writer", visits=4)) == [
        "breakpoint on `writer`, visit 4",
        "breakpoint on `writer`, visit 5",
    ]


async def test_sends_of_one_node_are_visits_of_their_own(programs: Programs, recorder: Recorder) -> None:
    reasons = await stops(programs, recorder, SENDS, at("work", visits=3))
    assert reasons == ["breakpoint on `work`, visit 3 (and 1 more)"]
    assert len(recorder.all("task_held")) == 2


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
async def test_a_breakpoint_stops_at_any_depth(programs: Programs, recorder: Recorder, depth: int) -> None:
    path = ["research", "team", "search", "find"][: depth + 1]
    condition = "state['log'] == ['in'] and state.log == input.log"
    reasons = await stops(
        programs, recorder, DEEP, at(*path, condition=condition), input={"log": ["in"], "word": ""}
    )
    assert reasons == [f"breakpoint on `{' › '.join(path)}`: `{condition}`"]
    assert len(recorder.all("paused")[0]["next"]) == 1
    assert len(recorder.all("task_held")[0]["namespace"]) == depth


async def test_the_state_in_a_subgraph_is_that_of_the_subgraph(
    programs: Programs, recorder: Recorder
) -> None:
    path = ("research", "team", "search", "read")
    assert await stops(programs, recorder, DEEP, at(*path, condition="state.log == ['found']")) == [
        f"breakpoint on `{' › '.join(path)}`: `state.log == ['found']`"
    ]


@SYNC_AND_ASYNC
async def test_conditions_hold_for_sync_and_async_nodes_alike(
    programs: Programs, recorder: Recorder, define: str
) -> None:
    text = f"""
{define} count(state: State):
    return {{"log": [1]}}

builder = StateGraph(State).add_node(count).add_edge(START, "count")
builder.add_conditional_edges("count", lambda state: len(state["log"]) < 30, {{True: "count", False: END}})
graph = builder.compile()
"""
    condition = "len(state.log) != visit - 1 or len(state.log) in (7, 29)"
    recorder.open(programs.graph(text) + ":graph")
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    await recorder.run(
        {"log": []}, breakpoints=[at("count", condition=condition)], config={"recursion_limit": 50}
    )
    assert [event["reason"].partition(":")[0] for event in recorder.all("paused")] == [
        "breakpoint on `count`, visit 8",
        "breakpoint on `count`, visit 30",
    ]


async def test_conditions_may_use_what_the_program_defines(programs: Programs, recorder: Recorder) -> None:
    text = LOOP + "\nLIMIT = 4\n"
    assert await stops(programs, recorder, text, at("writer", condition="len(state.log) >= LIMIT")) == [
        "breakpoint on `writer`, visit 5: `len(state.log) >= LIMIT`"
    ]


@pytest.mark.parametrize(
    "state",
    ["class State(BaseModel):", "@dataclass\nclass State:"],
    ids=["pydantic", "dataclass"],
)
async def test_a_state_of_another_schema_has_attributes_too(
    programs: Programs, recorder: Recorder, state: str
) -> None:
    text = f"""
from dataclasses import dataclass
from pydantic import BaseModel

{state}
    n: int
    word: str = "hi"

def first(state: State):
    return {{"n": state.n + 1}}

def second(state: State):
    return {{"n": state.n + 1}}

builder = StateGraph(State).add_node(first).add_node(second).add_edge(START, "first")
graph = builder.add_edge("first", "second").compile()
"""
    condition = "state.n == 2 and input.n == 2 and state['n'] == 2 and input.word == 'hi'"
    condition += " and state.word == 'hi' and state['word'] == 'hi'"  # no node has written it
    assert await stops(programs, recorder, text, at("second", condition=condition), input={"n": 1}) == [
        f"breakpoint on `second`: `{condition}`"
    ]


async def test_a_condition_that_raises_stops_there_and_says_so(
    programs: Programs, recorder: Recorder
) -> None:
    reasons = await stops(programs, recorder, LOOP, at("writer", condition="state['x'] > 2", visits=5))
    assert reasons == ["the condition raises KeyError: 'x' (`state['x'] > 2`, breakpoint on `writer`)"]


async def test_a_condition_that_hangs_stops_there_and_says_so(programs: Programs, recorder: Recorder) -> None:
    endless = "[0 for _ in iter(int, 1)]"
    assert await stops(programs, recorder, SENDS, at("plan", condition=endless)) == [
        f"the condition takes longer than 0.5 s (`{endless}`, breakpoint on `plan`)"
    ]


async def test_a_condition_that_is_no_expression_stops_there(programs: Programs, recorder: Recorder) -> None:
    (reason,) = await stops(programs, recorder, SENDS, at("plan", condition="state ="))
    assert reason == "the condition cannot be read: invalid syntax (`state =`, breakpoint on `plan`)"


async def test_a_disabled_breakpoint_does_nothing(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, SENDS, at("plan", enabled=False), at("gone", "plan")) == []


async def test_breakpoints_can_be_changed_while_the_run_stands(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LOOP))

    def on_paused(event: dict[str, Any]) -> None:
        recorder.host.order("breakpoints", {"breakpoints": [at("writer", condition="len(state.log) == 3")]})
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    await recorder.run({"log": []}, breakpoints=[at("writer")])
    assert [event["reason"] for event in recorder.all("paused")] == [
        "breakpoint on `writer`",
        "breakpoint on `writer`, visit 4: `len(state.log) == 3`",
    ]


async def test_another_attempt_is_no_other_visit(programs: Programs, recorder: Recorder) -> None:
    text = """
from ENGINE.types import RetryPolicy

def flaky(state: State):
    if not state["log"]:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("once more")
    return {"log": ["ok"]}

tries = []
policy = RetryPolicy(initial_interval=0.001, jitter=False)
builder = StateGraph(State).add_node("flaky", flaky, retry_policy=policy).add_edge(START, "flaky")
builder.add_conditional_edges("flaky", lambda state: len(state["log"]) < 2, {True: "flaky", False: END})
graph = builder.compile()
"""
    assert await stops(programs, recorder, text, at("flaky", visits=2)) == ["breakpoint on `flaky`, visit 2"]


# -- after


async def test_a_breakpoint_after_a_node_sees_its_update(programs: Programs, recorder: Recorder) -> None:
    condition = "update['log'] == [3] and len(state.log) == 3"
    assert await stops(programs, recorder, LOOP, at("writer", when="after", condition=condition)) == [
        f"breakpoint after `writer`, visit 4: `{condition}`"
    ]
    assert recorder.all("task_lingers")[0]["reason"].startswith("breakpoint after `writer`")


async def test_a_breakpoint_after_a_node_deep_inside(programs: Programs, recorder: Recorder) -> None:
    path = ("research", "team", "search", "find")
    assert await stops(programs, recorder, DEEP, at(*path, when="after")) == [
        "breakpoint after `research › team › search › find`"
    ]


async def test_a_node_that_asks_has_not_ended(programs: Programs, recorder: Recorder) -> None:
    text = """
from ENGINE.types import interrupt

def ask(state: State):
    return {"log": [interrupt("why?")]}

from langgraph.checkpoint.memory import InMemorySaver
graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
"""
    assert await stops(programs, recorder, text, at("ask", when="after")) == []


# -- errors

FAILING = """
from ENGINE.types import RetryPolicy

def boom(state: State):
    raise ValueError("no luck")

def handle(state: State):
    return {"log": ["handled"]}

inner = StateGraph(State).add_node("boom", boom, INNER).add_edge(START, "boom").compile()
builder = StateGraph(State).add_node("inner", inner, OUTER).add_edge(START, "inner")
graph = builder.compile()
"""
NO_OPTION = "metadata=None"
HANDLER = "error_handler=handle"
RETRY = "retry_policy=RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=2, retry_on=ValueError)"


def failing(inner: str = NO_OPTION, outer: str = NO_OPTION) -> str:
    return FAILING.replace("INNER", inner).replace("OUTER", outer)


def on_errors(**more: Any) -> dict[str, Any]:
    return at(when="error", **more)


async def test_an_error_stops_the_run_once_where_it_was_raised(
    programs: Programs, recorder: Recorder
) -> None:
    assert await stops(programs, recorder, failing(), on_errors()) == ["`boom` raised ValueError: no luck"]


async def test_a_condition_speaks_of_the_error(programs: Programs, recorder: Recorder) -> None:
    condition = "isinstance(error, ValueError) and 'luck' in str(error)"
    assert await stops(programs, recorder, failing(), on_errors(condition=condition)) == [
        f"`boom` raised ValueError: no luck: `{condition}`"
    ]
    assert await stops(programs, recorder, failing(), on_errors(condition="not error")) == []


async def test_errors_of_one_node_are_asked_for_by_its_path(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, failing(), at("other", when="error")) == []
    assert await stops(programs, recorder, failing(), at("inner", when="error")) == [
        "`inner` raised ValueError: no luck"
    ]


@pytest.mark.parametrize(
    ("inner", "outer"), [(HANDLER, NO_OPTION), (NO_OPTION, HANDLER), (RETRY, HANDLER), (HANDLER, RETRY)]
)
async def test_an_error_that_a_handler_takes_is_not_unhandled(
    programs: Programs, recorder: Recorder, inner: str, outer: str
) -> None:
    assert await stops(programs, recorder, failing(inner, outer), on_errors(unhandled=True)) == []


async def test_of_several_attempts_only_the_last_errors_unhandled(
    programs: Programs, recorder: Recorder
) -> None:
    assert await stops(programs, recorder, failing(RETRY), on_errors(unhandled=True)) == [
        "`boom` raised ValueError: no luck"
    ]


async def test_an_error_that_nobody_takes_is_unhandled(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, failing(), on_errors(unhandled=True)) == [
        "`boom` raised ValueError: no luck"
    ]


async def test_where_it_cannot_be_known_who_takes_an_error_that_is_said(
    programs: Programs, recorder: Recorder
) -> None:
    reasons = await stops(programs, recorder, failing(NO_OPTION, RETRY), on_errors(unhandled=True))
    if programs.engine == "langgraph":  # it makes every attempt before our eyes
        assert reasons == ["`boom` raised ValueError: no luck"]
    else:
        assert set(reasons) == {"`boom` raised ValueError: no luck (`inner` may still be tried again)"}


async def test_the_code_of_a_node_that_calls_a_graph_may_take_its_errors(tmp_path: Path) -> None:
    programs, recorder = Programs(tmp_path, "stepgraph"), Recorder()  # LangGraph's gates do not reach there
    text = """
def boom(state: State):
    raise ValueError("no luck")

small = StateGraph(State).add_node(boom).add_edge(START, "boom").compile()

def caller(state: State):
    try:
        return small.invoke(state)
    except ValueError:
        return {"log": ["caught"]}

graph = StateGraph(State).add_node(caller).add_edge(START, "caller").compile()
"""
    assert await stops(programs, recorder, text, on_errors(unhandled=True)) == [
        "`boom` raised ValueError: no luck (the code of `caller` may still take it)"
    ]
    assert recorder.events[-1]["outcome"] == "finished"


def test_a_condition_that_cannot_be_ended_is_told_in_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("PATIENCE", 0.05), ("STUCK", 0.0)):
        monkeypatch.setattr(f"stepscope_host.debugging.expressions.{name}", seconds)
    said, texts = threading.Event(), []

    def tell(event: str, **parts: Any) -> None:
        if event == "printed":
            texts.append((parts["level"], parts["text"]))
            said.set()

    module = {"wait": said.wait}  # a call into C: it ends when it has been told of
    breakpoints = Breakpoints([at("writer", condition="wait()")], tell, States(), None, module)
    task = Task("1", "writer", (), 1)
    breakpoints.visits.enter(*task)
    reason = breakpoints.before(task, ("writer",), {})
    assert reason == "the condition takes longer than 0.05 s (`wait()`, breakpoint on `writer`)"
    assert texts == [
        (
            "ERROR",
            "The condition `wait()` of the breakpoint on `writer` does not come back and cannot be "
            "interrupted. Stop the run, and change the condition.",
        )
    ]


async def test_a_run_can_stand_before_an_error_handler(programs: Programs, recorder: Recorder) -> None:
    """Of which the stream tells no start."""
    recorder.open(programs.graph(failing(HANDLER)) + ":graph")

    def on_paused(event: dict[str, Any]) -> None:
        if event["next"] == ["boom"]:
            recorder.host.order("release", {"task": recorder.all("task_lingers")[0]["task"]})
        else:
            recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    last = await recorder.run({"log": []}, breakpoints=[on_errors()])
    assert last["outcome"] == "finished"
    assert recorder.all("paused")[1]["next"] == ["__error_handler__boom"]


# -- logpoints


async def test_a_logpoint_tells_its_text_and_does_not_stop(programs: Programs, recorder: Recorder) -> None:
    log = "visit {visit} of {node}: {len(state['log'])} lines, {state[word]!r}"
    assert await stops(programs, recorder, LOOP, at("writer", log=log, condition="visit > 3")) == []
    assert told(recorder) == [
        "visit 4 of writer: 3 lines, 'odd'",
        "visit 5 of writer: 4 lines, 'even'",
    ]
    line = recorder.all("printed")[0]
    assert (line["source"], line["level"], line["node"]) == ("log", "LOGPOINT", "writer")
    assert len(recorder.all("breakpoint_hit")) == 2


async def test_a_logpoint_beside_a_breakpoint_speaks_as_well(programs: Programs, recorder: Recorder) -> None:
    both = at("plan"), {**at("plan", log="planning"), "id": "2"}
    assert await stops(programs, recorder, SENDS, *both) == ["breakpoint on `plan`"]
    assert told(recorder) == ["planning"]
    assert [event["breakpoint"] for event in recorder.all("breakpoint_hit")] == ["1", "2"]


async def test_a_logpoint_whose_condition_raises_stops(programs: Programs, recorder: Recorder) -> None:
    assert await stops(programs, recorder, SENDS, at("plan", log="planning", condition="nobody")) == [
        "the condition raises NameError: name 'nobody' is not defined (`nobody`, breakpoint on `plan`)"
    ]
    assert told(recorder) == []


# -- the stream


async def test_a_custom_message_that_fits_stops_the_next_superstep(
    programs: Programs, recorder: Recorder
) -> None:
    condition = "message.kind == 'draft' and message['number'] == 2"
    assert await stops(programs, recorder, LOOP, at(when="custom", condition=condition)) == [
        f"breakpoint on custom messages: `{condition}`"
    ]
    assert recorder.all("paused")[0]["step"] == 4


async def test_a_change_of_a_key_stops_after_its_superstep(programs: Programs, recorder: Recorder) -> None:
    text = """
def same(state: State):
    return {"word": "a", "log": [1]}

def other(state: State):
    return {"word": "b"}

def last(state: State):
    return {"log": [2]}

graph = StateGraph(State).add_sequence([same, other, last]).add_edge(START, "same").compile()
"""
    given = {"log": [], "word": "a"}
    assert await stops(programs, recorder, text, at(when="change", key="word"), input=given) == [
        "`word` has changed in superstep 2"
    ]
    assert recorder.all("paused")[0]["next"] == ["last"]
    condition = "old == 'a' and new == 'b' == state.word"
    assert await stops(
        programs, recorder, text, at(when="change", key="word", condition=condition), input=given
    ) == [f"`word` has changed in superstep 2: `{condition}`"]


async def test_a_value_that_is_changed_in_place_has_changed(programs: Programs, recorder: Recorder) -> None:
    text = """
class Held(TypedDict):
    box: dict

def look(state: Held):
    return {"box": state["box"]}

def fill(state: Held):
    state["box"]["n"] = 1
    return {"box": state["box"]}

def end(state: Held):
    return {}

graph = StateGraph(Held).add_sequence([look, fill, end]).add_edge(START, "look").compile()
"""
    assert await stops(programs, recorder, text, at(when="change", key="box"), input={"box": {}}) == [
        "`box` has changed in superstep 2"
    ]


async def test_a_change_deep_inside_is_asked_for_by_the_graphs_path(
    programs: Programs, recorder: Recorder
) -> None:
    path = ("research", "team", "search")
    assert await stops(programs, recorder, DEEP, at(*path, when="change", key="log")) == [
        "`log` of `research › team › search` has changed in superstep 1",
        "`log` of `research › team › search` has changed in superstep 2",
    ]


# -- what has no turn of its own in the stream


async def test_conditions_hold_up_no_run_whatever_it_is_made_of(
    programs: Programs, recorder: Recorder
) -> None:
    text = """
from langchain_core.runnables import RunnableConfig

def boom(state: State):
    raise ValueError("no luck")

def handle(state: State):
    return {"log": ["handled"]}

def called(state: State):
    return {"log": ["called"]}

small = StateGraph(State).add_node(called).add_edge(START, "called").compile()

def sync_caller(state: State):
    return {"log": small.invoke({"log": []})["log"] + [c for c in small.stream({"log": []})]}

async def async_caller(state: State, config: RunnableConfig):
    return {"log": (await small.ainvoke({"log": []}, config))["log"]}

builder = StateGraph(State).add_node("boom", boom, error_handler=handle).add_node(sync_caller)
builder.add_node(async_caller).add_edge(START, "boom").add_edge(START, "sync_caller")
graph = builder.add_edge(START, "async_caller").compile()
"""
    recorder.open(programs.graph(text) + ":graph")
    last = await recorder.run(
        {"log": []},
        breakpoints=[at(when="change", key="none"), at("sync_caller", "called", condition="False")],
    )
    assert last["outcome"] == "finished"


# -- evaluation


async def test_an_expression_is_evaluated_over_the_newest_state_and_over_earlier_ones(
    programs: Programs, recorder: Recorder
) -> None:
    text = LOOP
    recorder.open(programs.graph(text) + ":graph")
    found: list[Any] = []

    def on_paused(event: dict[str, Any]) -> None:
        evaluate = recorder.host.evaluate
        found.extend(evaluate("len(state.log)", (), step) for step in (None, 0, 2))
        found.append(evaluate("state['none']", ()))
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    await recorder.run({"log": []}, breakpoints=[at("writer", visits=5)])
    assert found == [{"value": 4}, {"value": 0}, {"value": 2}, {"failure": "raises KeyError: 'none'"}]
    assert recorder.host.evaluate("state.log[-1] + step", (), 3) == {"value": 5}
    assert recorder.host.evaluate("state", ()) == {"value": {"log": [0, 1, 2, 3, 4], "word": "odd"}}
    assert "not at hand" in recorder.host.evaluate("state", (), 99)["failure"]
    assert recorder.host.evaluate("State.__annotations__['word']", ())["value"]
    assert "no state yet" in recorder.host.evaluate("state", ("inner:1",))["failure"]


async def test_an_expression_sees_the_state_of_a_subgraph(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(DEEP) + ":graph")
    found: list[Any] = []

    def on_paused(event: dict[str, Any]) -> None:
        namespace = recorder.all("task_held")[-1]["namespace"]
        found.append(recorder.host.evaluate("state.log", tuple(namespace)))
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    await recorder.run({"log": ["in"]}, breakpoints=[at("research", "team", "search", "read")])
    assert found == [{"value": ["in", "found"]}]
