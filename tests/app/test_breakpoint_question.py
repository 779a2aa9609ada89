"""The editor of a breakpoint: what it shows, what it gives back, and what it does not take."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stepscope.model.breakpoint import Breakpoint
from stepscope.window.breakpoint_question import BreakpointQuestion

WRITER = ("writer",)


class Desk:
    """The question about one breakpoint, asked."""

    def __init__(self, qtbot: QtBot, item: Breakpoint) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.parent.resize(900, 600)
        self.parent.show()
        self.question = BreakpointQuestion(item, ["notes", "score"], [("researcher",)], self.parent)
        self.question.open()

    def field(self, name: str) -> QLineEdit:
        return next(f for f in self.question.findChildren(QLineEdit) if f.accessibleName() == name)

    def type(self, name: str, text: str) -> None:
        field = self.field(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def choose(self, name: str, text: str) -> None:
        box = next(b for b in self.question.findChildren(QComboBox) if b.accessibleName() == name)
        QTest.keyClicks(box, text)

    def press(self, text: str) -> None:
        button = next(b for b in self.question.findChildren(QPushButton) if b.text() == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def words(self) -> str:
        labels = self.question.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


def test_what_is_typed_becomes_the_breakpoint(qtbot: QtBot) -> None:
    desk = Desk(qtbot, Breakpoint("4", WRITER))
    desk.choose("When it stops", "After")
    desk.type("Only if", " len(update) > 1 ")
    desk.type("From visit", "12x")
    desk.type("Log instead", "at {visit}")
    desk.press("OK")
    assert desk.question.item == Breakpoint("4", WRITER, "after", "len(update) > 1", 12, "at {visit}")


def test_what_was_typed_before_is_shown_and_kept(qtbot: QtBot) -> None:
    item = Breakpoint("4", WRITER, "error", "error", 2, "oh", unhandled=True, enabled=False)
    desk = Desk(qtbot, item)
    assert [desk.field(name).text() for name in ("Only if", "From visit", "Log instead")] == [
        "error",
        "2",
        "oh",
    ]
    desk.press("OK")
    assert desk.question.item == item


def test_a_condition_that_cannot_be_read_is_not_taken(qtbot: QtBot) -> None:
    desk = Desk(qtbot, Breakpoint("4", WRITER))
    desk.type("Only if", "len(state")
    desk.press("OK")
    assert desk.question.isVisible()
    assert "The condition cannot be read: '(' was never closed (at character 4)." in desk.words
    assert desk.question.focusWidget() is desk.field("Only if")
    desk.type("Only if", "len(state)")
    assert "cannot be read" not in desk.words
    desk.press("OK")
    assert not desk.question.isVisible()


def test_a_change_needs_a_key_and_is_of_a_graph(qtbot: QtBot) -> None:
    desk = Desk(qtbot, Breakpoint("", (), "change"))
    desk.press("OK")
    assert "Name the key of the state" in desk.words
    desk.choose("In which graph", "researcher")
    desk.type("Key", "score")
    desk.press("OK")
    assert desk.question.item == Breakpoint("", ("researcher",), "change", key="score")


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (Breakpoint("1", WRITER), "over state, input, visit, step, node,"),
        (Breakpoint("1", WRITER, "after"), "over state, input, update, visit, step, node,"),
        (Breakpoint("1", WRITER, "error"), "over state, input, error, visit, step, node,"),
        (Breakpoint("1", (), "custom"), "over message, state, visit, step,"),
        (Breakpoint("1", (), "change", key="x"), "over old, new, state, visit, step,"),
    ],
)
def test_it_says_which_names_an_expression_may_speak_of(qtbot: QtBot, item: Breakpoint, names: str) -> None:
    assert names in Desk(qtbot, item).words


def test_all_of_its_words_can_be_seen_when_it_complains(qtbot: QtBot) -> None:
    desk = Desk(qtbot, Breakpoint("", (), "change"))
    desk.press("OK")
    for label in desk.question.findChildren(QLabel):
        assert not label.isVisible() or label.height() >= label.heightForWidth(label.width())
