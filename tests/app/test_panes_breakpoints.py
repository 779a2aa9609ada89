"""The Breakpoints pane: what stands in a row, and how it is worked by keys and by the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import program
from tests.kit.pane_probe import click_row, empty_text, rows
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript, topology

from stepscope.model.breakpoint import Breakpoint
from stepscope.panes.breakpoints import HINT, BreakpointsPane
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings
from stepscope.theme import DARK, LIGHT

WRITER, QUERY = ("writer",), ("researcher", "query")
FIXED = ["○ Any error", "○ Errors not handled"]


class Stage(PaneStage[BreakpointsPane]):
    """A pane, the store that it shows, and what it asks for."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        def make(*looked_at: object) -> BreakpointsPane:
            model = looked_at[0]
            assert isinstance(model, RunModel)
            self.store = Breakpoints(model, Settings(folder / "settings.ini"))
            return BreakpointsPane(*looked_at, self.store)  # type: ignore[arg-type]

        super().__init__(qtbot, make, (260, 240))  # type: ignore[arg-type]
        self.edited: list[str] = []
        self.menus: list[str] = []
        self.pane.edit_wanted.connect(self.edited.append)
        self.pane.menu_wanted.connect(lambda item, at: self.menus.append(item))

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.pane.rows, key)

    def go_to(self, row: int) -> None:
        self.pane.rows.setCurrentIndex(self.pane.rows.model().index(row, 0))

    @property
    def hint(self) -> str:
        return next((label.text() for label in self.pane.findChildren(QLabel) if label.isVisible()), "")


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    return Stage(qtbot, tmp_path)


def test_without_a_breakpoint_it_says_how_to_set_one(stage: Stage) -> None:
    assert rows(stage.pane) == FIXED
    assert stage.hint == HINT
    stage.store.toggle(WRITER)
    assert stage.hint == ""


def test_without_a_graph_it_says_what_will_stand_there(qtbot: QtBot, tmp_path: Path) -> None:
    stage = Stage(qtbot, tmp_path)
    stage.model.program = None
    stage.pane.mark_changed()
    assert empty_text(stage.pane) == BreakpointsPane.empty_text


def test_a_row_says_where_when_and_how_often(stage: Stage) -> None:
    stage.store.add(Breakpoint("", WRITER, condition="x > 2", visits=2))
    stage.store.add(Breakpoint("", QUERY, "after", log="{visit}"))
    stage.store.add(Breakpoint("", (), "change", key="notes"))
    stage.store.enable("2", False)
    stage.show(RunScript().begin().hit("1", 1).hit("1", 2).hit("3", 2))
    assert rows(stage.pane)[2:] == [
        "● writer if x > 2, from visit 2 on ×2",
        "◇ researcher › query after, log “{visit}”",
        "● notes changes ×1",
    ]


def test_hits_are_those_of_the_newest_run(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    stage.show(RunScript().begin().hit("1", 1))
    stage.run_again(RunScript().begin())
    assert rows(stage.pane)[2:] == ["● writer"]


def test_a_breakpoint_whose_node_is_gone_is_hollow_and_says_so(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    stage.store.add(Breakpoint("", WRITER, log="here"))
    stage.model.renew_program(program(topology("START -> plan", "plan -> END")))
    assert rows(stage.pane)[2:] == ["○ writer its node is gone", "◇ writer its node is gone, log “here”"]


def test_space_switches_enter_edits_and_delete_removes(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    stage.store.toggle(QUERY)
    stage.go_to(2)
    stage.press(Qt.Key.Key_Space)
    assert rows(stage.pane)[2:] == ["○ writer", "● researcher › query"]
    stage.press(Qt.Key.Key_Return)
    assert stage.edited == ["1"]
    stage.press(Qt.Key.Key_Delete)
    assert rows(stage.pane)[2:] == ["● researcher › query"]
    stage.press(Qt.Key.Key_Delete)
    assert rows(stage.pane) == FIXED


def test_those_that_every_graph_has_are_switched_and_never_removed_or_edited(stage: Stage) -> None:
    stage.go_to(0)
    stage.press(Qt.Key.Key_Return)
    assert rows(stage.pane)[0] == "● Any error"
    stage.press(Qt.Key.Key_Delete)
    assert rows(stage.pane) == FIXED
    assert stage.edited == []


def test_the_keys_of_the_list_come_before_those_of_the_window(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    for key, is_taken in ((Qt.Key.Key_Space, True), (Qt.Key.Key_Delete, True), (Qt.Key.Key_F9, False)):
        event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(stage.pane.rows, event)
        assert event.isAccepted() is is_taken


def test_a_click_on_the_box_switches_and_one_beside_selects_the_node(stage: Stage) -> None:
    stage.store.toggle(QUERY)
    view = stage.pane.rows
    row = view.visualRect(view.model().index(2, 0))
    box = QPoint(row.left() + 16, row.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert rows(stage.pane)[2] == "○ researcher › query"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert rows(stage.pane)[2] == "● researcher › query"
    stage.selection.select(None)
    stage.go_to(0)
    click_row(stage.pane, 2)
    assert stage.selected[-1] == QUERY
    assert rows(stage.pane)[2] == "● researcher › query"


def test_a_double_click_edits(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    view = stage.pane.rows
    at = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert stage.edited == ["1"]


def test_a_right_click_asks_for_the_menu_of_a_row_or_of_all(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    view = stage.pane.rows
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(2, 0)).center())
    view.customContextMenuRequested.emit(QPoint(20, view.height() - 3))
    assert stage.menus == ["1", ""]


def test_it_is_painted_in_the_colours_of_the_theme(stage: Stage) -> None:
    stage.store.toggle(WRITER)
    for theme in (DARK, LIGHT):
        stage.pane.set_theme(theme)
        view = stage.pane.rows
        row = view.visualRect(view.model().index(2, 0))
        picture = view.viewport().grab().toImage()
        line = {picture.pixelColor(x, row.center().y()).name() for x in range(picture.width())}
        assert theme.failed in line
        assert theme.accent in line
