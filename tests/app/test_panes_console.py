"""The Console: what a person reads in it, and what a click and a key do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from tests.kit.pane_probe import choices, choose, click_row, empty_text, rows, settle, type_filter
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.events import Failure, Location, Lost, Printed
from stepscope.panes.console import ConsolePane
from stepscope.theme import LIGHT

WHERE = Location("/home/ada/agent.py", 42, "ask", "log.error('no answer')")


@pytest.fixture
def console(qtbot) -> PaneStage[ConsolePane]:
    return PaneStage(qtbot, ConsolePane, (800, 260))


def shown(stage: PaneStage[ConsolePane]) -> list[str]:
    """The rows without the time, which is where the tests run."""
    settle(stage.pane)
    lines = [re.sub(r"^\d\d:\d\d:\d\d\.\d\d\d", "", row) for row in rows(stage.pane)]
    return [" ".join(line.split()) for line in lines]


def sayings() -> RunScript:
    script = RunScript().begin().print("planning\n").log("asking", node="plan").print("hm\n", "stderr")
    return script.log("no answer\nTraceback\nTimeoutError", "ERROR", "app.ask", "writer", WHERE)


SEEN = [
    "Run 1 started",
    "› stdout planning",
    "i INFO plan app asking",
    "» stderr hm",
    "✕ ERROR writer app.ask no answer",
    "Traceback",
    "TimeoutError",
]


def test_an_empty_console_says_what_will_appear_here(console):
    assert empty_text(console.pane) == "What the graph prints and logs appears here."

    console.show(RunScript().begin())
    assert empty_text(console.pane) != "", "a run alone says nothing"

    console.show(sayings())
    assert empty_text(console.pane) == ""


def test_a_row_tells_where_a_line_comes_from_and_how_grave_it_is(console):
    console.show(sayings())
    assert shown(console) == SEEN


def test_an_error_has_the_colour_of_failure_and_all_others_have_not(console):
    console.show(sayings())
    image = console.pane.events.view.grab().toImage()
    view, failed = console.pane.events.view, QColor(console.pane.theme.failed)

    def has_colour(row: int) -> bool:
        area = view.visualRect(view.model().index(row, 4)).translated(0, view.viewport().y())
        pixels = [
            (x, y) for x in range(area.left(), area.left() + 120) for y in range(area.top(), area.bottom())
        ]
        return any(_is_near(image.pixelColor(x, y), failed) for x, y in pixels)

    assert [has_colour(row) for row in range(7)] == [False] * 4 + [True] * 3


def _is_near(one: QColor, other: QColor) -> bool:
    return sum(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) < 90


def test_runs_follow_each_other_and_lines_stay(console):
    console.show(sayings())
    console.run_again(RunScript().begin().print("again\n"))
    assert shown(console) == [*SEEN, "Run 2 started", "› stdout again"]


def test_a_progress_bar_moves_in_its_row(console):
    script = RunScript().begin().print("  0%", "stderr")
    console.show(script)
    console.show(script.print("\r 50%", "stderr"))
    assert shown(console) == ["Run 1 started", "» stderr 50%"]


def test_the_filter_keeps_rows_with_a_text(console):
    console.show(sayings())
    type_filter(console.pane, "APP.ASK")
    assert shown(console) == SEEN[4:]

    type_filter(console.pane, "timeout")
    assert shown(console) == ["TimeoutError"]


def test_the_boxes_keep_a_level_and_a_source(console):
    console.show(sayings())
    assert choices(console.pane.levels) == ["all", "info and up", "warning and up", "errors"]
    assert choices(console.pane.sources) == ["all", "stdout", "stderr", "log", "warning"]

    choose(console.pane.levels, "warning and up")
    assert shown(console) == [SEEN[0], *SEEN[3:]]
    choose(console.pane.sources, "log")
    assert shown(console) == SEEN[4:]
    choose(console.pane.levels, "all")
    assert shown(console) == [SEEN[2], *SEEN[4:]]


def test_clicking_a_row_selects_the_node_that_said_it(console):
    console.show(sayings())
    click_row(console.pane, 2)
    click_row(console.pane, 1)
    assert console.selected == [("plan",)]


def test_enter_opens_the_whole_record_with_the_line_that_said_it(console):
    console.show(sayings())
    click_row(console.pane, 5)
    view, detail = console.pane.events.view, console.pane.detail
    assert not detail.isVisible()

    QTest.keyClick(view, Qt.Key.Key_Return)
    assert detail.toPlainText() == (
        "no answer\nTraceback\nTimeoutError\n\n/home/ada/agent.py:42, in ask\n    log.error('no answer')"
    )
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not detail.isVisible()


def test_a_text_that_does_not_fit_opens_when_it_is_selected(console):
    long = "word " * 200
    console.show(RunScript().begin().print(f"short\n{long}\n"))
    click_row(console.pane, 1)
    assert not console.pane.detail.isVisible()

    QTest.keyClick(console.pane.events.view, Qt.Key.Key_Down)
    assert console.pane.detail.toPlainText() == long
    assert console.pane.detail.horizontalScrollBar().maximum() == 0, "it is not wrapped"


def test_copying_takes_the_lines_as_a_terminal_has_them(console):
    console.show(sayings())
    click_row(console.pane, 3)
    for _ in range(2):
        QTest.keyClick(console.pane.events.view, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(console.pane.events.view, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "hm\nERROR:app.ask:no answer\nTraceback"


def test_the_end_is_followed_until_the_person_scrolls_up(console):
    script = RunScript().begin()
    for number in range(100):
        script.print(f"{number}\n")
    console.show(script)
    view = console.pane.events.view
    assert view.is_at_tail

    view.verticalScrollBar().setValue(40)
    console.show(script.print("more\n"))
    assert view.verticalScrollBar().value() == 40

    view.scrollToBottom()
    console.show(script.print("and more\n"))
    assert view.is_at_tail


def test_what_the_person_reads_stays_in_sight_when_older_lines_are_dropped(console):
    script = RunScript().begin().print("".join(f"{number}\n" for number in range(50_900)))
    console.show(script)
    view = console.pane.events.view
    view.scrollTo(view.model().index(30_000, 0), view.ScrollHint.PositionAtTop)
    read = view.indexAt(view.viewport().rect().topLeft()).siblingAtColumn(4).data()

    console.show(script.print("x\n" * 500))
    assert console.model.console.dropped
    assert view.indexAt(view.viewport().rect().topLeft()).siblingAtColumn(4).data() == read
    assert "older dropped" in console.pane.events.table.counted


def test_clear_forgets_what_was_printed(console):
    script = sayings()
    console.show(script)
    button = next(button for button in console.pane.findChildren(QPushButton) if button.text() == "Clear")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert empty_text(console.pane)

    console.show(script.print("new\n"))
    assert shown(console) == ["› stdout new"]


def test_a_hidden_console_is_not_built_and_has_all_when_it_is_shown(qtbot):
    stage = PaneStage(qtbot, ConsolePane, is_shown=False)
    stage.show(sayings())
    assert not stage.pane.is_built

    stage.reveal()
    assert shown(stage) == SEEN


def test_hostile_text_stays_text(console):
    console.show(RunScript().begin().print("<b>bold</b> \x1b]0;title\x07 \u202e\x00\ttab\n"))
    assert shown(console)[1].startswith("› stdout <b>bold</b>")
    click_row(console.pane, 1)
    QTest.keyClick(console.pane.events.view, Qt.Key.Key_Return)
    assert console.pane.detail.toPlainText().startswith("<b>bold</b>")


def test_another_theme_and_a_larger_font_are_taken(console):
    console.show(sayings())
    before = console.pane.events.view.rowHeight(0)
    font = console.pane.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    console.pane.set_theme(LIGHT)
    console.pane.setFont(font)
    assert before == 20
    assert console.pane.events.view.rowHeight(0) > 30


# In the whole window


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    session = ScriptedSession("plan", "write")
    session.prints = {"": ["importing\n"], "plan": ["planning\n"], "write": ["writing\n"]}
    async with a_window(tmp_path, session) as window:
        await window.workbench.commands.open(str(tmp_path / "a.py"), has_consent=True)
        await window.opened("a.py")
        yield window


def texts(window: WindowProbe) -> list[str]:
    return [row.split("  ")[-1] for row in window.rows("Console")]


async def test_the_tab_counts_the_lines_and_shows_them(window: WindowProbe) -> None:
    await window.until(lambda: "Console 1" in window.tabs)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    assert "Console 3" in window.tabs

    window.show_tab("Console")
    assert texts(window) == ["Opening a.py", "importing", "Run 1 started", "planning", "writing"]

    window.press(Qt.Key.Key_F5)
    await window.until(lambda: "Console 5" in window.tabs)
    await window.until_said("Finished")
    assert texts(window)[-3:] == ["Run 2 started", "planning", "writing"]

    window.click("Clear")
    await window.until(lambda: "Console" in window.tabs)


async def test_what_is_printed_between_runs_is_shown_too(window: WindowProbe) -> None:
    window.show_tab("Console")
    window.workbench.model.flush()
    session = window.workbench.controller._session
    session.hear(Printed(0, 5.0, "stderr", "late\n"))
    await window.until(lambda: texts(window)[-1] == "late")


async def test_a_lost_process_is_told_above_the_graph_and_in_problem(window: WindowProbe) -> None:
    killed = Failure("Killed", "The program's process was killed (SIGKILL).", "It may be memory.")
    session = window.workbench.controller._session
    session.hear(Lost(0, 5.0, killed))
    assert window.banner == "✕  The program's process was killed (SIGKILL). The next run starts a new one."

    window.click("Show Problem")
    assert window.tab_in_front == "Problem"
    window.show_tab("Console")
    await window.until(lambda: texts(window)[-1] == "The program's process was killed (SIGKILL).")
