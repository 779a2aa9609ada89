"""The editor of one value, typed into as JSON and in a form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from stepscope.theme import DARK
from stepscope.window.json_editor import JSONEditor
from stepscope.window.value_editor import ValueEditor


class Looker:
    """Types into an editor, and sees what stands there."""

    def __init__(self, editor: ValueEditor) -> None:
        self.editor = editor
        text = editor.findChild(JSONEditor)
        words = editor.findChild(QLabel, "inputWords")
        assert text is not None
        assert words is not None
        self.text, self._words = text, words

    def type(self, keys: str) -> None:
        first, *others = keys.split("\n")
        QTest.keyClicks(self.text, first)
        for line in others:
            QTest.keyClick(self.text, Qt.Key.Key_Return)
            QTest.keyClicks(self.text, line)

    def clear(self) -> None:
        QTest.keyClick(self.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(self.text, Qt.Key.Key_Delete)

    @property
    def words(self) -> str:
        return self._words.text() if self._words.isVisibleTo(self.editor) else ""

    @property
    def marked_lines(self) -> list[int]:
        tint = QColor(DARK.failed_fill)
        marks = self.text.extraSelections()
        return [m.cursor.blockNumber() + 1 for m in marks if m.format.background().color() == tint]  # type: ignore[attr-defined]


@pytest.fixture
def looker(qtbot: QtBot) -> Looker:
    editor = ValueEditor("Input", DARK, may_lack=True)
    qtbot.addWidget(editor)
    editor.resize(240, 300)
    editor.show()
    editor.begin({"topic": ""}, {"properties": {"topic": {}}, "required": ["topic"]})
    return Looker(editor)


def test_the_program_s_own_input_stands_there_at_first(looker: Looker) -> None:
    assert looker.text.toPlainText() == '{\n  "topic": ""\n}'
    assert looker.words == ""


def test_an_error_is_marked_on_its_line_as_one_types_and_goes_when_mended(looker: Looker) -> None:
    looker.clear()
    looker.type('{\n"topic": "a"\n"x": 1}')
    assert looker.words.startswith("✕ Line 2: expected ','")
    assert looker.marked_lines == [2]

    looker.clear()
    looker.type('{"topic": "a"}')
    assert looker.words == ""
    assert looker.marked_lines == []


def test_a_key_that_lacks_is_noted_and_does_not_count_as_a_problem(looker: Looker) -> None:
    looker.clear()
    looker.type("{}")

    assert looker.words == "Not given: `topic`. A node that reads such a key before it is written fails."
    assert looker.editor.problem == ""


def test_the_cursor_goes_to_what_is_wrong(looker: Looker) -> None:
    looker.editor.begin({}, {}, '{\n  "a": 1,\n}')

    looker.editor.show_problem()

    cursor = looker.text.textCursor()
    assert (cursor.blockNumber() + 1, cursor.positionInBlock() + 1) == (2, 9)


def test_reset_brings_the_program_s_input_back_and_can_be_undone(looker: Looker) -> None:
    looker.clear()
    looker.type("[1]")

    looker.editor.reset()
    assert looker.editor.is_as_suggested

    QTest.keyClick(looker.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert looker.text.toPlainText() == "[1]"


def test_tab_leaves_the_editor(looker: Looker) -> None:
    """A keyboard must not be caught in it."""
    assert looker.text.tabChangesFocus()
