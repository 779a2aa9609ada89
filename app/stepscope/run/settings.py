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
LONGEST_INPUT = 200_000
"""Characters; a longer input is not remembered."""


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

    def input_of(self, target: str) -> str | None:
        """The text that the person last typed as input for a target."""
        return self._inputs().get(target)

    def remember_input(self, target: str, text: str) -> None:
        inputs = self._inputs()
        inputs.pop(target, None)
        if len(text) <= LONGEST_INPUT:
            inputs[target] = text
        self._write("inputs", dict(list(inputs.items())[-REMEMBERED_INPUTS:]))

    def forget_input(self, target: str) -> None:
        inputs = self._inputs()
        if inputs.pop(target, None) is not None:
            self._write("inputs", inputs)

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

    def save(self) -> None:
        """Write now."""
        self._store.sync()

    def _inputs(self) -> dict[str, str]:
        return self._read("inputs", _texts, {})

    def _interpreters(self) -> dict[str, str]:
        return self._read("interpreters", _texts, {})

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
