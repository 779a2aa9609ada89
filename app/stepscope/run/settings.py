"""What is remembered from one start to the next: theme, layout, recent files, inputs, interpreters, trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from stepscope.model.events import Plain

T = TypeVar("T")
_NOTHING: list[str] = []

RECENT_TARGETS = 10
REMEMBERED_INPUTS = 50
REMEMBERED_INTERPRETERS = 200
REMEMBERED_BREAKPOINTS = 200
"""Targets whose breakpoints are kept."""
REMEMBERED_FOLDS = 200
"""Targets of which it is kept what is folded."""
REMEMBERED_WATCHES = 200
"""Files whose watched expressions are remembered."""
LONGEST_INPUT = 200_000
"""Characters; a longer input is not remembered."""
EARLIER_INPUTS = 20
"""So many of those that were run are kept for each target."""
LONGEST_EARLIER, ALL_EARLIER = 20_000, 400_000
"""Characters of one that was run, and of all together."""


def default_path() -> Path:
    """Where the settings live: outside of any project, in the platform's folder for configuration."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "stepscope" / "settings.ini"


class Settings:
    """Typed values over one ini file; each is JSON text there. A value that cannot be read counts as absent.

    Qt writes the file when the loop is idle, whole or not at all, and merges what another window wrote.
    """

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def scheme(self) -> str:
        """``"system"``, ``"light"`` or ``"dark"``."""
        return self._read("scheme", str, "system")

    @scheme.setter
    def scheme(self, scheme: str) -> None:
        self._write("scheme", scheme)

    @property
    def wants_contrast(self) -> bool:
        """High contrast always; else as the desktop has it."""
        return self._read("wants_contrast", bool, False)

    @wants_contrast.setter
    def wants_contrast(self, is_wanted: bool) -> None:
        self._write("wants_contrast", is_wanted)

    @property
    def wants_rest(self) -> bool:
        """Nothing moves or fades, ever; else as the desktop has it."""
        return self._read("wants_rest", bool, False)

    @wants_rest.setter
    def wants_rest(self, is_wanted: bool) -> None:
        self._write("wants_rest", is_wanted)

    @property
    def reloads_automatically(self) -> bool:
        """Whether a changed file is loaded again without being asked for."""
        return self._read("reloads_automatically", bool, False)

    @reloads_automatically.setter
    def reloads_automatically(self, is_automatic: bool) -> None:
        self._write("reloads_automatically", is_automatic)

    @property
    def shows_minimap(self) -> bool:
        """Whether a graph that is larger than the view has a small picture of all of it in the corner."""
        return self._read("shows_minimap", bool, True)

    @shows_minimap.setter
    def shows_minimap(self, is_shown: bool) -> None:
        self._write("shows_minimap", is_shown)

    @property
    def shows_numbers(self) -> bool:
        """Whether nodes tell how long they took, and how fast their models spoke."""
        return self._read("shows_numbers", bool, True)

    @shows_numbers.setter
    def shows_numbers(self, is_shown: bool) -> None:
        self._write("shows_numbers", is_shown)

    @property
    def flows_right(self) -> bool:
        """Whether graphs are drawn from left to right, and not from top to bottom."""
        return self._read("flows_right", bool, False)

    @flows_right.setter
    def flows_right(self, flows_right: bool) -> None:
        self._write("flows_right", flows_right)

    @property
    def editor(self) -> str:
        """The command that opens a file in the person's editor; "" for the one that is found."""
        return self._read("editor", str, "")

    @editor.setter
    def editor(self, command: str) -> None:
        self._write("editor", command)

    @property
    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """What `QMainWindow.saveGeometry()` and `saveState()` gave."""
        saved = self._read("layout", _strings, _NOTHING)
        if len(saved) != 2:
            return None
        geometry, state = (QByteArray.fromBase64(QByteArray(text.encode())) for text in saved)
        return geometry, state

    @layout.setter
    def layout(self, layout: tuple[QByteArray, QByteArray]) -> None:
        self._write("layout", [bytes(part.toBase64().data()).decode() for part in layout])

    def forget_layout(self) -> None:
        self._store.remove("layout")

    @property
    def recent(self) -> list[str]:
        """Targets that were opened, the newest first."""
        return self._read("recent", _strings, _NOTHING)

    def add_recent(self, target: str) -> None:
        self._write("recent", [target, *(old for old in self.recent if old != target)][:RECENT_TARGETS])

    @property
    def trusted(self) -> list[str]:
        """Real paths of the folders and files whose code may run without a question, the newest first."""
        return self._read("trusted", _strings, _NOTHING)

    def trust(self, place: Path) -> None:
        """Remember a real path."""
        self._write("trusted", [str(place), *(old for old in self.trusted if old != str(place))])

    def distrust(self, place: str) -> None:
        self._write("trusted", [old for old in self.trusted if old != place])

    @property
    def input_face(self) -> str:
        """``"form"`` or ``"json"``."""
        return self._read("input_face", str, "form")

    @input_face.setter
    def input_face(self, face: str) -> None:
        self._write("input_face", face)

    def input_of(self, target: str, part: str = "input") -> str | None:
        """The text that the person last typed for a target, as its input, context or config."""
        return self._inputs(part).get(target)

    def remember_input(self, target: str, text: str, part: str = "input") -> None:
        inputs = self._inputs(part)
        inputs.pop(target, None)
        if len(text) <= LONGEST_INPUT:
            inputs[target] = text
        self._write(f"{part}s", dict(list(inputs.items())[-REMEMBERED_INPUTS:]))

    def forget_input(self, target: str, part: str = "input") -> None:
        inputs = self._inputs(part)
        if inputs.pop(target, None) is not None:
            self._write(f"{part}s", inputs)

    def earlier_inputs(self, target: str) -> list[str]:
        """JSON texts of what was run, the newest first."""
        return self._earlier().get(target, [])

    def add_earlier_input(self, target: str, text: str) -> None:
        """Put an input before those that were run earlier, and forget what has become too much."""
        if len(text) > LONGEST_EARLIER:
            return
        earlier = self._earlier()
        known = earlier.pop(target, [])
        earlier[target] = [text, *(old for old in known if old != text)][:EARLIER_INPUTS]
        while sum(len(text) for texts in earlier.values() for text in texts) > ALL_EARLIER:
            oldest = next(iter(earlier))
            earlier[oldest].pop()
            if not earlier[oldest]:
                del earlier[oldest]
        self._write("earlier", earlier)

    def watches_of(self, path: str) -> list[str]:
        """The expressions that are watched in a file."""
        return self._watches().get(path, [])

    def remember_watches(self, path: str, expressions: list[str]) -> None:
        watches = self._watches()
        watches.pop(path, None)
        if expressions:
            watches[path] = expressions
        self._write("watches", dict(list(watches.items())[-REMEMBERED_WATCHES:]))

    def interpreter_of(self, folder: str) -> str | None:
        """The Python that the person chose for what lies in a folder, given by its real path."""
        return self._interpreters().get(folder)

    def remember_interpreter(self, folder: str, python: str) -> None:
        chosen = self._interpreters()
        chosen.pop(folder, None)
        chosen[folder] = python
        self._write("interpreters", dict(list(chosen.items())[-REMEMBERED_INTERPRETERS:]))

    def forget_interpreter(self, folder: str) -> None:
        chosen = self._interpreters()
        if chosen.pop(folder, None) is not None:
            self._write("interpreters", chosen)

    def breakpoints_of(self, target: str) -> list[Plain]:
        """What was remembered for a target, to be read with care."""
        return self._breakpoints().get(target, [])

    def remember_breakpoints(self, target: str, breakpoints: list[Plain]) -> None:
        kept = self._breakpoints()
        kept.pop(target, None)
        if breakpoints:
            kept[target] = breakpoints
        self._write("breakpoints", dict(list(kept.items())[-REMEMBERED_BREAKPOINTS:]))

    def folded_of(self, target: str) -> list[list[str]]:
        """The subgraphs of a target that are folded, by the names on the way to each."""
        return [_strings(key) for key in self._folds().get(target, [])]

    def remember_folded(self, target: str, keys: list[list[str]]) -> None:
        folds = self._folds()
        folds.pop(target, None)
        if keys:
            folds[target] = keys
        self._write("folds", dict(list(folds.items())[-REMEMBERED_FOLDS:]))

    def save(self) -> None:
        """Write now."""
        self._store.sync()

    def _earlier(self) -> dict[str, list[str]]:
        return self._read("earlier", _lists_of_texts, {})

    def _inputs(self, part: str) -> dict[str, str]:
        return self._read(f"{part}s", _texts, {})

    def _breakpoints(self) -> dict[str, list[Plain]]:
        return self._read("breakpoints", _lists, {})

    def _watches(self) -> dict[str, list[str]]:
        return self._read("watches", _lists_of_texts, {})

    def _interpreters(self) -> dict[str, str]:
        return self._read("interpreters", _texts, {})

    def _folds(self) -> dict[str, list[list[str]]]:
        return self._read("folds", _lists, {})

    def _read(self, key: str, check: Callable[[Any], T], default: T) -> T:
        text = self._store.value(key)
        if not isinstance(text, str):
            return default
        try:
            return check(json.loads(text))
        except (ValueError, TypeError):
            return default

    def _write(self, key: str, value: Plain) -> None:
        self._store.setValue(key, json.dumps(value))


def _strings(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(value)
    return [str(item) for item in value]


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return {key: str(text) for key, text in value.items()}


def _lists(value: Any) -> dict[str, list[Any]]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return {key: list(items) for key, items in value.items()}


def _lists_of_texts(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return {key: _strings(texts) for key, texts in value.items()}
