"""Where a node goes on after an output that is given for it, ticked in the dialog or written as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu
from tests.journeys.test_giving import WAYS, asked, log, notes, with_program, write
from tests.kit.window_probe import CTRL, WindowProbe

from stepscope.window.goto_choice import GotoChoice

PROGRAM = """
import operator
from typing import Annotated
from typing_extensions import TypedDict
from ENGINE.graph import START, StateGraph

class State(TypedDict):
    log: Annotated[list[str], operator.add]

def node(name):
    def run(state):
        return {"log": [name]}
    return run

builder = StateGraph(State)
for name in ("ask", "find", "write", "check"):
    builder.add_node(name, node(name))
builder.add_edge(START, "ask").add_edge("find", "check")
builder.add_conditional_edges("ask", lambda state: "find", ["find", "write"])
graph = builder.compile()
inputs = {"log": []}
"""


@pytest.fixture(params=WAYS)
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with with_program(tmp_path, PROGRAM, request.param) as window:
        window.press(Qt.Key.Key_F5, CTRL)
        await window.until_said("Paused")
        yield window


async def tick(window: WindowProbe, *entries: str) -> GotoChoice:
    """Tick entries of the list, one after the other, by mouse; returns the button that opened it."""
    choice = window.window.findChild(GotoChoice, "goto")
    assert choice is not None
    assert choice.isVisible()
    menu: QMenu = choice.menu()
    menu.popup(choice.mapToGlobal(choice.rect().bottomLeft()))
    await window.until(menu.isVisible)
    for entry in entries:
        action = next(action for action in menu.actions() if action.text() == entry)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        assert menu.isVisible(), "others can be ticked"
    menu.close()
    return choice


async def supplied(window: WindowProbe) -> None:
    """Say OK, and wait until the run stands again: while it is on, it is not told to go on."""
    before = window.said
    window.answer("OK")
    await window.until(lambda: window.said != before and "Paused" in window.said)


async def ended(window: WindowProbe) -> list[str]:
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    return log(window)


async def test_a_supplied_output_goes_where_the_person_ticks(window: WindowProbe) -> None:
    await asked(window, "ask", "Supply Its Output…")
    choice = await tick(window, "write", "check")
    assert choice.text() == "write, check"
    write(window, '{"log": ["by hand"]}')
    await supplied(window)
    assert await ended(window) == ["by hand", "check", "write"]


async def test_one_can_go_back_to_what_the_edges_say(window: WindowProbe) -> None:
    await asked(window, "ask", "Supply Its Output…")
    choice = await tick(window, "write", "as the edges say")
    assert choice.text() == "as the edges say"
    await supplied(window)
    assert await ended(window) == ["find", "check"]


async def test_a_pinned_output_goes_to_the_end_at_each_run(window: WindowProbe) -> None:
    await asked(window, "ask", "Pin Its Output…")
    await tick(window, "the end")
    write(window, '{"lgo": ["by hand"]}')
    window.answer("OK")
    words = window.window.findChild(QLabel, "valueWords")
    assert words is not None
    await window.until(lambda: "The state has no key 'lgo'" in words.text())
    assert "Command" not in words.text()
    write(window, '{"log": ["by hand"]}')
    window.answer("OK")
    await window.until(lambda: not window.question)
    assert await ended(window) == ["by hand"]
    assert await ended(window) == ["by hand"]


async def test_a_command_is_written_as_json(window: WindowProbe) -> None:
    await asked(window, "ask", "Supply Its Output…")
    write(window, '{"Command": {"update": {"log": ["mine"]}, "goto": ["writ"]}}')
    window.answer("OK")
    words = window.window.findChild(QLabel, "valueWords")
    assert words is not None
    await window.until(lambda: "Did you mean 'write'?" in words.text())
    write(window, '{"Command": {"update": {"log": ["mine"]}, "goto": ["write"]}}')
    await supplied(window)
    assert await ended(window) == ["mine", "write"]


async def test_the_dialog_says_which_edges_are_followed_as_well(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F10)
    await window.until_said("is next: find")
    await asked(window, "find", "Supply Its Output…")
    said = [label for label in window.window.findChildren(QLabel) if "comes as well: check" in label.text()]
    assert not any(label.isVisible() for label in said)
    await tick(window, "write")
    said = [label for label in window.window.findChildren(QLabel) if "comes as well: check" in label.text()]
    assert [label.isVisible() for label in said] == [True]
    await supplied(window)
    assert notes(window) == []
    assert await ended(window) == ["ask", "check", "write"]
