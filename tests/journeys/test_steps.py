"""Each kind of step by key and mouse at each depth, in a worker: in nodes' subgraphs and in called ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import pytest
from PySide6.QtCore import Qt
from tests.journeys.test_inspect import frames
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.phase import Phase
from stepscope.session.worker import WorkerSession

PROGRAM = """
    import operator, pathlib, time
    from typing import Annotated, TypedDict
    from ENGINE.graph import START, StateGraph
    from ENGINE.types import Command, Send

    class State(TypedDict):
        log: Annotated[list[str], operator.add]

    def says(word):
        async def node(state: State):
            return {"log": [word]}
        return node

    def find(state: State):
        here = pathlib.Path(__file__)
        if "wait" in state["log"]:
            here.with_name("is_in").touch()
            while not here.with_name("go_on").exists():
                time.sleep(0.005)
        return {"log": ["find"]}

    def leave(state: State):
        return Command(graph=Command.PARENT, goto="fan", update={"log": ["leave"]})

    def work(state):
        return {"log": [f"work {state['n']}"]}

    def send(state: State):
        return [Send("work", {"n": n}) for n in range(3)]

    search = StateGraph(State).add_sequence([("find", find), ("read", says("read"))]).add_edge(START, "find")
    search = search.compile()

    async def team_call(state: State):
        return {"log": (await search.ainvoke(state))["log"][len(state["log"]):]}

    team = StateGraph(State).add_node("search", team_call).add_node("leave", leave).add_edge(START, "search")
    team = team.add_edge("search", "leave").compile()
    research = StateGraph(State).add_node("team", team).add_node("fan", says("fan")).add_node(work)
    research.add_edge(START, "team").add_conditional_edges("fan", send, ["work"])
    research.add_node("gather", says("gather"), defer=True).add_edge("work", "gather")
    builder = StateGraph(State).add_node("research", research.compile()).add_node("write", says("write"))
    graph = builder.add_edge(START, "research").add_edge("research", "write").compile()
"""
"""Three deep: research is a node, and so is team in it, whose node search calls a graph."""


@pytest.fixture(params=["stepgraph", "langgraph"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    """With the program open in a worker."""
    path = tmp_path / "program.py"
    path.write_text(dedent(PROGRAM).replace("ENGINE", request.param))
    async with a_window(tmp_path, WorkerSession(str(tmp_path / "threads"))) as window:
        await window.workbench.commands.open(f"{path}:graph", has_consent=True)
        await window.opened("program.py")
        window.type_input('{"log": []}')
        yield window


def last_log(window: WindowProbe) -> list[str]:
    log: list[str] = window.workbench.model.state.values[-1].values["log"]
    return log


# What a team has found is lost as it leaves by its Command, which alone counts.
WHOLE = ["leave", "fan", "work 0", "work 1", "work 2", "gather"]


async def test_down_three_graphs_through_a_fan_out_and_up_again(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("❚❚ Paused research has not begun")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused inside research: team is next")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused inside team: search is next")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused inside search: find is next")
    await window.until(lambda: "find held" in frames(window))
    assert [words.split(" ")[0] for words in frames(window)] == [
        "graph",
        "research",
        "team",
        "search",
        "find",
    ]

    window.click("Step")
    await window.until_said("❚❚ Paused superstep 2 of search is next: read")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("❚❚ Paused superstep 2 of team is next: leave")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of research is next: fan")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 3 of research is next: work")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused work has ended, work is held")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 4 of research is next: gather")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("❚❚ Paused superstep 2 is next: write")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("✓ Finished after 2 supersteps")
    assert last_log(window) == [*WHOLE, "write"]


async def test_to_a_node_three_deep_that_a_node_calls_and_restarted_from_there(window: WindowProbe) -> None:
    window.canvas.click("research/team/search/read")
    window.press(Qt.Key.Key_F10, CTRL)
    await window.until_said("❚❚ Paused reached `research › team › search › read`")
    assert window.canvas.phase_of("research/team/search/read") is Phase.HELD
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_F5, CTRL | SHIFT)
    await window.until_said("❚❚ Paused breakpoint on `research › team › search › read`")
    window.canvas.click("research/gather")
    window.press(Qt.Key.Key_F10, CTRL)
    await window.until_said("❚❚ Paused reached `research › gather`")
    window.click("Continue")
    await window.until_said("✓ Finished after 2 supersteps")
    assert last_log(window) == [*WHOLE, "write"]


async def test_a_pause_while_a_node_runs_three_deep_stands_before_the_next_one(
    window: WindowProbe, tmp_path: Path
) -> None:
    window.type_input('{"log": ["wait"]}')
    window.press(Qt.Key.Key_F5)
    await window.until((tmp_path / "is_in").exists)
    window.press(Qt.Key.Key_F6)
    await window.until_said("pauses when that has ended")
    (tmp_path / "go_on").touch()
    await window.until_said("❚❚ Paused read has not begun")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of team is next: leave")
    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until_said("■ Stopped in superstep 1")
