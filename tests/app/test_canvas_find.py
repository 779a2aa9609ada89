"""Finding a node: the bar in the whole window by keys alone, and which text finds what."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from tests.kit.canvas_probe import name_of
from tests.kit.canvas_stage import NEWSROOM, Stage, program
from tests.kit.run_script import topology
from tests.kit.window_probe import CTRL, SHIFT, a_window

from stepscope.canvas.find_bar import FindBar
from stepscope.canvas.finding import Finder

KEYS = [
    ("__start__",),
    ("plan",),
    ("researcher",),
    ("researcher", "query"),
    ("researcher", "tools"),
    ("researcher", "tools", "query.v2"),
    ("Query",),
]


def line_of(bar: FindBar) -> QLineEdit:
    line = bar.findChild(QLineEdit)
    assert line is not None
    return line


def found(text: str) -> list[str]:
    return [name_of(key) for key in Finder(KEYS).matches(text)]


def test_a_part_of_a_name_finds_it_at_any_depth_in_any_case() -> None:
    assert found("QUE") == ["researcher/query", "Query"]
    assert found("  plan ") == ["plan"]
    assert found("start") == ["START"]


@pytest.mark.parametrize("text", ["researcher/que", "researcher › que", "researcher.que", "SEARCHER/QUE"])
def test_a_path_may_be_written_in_any_way(text: str) -> None:
    assert found(text) == ["researcher/query"]


def test_a_name_with_a_dot_in_it_is_found_by_its_name() -> None:
    assert found("query.v2") == ["researcher/tools/query.v2"]


@pytest.mark.parametrize("text", ["", "  ", "/", "nobody"])
def test_what_means_nothing_finds_nothing(text: str) -> None:
    assert found(text) == []


async def test_ctrl_f_finds_as_it_is_typed_and_enter_goes_round(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        window.workbench.model.set_program(program(NEWSROOM))
        window.window.frame.show_graph("a.py", "newsroom")
        await window.until(lambda: bool(window.canvas.nodes()))
        bar = window.window.findChild(FindBar)
        window.press(Qt.Key.Key_F, CTRL)
        assert bar.isVisible()

        QTest.keyClicks(QApplication.focusWidget(), "e")
        many = bar.count
        QTest.keyClicks(QApplication.focusWidget(), "r")
        assert many != bar.count == "1 of 3"
        assert window.canvas.selected() == "researcher"
        window.press(Qt.Key.Key_Return)
        assert (window.canvas.selected(), bar.count) == ("researcher/query", "2 of 3")
        window.press(Qt.Key.Key_F3)
        window.press(Qt.Key.Key_Return)
        assert bar.count == "1 of 3"
        window.press(Qt.Key.Key_Return, SHIFT)
        assert bar.count == "3 of 3"
        window.press(Qt.Key.Key_F3, SHIFT)
        assert bar.count == "2 of 3"

        for _ in range(4):  # round the bar, and never into the graph
            window.press(Qt.Key.Key_Tab)
        assert window.canvas.selected() == "researcher/query"
        assert line_of(bar).hasFocus()
        window.press(Qt.Key.Key_Escape)
        assert not bar.isVisible()
        assert window.workbench.canvas.hasFocus()
        assert window.canvas.selected() == "researcher/query"
        window.press(Qt.Key.Key_F3)
        assert window.canvas.selected() != "researcher/query"


def test_what_is_found_comes_into_view_and_can_be_read(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    bar = FindBar(stage.view, stage.selection)
    stage.open(topology(*(f"n{i} -> n{i + 1}" for i in range(300))))
    qtbot.waitUntil(lambda: bool(stage.probe.nodes()))
    assert stage.view.is_overview
    bar.open_bar()
    QTest.keyClicks(line_of(bar), "n288")
    assert stage.probe.selected() == "n288"
    assert stage.probe.is_in_view("n288")
    assert not bar.geometry().intersects(stage.probe.box_in_view("n288"))
    assert not stage.view.is_overview


def test_the_bar_says_when_there_is_no_such_node_and_leaves_the_selection(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    bar = FindBar(stage.view, stage.selection)
    stage.open(NEWSROOM)
    stage.selection.select(("writer",))
    bar.open_bar()
    QTest.keyClicks(line_of(bar), "zzz")
    QTest.keyClick(line_of(bar), Qt.Key.Key_Return)
    assert bar.count == "no such node"
    assert stage.probe.selected() == "writer"
