"""Graphs that flow to the right: in the window, in exported text, and from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage, at_the_barrier, program
from tests.kit.run_script import topology
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.canvas.dot import dot
from stepscope.canvas.mermaid import mermaid
from stepscope.canvas.sketch import Sketch

LINE = topology("START -> a", "a -> b", "b -> END")


def flows_right(window: WindowProbe) -> bool:
    first, last = window.canvas.box_of("a"), window.canvas.box_of("b")
    return last.left() > first.right()


async def test_a_key_turns_the_graph_and_the_next_start_remembers_it(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        window.workbench.model.set_program(program(LINE))
        window.window.frame.show_graph("a.py", "line")
        window.workbench.canvas.setFocus()
        assert not flows_right(window)
        window.press(Qt.Key.Key_D)
        assert flows_right(window)
        await window.choose("View", "Flow to the Right")
        assert not flows_right(window)
        window.press(Qt.Key.Key_D)
    async with a_window(tmp_path) as window:
        window.workbench.model.set_program(program(LINE))
        assert flows_right(window)


def test_a_graph_that_is_turned_keeps_its_run_and_its_selection(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    stage.play(at_the_barrier())
    stage.selection.select(("writer",))
    before = {name: stage.probe.text_of(name) for name in ("plan", "writer", "researcher")}
    stage.view.set_direction("right")
    assert {name: stage.probe.text_of(name) for name in before} == before
    assert stage.probe.selected() == "writer"


def test_the_arrow_keys_go_where_they_point(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.view.set_direction("right")
    stage.open(NEWSROOM)
    stage.selection.select(("route",))
    QTest.keyClick(stage.view, Qt.Key.Key_Right)
    first = stage.probe.selected()
    assert first in ("writer", "fact_check", "researcher")
    QTest.keyClick(stage.view, Qt.Key.Key_Down)
    assert stage.probe.selected() != first
    QTest.keyClick(stage.view, Qt.Key.Key_Up)
    assert stage.probe.selected() == first


def test_exported_text_flows_the_same_way() -> None:
    assert mermaid(Sketch(LINE)).startswith("flowchart TD")
    assert mermaid(Sketch(LINE, direction="right")).startswith("flowchart LR")
    assert "rankdir" not in dot(Sketch(LINE))
    assert "rankdir=LR" in dot(Sketch(LINE, direction="right"))
