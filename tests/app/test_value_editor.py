"""The editor of one value, typed into as JSON and in a form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from tests.kit.form_probe import FormProbe

from stepscope.model.form import ABSENT
from stepscope.theme import DARK
from stepscope.window.json_editor import JSONEditor
from stepscope.window.value_editor import Face, ValueEditor


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


SCHEMA = {
    "title": "State",
    "properties": {"topic": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["topic", "count"],
}


@pytest.fixture
def form(looker: Looker) -> FormProbe:
    """The same editor, with its form in front."""
    looker.editor.begin({"topic": "owls"}, SCHEMA)
    looker.editor.show_face(Face.FORM)
    return FormProbe(looker.editor)


def test_what_is_filled_in_is_in_the_json(looker: Looker, form: FormProbe) -> None:
    told: list[str] = []
    looker.editor.edited.connect(told.append)

    form.type("count", "5")
    assert looker.editor.text == told[-1] == '{\n  "topic": "owls",\n  "count": 5\n}'

    looker.editor.show_face(Face.JSON)
    assert looker.text.toPlainText() == looker.editor.text
    QTest.keyClick(looker.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert looker.text.toPlainText() == '{\n  "topic": "owls"\n}'


def test_what_is_written_in_json_is_in_the_form(looker: Looker, form: FormProbe) -> None:
    looker.editor.show_face(Face.JSON)
    looker.clear()
    looker.type('{"topic": "bees", "count": 2}')

    looker.editor.show_face(Face.FORM)

    assert (form.text("topic"), form.text("count")) == ("bees", "2")


def test_json_that_cannot_be_read_leaves_the_form_as_it_was_and_it_says_so(
    looker: Looker, form: FormProbe
) -> None:
    looker.editor.show_face(Face.JSON)
    looker.clear()
    looker.type('{"topic": "be')
    looker.editor.show_face(Face.FORM)

    assert form.text("topic") == "owls"
    assert looker.words == (
        "✕ The JSON cannot be read: Line 1: this text has no closing double quote. "
        "The form shows what it was before that."
    )
    assert "closing double quote" in looker.editor.problem

    looker.editor.show_problem()
    assert looker.text.isVisible()
    assert looker.text.hasFocus()


def test_a_change_in_the_form_takes_the_place_of_json_that_cannot_be_read(
    looker: Looker, form: FormProbe
) -> None:
    looker.editor.show_face(Face.JSON)
    looker.clear()
    looker.type("{")
    looker.editor.show_face(Face.FORM)

    form.type("topic", "bees")

    assert looker.words == ""
    assert looker.editor.problem == ""
    assert looker.editor.value == {"topic": "bees"}
    looker.editor.show_face(Face.JSON)
    assert looker.text.toPlainText() == '{\n  "topic": "bees"\n}'
    assert looker.marked_lines == []
    QTest.keyClick(looker.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert looker.text.toPlainText() == "{"


def test_what_cannot_be_read_in_the_form_is_a_problem_only_while_it_is_shown(
    looker: Looker, form: FormProbe
) -> None:
    form.type("count", "five")
    assert looker.editor.problem == "five is no number."
    QTest.keyClick(form.field("topic"), Qt.Key.Key_Tab)

    looker.editor.show_problem()
    assert form.field("count").hasFocus()

    looker.editor.show_face(Face.JSON)
    assert looker.editor.problem == ""
    looker.editor.show_face(Face.FORM)
    assert form.text("count") == "[not given]"


def test_a_field_that_cannot_be_read_is_unfolded_when_it_is_asked_for(looker: Looker) -> None:
    inner = {"type": "object", "properties": {"n": {"type": "integer"}}}
    looker.editor.begin({"inner": {"n": 1}}, {"properties": {"inner": inner}})
    looker.editor.show_face(Face.FORM)
    form = FormProbe(looker.editor)
    form.type("inner.n", "many")
    form.click("Fold inner")
    assert form.words("inner") == "✕ 1 problem inside."

    looker.editor.show_problem()

    assert form.field("inner.n").hasFocus()


def test_a_value_that_is_no_object_is_one_field_until_it_is_one_again(
    looker: Looker, form: FormProbe
) -> None:
    for text, rows in (
        ("[1]", ["input"]),
        ('{"topic": "x"}', ["topic", "count"]),
        ("null", ["topic", "count"]),
    ):
        looker.editor.show_face(Face.JSON)
        looker.clear()
        looker.type(text)
        looker.editor.show_face(Face.FORM)
        QApplication.processEvents()
        assert form.rows == rows
        if text == "[1]":
            assert form.words("input") == "✕ Must be a State, and is a list."


def test_json_says_what_does_not_fit_and_counts_the_rest(looker: Looker) -> None:
    schema = {"properties": {"items": {"type": "array", "items": {"type": "integer"}}}}

    looker.editor.begin({}, schema, '{"items": ["a", "b", 1, "c", "d"]}')

    assert looker.words.split("\n") == [
        "items[0]: Must be a whole number, and is a text.",
        "items[1]: Must be a whole number, and is a text.",
        "items[3]: Must be a whole number, and is a text.",
        "… and 1 more.",
    ]
    assert looker.editor.problem == ""


def test_of_a_value_that_nothing_is_known_of_there_is_only_json(looker: Looker) -> None:
    looker.editor.begin({}, {})
    looker.editor.show_face(Face.FORM)

    assert not looker.editor.has_form
    assert looker.text.isVisible()


@pytest.mark.parametrize(
    "text", ["a\u00a0b", "a\u2028b\u2029c", "\ufeff", "\ud800", "\x7f\x85", "\U0001f989"]
)
def test_no_sign_is_lost_on_the_way_through_the_editor(looker: Looker, text: str) -> None:
    looker.editor.begin({"topic": text}, SCHEMA)

    assert looker.editor.value == {"topic": text}
    looker.editor.show_face(Face.FORM)
    FormProbe(looker.editor).type("count", "1")
    assert looker.editor.value == {"topic": text, "count": 1}
    looker.editor.show_face(Face.JSON)
    looker.type(" ")
    assert looker.editor.value == {"topic": text, "count": 1}


def test_no_text_is_no_value_where_none_is_needed(qtbot: QtBot) -> None:
    editor = ValueEditor("Context", DARK, may_be_empty=True)
    qtbot.addWidget(editor)
    editor.begin(ABSENT, SCHEMA)

    assert (editor.text, editor.value, editor.problem, editor.is_as_suggested) == ("", ABSENT, "", True)


def test_read_again_a_program_s_other_input_takes_the_place_of_the_one_before(looker: Looker) -> None:
    looker.editor.renew({"topic": "cats"}, {"properties": {"topic": {}}})
    assert looker.text.toPlainText() == '{\n  "topic": "cats"\n}'


def test_what_was_typed_outlives_a_program_s_other_input_and_can_still_be_undone(looker: Looker) -> None:
    looker.clear()
    looker.type('{"topic": "bees"}')

    looker.editor.renew({"topic": ""}, {"properties": {"topic": {}}, "required": ["topic"]})
    assert looker.editor.value == {"topic": "bees"}
    QTest.keyClick(looker.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert looker.text.toPlainText() != '{"topic": "bees"}'

    looker.clear()
    looker.type('{"topic": "bees"}')
    looker.editor.renew({"subject": ""}, {"properties": {"subject": {}}, "required": ["subject"]})
    assert looker.editor.value == {"topic": "bees"}
    assert "`topic` is no key" in looker.words


def test_what_is_half_typed_outlives_it_too(looker: Looker) -> None:
    looker.clear()
    looker.type('{"topic": ')

    looker.editor.renew({"topic": "cats"}, {"properties": {"topic": {}}})

    assert looker.text.toPlainText() == '{"topic": '
    assert looker.editor.problem
