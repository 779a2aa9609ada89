"""Opening a target: ask whether its code may run, load it, let one of several graphs be picked."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QWidget

from stepscope.model.program import OpenFailed, Program
from stepscope.run.controller import Controller
from stepscope.run.settings import Settings
from stepscope.window.dialogs import ChoiceQuestion, Question, ask
from stepscope.window.trust import Source, Trust, file_of, source_of
from stepscope.window.trust_dialogs import Answer, TrustQuestion


class Opener:
    """Opens targets one at a time, with whatever questions that takes."""

    def __init__(self, controller: Controller, trust: Trust, settings: Settings, window: QWidget) -> None:
        self._controller = controller
        self._trust = trust
        self._settings = settings
        self._window = window
        self._dialog_is_open = False

    async def open(
        self, target: str, *, has_consent: bool = False, may_ask: bool = True, may_look: bool = False
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
        bring = self._controller.open
        try:
            program = await bring(target)
        except OpenFailed as problem:
            if not problem.choices or not may_ask:
                raise
            name = await self._pick(problem)
            if not name:
                return None
            program = await bring(f"{_without_name(target)}:{name}")
        self._settings.add_recent(program.target)
        return program

    async def _consent(self, source: Source, may_look: bool) -> Answer:
        if self._trust.covers(source):
            return Answer.TRUST
        await self._ask(question := TrustQuestion(source, may_look, self._window))
        if question.answer is Answer.TRUST:
            self._trust.add(source)
        return question.answer

    async def _pick(self, problem: OpenFailed) -> str:
        question = ChoiceQuestion(problem.failure.message, problem.choices, self._window)
        return question.chosen if await self._ask(question) == question.OPEN else ""

    async def _ask(self, question: Question) -> int:
        self._dialog_is_open = True
        try:
            return await ask(question)
        finally:
            self._dialog_is_open = False


def _without_name(target: str) -> str:
    file = file_of(target)
    return target.partition(":")[0] if file is None else str(file)
