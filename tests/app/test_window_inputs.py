"""What a run starts from, filled in in the whole window: input, context, config, and what was run before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPlainTextEdit, QPushButton, QWidget
from tests.kit.form_probe import FormProbe
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.session.session import RunRequest

CONTEXT = {
    "title": "Ctx",
    "type": "object",
    "properties": {"user": {"type": "string"}, "limit": {"type": "integer", "default": 3}},
    "required": ["user"],
}
LEFT = Qt.MouseButton.LeftButton


def a_session() -> ScriptedSession:
    session = ScriptedSession("plan")
    session.context_schema = CONTEXT
    return session


@pytest.fixture
def session() -> ScriptedSession:
    return a_session()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newsroom.py"


@pytest.fixture
async def window(tmp_path: Path, file: Path, session: ScriptedSession) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, session) as window:
        await opened(window, file)
        yield window


async def opened(window: WindowProbe, file: Path) -> None:
    assert window.drop(file)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.opened(file.name)
    await window.until(lambda: form(window).rows == ["topic"] or not form(window).rows)


def form(window: WindowProbe) -> FormProbe:
    return FormProbe(window.window)


async def ran(window: WindowProbe, *modifiers: Qt.KeyboardModifier) -> None:
    """Press F5 and wait for the end of the run."""
    over = asyncio.get_running_loop().create_future()
    once = Qt.ConnectionType.SingleShotConnection
    window.workbench.controller.run_ended.connect(lambda: over.set_result(None), once)
    window.press(Qt.Key.Key_F5, *modifiers)
    await over


def text_of(window: WindowProbe, name: str) -> QPlainTextEdit:
    field = window.window.findChild(QPlainTextEdit, name)
    assert field is not None
    return field


def write(window: WindowProbe, name: str, text: str) -> None:
    """Type JSON into the context or the config."""
    field = text_of(window, name)
    assert field.isVisible()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


async def test_a_new_person_is_shown_a_form_and_runs_what_is_in_it(
    window: WindowProbe, session: ScriptedSession
) -> None:
    form(window).type("topic", "owls")
    await ran(window)

    assert session.requests == [RunRequest({"topic": "owls"})]


async def test_the_choice_of_form_or_json_is_kept(tmp_path: Path, file: Path) -> None:
    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        assert form(window).rows == ["topic"]
        window.click("JSON")
        assert form(window).rows == []

    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        assert form(window).rows == []
        window.click("Form")
        await window.until(lambda: form(window).rows == ["topic"])

    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        assert form(window).rows == ["topic"]


async def test_form_and_json_are_exchanged_by_a_key_and_the_focus_goes_along(window: WindowProbe) -> None:
    form(window).field("topic").setFocus()

    window.press(Qt.Key.Key_I, CTRL | SHIFT)
    assert text_of(window, "inputText").hasFocus()
    window.press(Qt.Key.Key_I, CTRL | SHIFT)
    await window.until(lambda: form(window).focus == "topic")


async def test_form_and_json_are_reached_by_tab_and_chosen_with_space(window: WindowProbe) -> None:
    form(window).field("topic").setFocus()

    words = []
    for _ in range(2):
        window.press(Qt.Key.Key_Backtab)
        button = window.window.focusWidget()
        assert isinstance(button, QPushButton)
        words.append(button.text())
    assert words == ["JSON", "Form"]
    window.press(Qt.Key.Key_Tab)
    window.press(Qt.Key.Key_Space)

    await window.until(lambda: form(window).rows == [])
    assert text_of(window, "inputText").isVisible()


async def test_ctrl_i_goes_to_the_first_field(window: WindowProbe) -> None:
    window.workbench.canvas.setFocus()

    window.press(Qt.Key.Key_I, CTRL)

    assert form(window).focus == "topic"


async def test_what_was_run_before_can_be_taken_again(tmp_path: Path, file: Path) -> None:
    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        for topic in ("owls", "bees & co", "owls", "cats"):
            form(window).type("topic", topic)
            await ran(window)
        form(window).type("topic", "never run")

    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        form(window).click("Earlier inputs")
        (menu,) = [menu for menu in window.window.findChildren(QMenu) if menu.isVisible()]
        assert [action.text() for action in menu.actions()] == [
            '{"topic": "cats"}', '{"topic": "owls"}', '{"topic": "bees && co"}',
        ]  # fmt: skip
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[2]).center())

        assert form(window).text("topic") == "bees & co"
        assert window.input == '{\n  "topic": "bees & co"\n}'


async def test_without_anything_run_there_is_nothing_to_take_again(window: WindowProbe) -> None:
    with pytest.raises(AssertionError):
        form(window).click("Earlier inputs")


async def test_context_and_config_go_with_the_run_and_with_its_restart(
    window: WindowProbe, session: ScriptedSession
) -> None:
    form(window).click("Unfold context")
    form(window).type("user", "ada")
    form(window).click("Unfold config")
    write(window, "configText", '{"tags": ["try"]}')
    await ran(window)
    await ran(window, CTRL | SHIFT)

    given = RunRequest({"topic": ""}, context={"user": "ada"}, config={"tags": ["try"]})
    assert session.requests == [given, given]


async def test_context_and_config_are_remembered_and_open_when_they_are_given(
    tmp_path: Path, file: Path
) -> None:
    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        form(window).click("Unfold context")
        form(window).type("user", "ada")
        form(window).click("Unfold config")
        write(window, "configText", '{"tags": ["try"]}')

    session = a_session()
    async with a_window(tmp_path, session) as window:
        assert window.drop(file)
        await window.until(lambda: bool(window.question))
        window.answer("Only this once")
        await window.opened(file.name)
        await window.until(lambda: form(window).rows == ["topic", "user", "limit"])
        assert text_of(window, "configText").toPlainText() == '{"tags": ["try"]}'
        form(window).field("user")
        for name in ("Clear the context", "Clear the config"):
            button = next(w for w in window.window.findChildren(QWidget) if w.accessibleName() == name)
            QTest.mouseClick(button, LEFT)
        await ran(window)
        assert session.requests == [RunRequest({"topic": ""})]

    async with a_window(tmp_path, a_session()) as window:
        await opened(window, file)
        assert form(window).rows == ["topic"]


async def test_a_key_that_a_context_must_have_is_asked_for_at_its_field(window: WindowProbe) -> None:
    form(window).click("Unfold context")
    form(window).type("limit", "5")

    assert form(window).words("user") == "✕ Must be given."


async def test_a_context_that_is_not_given_is_not_said_to_have_its_defaults(window: WindowProbe) -> None:
    form(window).click("Unfold context")
    words = window.window.findChild(QLabel, "contextWhenEmpty")
    assert words is not None
    assert words.isVisible()
    assert "runtime.context is None" in words.text()

    form(window).type("user", "ada")
    assert not words.isVisible()


async def test_there_is_no_context_where_the_graph_has_none(tmp_path: Path, file: Path) -> None:
    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        await opened(window, file)

        with pytest.raises(AssertionError):
            form(window).click("Unfold context")


async def test_a_field_that_cannot_be_read_is_not_run_and_gets_the_focus(
    window: WindowProbe, session: ScriptedSession
) -> None:
    form(window).click("Unfold context")
    form(window).type("limit", "many")
    window.workbench.canvas.setFocus()

    window.press(Qt.Key.Key_F5)

    assert session.requests == []
    assert window.said.startswith("Ready")
    assert form(window).focus == "limit"
    assert form(window).words("limit") == "✕ many is no number."


async def test_a_config_that_cannot_be_read_is_unfolded_when_one_runs(
    window: WindowProbe, session: ScriptedSession
) -> None:
    form(window).click("Unfold config")
    write(window, "configText", '{"tags": [}')
    form(window).click("Fold config")

    window.press(Qt.Key.Key_F5)

    assert session.requests == []
    assert text_of(window, "configText").hasFocus()


async def test_reset_brings_back_what_the_file_suggests_in_the_form_too(window: WindowProbe) -> None:
    form(window).type("topic", "owls")

    window.click("Reset")

    assert form(window).text("topic") == "[empty text]"


async def test_a_key_that_no_config_has_is_noted(window: WindowProbe) -> None:
    form(window).click("Unfold config")

    write(window, "configText", '{"recursion": 5}')

    words = window.window.findChild(QLabel, "configWords")
    assert words is not None
    assert words.text().startswith("`recursion` is no key of the config. It has `configurable`, `tags`,")
