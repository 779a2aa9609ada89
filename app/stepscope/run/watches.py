"""Expressions that the person watches: what each is worth after a superstep, and was after the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from stepscope.model import cut
from stepscope.model.events import Plain
from stepscope.model.topology import Namespace
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.settings import Settings

Evaluate = Callable[[str, Namespace, int | None], Awaitable[Plain]]
"""What an expression is worth for a graph's state after a superstep. Raises LookupError, saying why not."""

Moment = tuple[Namespace, int]
"""A graph, and the superstep after which its state is looked at."""

TOO_LONG = "takes longer"
"""How the reason begins when an expression was ended; the run waits for it each time, so it gets one try."""

MOST_KNOWN = 2000
"""Values that are remembered of one run."""


@dataclass(frozen=True)
class Worth:
    """The value of an expression, or in words why it has none."""

    value: Plain = None
    problem: str = ""


@dataclass(frozen=True)
class Watched:
    """One expression; `now` is None until it is known, `before` when there is nothing to compare with."""

    expression: str
    now: Worth | None = None
    before: Worth | None = None

    @property
    def has_changed(self) -> bool:
        if self.now is None or self.before is None or self.now.problem or self.before.problem:
            return False
        return not cut.same(self.now.value, self.before.value)


class Watches(QObject):
    """The expressions of the open file, kept in the settings. They are evaluated when `look` is called.

    Signals
        changed: there are other expressions, or one has another value.
        answered(expression, Worth): what was asked for.
    """

    changed = Signal()
    answered = Signal(str, object)

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        settings: Settings,
        evaluate: Evaluate,
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._settings = settings
        self._evaluate = evaluate
        self._jobs = jobs
        self._known: dict[tuple[str, Moment], Worth] = {}
        self._slow: dict[str, Worth] = {}  # expressions that took too long in this run
        self._job: asyncio.Task[None] | None = None
        self._is_behind = False
        self.watched: list[Watched] = []
        model.program_changed.connect(self._on_program_changed)
        model.was_reset.connect(self._forget_run)

    @property
    def moment(self) -> Moment | None:
        """The state that is looked at: the chosen one, or the newest of its graph; None when it has none."""
        namespace, step = self._selection.namespace, self._selection.step
        if step is None:
            newest = self._model.state.history.newest(namespace)
            step = None if newest is None else newest.step
        return None if step is None else (namespace, step)

    def add(self, expression: str) -> None:
        """Watch another expression; one that is watched already is not doubled."""
        expression = expression.strip()
        if expression and all(one.expression != expression for one in self.watched):
            self._set([*(one.expression for one in self.watched), expression])

    def change(self, place: int, expression: str) -> None:
        """Put another expression in the place of one."""
        if expression.strip() and expression != self.watched[place].expression:
            expressions = [one.expression for one in self.watched]
            expressions[place] = expression.strip()
            self._set(list(dict.fromkeys(expressions)))

    def remove(self, place: int) -> None:
        """Watch an expression no more."""
        self._set([one.expression for at, one in enumerate(self.watched) if at != place])

    def look(self) -> None:
        """Evaluate what is not known of the state that is looked at."""
        if self._job is not None and not self._job.done():
            self._is_behind = True
        elif self.watched and self.moment is not None:
            self._job = self._jobs.start(self._look())

    def ask(self, expression: str) -> None:
        """Evaluate any expression for the state that is looked at; `answered` tells what it is worth."""
        if expression.strip():
            self._jobs.start(self._ask(expression))

    async def _ask(self, expression: str) -> None:
        namespace, step = self.moment or (self._selection.namespace, None)
        self.answered.emit(expression, await self._value(expression, namespace, step))

    async def _look(self) -> None:
        while True:
            self._is_behind = False
            moment = self.moment
            if moment is None:
                return
            before = self._before(moment)
            watched = []
            for expression in [one.expression for one in self.watched]:
                earlier = None if before is None else await self._worth(expression, before)
                watched.append(Watched(expression, await self._worth(expression, moment), earlier))
            if [one.expression for one in watched] != [one.expression for one in self.watched]:
                continue
            if watched != self.watched:
                self.watched = watched
                self.changed.emit()
            if not self._is_behind:
                return

    async def _worth(self, expression: str, moment: Moment) -> Worth:
        known = self._known.get((expression, moment)) or self._slow.get(expression)
        if known is not None:
            return known
        state = self._model.state
        worth = await self._value(expression, *moment)
        if state is not self._model.state:
            return worth
        if worth.problem.startswith(TOO_LONG):
            self._slow[expression] = worth
        else:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[expression, moment] = worth
        return worth

    async def _value(self, expression: str, namespace: Namespace, step: int | None) -> Worth:
        try:
            return Worth(await self._evaluate(expression, namespace, step))
        except LookupError as none:
            return Worth(problem=str(none.args[0] if none.args else none))

    def _before(self, moment: Moment) -> Moment | None:
        earlier = self._model.state.history.before(*moment)
        return None if earlier is None else (moment[0], earlier.step)

    def _set(self, expressions: list[str]) -> None:
        known = {one.expression: one for one in self.watched}
        self.watched = [known.get(text, Watched(text)) for text in expressions]
        program = self._model.program
        if program is not None:
            self._settings.remember_watches(program.path, expressions)
        self.changed.emit()
        self.look()

    def _on_program_changed(self) -> None:
        program = self._model.program
        self._forget_run()
        expressions = self._settings.watches_of(program.path) if program is not None else []
        self.watched = [Watched(text) for text in expressions]
        self.changed.emit()

    def _forget_run(self) -> None:
        self._known.clear()
        self._slow.clear()
        self.watched = [Watched(one.expression) for one in self.watched]
        self.changed.emit()
