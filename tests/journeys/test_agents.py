"""Ready-made agents with keys and mouse: into one tool call of several and out, held, released, edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.journeys.test_inspect import click_frame, frames
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.phase import Phase
from stepscope.model.task_state import TaskState
from stepscope.session.local import LocalSession
from stepscope.session.worker import WorkerSession
from stepscope.window.json_editor import JSONEditor

File = Callable[[str, str], Path]

TOOLS = """
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult
    from langchain_core.tools import tool

    class Model(BaseChatModel):
        '''Asks for both tools, then tells what they told.'''

        _llm_type = "scripted"

        def bind_tools(self, tools, **kwargs):
            return self

        def _generate(self, messages, stop=None, run_manager=None, **kwargs):
            said = AIMessage(" and ".join(message.text for message in messages if message.type == "tool"))
            if not said.text:
                rain = {"name": "weather", "args": {"place": "Oslo"}, "id": "c2"}
                add = {"name": "add", "args": {"a": 1, "b": 2}, "id": "c1"}
                said = AIMessage("", tool_calls=[add, rain])
            return ChatResult(generations=[ChatGeneration(message=said)])

    @tool
    def add(a: int, b: int) -> str:
        '''Add two numbers.'''
        return str(a + b)

    @tool
    async def weather(place: str) -> str:
        '''Tell the weather.'''
        return f"rain in {place}"

    inputs = {"messages": [{"role": "user", "content": "1 + 2? And the weather?"}]}
"""
PREBUILT = """
    import warnings
    from ENGINE.prebuilt import create_react_agent
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agent = create_react_agent(Model(), [add, weather])
"""
LANGCHAIN = """
    from langchain.agents import create_agent
    agent = create_agent(Model(), [add, weather])
"""
TEAM = """
    from ENGINE.graph import START, MessagesState, StateGraph

    def report(state: MessagesState):
        return {"messages": [AIMessage(state["messages"][-1].text.upper())]}

    builder = StateGraph(MessagesState).add_node("helper", agent).add_node(report)
    team = builder.add_edge(START, "helper").add_edge("helper", "report").compile()
"""
RESEARCH = """
    from ENGINE.graph import START, MessagesState, StateGraph

    def search(state: MessagesState):
        return {"messages": [AIMessage("found")]}

    async def weigh(state: MessagesState):
        return {"messages": [AIMessage("snow in Rome")]}

    found = StateGraph(MessagesState).add_sequence([search, weigh]).add_edge(START, "search").compile()

    async def weather(place: str) -> str:
        '''Ask another graph for the weather.'''
        return (await found.ainvoke({"messages": [{"role": "user", "content": place}]}))["messages"][-1].text
"""
AGENTS = {
    "stepgraph's": (PREBUILT, "stepgraph", "agent"),
    "langgraph's": (PREBUILT, "langgraph", "agent"),
    "langchain's": (LANGCHAIN, "langgraph", "model"),
}
"""How each is made, on which engine, and what its node is called that asks the model."""


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["here", "worker"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, request.param()) as window:
        yield window


@pytest.fixture(params=AGENTS)
def agent(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def opened(window: WindowProbe, file: File, agent: str, name: str = "agent", before: str = "") -> str:
    """Open one of these agents, made after the code `before`; returns its node that asks the model."""
    code, engine, asks = AGENTS[agent]
    path = file("agents.py", TOOLS + (before + code + TEAM).replace("ENGINE", engine))
    await window.workbench.commands.open(f"{path}:{name}", has_consent=True)
    await window.opened("agents.py")
    return asks


def calls(window: WindowProbe) -> list[TaskState]:
    """The tasks that each carry out one call of a tool, in order."""
    tasks = window.workbench.model.state.tasks.values()
    return [task for task in tasks if task.key[-1] == "tools"]


def phases(window: WindowProbe) -> list[Phase]:
    return [task.phase for task in calls(window)]


def last_words(window: WindowProbe) -> str:
    """What the last message says."""
    message = window.workbench.model.state.values[-1].values["messages"][-1]
    return str(message["$fields"]["content"])


async def choose_for_row(window: WindowProbe, row: int, deed: str) -> None:
    """Open the menu of a row of the Tasks pane and click an entry."""
    view = window.workbench.tasks.rows
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(row, 0)).center())
    menu = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    action = next(action for action in menu.actions() if action.text() == deed)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


async def edit_json(window: WindowProbe, old: str, new: str) -> None:
    """Type a word over another in the JSON of the question that opens, and say OK."""
    await window.until(lambda: bool(window.question))
    fields = window.window.findChildren(JSONEditor)
    field = next(field for field in fields if field.isVisible() and field.accessibleName() == "Value as JSON")
    assert field.find(old), field.text
    QTest.keyClicks(field, new)
    window.answer("OK")
    await window.until(lambda: not window.question)


async def test_into_one_tool_call_and_the_other_with_another_input(
    window: WindowProbe, file: File, agent: str
) -> None:
    asks = await opened(window, file, agent)
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said(f"❚❚ Paused {asks} has not begun")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 is next: tools")
    assert phases(window) == [Phase.HELD, Phase.HELD]

    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused tools has ended, tools is held")
    await window.until(lambda: phases(window) == [Phase.DONE, Phase.HELD])
    assert window.rows("Run")[1] == "tools #2 weather · held"
    await choose_for_row(window, 1, "Run with Another Input…")
    await edit_json(window, "Oslo", "Rome")
    await window.until_said(f"❚❚ Paused superstep 3 is next: {asks}")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("✓ Finished after 3 supersteps")
    assert last_words(window) == "3 and rain in Rome"


async def test_out_of_an_agent_from_one_of_its_tool_calls(
    window: WindowProbe, file: File, agent: str
) -> None:
    asks = await opened(window, file, agent, "team")
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("❚❚ Paused helper has not begun")
    window.press(Qt.Key.Key_F11)
    await window.until_said(f"❚❚ Paused inside helper: {asks} is next")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of helper is next: tools")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused tools has ended, tools is held")
    await window.until(lambda: phases(window) == [Phase.DONE, Phase.HELD])
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("❚❚ Paused superstep 2 is next: report")
    window.press(Qt.Key.Key_F10)
    await window.until_said("✓ Finished after 2 supersteps")
    assert last_words(window) == "3 AND RAIN IN OSLO"


async def test_a_breakpoint_on_the_tools_one_call_held_and_one_released(
    window: WindowProbe, file: File, agent: str
) -> None:
    asks = await opened(window, file, agent)
    window.canvas.click("tools")
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_F5)
    await window.until_said("❚❚ Paused breakpoint on `tools`")
    await window.until(lambda: phases(window) == [Phase.HELD, Phase.HELD])
    await choose_for_row(window, 0, "Hold")
    window.press(Qt.Key.Key_F5)
    await window.until_said("❚❚ Paused tools is held by you")
    assert phases(window) == [Phase.HELD, Phase.DONE]
    await choose_for_row(window, 0, "Release")
    await window.until_said("✓ Finished after 3 supersteps")
    assert last_words(window) == "3 and rain in Oslo"
    assert window.workbench.model.state.nodes[asks,].runs == 2


async def test_into_the_graph_that_a_tool_calls_and_out_of_it(
    window: WindowProbe, file: File, agent: str
) -> None:
    asks = await opened(window, file, agent, "team", before=RESEARCH)
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("❚❚ Paused helper has not begun")
    window.press(Qt.Key.Key_F11)
    await window.until_said(f"❚❚ Paused inside helper: {asks} is next")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of helper is next: tools")
    assert window.rows("Run")[1:] == ["tools #1 add · held", "tools #2 weather · held"]
    await choose_for_row(window, 2, "Start Only This")
    await window.until_said("❚❚ Paused inside tools: search is next, tools is held")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of tools is next: weigh")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said(f"❚❚ Paused superstep 3 of helper is next: {asks}")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until_said("❚❚ Paused superstep 2 is next: report")
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished after 2 supersteps")
    assert last_words(window) == "3 AND SNOW IN ROME"


async def test_a_breakpoint_in_the_graph_that_a_tool_calls_is_set_where_the_run_stands(
    window: WindowProbe, file: File, agent: str
) -> None:
    await opened(window, file, agent, before=RESEARCH)
    window.canvas.click("tools")
    window.press(Qt.Key.Key_F10, CTRL)
    await window.until_said("❚❚ Paused reached `tools`")
    await choose_for_row(window, 1, "Start Only This")
    await window.until_said("❚❚ Paused inside tools: search is next, tools is held")
    await window.until(lambda: "search held" in frames(window))
    click_frame(window, "search held")
    assert window.canvas.selected() == "tools/search", "drawn since it was called"
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished")
    window.press(Qt.Key.Key_F5)
    await window.until_said("❚❚ Paused breakpoint on `tools › search`")
    window.show_tab("Breakpoints")
    await window.until(lambda: window.rows("Breakpoints")[2] == "● tools › search ×1")
