"""Looking back, forking, editing a state and going on in a thread, by key and mouse, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QMenu, QPlainTextEdit
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.panes.looked_view import LookedView
from stepscope.panes.threads import ThreadsPane
from stepscope.session.local import LocalSession
from stepscope.session.session import Session
from stepscope.session.worker import WorkerSession
from stepscope.window.comparison_view import ComparisonView

PROGRAM = """
import operator
from typing import Annotated
from typing_extensions import TypedDict
from pydantic import BaseModel, field_validator
from ENGINE.graph import START, StateGraph

class Person(BaseModel):
    name: str
    age: int

    @field_validator("age")
    def is_born(cls, age):
        if age < 0:
            raise ValueError("not born yet")
        return age

class State(TypedDict):
    topic: str
    log: Annotated[list[str], operator.add]
    person: Person

def plan(state):
    return {"log": ["planned"], "person": Person(name="Ada", age=36)}

def research(state):
    return {"log": [f"found {state['topic']}"]}

async def write(state):
    person = state["person"]
    return {"log": [f"wrote for {type(person).__name__} {person.name} {person.age}"]}

graph = StateGraph(State).add_sequence([plan, research, write]).add_edge(START, "plan").compile()
inputs = {"topic": "owls"}
"""

KINDS = {"local": LocalSession, "worker": WorkerSession}


def session_of(kind: str, folder: Path) -> Session:
    data = str(folder / "data")
    return LocalSession(folder=data) if kind == "local" else WorkerSession(data)


@pytest.fixture(params=["stepgraph local", "langgraph worker"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    engine, kind = request.param.split()
    (tmp_path / "program.py").write_text(PROGRAM.replace("ENGINE", engine))
    async with a_window(tmp_path, session_of(kind, tmp_path)) as window:
        await window.workbench.commands.open(str(tmp_path / "program.py"), has_consent=True)
        await window.opened("program.py")
        yield window


def pane(window: WindowProbe) -> ThreadsPane:
    found = window.window.findChild(ThreadsPane)
    assert found is not None
    return found


def texts(view: QListView) -> list[str]:
    model: QAbstractItemModel = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click(view: QListView, row: int) -> None:
    index = view.model().index(row, 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def looked_words(window: WindowProbe) -> str:
    label = window.window.findChild(QLabel, "lookedWords")
    assert label is not None
    return label.text() if label.isVisible() else ""


def state_rows(window: WindowProbe) -> list[str]:
    view = window.window.findChild(LookedView)
    assert view is not None
    tree = view.tree.tree
    rows = [tree.row_at(tree.index(row, 0)) for row in range(tree.rowCount())]
    return [f"{row.key} {row.text}" for row in rows]


async def ran(window: WindowProbe, checkpoints: int = 5) -> None:
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    await shown(window, checkpoints)


async def shown(window: WindowProbe, checkpoints: int) -> None:
    window.window.docks.show("threads")
    await window.until(lambda: pane(window).is_built and len(texts(pane(window).history)) == checkpoints)


async def test_a_thread_is_listed_with_its_history(window: WindowProbe) -> None:
    await ran(window)
    [thread] = texts(pane(window).list)
    assert thread.startswith("owls 3 steps · ")
    assert texts(pane(window).history) == [
        "3 write end",
        "2 research → write",
        "1 plan → research",
        "0 begin → plan",
        "· input ",
    ]


async def test_looking_back_shows_the_state_and_says_that_nothing_is_changed(window: WindowProbe) -> None:
    await ran(window)
    window.press(Qt.Key.Key_F10, SHIFT)
    await window.until_said("Looking at checkpoint 4 of 5: nothing is changed")
    window.press(Qt.Key.Key_F10, SHIFT)
    await window.until_said("Looking at checkpoint 3 of 5: nothing is changed")
    assert looked_words(window) == "Looking at checkpoint 3 of 5: nothing is changed.\nAfter plan."
    assert state_rows(window) == ['topic "owls"', "log 1 item", 'person Person(name="Ada", age=36)']
    assert len(texts(pane(window).history)) == 5
    window.click("Back to the Run")
    await window.until_said("Finished")
    assert looked_words(window) == ""


async def test_the_first_checkpoint_is_as_far_back_as_one_can_look(window: WindowProbe) -> None:
    await ran(window)
    for place in (4, 3, 2, 1):
        window.press(Qt.Key.Key_F10, SHIFT)
        await window.until_said(f"checkpoint {place} of 5")
    window.press(Qt.Key.Key_F10, SHIFT)
    window.press(Qt.Key.Key_F10, SHIFT | Qt.KeyboardModifier.AltModifier)
    await window.until_said("Finished")


async def test_a_click_looks_at_a_checkpoint_and_forks_from_it(window: WindowProbe) -> None:
    await ran(window)
    click(pane(window).history, 2)
    await window.until_said("checkpoint 3 of 5")
    window.click("Fork from Here")
    await window.until_said("Finished")
    await window.until(lambda: len(texts(pane(window).history)) > 6)
    assert texts(pane(window).history)[:3] == ["4 write end", "3 research → write", "2 forked → research"]
    assert len(texts(pane(window).list)) == 1
    assert [task.key[-1] for task in window.workbench.model.state.tasks.values()] == ["research", "write"]


async def edit(window: WindowProbe, text: str) -> None:
    window.press(Qt.Key.Key_T, CTRL | SHIFT)
    await window.until(lambda: bool(window.question))
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "stateText")
    assert field is not None
    field.setPlainText(text)


def notes(window: WindowProbe) -> list[str]:
    """What the form says at its fields."""
    labels = window.window.findChildren(QLabel, "fieldWords")
    return [label.text() for label in labels if label.isVisible()]


async def test_an_edited_state_reaches_the_next_node_as_its_own_class(window: WindowProbe) -> None:
    await ran(window)
    click(pane(window).history, 2)
    await window.until_said("checkpoint 3 of 5")
    await edit(window, '{"topic": "elks", "log": ["begun"], "person": {"name": "Bo", "age": 3}}')
    window.answer("Save")
    await window.until_said("Looking at checkpoint 6 of 6")
    assert "edited as plan" in texts(pane(window).history)[0]
    window.press(Qt.Key.Key_F10, CTRL | SHIFT)
    await window.until_said("Finished")
    window.workbench.model.flush()
    final = window.workbench.model.state.values[-1].values
    assert isinstance(final, dict)
    assert final["log"] == ["begun", "found elks", "wrote for Person Bo 3"]


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(window: WindowProbe) -> None:
    await ran(window)
    await edit(window, '{"topic": "elks", "log": [], "person": {"name": "Bo", "age": -3}}')
    window.click("Form")
    window.answer("Save")
    await window.until(lambda: bool(notes(window)))
    assert notes(window) == ["✕ Value error, not born yet"]
    window.click("JSON")
    window.answer("Save")
    words = window.window.findChild(QLabel, "stateWords")
    assert words is not None
    await window.until(lambda: "person.age: Value error, not born yet" in words.text())
    window.answer("Cancel")
    assert len(texts(pane(window).history)) == 5


async def test_the_next_run_goes_on_in_the_thread_when_it_is_told_to(window: WindowProbe) -> None:
    await ran(window)
    box = pane(window).next_run
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "goes on in this thread"
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(texts(pane(window).history)) == 10)
    assert len(texts(pane(window).list)) == 1
    QTest.keyClick(box, Qt.Key.Key_Up)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(texts(pane(window).list)) == 2)


async def test_a_thread_is_renamed_and_deleted_by_key(window: WindowProbe) -> None:
    await ran(window)
    threads = pane(window).list
    click(threads, 0)
    window.press(Qt.Key.Key_F2)
    editor = threads.viewport().findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "The owls")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await window.until(lambda: texts(threads)[0].startswith("The owls 3 steps"))
    click(threads, 0)
    window.press(Qt.Key.Key_Delete)
    await window.until(lambda: "Delete the thread “The owls”?" in window.question)
    window.answer("Cancel")
    window.press(Qt.Key.Key_Delete)
    await window.until(lambda: bool(window.question))
    window.answer("Delete")
    await window.until(lambda: pane(window).shows_empty_text)


@pytest.mark.parametrize("kind", KINDS)
async def test_threads_are_there_again_when_the_window_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.replace("ENGINE", "stepgraph"))
    for time in range(2):
        async with a_window(tmp_path, session_of(kind, tmp_path)) as window:
            await window.workbench.commands.open(str(path), has_consent=True)
            await window.opened("program.py")
            if time == 0:
                await ran(window)
                continue
            await shown(window, 5)
            assert texts(pane(window).list)[0].startswith("owls 3 steps")
            click(pane(window).history, 1)
            await window.until_said("checkpoint 4 of 5")


async def test_a_graph_that_saves_nothing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    text = PROGRAM.replace("ENGINE", "stepgraph").replace(".compile()", ".compile(checkpointer=False)")
    path.write_text(text)
    async with a_window(tmp_path, LocalSession()) as window:
        await window.workbench.commands.open(str(path), has_consent=True)
        await window.opened("program.py")
        window.press(Qt.Key.Key_F10, SHIFT)
        await window.until(lambda: "saves nothing" in window.banner)


async def test_looking_back_from_a_paused_run_ends_when_the_run_goes_on(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F10)
    await window.until_said("Paused")
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 3")
    window.press(Qt.Key.Key_F10, SHIFT)
    await window.until_said("Looking at checkpoint")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    await shown(window, 5)


async def test_a_state_is_edited_where_the_run_stands_and_the_run_goes_on_with_it(
    window: WindowProbe,
) -> None:
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: research")
    await edit(window, '{"topic": "elks", "log": ["begun"], "person": {"name": "Bo", "age": -3}}')
    window.click("Form")
    window.answer("Save")
    await window.until(lambda: notes(window) == ["✕ Value error, not born yet"])
    assert window.said.startswith("❚❚ Paused"), "nothing is stopped for what cannot be saved"
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "stateText")
    assert field is not None
    field.setPlainText(field.toPlainText().replace("-3", "3"))
    window.answer("Save")
    await window.until(lambda: not window.question and "research has not begun" in window.said)
    tasks = [task.key[-1] for task in window.workbench.model.state.tasks.values()]
    assert tasks[0] == "plan", "what was shown stays"
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    window.workbench.model.flush()
    final = window.workbench.model.state.values[-1].values
    assert final["log"] == ["begun", "found elks", "wrote for Person Bo 3"]


NESTED = """
import operator
from typing import Annotated
from typing_extensions import TypedDict
from ENGINE.graph import START, StateGraph
from ENGINE.types import interrupt

class State(TypedDict):
    log: Annotated[list[str], operator.add]

def look(state):
    return {"log": ["looked"]}

def ask(state):
    return {"log": [f"{interrupt('Go on?')} after {state['log']}"]}

def other(state):
    return {"log": ["other"]}

inner = StateGraph(State).add_sequence([look, ask]).add_edge(START, "look").compile()
builder = StateGraph(State).add_node("inner", inner).add_node(other)
graph = builder.add_edge(START, "inner").add_edge(START, "other").compile()
inputs = {"log": []}
"""


@pytest.fixture(params=["stepgraph worker", "langgraph local"])
async def nested(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    engine, kind = request.param.split()
    (tmp_path / "nested.py").write_text(NESTED.replace("ENGINE", engine))
    async with a_window(tmp_path, session_of(kind, tmp_path)) as window:
        await window.workbench.commands.open(str(tmp_path / "nested.py"), has_consent=True)
        await window.opened("nested.py")
        yield window


async def test_a_subgraphs_state_is_edited_where_the_run_stands_in_it(nested: WindowProbe) -> None:
    window = nested
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    window.press(Qt.Key.Key_F11)
    await window.until_said("inside inner: look is next")
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 of inner is next: ask")
    await edit(window, '{"log": ["edited"]}')
    window.answer("Save")
    await window.until(lambda: not window.question and "Paused" in window.said)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(window.workbench.questions.boxes) == 1)
    box = window.workbench.questions.boxes[0]
    box.answer.emit(box.given)
    await window.until_said("Finished")
    window.workbench.model.flush()
    log = window.workbench.model.state.values[-1].values["log"]
    assert sorted(log) == sorted(["edited", " after ['edited']", "other"])


async def test_a_subgraphs_state_is_edited_at_its_question(nested: WindowProbe) -> None:
    window = nested
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(window.workbench.questions.boxes) == 1)
    window.press(Qt.Key.Key_T, CTRL | SHIFT)
    await window.until(lambda: bool(window.question))
    graphs = next(
        each
        for each in window.window.findChildren(QComboBox)
        if each.accessibleName() == "The graph whose state it is"
    )
    assert [graphs.itemText(place) for place in range(graphs.count())] == ["the graph", "inner"]
    assert "What has run already in this superstep runs again: other." in window.question
    graphs.setCurrentIndex(1)
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "stateText")
    assert field is not None
    await window.until(lambda: "looked" in field.toPlainText())
    field.setPlainText('{"log": ["edited"]}')
    window.answer("Save")
    await window.until(lambda: not window.question and "Paused" in window.said)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(window.workbench.questions.boxes) == 1)
    box = window.workbench.questions.boxes[0]
    box.answer.emit(box.given)
    await window.until_said("Finished")
    window.workbench.model.flush()
    log = window.workbench.model.state.values[-1].values["log"]
    assert sorted(log) == sorted(["edited", " after ['edited']", "other"])


async def test_a_state_that_cannot_be_edited_where_the_run_stands_says_why(nested: WindowProbe) -> None:
    window = nested
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    held = next(task for task in window.workbench.model.state.tasks.values() if task.key[-1] == "other")
    window.workbench.controller.order("release", task=held.id)
    await window.until(lambda: window.workbench.model.state.tasks[held.id].ended is not None)
    await window.until_said("Paused inner has not begun")
    window.press(Qt.Key.Key_T, CTRL | SHIFT)
    await window.until(lambda: "`other` has already run in this superstep" in window.banner)
    assert window.said.startswith("❚❚ Paused")


def comparison(window: WindowProbe) -> ComparisonView:
    return next(view for view in window.window.findChildren(ComparisonView) if view.isVisible())


def differences(window: WindowProbe) -> list[list[str]]:
    model = comparison(window).table.model()
    return [[str(model.index(row, column).data()) for column in range(3)] for row in range(model.rowCount())]


async def test_two_checkpoints_are_compared_by_ctrl_click(window: WindowProbe) -> None:
    await ran(window)
    click(pane(window).history, 2)
    await window.until_said("checkpoint 3 of 5")
    view = pane(window).history
    place = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CTRL, place)
    await window.until(lambda: any(each.isVisible() for each in window.window.findChildren(ComparisonView)))
    assert differences(window) == [
        ["+ log › 1", "", "found owls"],
        ["+ log › 2", "", "wrote for Person Ada 36"],
    ]
    header = comparison(window).table.model()
    titles = [header.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert titles == ["Where", "3 plan", "5 write"]
    assert "Looking at checkpoint 3" in window.said, "what is looked at stays"


async def test_the_ends_of_two_forks_are_compared_from_the_menu(window: WindowProbe) -> None:
    await ran(window)
    click(pane(window).history, 2)
    await window.until_said("checkpoint 3 of 5")
    await edit(window, '{"topic": "elks", "log": ["planned"], "person": {"name": "Bo", "age": 36}}')
    window.answer("Save")
    await window.until_said("Looking at checkpoint 6 of 6")
    window.press(Qt.Key.Key_F10, CTRL | SHIFT)
    await window.until_said("Finished")
    await window.until(lambda: texts(pane(window).history)[0].startswith("4 write"))
    view = pane(window).history
    end = next(row for row, text in enumerate(texts(view)) if text == "3 write end")
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(end, 0)).center())
    menu = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    next(each for each in menu.actions() if each.text() == "Compare with the Newest").trigger()
    menu.close()
    await window.until(lambda: any(each.isVisible() for each in window.window.findChildren(ComparisonView)))
    assert differences(window) == [
        ["~ topic", "owls", "elks"],
        ["~ log › 1", "found owls", "found elks"],
        ["~ log › 2", "wrote for Person Ada 36", "wrote for Person Bo 36"],
        ["~ person › name", "Ada", "Bo"],
    ]
