"""The form, filled in by keys and mouse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from tests.kit.form_probe import FormProbe

from stepscope.model.form import ABSENT, field_of, same
from stepscope.window.input_form.choice_view import ChoiceView
from stepscope.window.input_form.form import InputForm
from stepscope.window.input_form.json_view import JSONView
from stepscope.window.input_form.number_view import NumberView
from stepscope.window.input_form.rows import CHUNK
from stepscope.window.input_form.switch_view import SwitchView
from stepscope.window.input_form.text_view import TextView
from stepscope.window.input_form.view import View
from stepscope.window.tab_order import ReadingOrder

ALT = Qt.KeyboardModifier.AltModifier
WIDTH, HEIGHT = 248, 700


class Filled(FormProbe):
    """A form as narrow as its dock, and what it holds."""

    def __init__(self, schema: dict[str, Any], value: Any, may_lack: bool) -> None:
        self.area = QScrollArea()
        super().__init__(self.area)
        self.form = InputForm("input", may_lack)
        self.value = value
        self.form.edited.connect(self._on_edited)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.form)
        ReadingOrder(self.form)
        self.area.resize(WIDTH, HEIGHT)
        self.form.set_field(field_of(schema))
        self.form.show_value(value)
        self.area.show()
        self.area.activateWindow()
        QApplication.processEvents()

    def _on_edited(self, value: Any) -> None:
        self.value = value


Fill = Callable[..., Filled]


@pytest.fixture
def fill(qtbot: QtBot) -> Fill:
    def fill(schema: dict[str, Any], value: Any = ABSENT, may_lack: bool = True) -> Filled:
        filled = Filled(schema, value, may_lack)
        qtbot.addWidget(filled.area)
        return filled

    return fill


def properties(**fields: Any) -> dict[str, Any]:
    return {"title": "State", "type": "object", "properties": fields}


TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
MAYBE = {"anyOf": [TEXT, {"type": "null"}]}
ALL = properties(
    topic=TEXT,
    count=WHOLE,
    share={"type": "number"},
    deep={"type": "boolean"},
    colour={"enum": ["red", "blue"]},
    anything={},
)


def test_each_field_that_is_filled_in_is_in_the_value(fill: Fill) -> None:
    form = fill(ALL, {})

    form.type("topic", "owls")
    form.type("count", "3")
    form.type("share", "0.5")
    form.tick("deep")
    form.pick("colour", "blue")
    form.type("anything, as JSON", '{"a": [1]}')

    assert form.value == {
        "topic": "owls", "count": 3, "share": 0.5, "deep": True, "colour": "blue", "anything": {"a": [1]},
    }  # fmt: skip
    assert list(form.value) == list(ALL["properties"])


def test_what_is_not_given_null_and_empty_are_told_apart(fill: Fill) -> None:
    form = fill(properties(a=MAYBE, b=MAYBE, c=MAYBE, d=MAYBE), {"b": None, "c": "", "d": "x"})

    assert [form.text(name) for name in "abcd"] == ["[not given]", "[null]", "[empty text]", "x"]


def test_a_default_is_told_where_nothing_is_given(fill: Fill) -> None:
    form = fill(properties(limit={"type": "integer", "default": 3}), {})

    assert form.text("limit") == "[not given (3)]"


def test_a_text_that_was_typed_and_deleted_is_empty_and_still_given(fill: Fill) -> None:
    form = fill(properties(a=TEXT), {})

    form.type("a", "x")
    form.press(Qt.Key.Key_Backspace)

    assert form.value == {"a": ""}
    assert form.text("a") == "[empty text]"


def test_a_value_can_be_taken_back_and_made_null_from_its_menu(fill: Fill) -> None:
    form = fill(properties(a=MAYBE, b=WHOLE), {"a": "x", "b": 1})

    assert form.menu("a") == ["null", "Not Given"]
    assert form.menu("b") == ["Not Given"]
    form.do("a", "null")
    form.do("b", "Not Given")
    assert form.value == {"a": None}

    assert form.menu("a") == ["Give a Value", "Not Given"]
    form.do("a", "Give a Value")
    assert form.value == {"a": ""}
    assert form.focus == "a"


def test_a_menu_opens_by_keys(fill: Fill) -> None:
    form = fill(properties(a=TEXT, b=TEXT), {"a": "x"})

    form.field("a").setFocus()
    form.press(Qt.Key.Key_Tab)
    assert form.focus == "What can be done to a"
    form.press(Qt.Key.Key_Space)
    (menu,) = [menu for menu in form.area.findChildren(QMenu) if menu.isVisible()]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)

    assert form.value == {}


def test_an_emptied_number_is_not_given(fill: Fill) -> None:
    form = fill(properties(n=WHOLE), {"n": 5})

    form.type("n", "")

    assert form.value == {}
    assert form.text("n") == "[not given]"


def test_what_is_no_number_stays_in_its_field_and_the_value_as_it_was(fill: Fill) -> None:
    form = fill(properties(n=WHOLE), {"n": 5})

    form.type("n", "5x")

    assert form.words("n") == "✕ 5x is no number."
    assert form.value == {"n": 5}
    assert form.form.unreadable is not None

    form.press(Qt.Key.Key_Backspace)
    assert form.words("n") == ""
    assert form.form.unreadable is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("-3", -3), ("1e3", 1000.0), (".5", 0.5), ("+2", 2), ("007", 7), (str(10**30), 10**30)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float, fill: Fill) -> None:
    form = fill(properties(n={"type": "number"}), {})

    form.type("n", text)

    assert same(form.value, {"n": value})


@pytest.mark.parametrize("text", ["1e999", "9" * 5000, "0x1f", "1_000", "nan", "٣"])
def test_what_json_could_not_write_is_no_number(text: str, fill: Fill) -> None:
    form = fill(properties(n={"type": "number"}), {"n": 1})

    form.field("n").setFocus()
    form.field("n").setText("")  # type: ignore[attr-defined]
    form.field("n").insert(text)  # type: ignore[attr-defined]

    assert form.form.unreadable is not None
    assert form.value == {"n": 1}


def test_up_and_down_count(fill: Fill) -> None:
    form = fill(properties(n=WHOLE), {})

    form.field("n").setFocus()
    form.press(Qt.Key.Key_Up)
    form.press(Qt.Key.Key_Up)
    form.press(Qt.Key.Key_Down)

    assert form.value == {"n": 1}


def test_json_that_cannot_be_read_stays_in_its_field_and_the_value_as_it_was(fill: Fill) -> None:
    form = fill(properties(a={}), {"a": [1]})

    form.field("a, as JSON").setFocus()
    form.press(Qt.Key.Key_End)
    form.press(Qt.Key.Key_Backspace)

    assert form.words("a") == "✕ Expected ',' or ']' here."
    assert form.value == {"a": [1]}


def test_what_does_not_fit_is_said_at_its_field_and_stands_in_the_value(fill: Fill) -> None:
    form = fill(properties(n={"type": "integer", "maximum": 10}), {})

    form.type("n", "11")

    assert form.words("n") == "✕ Must be 10 or less."
    assert form.field("n").accessibleDescription() == "Must be 10 or less."
    assert form.value == {"n": 11}
    assert form.form.unreadable is None


def test_a_value_of_another_kind_is_shown_as_json_and_can_be_mended_there(fill: Fill) -> None:
    form = fill(properties(n=WHOLE), {"n": ["x"]})

    assert form.text("n, as JSON") == '["x"]'
    assert form.words("n") == "✕ Must be a whole number, and is a list."
    form.type("n, as JSON", "5")
    assert form.value == {"n": 5}
    assert form.words("n") == ""


def test_a_key_that_the_schema_does_not_know_is_shown_and_can_be_taken_out(fill: Fill) -> None:
    form = fill(properties(topic=TEXT), {"toppic": "x"})

    assert form.words("toppic") == "✕ Is no key of State."
    form.do("toppic", "Take Out")
    assert form.value == {}
    assert form.rows == ["topic"]


def test_a_key_that_the_schema_does_not_know_stays_while_its_field_is_emptied(fill: Fill) -> None:
    form = fill(properties(topic=TEXT), {"extra": 1})

    form.type("extra, as JSON", "")
    assert form.value == {}
    form.add("extra, as JSON", "2")

    assert form.value == {"extra": 2}


def test_a_key_may_lack_in_an_input_and_not_in_a_context(fill: Fill) -> None:
    schema = {**properties(user=TEXT, n=WHOLE), "required": ["user"]}

    assert fill(schema, {}, may_lack=True).words("user") == ""
    context = fill(schema, ABSENT, may_lack=False)
    assert context.words("user") == ""
    context.type("n", "1")
    assert context.words("user") == "✕ Must be given."
    context.type("user", "ada")
    assert context.words("user") == ""
    assert list(context.value) == ["user", "n"]


INNER = properties(n={"type": "integer", "maximum": 10}, name=TEXT)


def test_an_object_that_is_not_given_begins_with_its_first_field(fill: Fill) -> None:
    form = fill(properties(inner={**INNER, "required": ["n"]}), {})

    assert form.rows == ["inner"]
    form.click("Unfold inner")
    assert form.rows == ["inner", "inner.n", "inner.name"]
    form.type("inner.name", "x")

    assert form.value == {"inner": {"name": "x"}}
    assert form.words("inner.n") == "✕ Must be given."


def test_a_folded_object_says_what_is_in_it_and_how_much_is_wrong(fill: Fill) -> None:
    form = fill(properties(inner=INNER), {"inner": {"n": 11, "name": 5}})

    form.click("Fold inner")

    assert form.rows == ["inner"]
    assert form.words("inner") == "✕ 2 problems inside."
    assert '{"n": 11, "name": 5}' in [
        label.text() for label in form.row("inner").findChildren(type(form.row("inner")._summary))
    ]


LIST = properties(tags={"type": "array", "items": TEXT})


def test_items_are_added_filled_in_and_taken_away(fill: Fill) -> None:
    form = fill(LIST, {})

    form.click("Add an item to tags")
    assert form.focus == "tags[0]"
    form.add("tags[0]", "a")
    form.click("Add an item to tags")
    form.add("tags[1]", "b")
    assert form.value == {"tags": ["a", "b"]}

    form.do("tags[0]", "Remove")
    assert form.value == {"tags": ["b"]}
    assert (form.rows, form.text("tags[0]")) == (["tags", "tags[0]"], "b")


def test_items_are_moved_by_keys_and_the_focus_goes_with_them(fill: Fill) -> None:
    form = fill(LIST, {"tags": ["a", "b", "c"]})

    form.field("tags[0]").setFocus()
    form.press(Qt.Key.Key_Down, ALT)
    assert (form.value["tags"], form.focus) == (["b", "a", "c"], "tags[1]")
    form.press(Qt.Key.Key_Down, ALT)
    form.press(Qt.Key.Key_Down, ALT)
    assert (form.value["tags"], form.focus) == (["b", "c", "a"], "tags[2]")
    form.press(Qt.Key.Key_Up, ALT)
    assert (form.value["tags"], form.focus) == (["b", "a", "c"], "tags[1]")
    form.press(Qt.Key.Key_Delete, ALT)
    assert (form.value["tags"], form.focus) == (["b", "c"], "tags[1]")
    form.press(Qt.Key.Key_Insert, ALT)
    assert (form.value["tags"], form.focus) == (["b", "", "c"], "tags[1]")


def test_the_last_item_that_goes_leaves_the_focus_at_the_button_to_add_one(fill: Fill) -> None:
    form = fill(LIST, {"tags": ["a"]})

    form.field("tags[0]").setFocus()
    form.press(Qt.Key.Key_Delete, ALT)

    assert form.value == {"tags": []}
    assert form.focus == "Add an item to tags"


def test_a_list_of_fixed_length_cannot_grow(fill: Fill) -> None:
    form = fill(properties(pair={"type": "array", "prefixItems": [WHOLE, TEXT]}), {"pair": [1, "x"]})

    assert form.rows == ["pair", "pair[0]", "pair[1]"]
    with pytest.raises(AssertionError):
        form.click("Add an item to pair")
    form.type("pair[0]", "2")
    assert form.value == {"pair": [2, "x"]}


CIRCLE = {
    "title": "Circle",
    "type": "object",
    "properties": {"kind": {"const": "circle"}, "r": WHOLE},
    "required": ["kind", "r"],
}
SHAPE = properties(shape={"anyOf": [CIRCLE, TEXT, {"type": "null"}]})


def test_a_value_of_several_kinds_has_a_box_to_choose_the_kind(fill: Fill) -> None:
    form = fill(SHAPE, {"shape": "round"})

    assert form.text("Kind of shape") == "text"
    assert form.text("shape") == "round"
    form.pick("Kind of shape", "Circle")
    assert form.value == {"shape": {"kind": "circle", "r": 0}}
    form.type("shape.r", "5")
    assert form.value == {"shape": {"kind": "circle", "r": 5}}
    form.do("shape", "null")
    assert form.value == {"shape": None}
    assert form.text("Kind of shape") == "[null]"


CHAT = properties(messages={"type": "array"})


def test_messages_have_a_role_and_a_text(fill: Fill) -> None:
    form = fill(CHAT, {"messages": [{"role": "user", "content": "hi"}]})

    form.type("messages[0].content", "hi!\nWho are you?")
    form.click("Add an item to messages")
    form.pick("Who speaks in messages[1]", "assistant")
    form.type("messages[1].content", "Ada.")

    assert form.value["messages"] == [
        {"role": "user", "content": "hi!\nWho are you?"},
        {"role": "assistant", "content": "Ada."},
    ]


def test_what_else_a_message_carries_stands_under_it_as_json(fill: Fill) -> None:
    call = {"name": "look", "args": {}, "id": "1"}
    form = fill(CHAT, {"messages": [{"type": "ai", "content": "", "tool_calls": [call]}]})

    assert form.text("Who speaks in messages[0]") == "ai"
    assert json.loads(form.text("messages[0].tool_calls, as JSON")) == [call]
    form.type("messages[0].tool_calls, as JSON", "[]")
    form.type("messages[0].content", "done")
    assert form.value["messages"] == [{"type": "ai", "content": "done", "tool_calls": []}]


def test_a_tool_s_message_asks_for_the_call_that_it_answers(fill: Fill) -> None:
    form = fill(CHAT, {"messages": [{"role": "user", "content": "21 degrees"}]})

    form.pick("Who speaks in messages[0]", "tool")

    assert form.value["messages"] == [{"role": "tool", "content": "21 degrees", "tool_call_id": ""}]
    assert "messages[0].tool_call_id" in form.rows


@pytest.mark.parametrize(
    "message", ["hi", ["user", "hi"], {"role": "user", "content": [{"type": "text", "text": "hi"}]}]
)
def test_messages_of_other_shapes_stay_as_they_are(message: Any, fill: Fill) -> None:
    form = fill(properties(messages={"type": "array"}, topic=TEXT), {"messages": [message]})

    form.type("topic", "x")

    assert form.value == {"messages": [message], "topic": "x"}
    assert form.words("messages[0]") == ""


def test_showing_another_value_keeps_the_focus_the_cursor_and_what_is_open(fill: Fill) -> None:
    form = fill(
        properties(inner=INNER, tags=LIST["properties"]["tags"]), {"inner": {"name": "owls"}, "tags": ["a"]}
    )
    form.click("Fold tags")
    field = form.field("inner.name")
    assert isinstance(field, QPlainTextEdit)
    field.setFocus()
    field.moveCursor(QTextCursor.MoveOperation.Start)
    field.moveCursor(QTextCursor.MoveOperation.Right)

    form.form.show_value({"inner": {"name": "owls", "n": 5}, "tags": ["a", "b"]})

    assert form.focus == "inner.name"
    assert field.textCursor().position() == 1
    assert form.text("inner.n") == "5"
    assert "tags[0]" not in form.rows


def test_a_text_grows_line_by_line(fill: Fill) -> None:
    form = fill(properties(a=TEXT), {"a": "x"})
    one = form.field("a").height()

    form.field("a").setFocus()
    form.press(Qt.Key.Key_End)
    form.add("a", "\ny\nz")
    assert form.value == {"a": "x\ny\nz"}
    assert form.field("a").height() == one + 2 * form.field("a").fontMetrics().lineSpacing()

    form.type("a", "long words " * 100)
    assert form.field("a").height() == one + 7 * form.field("a").fontMetrics().lineSpacing()


def test_the_wheel_scrolls_and_chooses_nothing(fill: Fill) -> None:
    form = fill(ALL, {"colour": "red"})
    box = form.field("colour")
    box.setFocus()

    place, turn = QPointF(5, 5), QPoint(0, -120)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(
        box,
        QWheelEvent(
            place, box.mapToGlobal(place), turn, turn, none, Qt.KeyboardModifier.NoModifier, phase, False
        ),
    )

    assert form.value == {"colour": "red"}
    assert form.text("colour") == "red"


def test_tab_goes_from_field_to_field_and_back(fill: Fill) -> None:
    form = fill(properties(a=TEXT, inner=INNER, b={"type": "boolean"}), {"a": "", "inner": {"name": "x"}})
    names = []
    form.field("a").setFocus()
    while form.focus not in names:
        names.append(form.focus)
        form.press(Qt.Key.Key_Tab)

    fields = [name for name in names if not name.startswith("What can be done")]
    assert fields == ["a", "Fold inner", "inner.n", "inner.name", "b"]


def test_all_that_takes_the_focus_has_a_name(fill: Fill) -> None:
    form = fill(
        properties(**ALL["properties"], **SHAPE["properties"], **CHAT["properties"], **LIST["properties"]),
        {"messages": [{"role": "user", "content": ""}], "tags": ["a"], "shape": "x"},
    )

    takers = [
        w
        for w in form.form.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert takers
    assert [taker for taker in takers if not taker.accessibleName() and not isinstance(taker, View)] == []


def test_of_500_items_only_those_that_are_seen_are_made(fill: Fill) -> None:
    form = fill(LIST, {"tags": [str(n) for n in range(500)]})
    assert form.rows == ["tags"]

    form.click("Unfold tags")
    QApplication.processEvents()
    assert len(form.rows) < 4 * CHUNK

    bar = form.area.verticalScrollBar()
    seen = len(form.rows)
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    QApplication.processEvents()
    assert seen < len(form.rows) < seen + 3 * CHUNK


def test_an_item_added_to_a_long_list_is_shown_with_those_before_it(fill: Fill) -> None:
    form = fill(LIST, {"tags": [str(n) for n in range(500)]})

    form.click("Add an item to tags")

    assert form.focus == "tags[500]"
    assert form.text("tags[499]") == "499"
    assert len(form.rows) < 3 * CHUNK
    form.add("tags[500]", "new")
    assert form.value["tags"][498:] == ["498", "499", "new"]


def test_a_form_of_200_fields_makes_those_that_are_seen(fill: Fill) -> None:
    form = fill(properties(**{f"f{n}": TEXT for n in range(200)}), {})

    assert len(form.rows) < 4 * CHUNK
    form.type("f3", "x")
    assert form.value == {"f3": "x"}


def test_no_part_of_a_form_is_shown_as_a_window_of_its_own(fill: Fill) -> None:
    """A widget that is shown before it is put into its place flashes up on the desktop."""
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(type(watched).__name__)
            return False

    watch = Watch()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    fields = {**ALL["properties"], **SHAPE["properties"], **CHAT["properties"], **LIST["properties"]}
    pair = {"type": "array", "prefixItems": [WHOLE]}
    value = {
        "messages": [{"role": "user", "content": "", "id": 1}],
        "tags": ["a"],
        "shape": "x",
        "pair": [1],
        "count": "x",
    }
    form = fill(properties(**fields, pair=pair), value)
    form.form.show_value({**value, "shape": {"kind": "circle", "r": 1}, "count": 1, "tags": None})
    app.removeEventFilter(watch)

    assert shown == ["QScrollArea"]


def test_an_input_that_is_no_object_is_one_row(fill: Fill) -> None:
    form = fill(TEXT, "hi")

    form.type("input", "ho")

    assert form.value == "ho"


NAMES = st.text("abcdefg", min_size=1, max_size=4)
TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\u00a0\u2028\r\x00\x85\ufdd0\U0001f989"), max_size=8
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "odd"]), "content": TEXTS | ANY}, optional={"id": ANY}
)
Pair = tuple[dict[str, Any], st.SearchStrategy[Any]]
LEAVES: st.SearchStrategy[Pair] = st.sampled_from(
    [
        (TEXT, TEXTS),
        (WHOLE, st.integers()),
        ({"type": "number"}, NUMBERS | st.integers()),
        ({"type": "boolean"}, st.booleans()),
        ({"enum": ["a", 1, True, 1.0]}, st.sampled_from(["a", 1, True, 1.0])),
        ({}, ANY),
        (CHAT["properties"]["messages"], st.lists(ANY, max_size=2)),
        (
            {"type": "array", "items": {"title": "HumanMessage", "properties": {"content": {}, "type": {}}}},
            st.lists(MESSAGE, max_size=3),
        ),
    ]
)


def _around(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """A list of it, it or null, it or something else, an object with some of several."""

    def in_object(parts: dict[str, Pair]) -> Pair:
        schema = properties(**{name: part[0] for name, part in parts.items()})
        return schema, st.fixed_dictionaries({}, optional={name: part[1] for name, part in parts.items()})

    return (
        inner.map(lambda pair: ({"type": "array", "items": pair[0]}, st.lists(pair[1], max_size=4)))
        | inner.map(lambda pair: ({"anyOf": [pair[0], {"type": "null"}]}, pair[1] | st.none()))
        | st.tuples(inner, inner).map(lambda two: ({"anyOf": [two[0][0], two[1][0]]}, two[0][1] | two[1][1]))
        | st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(in_object)
    )


PAIRS = st.recursive(LEAVES, _around, max_leaves=6)
CASES = PAIRS.flatmap(lambda pair: st.tuples(st.just(pair[0]), pair[1]))
READ = (TextView, NumberView, ChoiceView, SwitchView, JSONView)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(CASES)
def test_a_value_survives_the_form(qtbot: QtBot, case: tuple[dict[str, Any], Any]) -> None:
    """Each field, read and written again as if it had been touched, leaves the value as it is."""
    schema, value = case
    told: list[Any] = []
    form = InputForm("input", may_lack=True)
    form.set_field(field_of(properties(value=schema)))
    form.show_value({"value": value})
    form.edited.connect(told.append)
    _open_all(form)

    for view in form.findChildren(View):
        if isinstance(view, READ):
            view.changed.emit(view.read())

    assert all(same(each, {"value": value}) for each in told), told
    form.deleteLater()


def _open_all(form: InputForm) -> None:
    from stepscope.window.input_form.row import Row

    while closed := [row for row in form.findChildren(Row) if row.view.can_fold and not row.is_open]:
        for row in closed:
            row.set_open(True)
