"""The checkpoints of subgraphs in the Threads pane: unfolded, looked at, compared, edited and forked from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from tests.journeys.test_threads import (
    click,
    comparison,
    differences,
    looked_words,
    pane,
    ran,
    session_of,
    state_rows,
    texts,
)
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.panes.history_view import HistoryView
from stepscope.window.comparison_view import ComparisonView

PROGRAM = """
import operator
from typing import Annotated
from typing_extensions import TypedDict
from ENGINE.graph import START, StateGraph
from ENGINE.types import Send

class State(TypedDict):
    log: Annotated[list[str], operator.add]

def node(name):
    def run(state):
        return {"log": [name]}
    return run

sub = StateGraph(State).add_node("x", node("x")).add_node("y", node("y"))
sub = sub.add_edge(START, "x").add_edge("x", "y").compile()
builder = StateGraph(State).add_node("plan", node("plan")).add_node("sub", sub).add_node("end", node("end"))
builder.add_edge(START, "plan").add_edge("sub", "end")
builder.add_conditional_edges("plan", lambda state: WHERE, ["sub"])
graph = builder.compile()
inputs = {"log": []}
"""
ONE, TWO = '"sub"', '[Send("sub", {"log": [word]}) for word in ("one", "two")]'
UNFOLDED = [
    "3 end end",
    "2 sub → end",
    "1 plan → sub",
    "sub › 2 y end",
    "sub › 1 x → y",
    "sub › 0 begin → x",
    "sub › · input ",
    "0 begin → plan",
    "· input ",
]


@pytest.fixture(params=["stepgraph local", "langgraph worker"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    engine, kind = request.param.split()
    where = TWO if "several" in request.node.name else ONE
    (tmp_path / "program.py").write_text(PROGRAM.replace("ENGINE", engine).replace("WHERE", where))
    async with a_window(tmp_path, session_of(kind, tmp_path)) as window:
        await window.workbench.commands.open(str(tmp_path / "program.py"), has_consent=True)
        await window.opened("program.py")
        await ran(window)
        yield window


def history(window: WindowProbe) -> HistoryView:
    return pane(window).history


def click_triangle(window: WindowProbe, row: int) -> None:
    view = history(window)
    index = view.model().index(row, 0)
    view.scrollTo(index)
    shown = view.row(index)
    assert shown is not None
    delegate = view.itemDelegate()
    at = delegate.triangle(view.visualRect(index), shown).center()  # type: ignore[attr-defined]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(int(at.x()), int(at.y())))


async def unfold(window: WindowProbe, row: int, count: int) -> None:
    click_triangle(window, row)
    await window.until(lambda: len(texts(history(window))) == count)


async def test_a_checkpoint_unfolds_to_those_of_the_subgraph_that_it_led_to(window: WindowProbe) -> None:
    assert texts(history(window))[2] == "1 plan → sub"
    await unfold(window, 2, 9)
    assert texts(history(window)) == UNFOLDED
    await unfold(window, 2, 5)
    history(window).setFocus()
    history(window).setCurrentIndex(history(window).model().index(2, 0))
    QTest.keyClick(history(window), Qt.Key.Key_Right)
    await window.until(lambda: texts(history(window)) == UNFOLDED)
    QTest.keyClick(history(window), Qt.Key.Key_Left)
    await window.until(lambda: len(texts(history(window))) == 5)


async def test_several_subgraphs_of_a_step_unfold_one_by_one(window: WindowProbe) -> None:
    row = texts(history(window)).index("1 plan → sub ×2")
    await unfold(window, row, 7)
    assert texts(history(window))[row + 1 : row + 3] == ["sub #1", "sub #2"]
    await unfold(window, row + 2, 11)
    click(history(window), row + 3)
    await window.until_said("Looking at checkpoint 4 of 4 of sub")
    assert state_rows(window) == ["log 3 items"]


async def test_a_subgraphs_checkpoint_is_looked_at_and_one_looks_back_out_of_it(window: WindowProbe) -> None:
    await unfold(window, 2, 9)
    click(history(window), 4)
    await window.until_said("Looking at checkpoint 3 of 4 of sub: nothing is changed")
    assert looked_words(window).endswith("\nAfter x.")
    assert state_rows(window) == ["log 2 items"]
    for said in ("checkpoint 2 of 4 of sub", "checkpoint 1 of 4 of sub", "checkpoint 3 of 5: nothing"):
        window.press(Qt.Key.Key_F10, SHIFT)
        await window.until_said(said)


async def test_a_run_forks_from_a_subgraphs_checkpoint(window: WindowProbe) -> None:
    await unfold(window, 2, 9)
    click(history(window), 4)
    await window.until_said("checkpoint 3 of 4 of sub")
    window.click("Fork from Here")
    await window.until_said("Finished")
    await window.until(lambda: len(texts(history(window))) > 11)
    assert [task.key[-1] for task in window.workbench.model.state.tasks.values()] == ["sub", "y", "end"]
    assert texts(history(window))[:3] == ["4 end end", "3 sub → end", "2 forked → sub"]
    await unfold(window, 2, 14)
    assert texts(history(window))[3:5] == ["sub › 2 y end", "sub › 1 forked → y"]


async def test_a_subgraphs_old_state_is_edited_and_gone_on_from(window: WindowProbe) -> None:
    await unfold(window, 2, 9)
    click(history(window), 4)
    await window.until_said("checkpoint 3 of 4 of sub")
    window.press(Qt.Key.Key_T, CTRL | SHIFT)
    await window.until(lambda: bool(window.question))
    window.click("JSON")
    field = window.window.findChild(QPlainTextEdit, "stateText")
    assert field is not None
    field.setPlainText('{"log": ["changed"]}')
    window.answer("Save")
    await window.until_said("Looking at checkpoint 5 of 5 of sub")
    assert "sub › 2 edited as x → y" in texts(history(window))
    window.press(Qt.Key.Key_F10, CTRL | SHIFT)
    await window.until_said("Finished")
    window.workbench.model.flush()
    final = window.workbench.model.state.values[-1].values
    assert final == {"log": ["plan", "changed", "y", "end"]}


async def test_a_subgraphs_checkpoint_is_compared_with_one_of_the_graph_around(window: WindowProbe) -> None:
    await unfold(window, 2, 9)
    click(history(window), 2)
    await window.until_said("checkpoint 3 of 5")
    view = history(window)
    at = view.visualRect(view.model().index(3, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CTRL, at)
    await window.until(lambda: any(each.isVisible() for each in window.window.findChildren(ComparisonView)))
    header = comparison(window).table.model()
    titles = [header.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert titles == ["Where", "3 plan", "4 y of sub"]
    assert differences(window) == [["+ log › 1", "", "x"], ["+ log › 2", "", "y"]]
