"""How an editor is told to show a line of a file: a command with {file} and {line} in it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping

EDITORS = {
    "code": "code -g {file}:{line}",
    "code-insiders": "code-insiders -g {file}:{line}",
    "codium": "codium -g {file}:{line}",
    "cursor": "cursor -g {file}:{line}",
    "windsurf": "windsurf -g {file}:{line}",
    "pycharm": "pycharm --line {line} {file}",
    "charm": "charm --line {line} {file}",
    "idea": "idea --line {line} {file}",
    "zed": "zed {file}:{line}",
    "subl": "subl {file}:{line}",
    "kate": "kate --line {line} {file}",
    "gedit": "gedit +{line} {file}",
    "gnome-text-editor": "gnome-text-editor {file}",
    "gvim": "gvim +{line} {file}",
}
"""Editors with a window of their own, the likeliest first; one for a terminal would have none to show in."""


class BadCommand(ValueError):
    """A command that cannot be run; the message says what to change."""


def default(environ: Mapping[str, str], is_there: Callable[[str], bool]) -> str:
    """The command of the person's editor, "" when none is found."""
    for variable in ("VISUAL", "EDITOR"):
        words = environ.get(variable, "").split()
        name = os.path.basename(words[0]) if words else ""  # noqa: PTH119 - a name, whatever the system
        if name in EDITORS and is_there(words[0]):
            return words[0] + EDITORS[name][len(name) :]
    return next((command for name, command in EDITORS.items() if is_there(name)), "")


def arguments(command: str, file: str, line: int) -> list[str]:
    """The program and its arguments. Raises BadCommand."""
    try:
        parts = shlex.split(command, posix=os.name == "posix")
    except ValueError as problem:
        raise BadCommand(f"The editor command cannot be read: {problem}.") from problem
    if not parts:
        raise BadCommand("The editor command is empty.")
    if not any("{file}" in part for part in parts):
        parts.append("{file}")
    return [part.replace("{line}", str(line)).replace("{file}", file) for part in parts]
