"""Debugging with keys and mouse: into subgraphs and out, to a node, task by task, and acting on a failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QMenu, QPushButton, QWidget
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe

from stepscope.model.phase import Phase

File = Callable[[str, str], Path]
ENGINES = ["stepgraph", "langgraph"]

DEPARTMENTS = """
    import operator
    from typing import Annotated, TypedDict
    from {engine}.graph import START, StateGraph

    class State(TypedDict):
        log: Annotated[list[str], operator.add]

    def says(word):
        def node(state: State):
            return {{"log": [word]}}
        return node

    def doubtful(state: State):
        if "sure" not in state["log"]:
            raise ValueError("not sure")
        return {{"log": ["checked"]}}

    inner = StateGraph(State).add_node("look", says("look")).add_node("think", says("think"))
    inner = inner.add_edge(START, "look").add_edge("look", "think").compile()
    builder = StateGraph(State).add_node("research", inner).add_node("write", says("write"))
    builder.add_node("check", doubtful).add_node("end", says("end"))
    builder.add_edge(START, "research").add_edge("research", "write").add_edge("research", "check")
    builder.add_edge(["write", "check"], "end")
    graph = builder.compile()
    inputs = {{"log": ["sure"]}}
"""


async def opened(window: WindowProbe, path: Path) -> None:
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: not window.question)
    await window.opened(path.name)


@pytest.mark.parametrize("engine", ENGINES)
async def test_into_a_subgraph_step_in_it_and_out(window: WindowProbe, file: File, engine: str) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("❚❚ Paused research has not begun")
    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused inside research: look is next")
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of research is next: think")
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until(lambda: window.said.startswith("❚❚ Paused superstep 2 is next: "))
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("✓ Finished after 3 supersteps"))


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_state_and_the_picture_go_where_the_run_stops(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("❚❚ Paused research has not begun")
    view = window.workbench.canvas
    view.zoom_by(4.0)
    view.look_at(window.canvas.box_of("end").center())
    assert not window.canvas.is_in_view("research/look")

    window.press(Qt.Key.Key_F11)
    await window.until_said("❚❚ Paused inside research: look is next")
    assert len(window.workbench.selection.namespace) == 1
    await window.until(lambda: window.canvas.is_in_view("research/look"))

    window.workbench.selection.look_at(())  # the person looks elsewhere, until the next stop
    window.press(Qt.Key.Key_F10)
    await window.until_said("❚❚ Paused superstep 2 of research is next: think")
    assert len(window.workbench.selection.namespace) == 1
    window.press(Qt.Key.Key_F11, SHIFT)
    await window.until(lambda: window.said.startswith("❚❚ Paused superstep 2 is next: "))
    assert window.workbench.selection.namespace == ()


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_run_goes_to_the_selected_node(window: WindowProbe, file: File, engine: str) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.workbench.selection.select(("research", "think"))
    window.press(Qt.Key.Key_F10, CTRL)
    await window.until_said("❚❚ Paused reached `research › think`")
    window.workbench.selection.select(("end",))
    window.press(Qt.Key.Key_F10, CTRL)
    await window.until_said("❚❚ Paused reached `end`")
    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until(lambda: window.said.startswith("■ Stopped"))


@pytest.mark.parametrize("engine", ENGINES)
async def test_parallel_tasks_are_released_one_by_one_from_the_tasks_pane(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.press(Qt.Key.Key_F10)
    await window.until(lambda: window.said.startswith("❚❚ Paused superstep 2 is next: "))
    await choose_for(window, "check", "Release")
    await window.until(lambda: phase(window, "check") is Phase.DONE)
    assert phase(window, "write") is Phase.HELD
    await choose_for(window, "write", "Skip It")
    await window.until(lambda: window.said == "❚❚ Paused superstep 3 is next: end")
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("✓ Finished"))
    window.show_tab("Debug")
    await window.until(lambda: any("by you" in row for row in window.rows("Debug")))


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_pinned_node_does_not_run_until_it_is_unpinned(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("✓ Finished"))
    await choose_for(window, "end", "Pin Its Output…")
    await window.until(lambda: bool(window.question))
    window.answer("OK")
    await window.until(lambda: not window.question)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.workbench.model.state.nodes[("end",)].acted == "pinned")
    await window.until(lambda: window.said.startswith("✓ Finished"))
    await choose_for(window, "end", "Unpin")
    last = window.workbench.model.state
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.workbench.model.state is not last)
    await window.until(lambda: window.said.startswith("✓ Finished"))
    assert window.workbench.model.state.nodes[("end",)].acted == ""


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_node_in_the_graph_is_pinned_before_any_run_and_its_held_task_released(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    await window.choose_at("end", "Pin Its Output…")
    await window.until(lambda: bool(window.question))
    window.answer("OK")
    await window.until(lambda: not window.question)
    window.press(Qt.Key.Key_F10)
    await window.until(lambda: window.said.startswith("❚❚ Paused superstep 2 is next: "))
    await window.choose_at("check", "Release")
    await window.until(lambda: phase(window, "check") is Phase.DONE)
    assert phase(window, "write") is Phase.HELD

    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("✓ Finished"))
    assert window.workbench.model.state.nodes[("end",)].acted == "pinned"
    await window.choose_at("end", "Unpin")
    assert not window.workbench.model.pins.is_pinned(("end",))


async def choose_for(window: WindowProbe, node: str, deed: str) -> None:
    """Open the menu of a node's row in the Tasks pane and choose from it."""
    view = window.workbench.tasks.rows
    await window.until(lambda: node in _names(view))
    row = _names(view).index(node)
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(row, 0)).center())
    menu = next(m for m in view.findChildren(QMenu) if m.isVisible())
    action = next(a for a in menu.actions() if a.text() == deed)
    action.trigger()
    menu.close()


def _names(view: QListView) -> list[str]:
    model = view.model()
    return [str(model.index(row, 0).data()).split(" ")[0] for row in range(model.rowCount())]


def phase(window: WindowProbe, node: str) -> Phase:
    return window.workbench.model.state.nodes[(node,)].phase


ASKING = """
    import operator
    from typing import Annotated, TypedDict
    from {engine}.graph import START, StateGraph
    from {engine}.types import interrupt

    class State(TypedDict):
        log: Annotated[list[str], operator.add]

    def draft(state: State):
        return {{"log": ["a draft"]}}

    def name(state: State):
        return {{"log": [interrupt("Whose name?")]}}

    def tool(state: State):
        return {{"log": [str(interrupt({{"call": "search", "args": {{"q": "cats"}}}}))]}}

    builder = StateGraph(State).add_node(draft).add_node(name).add_node(tool)
    builder.add_edge(START, "draft").add_edge("draft", "name").add_edge("draft", "tool")
    graph = builder.compile()
    inputs = {{"log": []}}
"""


@pytest.mark.parametrize("engine", ENGINES)
async def test_questions_are_answered_one_by_one_and_the_run_goes_on(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("asking.py", ASKING.format(engine=engine)))
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("? Interrupted") or "asks" in window.said)
    questions = window.workbench.questions
    await window.until(lambda: len(questions.boxes) == 2)
    assert phase(window, "name") is Phase.HELD
    named = next(box for box in questions.boxes if box.words == "Whose name?")
    assert "search" in next(box.words for box in questions.boxes if box is not named)
    window.workbench.window.activateWindow()
    named.editor.take_focus()
    await window.until(lambda: shows(button(named, "Answer")))
    QTest.keyClicks(QApplication.focusWidget(), "Ada")
    await click(window, named, "Answer")
    await window.until(lambda: len(questions.boxes) == 1)
    await click(window, questions.boxes[0], "Answer")
    await window.until(lambda: window.said.startswith("✓ Finished"))
    log = window.workbench.model.state.values[-1].values["log"]
    assert log[:2] == ["a draft", "Ada"]
    assert "cats" in log[2]
    assert phase(window, "draft") is Phase.DONE, "what ran before the questions is still shown"


def button(parent: QWidget, text: str) -> QPushButton:
    return next(each for each in parent.findChildren(QPushButton) if each.text() == text)


def shows(widget: QWidget) -> bool:
    """True once it has its place and a person could see it."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


async def click(window: WindowProbe, parent: QWidget, text: str) -> None:
    await window.until(lambda: shows(button(parent, text)))
    QTest.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)
