"""The Stack pane: a frame selects its very task and the state that goes with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.kit.canvas_stage import at_the_barrier
from tests.kit.pane_probe import empty_text
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript

from stepscope.panes.stack import StackPane


@pytest.fixture
def stack(qtbot) -> PaneStage[StackPane]:
    return PaneStage(qtbot, StackPane, (240, 200))


def show(qtbot, stack: PaneStage[StackPane], script: RunScript, newest: str) -> None:
    """Until this is the last row: what comes in a rush is shown a few times a second."""
    stack.show(script)
    qtbot.waitUntil(lambda: rows(stack)[-1:] == [newest])


def rows(stack: PaneStage[StackPane]) -> list[str]:
    model = stack.pane.view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click(stack: PaneStage[StackPane], row: int) -> None:
    view = stack.pane.view
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def marked(stack: PaneStage[StackPane]) -> str:
    return str(stack.pane.view.currentIndex().data() or "")


def test_an_empty_stack_says_what_will_appear(stack):
    assert empty_text(stack.pane).startswith("While a run is on")


def test_clicking_a_frame_selects_its_task_and_its_graph(stack, qtbot):
    show(qtbot, stack, at_the_barrier(), "writer held")
    click(stack, 2)

    selection = stack.selection
    assert (selection.node, selection.task) == (("researcher", "tools"), "tools")
    assert selection.namespace == ("researcher:researcher",)

    QTest.keyClick(stack.pane.view, Qt.Key.Key_Down)
    assert (selection.node, selection.task, selection.namespace) == (("writer",), "writer", ())

    click(stack, 0)
    assert (selection.node, selection.task, selection.namespace) == (None, None, ())
    assert marked(stack) == "newsroom superstep 3"


def test_one_of_several_tasks_is_that_very_one(stack, qtbot):
    show(qtbot, stack, RunScript().begin().start("writer#a", 1).start("writer#b", 1), "writer #2 running")
    click(stack, 2)
    assert stack.selection.task == "writer#b"

    stack.selection.select(("writer",), "writer#a")
    assert marked(stack) == "writer #1 running"


def test_a_superstep_that_goes_on_selects_nothing_by_itself(stack, qtbot):
    script = RunScript().begin().start("plan", 1)
    show(qtbot, stack, script, "plan running")
    click(stack, 1)
    show(qtbot, stack, script.finish("plan").start("route", 2), "route running")

    assert rows(stack) == ["newsroom superstep 2", "route running"]
    assert stack.selected == [("plan",)]
    assert marked(stack) == ""


def test_the_graph_that_is_looked_at_is_marked_while_no_node_is_selected(stack, qtbot):
    show(qtbot, stack, at_the_barrier(), "writer held")
    stack.selection.look_at(("researcher:researcher",))
    assert marked(stack) == "researcher superstep 2"
    stack.selection.look_at(())
    assert marked(stack) == "newsroom superstep 3"
