"""Which Python runs a target: the one that the person chose for its folder, else the one that fits best."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stepscope.model.events import Failure
from stepscope.model.program import OpenFailed
from stepscope.run.settings import Settings
from stepscope.session.interpreters import (
    Choice,
    Interpreter,
    Machine,
    best_for,
    describe,
    file_of,
    find,
    lacks,
)
from stepscope_host.loading.installing import is_folder

NO_INTERPRETER = "NoInterpreter"
"""The type of a failure to open something for want of a Python that can."""


@dataclass(frozen=True)
class Offers:
    """The Pythons for a file, the one of them that is to run it, and whether the person chose that.

    `lacks` has a sentence for each path of one without the library that the file imports.
    """

    file: Path
    found: tuple[Interpreter, ...]
    choice: Choice | None
    is_chosen: bool
    lacks: Mapping[str, str]


class Pythons:
    """Finds and remembers. Looks at no project before it is asked about it, and never on the UI's thread."""

    def __init__(self, settings: Settings, machine: Machine | None = None) -> None:
        self._settings = settings
        self._machine = machine
        self._given: dict[str, str] = {}

    async def choose(self, target: str) -> Choice | None:
        """The Python to run a target in; None when there is none that could, which a session may do without.

        Raises OpenFailed when the one that the person chose cannot run it.
        """
        choice = (await self.offers(target)).choice
        if choice is not None and choice.interpreter.problem:
            remedy = "Or choose another one: Choose Interpreter… in the Run menu."
            raise OpenFailed(Failure(NO_INTERPRETER, choice.interpreter.problem, remedy))
        return choice

    async def offers(self, target: str, also: str = "") -> Offers:
        """All that a person could choose from, with the Python `also`, which may lie anywhere."""
        file = await asyncio.to_thread(file_of, target)
        folder = await asyncio.to_thread(_folder, file)
        given, remembered = self._given.get(folder), self._settings.interpreter_of(folder)
        machine = self._machine or Machine.here()
        return await asyncio.to_thread(_offers, file, given, remembered, also, machine)

    async def give(self, target: str, python: str) -> None:
        """Take this one for the target's folder as long as the window is open."""
        self._given[await self._folder_of(target)] = python

    async def remember(self, target: str, python: str) -> None:
        """Take this one for the target's folder from now on."""
        folder = await self._folder_of(target)
        self._given.pop(folder, None)
        self._settings.remember_interpreter(folder, python)

    async def forget(self, target: str) -> None:
        """Take whatever fits best again."""
        folder = await self._folder_of(target)
        self._given.pop(folder, None)
        self._settings.forget_interpreter(folder)

    async def _folder_of(self, target: str) -> str:
        return await asyncio.to_thread(lambda: _folder(file_of(target)))


def _folder(file: Path) -> str:
    return str(file if is_folder(file) else file.parent)


def _offers(file: Path, given: str | None, remembered: str | None, also: str, machine: Machine) -> Offers:
    found = list(find(file, machine))
    for path in (given, remembered, also):
        if path and not any(one.path == path for one in found):
            found.insert(0, describe(path, machine=machine))
    chosen = given or remembered
    if chosen:
        reason = "It was given with --python." if given else "You chose it for this folder."
        choice: Choice | None = Choice(next(one for one in found if one.path == chosen), reason)
    else:
        choice = best_for(file, found)
    return Offers(file, tuple(found), choice, chosen is not None, lacks(found, file))
