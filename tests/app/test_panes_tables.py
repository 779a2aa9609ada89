"""Updates, Custom and Debug: what a person reads in them, and what a click and a key do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from tests.kit.pane_probe import click_row, empty_text, open_row, rows, tree, type_filter
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import BOOM, RunScript

from stepscope.panes.tables import CustomPane, DebugPane, UpdatesPane
from stepscope.theme import LIGHT


def newsroom() -> RunScript:
    script = RunScript().begin().run(1, "plan").update("plan", 1, {"angles": ["form", "1859"]})
    script.run(2, "route").update("route", 2, None)
    return script


@pytest.fixture
def updates(qtbot) -> PaneStage[UpdatesPane]:
    return PaneStage(qtbot, UpdatesPane, (700, 220))


def test_an_empty_pane_says_what_will_appear_here(updates):
    assert empty_text(updates.pane).startswith("What each node writes")

    updates.show(newsroom())
    assert empty_text(updates.pane) == ""


def test_a_row_tells_the_superstep_the_node_and_what_it_wrote(updates):
    updates.show(newsroom())

    assert rows(updates.pane) == ['1  plan  {"angles": ["form", "1859"]}', "2  route  wrote nothing"]


def test_a_node_in_a_subgraph_has_its_path_and_both_supersteps(updates):
    script = RunScript().begin().start("researcher", 4)
    script.update("query", 2, {"q": "Dst"}, ("researcher:researcher",))
    updates.show(script)

    assert rows(updates.pane) == ['4.2  researcher › query  {"q": "Dst"}']


def test_clicking_a_row_selects_its_node(updates):
    updates.show(newsroom())
    click_row(updates.pane, 1)

    assert updates.selected == [("route",)]


def test_a_row_of_a_node_that_the_graph_does_not_have_selects_nothing(updates):
    updates.show(RunScript().begin().update("__interrupt__", 1, [1]))
    click_row(updates.pane, 0)

    assert updates.selected == []


def test_enter_opens_the_whole_update_below_and_escape_closes_it(updates):
    updates.show(newsroom())
    click_row(updates.pane, 0)
    view, detail = updates.pane.events.view, updates.pane.events.detail

    QTest.keyClick(view, Qt.Key.Key_Return)
    assert detail.isVisible()
    assert tree(detail) == ["angles 2 items list"]

    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not detail.isVisible()


def test_a_double_click_opens_the_whole_update_too(updates):
    updates.show(newsroom())
    click_row(updates.pane, 0)
    view = updates.pane.events.view
    QTest.mouseDClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(0, 0)).center()
    )

    assert updates.pane.events.detail.isVisible()


def test_the_open_value_follows_the_arrow_keys(updates):
    updates.show(newsroom().update("plan", 3, {"draft": "x"}))
    click_row(updates.pane, 0)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_Return)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_Down)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_Down)

    assert tree(updates.pane.events.detail) == ['draft "x" str']


def test_typing_in_the_filter_keeps_the_rows_with_that_text(updates):
    updates.show(newsroom())
    type_filter(updates.pane, "1859")
    assert len(rows(updates.pane)) == 1

    type_filter(updates.pane, "ROUTE")
    assert rows(updates.pane) == ["2  route  wrote nothing"]


def test_copying_takes_the_selected_rows_as_lines_and_tabs(updates):
    updates.show(newsroom())
    click_row(updates.pane, 0)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == (
        '1\tplan\t{"angles": ["form", "1859"]}\n2\troute\twrote nothing'
    )


def many(count: int) -> RunScript:
    script = RunScript().begin()
    for number in range(count):
        script.update("plan", number, {"n": number})
    return script


def test_the_tail_is_followed_until_the_person_scrolls_up(updates):
    script = many(100)
    updates.show(script)
    assert updates.pane.events.view.is_at_tail

    updates.pane.events.view.verticalScrollBar().setValue(0)
    updates.show(script.update("plan", 100, None))
    assert updates.pane.events.view.verticalScrollBar().value() == 0

    updates.pane.events.view.scrollToBottom()
    updates.show(script.update("plan", 101, None))
    assert updates.pane.events.view.is_at_tail


def test_a_hidden_pane_is_not_even_built_and_catches_up_when_shown(qtbot):
    stage = PaneStage(qtbot, UpdatesPane, is_shown=False)
    script = newsroom()
    stage.show(script)
    assert not stage.pane.is_built

    stage.reveal()
    assert len(rows(stage.pane)) == 2

    stage.pane.hide()
    stage.show(script.update("plan", 3, None))
    assert len(rows(stage.pane)) == 2

    stage.reveal()
    assert len(rows(stage.pane)) == 3


def test_a_new_run_starts_with_an_empty_table_and_keeps_the_filter(updates):
    updates.show(newsroom())
    type_filter(updates.pane, "plan")
    updates.run_again(RunScript().begin())
    assert empty_text(updates.pane)

    updates.show(newsroom())
    assert rows(updates.pane) == ['1  plan  {"angles": ["form", "1859"]}']


def test_another_theme_and_a_larger_font_change_the_row_height_with_the_font(updates):
    updates.show(newsroom())
    before = updates.pane.events.view.rowHeight(0)
    font = updates.pane.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    updates.pane.set_theme(LIGHT)
    updates.pane.setFont(font)

    assert before == 24
    assert updates.pane.events.view.rowHeight(0) > 35


def test_custom_rows_name_the_graph_that_wrote(qtbot):
    stage = PaneStage(qtbot, CustomPane)
    script = RunScript().begin().start("researcher", 4).custom(4, {"progress": 40})
    stage.show(script.custom(1, "half way", ("researcher:researcher",)))

    assert rows(stage.pane) == ['4  graph  {"progress": 40}', '4.1  researcher  "half way"']
    click_row(stage.pane, 1)
    assert stage.selected == [("researcher",)]


def test_debug_rows_tell_each_start_and_each_result(qtbot):
    stage = PaneStage(qtbot, DebugPane)
    script = RunScript().begin().start("plan", 1, input={"topic": "ice"}).finish("plan", result={"n": 1})
    stage.show(script.start("writer", 2, input=None).fail("writer"))

    assert rows(stage.pane) == [
        '1  task  plan  {"topic": "ice"}',
        '1  task_result  plan  {"n": 1}',
        "2  task  writer  null",
        f"2  task_result  writer  ✕ {BOOM.headline}",
    ]


def test_a_debug_row_opens_to_its_payload(qtbot):
    stage = PaneStage(qtbot, DebugPane)
    stage.show(RunScript().begin().start("plan", 1, input={"topic": "ice"}, triggers=("branch:to:plan",)))
    click_row(stage.pane, 0)
    QTest.keyClick(stage.pane.events.view, Qt.Key.Key_Return)

    assert tree(stage.pane.events.detail) == [
        'id "plan" str',
        'name "plan" str',
        "input 1 key dict",
        "triggers 1 item list",
    ]


def test_what_was_cut_of_an_update_is_fetched_in_its_detail(updates, qtbot):
    asked: list[str] = []
    updates.model.more_wanted.connect(asked.append)
    cut = {"$type": "list", "$items": [1], "$size": 2, "$handle": "7"}
    updates.show(RunScript().begin().update("plan", 1, {"angles": cut}))
    click_row(updates.pane, 0)
    QTest.keyClick(updates.pane.events.view, Qt.Key.Key_Return)
    detail = updates.pane.events.detail
    qtbot.waitUntil(lambda: detail.viewport().height() > 0)
    open_row(detail, "angles")
    open_row(detail, "angles", "…")
    assert asked == ["7"]

    updates.model.more_arrived.emit("7", {"$type": "list", "$items": [2]})
    assert tree(detail) == ["angles 2 items list", "  0 1 int", "  1 2 int"]
