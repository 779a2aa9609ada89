"""Which editor opens a line of code, and how it is told to."""

from __future__ import annotations

import pytest

from stepscope.model import editor_command


def found(*names: str):
    return lambda name: name.rpartition("/")[2] in names


def test_the_persons_own_editor_is_taken_when_it_has_a_window():
    there = found("code", "kate", "vim")
    assert editor_command.default({"VISUAL": "kate"}, there) == "kate --line {line} {file}"
    assert editor_command.default({"EDITOR": "/opt/bin/kate"}, there) == "/opt/bin/kate --line {line} {file}"
    assert editor_command.default({"EDITOR": "code --wait"}, there) == "code -g {file}:{line}"


def test_an_editor_for_a_terminal_is_passed_over():
    assert editor_command.default({"EDITOR": "vim"}, found("vim", "code")) == "code -g {file}:{line}"
    assert editor_command.default({"EDITOR": "vim"}, found("vim")) == ""


def test_file_and_line_are_put_in_whatever_the_file_is_called():
    told = editor_command.arguments("code -g {file}:{line}", "/a b/{line} ü.py", 7)
    assert told == ["code", "-g", "/a b/{line} ü.py:7"]


def test_a_command_without_a_place_for_the_file_gets_it_at_its_end():
    assert editor_command.arguments("'my editor' -n", "/a.py", 7) == ["my editor", "-n", "/a.py"]


@pytest.mark.parametrize("command", ["", "  ", "code 'unfinished"])
def test_a_command_that_cannot_be_read_says_so(command: str):
    with pytest.raises(editor_command.BadCommand, match="editor command"):
        editor_command.arguments(command, "/a.py", 7)
