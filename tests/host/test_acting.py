"""What the person does to tasks, on both engines: supply, skip, retry, fail, pin, reroute, freeze."""

from __future__ import annotations

from typing import Any

from tests.kit.programs import Programs, Recorder

PAIR = """
def a(state: State):
    return {"log": ["a"]}

def b(state: State):
    if "mended" not in state["log"]:
        raise ValueError("no luck")
    return {"log": ["b"]}

def c(state: State):
    return {"log": [f"c after {len(state['log'])}"]}

builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
builder.add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], "c")
graph = builder.compile()
"""

ROUTED = """
def a(state: State):
    return {"log": ["a"]}

def left(state: State):
    return {"log": ["left"]}

def right(state: State):
    return {"log": ["right"]}

builder = StateGraph(State).add_node(a).add_node(left).add_node(right)
builder.add_edge(START, "a").add_conditional_edges("a", PATH)
graph = builder.compile()
"""

ON_ERROR = [{"path": [], "when": "error"}]


def act(recorder: Recorder, event: dict[str, Any], what: str, **parts: Any) -> None:
    recorder.host.order("act", {"task": event["task"], "what": what, **parts})


async def frozen_at_b(programs: Programs, recorder: Recorder, what: str, **parts: Any) -> dict[str, Any]:
    """Run until `b` has failed and lingers; when the run stands, act on it, and let go of the rest."""
    recorder.open(programs.graph(PAIR))

    def on_paused(event: dict[str, Any]) -> None:
        lingering = recorder.all("task_lingers")
        act(recorder, lingering[-1], what, **parts)
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    return await recorder.run({"log": ["in"]}, breakpoints=ON_ERROR)


def final(recorder: Recorder) -> list[str]:
    log: list[str] = recorder.all("values")[-1]["values"]["log"]
    return log


async def test_a_run_freezes_at_an_error_and_says_which(programs: Programs, recorder: Recorder) -> None:
    last = await frozen_at_b(programs, recorder, "supply", output={"log": ["by hand"]})
    lingers = recorder.all("task_lingers")[0]
    assert lingers["node"] == "b"
    assert lingers["failure"]["type"] == "ValueError"
    paused = recorder.all("paused")[0]
    assert paused["reason"] == "`b` raised ValueError: no luck"
    assert last["outcome"] == "finished"


async def test_an_output_supplied_at_an_error_counts_as_the_nodes_own(
    programs: Programs, recorder: Recorder
) -> None:
    await frozen_at_b(programs, recorder, "supply", output={"log": ["by hand"]})
    assert sorted(final(recorder)[:3]) == ["a", "by hand", "in"]
    assert final(recorder)[3] == "c after 3"
    acted = recorder.all("acted")
    assert [(event["node"], event["what"], event["value"]) for event in acted] == [
        ("b", "supplied", {"log": ["by hand"]})
    ]


async def test_a_failed_task_can_be_skipped(programs: Programs, recorder: Recorder) -> None:
    await frozen_at_b(programs, recorder, "skip")
    assert final(recorder) == ["in", "a", "c after 2"]


async def test_a_failed_task_can_be_tried_again_with_another_input(
    programs: Programs, recorder: Recorder
) -> None:
    await frozen_at_b(programs, recorder, "retry", input={"log": ["mended"], "word": ""})
    assert sorted(final(recorder)[:3]) == ["a", "b", "in"]


async def test_a_frozen_error_that_is_let_go_fails_the_run(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(PAIR))
    recorder.on("paused", lambda event: recorder.host.order("resume", {}))
    last = await recorder.run({"log": ["in"]}, breakpoints=ON_ERROR)
    assert last["outcome"] == "failed"
    assert last["failure"]["message"] == "no luck"


async def test_a_held_task_can_be_skipped_supplied_or_made_to_fail(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(PAIR))

    def on_paused(event: dict[str, Any]) -> None:
        if event["step"] != 1:
            recorder.host.order("resume", {})
            return
        held = {event["node"]: event for event in recorder.all("task_held")}
        act(recorder, held["a"], "skip")
        act(recorder, held["b"], "supply", output={"log": ["for b"]})
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    await recorder.run({"log": ["in"]}, start="paused")
    assert final(recorder) == ["in", "for b", "c after 2"]
    recorder.on("paused", lambda event: act(recorder, recorder.all("task_held")[0], "fail", message="enough"))
    last = await recorder.run({"log": ["in"]}, start="paused")
    assert last["failure"]["type"] == "RaisedByHand"
    assert last["failure"]["message"] == "enough"


async def test_a_pinned_node_does_not_run_at_any_visit(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(PAIR))
    last = await recorder.run({"log": ["in"]}, pins=[{"path": ["b"], "output": {"log": ["pinned"]}}])
    assert last["outcome"] == "finished"
    assert sorted(final(recorder)[:3]) == ["a", "in", "pinned"]
    assert [event["what"] for event in recorder.all("acted")] == ["pinned"]


async def test_a_conditional_edge_can_be_forced(programs: Programs, recorder: Recorder) -> None:
    for path in (
        'lambda state: "left", ["left", "right"]',
        'lambda state: True, {True: "left", False: "right"}',
    ):
        recorder.open(programs.graph(ROUTED.replace("PATH", path)))
        await recorder.run({"log": []})
        assert final(recorder) == ["a", "left"]
        await recorder.run({"log": []}, pins=[{"path": ["a"], "to": ["right"]}])
        assert final(recorder) == ["a", "right"]
        assert recorder.all("acted")[0]["value"] == {"from": ["left"], "to": ["right"]}


async def test_parallel_tasks_are_released_in_either_order(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(PAIR.replace('"mended" not in state["log"]', "False")))
    for order in ("ab", "ba"):
        left = list(order)

        def on_paused(event: dict[str, Any], left: list[str] = left) -> None:
            held = {event["node"]: event["task"] for event in recorder.all("task_held")}
            if event["step"] == 1 and left:
                recorder.host.order("release", {"task": held[left.pop(0)]})
            else:
                recorder.host.order("resume", {})

        recorder.on("paused", on_paused)
        await recorder.run({"log": ["in"]}, start="paused")
        released = [event["node"] for event in recorder.all("task_released")]
        assert "".join(released[:2]) == order
        assert [event["node"] for event in recorder.all("updated")][2] == "c"


BY_COMMAND = """
from ENGINE.types import Command

def node(name):
    def run(state: State):
        return {"log": [name]}
    return run

def a(state: State):
    return Command(update={"log": ["a"]}, goto="b")

builder = StateGraph(State).add_node(a, destinations=("b", "c"))
builder.add_node("b", node("b")).add_node("c", node("c"))
graph = builder.add_edge(START, "a").compile()
"""


async def test_a_node_that_returns_a_command_is_led_elsewhere_once(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(BY_COMMAND))

    def on_paused(event: dict[str, Any]) -> None:
        act(recorder, recorder.all("task_held")[-1], "route", to=["c"])
        recorder.host.order("resume", {})

    recorder.on("paused", on_paused)
    await recorder.run({"log": []}, start="paused")
    assert final(recorder) == ["a", "c"]
    [acted] = recorder.all("acted")
    assert (acted["what"], acted["value"]) == ("rerouted", {"from": ["b"], "to": ["c"]})


async def test_a_node_that_returns_commands_is_led_elsewhere_for_good(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(BY_COMMAND))
    await recorder.run({"log": []}, pins=[{"path": ["a"], "to": ["c"]}])
    assert final(recorder) == ["a", "c"]
