"""The worker is killed, or the window closed, in the middle of debugging: what had come stays."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.journeys.test_debug import button, click, shows
from tests.kit.faults import MARK, processes
from tests.kit.window_probe import CTRL, WindowProbe, a_window

from stepscope.model.phase import Phase
from stepscope.session.worker import WorkerSession

PROGRAM = """
    import operator
    from typing import Annotated, TypedDict
    from {engine}.graph import START, StateGraph
    from {engine}.types import interrupt

    class State(TypedDict):
        log: Annotated[list[str], operator.add]

    def says(word):
        async def node(state: State):
            return {{"log": [word]}}
        return node

    def right(state: State):
        if "break" in state["log"]:
            raise ValueError("no luck")
        return {{"log": [interrupt("Whose name?") if "ask" in state["log"] else "right"]}}

    inner = StateGraph(State).add_sequence([("look", says("look")), ("think", says("think"))])
    research = inner.add_edge(START, "look").compile()
    builder = StateGraph(State).add_node("research", research).add_node("left", says("left")).add_node(right)
    builder.add_edge(START, "research").add_edge("research", "left").add_edge("research", "right")
    graph = builder.compile()
"""


@pytest.fixture
def session(tmp_path: Path) -> WorkerSession:
    return WorkerSession(str(tmp_path / "threads"))


@pytest.fixture(params=["stepgraph", "langgraph"])
async def window(
    request: pytest.FixtureRequest, session: WorkerSession, tmp_path: Path
) -> AsyncIterator[WindowProbe]:
    """With the program open in a worker; no process is left when it is closed."""
    path = tmp_path / "program.py"
    path.write_text("\n".join(line[4:] for line in PROGRAM.format(engine=request.param).splitlines()))
    mark = os.environ[MARK] = uuid4().hex
    try:
        async with a_window(tmp_path, session) as window:
            await window.workbench.commands.open(f"{path}:graph", has_consent=True)
            await window.opened("program.py")
            yield window
    finally:
        del os.environ[MARK]
    assert processes(mark) == []


async def tasks_are_held(window: WindowProbe) -> None:
    window.type_input('{"log": []}')
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("research has not begun")
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: left, right")


async def it_stands_inside_a_subgraph(window: WindowProbe) -> None:
    window.type_input('{"log": []}')
    window.canvas.click("research/think")
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_F5)
    await window.until_said("breakpoint on `research › think`")
    window.press(Qt.Key.Key_F9)


async def it_is_frozen_at_an_error(window: WindowProbe) -> None:
    await window.choose("Breakpoints", "On Any Error")
    window.type_input('{"log": ["break"]}')
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused `right` raised ValueError: no luck")


async def a_question_is_asked(window: WindowProbe) -> None:
    window.type_input('{"log": ["ask"]}')
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: len(window.workbench.questions.boxes) == 1)


Moment = Callable[[WindowProbe], Awaitable[None]]
ARRIVED = {
    tasks_are_held: ["look", "think"],
    it_stands_inside_a_subgraph: ["look"],
    it_is_frozen_at_an_error: ["look", "think", "left"],
}
"""What the nodes have told by each moment."""


def kill(session: WorkerSession) -> None:
    assert session.pid is not None
    os.kill(session.pid, signal.SIGKILL)


def told(window: WindowProbe) -> list[str]:
    """What the nodes have told, from the rows of Updates."""
    rows = window.rows("Updates")
    return [word for word in ("look", "think", "left", "right") if any(f'["{word}"]' in row for row in rows)]


async def runs_again(window: WindowProbe) -> None:
    window.type_input('{"log": []}')
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: told(window) == ["look", "think", "left", "right"])
    await window.until_said("✓ Finished after 2 supersteps")


@pytest.mark.parametrize("moment", ARRIVED)
async def test_a_worker_that_is_killed_leaves_what_had_come_and_the_next_run_works(
    window: WindowProbe, session: WorkerSession, moment: Moment
) -> None:
    await moment(window)
    await window.until(lambda: told(window) == ARRIVED[moment])
    kill(session)
    await window.until_said("✕ Failed")
    assert "The program's process was killed (SIGKILL)" in window.said
    assert told(window) == ARRIVED[moment]
    phases = {node.phase for node in window.workbench.model.state.nodes.values()}
    assert not phases & {Phase.RUNNING, Phase.HELD}
    assert window.tab_in_front == "Problem"
    assert "The next run starts a new process." in window.problem
    await runs_again(window)


async def test_a_question_is_answered_although_the_worker_that_asked_it_was_killed(
    window: WindowProbe, session: WorkerSession
) -> None:
    await a_question_is_asked(window)
    kill(session)
    await window.until(lambda: "was killed (SIGKILL)" in window.banner)
    (box,) = window.workbench.questions.boxes
    box.editor.take_focus()
    await window.until(lambda: shows(button(box, "Answer")))
    QTest.keyClicks(QApplication.focusWidget(), "Ada")
    await click(window, box, "Answer")
    await window.until_said("✓ Finished")
    assert window.workbench.model.state.values[-1].values["log"][-3:] == ["think", "left", "Ada"]
    await runs_again(window)


@pytest.mark.parametrize("window", ["langgraph"], indirect=True)
@pytest.mark.parametrize("moment", [*ARRIVED, a_question_is_asked])
async def test_a_window_is_closed_and_no_process_is_left(window: WindowProbe, moment: Moment) -> None:
    await moment(window)
    assert processes(os.environ[MARK])
    await window.workbench.close()
    assert processes(os.environ[MARK]) == []
