"""The table of commands, and what can be done in which situation."""

from __future__ import annotations

from collections import Counter

import pytest
from pytestqt.qtbot import QtBot

from stepscope.model.phase import RunPhase
from stepscope.window.actions import COMMANDS, Actions, Situation

ALWAYS = {"edit_input", "switch_input"}
CHANGES = {*ALWAYS, "choose_interpreter"}
LOADED = {*CHANGES, "look_back"}
AT_REST = {*LOADED, "edit_state"}


def enabled(actions: Actions, situation: Situation) -> set[str]:
    actions.update(situation)
    return {command.id for command in COMMANDS if command.menu == "Run" and actions[command.id].isEnabled()}


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    return Actions()


def test_no_two_commands_share_a_key_or_an_id() -> None:
    keys = Counter(command.shortcut for command in COMMANDS if command.shortcut)
    ids = Counter(command.id for command in COMMANDS)

    assert set(keys.values()) == set(ids.values()) == {1}


def test_the_keys_are_those_that_debuggers_use() -> None:
    keys = {command.id: command.shortcut for command in COMMANDS}

    expected = {"run": "F5", "stop": "Shift+F5", "restart": "Ctrl+Shift+F5", "pause": "F6", "step": "F10"}
    expected |= {"into": "F11", "out": "Shift+F11", "run_to": "Ctrl+F10"}
    assert expected.items() <= keys.items()
    assert (keys["open"], keys["fit"]) == ("Ctrl+O", "F")


@pytest.mark.parametrize(
    ("situation", "possible"),
    [
        (Situation(), ALWAYS),
        (Situation(has_program=True), {"run", "step", "start_paused", *AT_REST}),
        (
            Situation(has_program=True, has_selection=True),
            {"run", "step", "start_paused", "run_to", *AT_REST},
        ),
        (Situation(has_program=True, is_opening=True), {"stop", *ALWAYS}),
        (Situation(has_program=True, is_starting=True), {"stop", *CHANGES}),
        (Situation(has_program=True, is_outline=True), CHANGES),
        (Situation(True, phase=RunPhase.RUNNING), {"pause", "stop", "restart", *LOADED}),
        (
            Situation(True, phase=RunPhase.PAUSED),
            {"run", "step", "into", "out", "stop", "restart", "edit_state", *LOADED},
        ),
        (Situation(True, phase=RunPhase.FAILED), {"run", "step", "start_paused", "restart", *AT_REST}),
        (
            Situation(True, is_looking_back=True),
            {"run", "step", "start_paused", "look_at_run", "fork", *AT_REST},
        ),
    ],
)
def test_only_what_makes_sense_can_be_done(
    actions: Actions, situation: Situation, possible: set[str]
) -> None:
    assert enabled(actions, situation) == possible


def test_run_is_called_continue_while_a_run_is_paused(actions: Actions) -> None:
    actions.update(Situation(True, phase=RunPhase.PAUSED))
    assert actions["run"].text() == "&Continue"

    actions.update(Situation(True, phase=RunPhase.FINISHED))
    assert actions["run"].text() == "&Run"


def test_every_command_has_a_handler_and_every_handler_a_command(actions: Actions) -> None:
    handlers = {command.id: lambda: None for command in COMMANDS}
    del handlers["fit"]

    with pytest.raises(ValueError, match="fit"):
        actions.connect_to(handlers)
    with pytest.raises(ValueError, match="dance"):
        actions.connect_to({**handlers, "fit": lambda: None, "dance": lambda: None})


def test_one_theme_is_checked_at_a_time(actions: Actions) -> None:
    actions.check("theme_dark")
    actions.check("theme_light")

    themes = [command.id for command in COMMANDS if command.group and actions[command.id].isChecked()]
    assert themes == ["theme_light"]
