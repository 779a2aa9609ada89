"""Opening a target: ask whether its code may run, load it, let one of several graphs be picked."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QWidget

from stepscope.model.program import OpenFailed, Program
from stepscope.run.controller import Bring, Controller
from stepscope.run.settings import Settings
from stepscope.session.interpreters import Choice
from stepscope.window.appearance import Appearance
from stepscope.window.dialogs import ChoiceQuestion, Question, ask
from stepscope.window.interpreter_picker import pick_python
from stepscope.window.program_words import place_of
from stepscope.window.pythons import Pythons
from stepscope.window.trust import Source, Trust, source_of
from stepscope.window.trust_dialogs import Answer, TrustQuestion
from stepscope_host.loading import targets


class Opener:
    """Opens targets one at a time, with whatever questions that takes.

    `choice` is the Python that the last target was given, and why; None where the session had to choose.
    """

    def __init__(
        self,
        controller: Controller,
        trust: Trust,
        pythons: Pythons,
        settings: Settings,
        appearance: Appearance,
        window: QWidget,
    ) -> None:
        self.choice: Choice | None = None
        self._controller = controller
        self._trust = trust
        self._pythons = pythons
        self._settings = settings
        self._appearance = appearance
        self._window = window
        self._dialog_is_open = False
        self._allowed: set[Path] = set()
        self._again: Callable[[], Awaitable[Program]] | None = None

    async def open(
        self, target: str, *, has_consent: bool = False, may_ask: bool = True, may_look: bool = True
    ) -> Program | None:
        """Open a target; None when the person thought better of it.

        `has_consent`: its code may run this once. Without `may_ask` nobody is there to answer. With
        `may_look` the person may choose to only look at it.
        Raises OpenFailed.
        """
        source = await asyncio.to_thread(source_of, target)
        if self._dialog_is_open:
            return None
        answer = Answer.ONCE if has_consent else await self._consent(source, may_look)
        if answer is Answer.CANCEL:
            return None
        self.choice = self._again = None
        self._allowed.discard(source.path)
        bring: Bring = self._controller.look
        if answer is not Answer.LOOK:
            self.choice = await self._python_for(target, source)
            python = None if self.choice is None else self.choice.interpreter.path
            bring = functools.partial(self._controller.open, python=python)
        self._again = functools.partial(bring, target)
        try:
            program = await bring(target)
        except OpenFailed as problem:
            if not problem.choices or not may_ask:
                raise
            name = await self._pick(problem.failure.message, problem.choices, problem.descriptions)
            if not name:
                return None
            place, _ = await asyncio.to_thread(targets.split, target)
            program = await bring(f"{place}:{name}")
        self._settings.add_recent(program.target)
        return program

    @property
    def can_try_again(self) -> bool:
        """True when the last target was refused by its own code, which may be mended."""
        return self._again is not None

    async def try_again(self) -> Program:
        """Bring the last target once more, as the person allowed it then: loaded, or only looked at.

        Raises OpenFailed.
        """
        assert self._again is not None, "there is nothing to try again"
        program = await self._again()
        self._settings.add_recent(program.target)
        return program

    async def choose_graph(self, program: Program) -> Program | None:
        """Let the person choose another graph of the place that is open, and bring it in the same way.

        None when it is the open one, or none. Raises OpenFailed.
        """
        if self._dialog_is_open:
            return None
        title = f"{place_of(program)} has {len(program.choices)} graphs."
        name = await self._pick(title, program.choices, {}, program.name)
        if name in ("", program.name):
            return None
        other = await self._controller.switch(name)
        self._settings.add_recent(other.target)
        return other

    async def give(self, target: str, python: str) -> None:
        """Run this target in that Python as long as the window is open."""
        await self._pythons.give(target, python)

    async def choose_python(self, target: str) -> bool:
        """Let the person choose the Python for a target; True when it may run, and is to be opened again."""
        source = await asyncio.to_thread(source_of, target)
        if self._dialog_is_open:
            return False
        if source.path not in self._allowed and await self._consent(source, False) is Answer.CANCEL:
            return False
        self._allowed.add(source.path)
        self._dialog_is_open = True
        try:
            return await pick_python(self._pythons, target, self._appearance.theme, self._window)
        finally:
            self._dialog_is_open = False

    async def _python_for(self, target: str, source: Source) -> Choice | None:
        """The Python for what may run, and only for that: a project's own is code of the project."""
        self._allowed.add(source.path)
        if not self._controller.has_choice_of_python(target):
            return None
        return await self._pythons.choose(target)

    async def _consent(self, source: Source, may_look: bool) -> Answer:
        if self._trust.covers(source):
            return Answer.TRUST
        await self._ask(question := TrustQuestion(source, may_look, self._window))
        if question.answer is Answer.TRUST:
            self._trust.add(source)
        return question.answer

    async def _pick(
        self, title: str, names: tuple[str, ...], descriptions: Mapping[str, str], first: str = ""
    ) -> str:
        question = ChoiceQuestion(title, names, descriptions, self._window, first)
        return question.chosen if await self._ask(question) == question.OPEN else ""

    async def _ask(self, question: Question) -> int:
        self._dialog_is_open = True
        try:
            return await ask(question)
        finally:
            self._dialog_is_open = False
