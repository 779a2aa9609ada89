"""The Problem pane: the headline, the place, what to do, and the traceback, to read and to copy."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from tests.kit.pane_probe import empty_text
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import BOOM, RunScript

from stepscope.model.events import Failure, Outcome
from stepscope.panes.failure import FailurePane


@pytest.fixture
def problem(qtbot) -> PaneStage[FailurePane]:
    return PaneStage(qtbot, FailurePane, (560, 330))


def said(stage: PaneStage[FailurePane]) -> list[str]:
    """The labels that are in sight, from top to bottom."""
    return [label.text() for label in stage.pane.findChildren(QLabel) if label.isVisible()]


def traceback(stage: PaneStage[FailurePane]) -> str:
    return stage.pane.findChild(QPlainTextEdit).toPlainText()


def test_an_empty_pane_says_what_will_stand_here(problem):
    assert "what went wrong" in empty_text(problem.pane)


def test_a_failed_run_shows_what_where_what_to_do_and_the_traceback(problem):
    problem.show(RunScript().begin().start("writer", 1).fail("writer").end(Outcome.FAILED, BOOM))

    assert said(problem) == [
        "✕ ValueError: no such city",
        "/home/ada/weather.py:12, in fetch",
        "raise ValueError('no such city')",
        "Give a city that the table has.",
    ]
    assert traceback(problem).startswith("Traceback (most recent call last)")


def test_a_target_that_does_not_open_is_shown_until_the_next_run(problem):
    problem.pane.show_failure(Failure("SyntaxError", "'(' was never closed"))
    assert said(problem) == ["✕ SyntaxError: '(' was never closed"]
    assert not problem.pane.findChild(QPlainTextEdit).isVisible()

    problem.run_again(RunScript().begin())
    assert empty_text(problem.pane)


def test_a_failure_shown_before_the_pane_was_open_is_there_when_it_opens(qtbot):
    stage = PaneStage(qtbot, FailurePane, is_shown=False)
    stage.pane.show_failure(BOOM)
    stage.reveal()

    assert said(stage)[0] == f"✕ {BOOM.headline}"


def test_a_message_that_looks_like_markup_is_shown_as_it_is(problem):
    problem.pane.show_failure(Failure("ValueError", "<h1>big</h1>"))

    label = problem.pane.findChildren(QLabel)
    assert [one.textFormat() for one in label if one.isVisible()] == [Qt.TextFormat.PlainText]


def test_copying_takes_the_whole_report(problem):
    problem.pane.show_failure(BOOM)
    QTest.mouseClick(problem.pane.findChild(QPushButton), Qt.MouseButton.LeftButton)

    copied = QGuiApplication.clipboard().text()
    for part in (BOOM.headline, "/home/ada/weather.py:12, in fetch", BOOM.remedy, BOOM.traceback):
        assert part in copied


def colours(stage: PaneStage[FailurePane]) -> dict[str, str]:
    """The colour of each line of the traceback that has one of its own."""
    block = stage.pane.findChild(QPlainTextEdit).document().begin()
    found = {}
    while block.isValid():
        for span in block.layout().formats():
            found[block.text().strip()] = span.format.foreground().color().name()
        block = block.next()
    return found


def test_the_frames_of_the_user_stand_out_from_those_of_libraries(problem):
    problem.pane.show_failure(BOOM)
    theme = problem.pane.theme

    assert colours(problem) == {
        'File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run': theme.faint,
        "return runner.run(main)": theme.faint,
        'File "/home/ada/weather.py", line 12, in fetch': theme.accent,
        "ValueError: no such city": theme.failed,
    }
