"""Values given by hand to held and failed tasks, and pinned: in typed forms, taken only when they fit."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from tests.journeys.test_debug import choose_for
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.breakpoint import ERRORS
from stepscope.session.local import LocalSession
from stepscope.session.worker import WorkerSession

PROGRAM = """
import operator
from dataclasses import dataclass
from typing import Annotated
from typing_extensions import TypedDict
from langchain_core.messages import AnyMessage
from pydantic import BaseModel, field_validator
from ENGINE.graph import START, StateGraph
from ENGINE.graph.message import add_messages

class Person(BaseModel):
    name: str
    age: int

    @field_validator("age")
    def is_born(cls, age):
        if age < 0:
            raise ValueError("not born yet")
        return age

@dataclass
class Place:
    city: str

class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    person: Person
    place: Place
    log: Annotated[list[str], operator.add]

def find(state):
    return {"person": Person(name="Ada", age=36), "place": Place("London"), "messages": ["hi"]}

async def write(state):
    if state["person"].age > 30:
        raise ValueError("too old")
    parts = state["messages"][-1], state["person"], state["place"]
    return {"log": [" ".join(type(part).__name__ for part in parts)]}

graph = StateGraph(State).add_sequence([find, write]).add_edge(START, "find").compile()
inputs = {"messages": []}
"""

WAYS = ["stepgraph worker", "langgraph local"]


@contextlib.asynccontextmanager
async def with_program(folder: Path, text: str, way: str) -> AsyncIterator[WindowProbe]:
    """A window in which a program is open, in one of the `WAYS`."""
    engine, kind = way.split()
    (folder / "program.py").write_text(text.replace("ENGINE", engine))
    session = LocalSession() if kind == "local" else WorkerSession(str(folder / "data"))
    async with a_window(folder, session) as window:
        await window.workbench.commands.open(str(folder / "program.py"), has_consent=True)
        await window.opened("program.py")
        yield window


@pytest.fixture(params=WAYS)
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with with_program(tmp_path, PROGRAM, request.param) as window:
        yield window


async def asked(window: WindowProbe, node: str, deed: str) -> None:
    await choose_for(window, node, deed)
    await window.until(lambda: bool(window.question))


def write(window: WindowProbe, text: str) -> None:
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "valueText")
    assert field is not None
    field.setPlainText(text)


def notes(window: WindowProbe) -> list[str]:
    """What the form says at its fields."""
    labels = window.window.findChildren(QLabel, "fieldWords")
    return [label.text() for label in labels if label.isVisible()]


def log(window: WindowProbe) -> list[str]:
    window.workbench.model.flush()
    found: list[str] = window.workbench.model.state.values[-1].values["log"]
    return found


OUTPUT = """
{"person": {"name": "Bo", "age": AGE}, "place": {"city": "Rome"},
 "messages": [{"role": "ai", "content": "so"}]}
"""


async def give_output(window: WindowProbe, take: str) -> None:
    """Give an output that does not fit, see what is said of it, and mend it."""
    write(window, OUTPUT.replace("AGE", "-3"))
    window.click("Form")
    window.answer(take)
    await window.until(lambda: notes(window) == ["✕ Value error, not born yet"])
    write(window, OUTPUT.replace("AGE", "3"))
    window.answer(take)
    await window.until(lambda: not window.question)


async def test_a_supplied_output_is_checked_at_its_fields_and_arrives_in_its_own_types(
    window: WindowProbe,
) -> None:
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    await asked(window, "find", "Supply Its Output…")
    await give_output(window, "OK")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    assert log(window) == ["AIMessage Person Place"]


async def test_a_pinned_output_is_checked_and_arrives_in_its_own_types_at_each_run(
    window: WindowProbe,
) -> None:
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    await asked(window, "find", "Pin Its Output…")
    await give_output(window, "OK")
    for _ in range(2):
        window.press(Qt.Key.Key_F5)
        await window.until_said("Finished")
        assert log(window) == ["AIMessage Person Place"]
        window.press(Qt.Key.Key_F5, CTRL)
        await window.until_said("Paused")


async def test_a_failed_task_is_tried_again_with_an_input_edited_in_its_form(window: WindowProbe) -> None:
    window.workbench.breakpoints.enable(ERRORS, True)
    window.press(Qt.Key.Key_F5)
    await window.until_said("too old")
    await asked(window, "write", "Try Again with Another Input…")
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "valueText")
    assert field is not None
    text = field.toPlainText()
    field.setPlainText(text.replace("36", "-1"))
    window.click("Form")
    window.answer("OK")
    await window.until(lambda: notes(window) == ["✕ Value error, not born yet"])
    write(window, text.replace("36", "6"))
    window.answer("OK")
    await window.until_said("Finished")
    assert log(window) == ["HumanMessage Person Place"]


async def test_a_task_that_was_let_go_meanwhile_takes_nothing_and_says_so(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    await asked(window, "find", "Supply Its Output…")
    window.workbench.controller.resume()
    await window.until_said("Failed")
    window.answer("OK")
    words = window.window.findChild(QLabel, "valueWords")
    assert words is not None
    await window.until(lambda: "is over" in words.text() or "not held" in words.text())
    window.answer("Cancel")


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    """A window whose program tells the number of its process."""
    path = tmp_path / "program.py"
    tells = "import os, pathlib\npathlib.Path(__file__ + '.pid').write_text(str(os.getpid()))\n"
    path.write_text(tells + PROGRAM.replace("ENGINE", "stepgraph"))
    async with a_window(tmp_path, WorkerSession(str(tmp_path / "data"))) as window:
        await window.workbench.commands.open(str(path), has_consent=True)
        await window.opened("program.py")
        window.press(Qt.Key.Key_F5, CTRL)
        await window.until_said("Paused")
        yield window


async def killed(window: WindowProbe, folder: Path) -> None:
    os.kill(int((folder / "program.py.pid").read_text()), signal.SIGKILL)
    await window.until_said("Failed")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
async def test_a_value_for_a_task_whose_process_was_killed_is_not_taken_and_it_says_so(
    worker: WindowProbe, tmp_path: Path
) -> None:
    await asked(worker, "find", "Supply Its Output…")
    await killed(worker, tmp_path)
    worker.answer("OK")
    words = worker.window.findChild(QLabel, "valueWords")
    assert words is not None
    await worker.until(lambda: "The run is over" in words.text())
    worker.answer("Cancel")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
async def test_a_state_is_saved_although_the_process_was_killed_while_it_was_edited(
    worker: WindowProbe, tmp_path: Path
) -> None:
    worker.press(Qt.Key.Key_T, CTRL | SHIFT)
    await worker.until(lambda: bool(worker.question))
    await killed(worker, tmp_path)
    worker.answer("Save")
    await worker.until_said("Looking at checkpoint 3 of 3")
    assert not worker.question
