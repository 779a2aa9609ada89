"""Carries out what the person asks: opens a target, runs it, steps it, stops it; feeds the model."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from stepscope.model.events import Event, Failure, Lost, Outcome, Plain, Printed, RunFinished
from stepscope.model.phase import RunPhase
from stepscope.model.program import Program
from stepscope.model.topology import Namespace, NodeKey
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.session.outline import outline
from stepscope.session.session import RunRequest, Session, Start

READ_SECONDS = 0.004
"""How long events are taken in before Qt has its turn; a flood would otherwise hold a frame up."""

log = logging.getLogger(__name__)


Bring = Callable[[str], Awaitable[Program]]
"""Loads a target, or only looks at it."""


class Asked(Enum):
    """What the person has asked of a run and what has not come yet."""

    NOTHING = "nothing"
    PAUSE = "pause"
    STOP = "stop"


class Controller(QObject):
    """Owns the session and the one task that reads its events.

    Signals
        changed: `opening`, `asked` or `is_starting` is another one.
        run_ended: the run is over and all its events have been shown.
        lost(Failure): the process that held the program has ended while no run was on.
    """

    changed = Signal()
    run_ended = Signal()
    lost = Signal(object)

    def __init__(self, model: RunModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.opening = ""  # the target that is being loaded
        self.asked = Asked.NOTHING
        self._session = session
        self._run: asyncio.Task[None] | None = None
        self._has_begun = False  # the first event of that run has come
        self._request: RunRequest | None = None
        self._breakpoints: Sequence[Plain] = ()
        self._bring: Bring = session.open  # how the program was loaded, or looked at
        self._one_at_a_time = asyncio.Lock()
        self._fetching = Jobs()
        model.run_changed.connect(self._on_run_changed)
        model.more_wanted.connect(self._on_more_wanted)
        model.pins.changed.connect(lambda: self.order("pins", pins=model.pins.as_plain()))
        session.listen(self._hear)

    @property
    def is_live(self) -> bool:
        """True from the start of a run until its last event has been shown."""
        return self._run is not None and not self._run.done()

    @property
    def is_starting(self) -> bool:
        """True until a run's first event has come, which it may be the start of a process away."""
        return self.is_live and not self._has_begun

    def has_choice_of_python(self, target: str) -> bool:
        """True when a target can be opened in an interpreter of choice."""
        return self._session.has_choice_of_python(target)

    async def open(self, target: str, python: str | None = None) -> Program:
        """Stop what runs and load a target, in the interpreter `python` where the session can choose.

        Raises OpenFailed; what was shown before stays then.
        """
        async with self._one_at_a_time:
            return await self._show(target, functools.partial(self._session.open, python=python))

    async def look(self, target: str) -> Program:
        """Stop what runs and show what a target's source says; nothing of it runs, now or later.

        Raises OpenFailed; what was shown before stays then.
        """
        async with self._one_at_a_time:
            program = await self._show(target, outline)
            await self._session.close()  # else what was open before would go on printing
        return program

    async def switch(self, name: str) -> Program:
        """Stop what runs and bring another graph of the same place, in the way the open one was brought.

        Raises OpenFailed; what was shown before stays then.
        """
        async with self._one_at_a_time:
            assert self.model.program is not None, "switch() needs a program: open() one first"
            return await self._show(self.model.program.neighbour(name), self._bring)

    async def reload(self) -> Program:
        """Stop what runs and load what is open anew, in the same interpreter; what the last run left stays.

        Raises OpenFailed; what was shown before stays then.
        """
        async with self._one_at_a_time:
            assert self.model.program is not None, "reload() needs a program: open() one first"
            program = await self._load(self.model.program.target, self._bring)
            self.model.renew_program(program)
        return program

    def run(
        self,
        input: Plain,
        start: Start = "free",
        context: Plain = None,
        config: Mapping[str, Plain] = MappingProxyType({}),
        run_to: NodeKey = (),
    ) -> bool:
        """Begin a run; returns False, having done nothing, while one is live or a target is being opened.

        Nor does anything begin while a program is only looked at.
        """
        return self._begin(
            RunRequest(input, start, context, dict(config), run_to=run_to, thread=self.model.next_thread)
        )

    def run_on(
        self,
        thread: str,
        checkpoint: str = "",
        start: Start = "free",
        context: Plain = None,
        config: Mapping[str, Plain] = MappingProxyType({}),
        of: str = "",
    ) -> bool:
        """Begin a run that goes on from a checkpoint of a thread, of the graph in a namespace; as `run`."""
        return self._begin(
            RunRequest(None, start, context, dict(config), thread=thread, checkpoint=checkpoint, of=of)
        )

    def answer(self, answers: Mapping[str, Plain]) -> None:
        """Take up the last run's thread with answers to its questions; what it has shown stays."""
        last = self._request
        # The questions are shown as soon as the run is over, which may be before its session is done with it.
        is_on = self.is_live and not self.model.state.phase.is_over
        if last is None or is_on or self.opening:
            return
        thread = self.model.state.thread
        self._request = replace(
            last,
            start="free",
            run_to=(),
            thread=thread,
            checkpoint="",
            of="",
            resume=dict(answers),
            continues=True,
            breakpoints=self._breakpoints,
        )
        self._start(self._request)

    def take_up(self, inside: Namespace = ()) -> None:
        """Stand again where the last run stood, after its state was edited there; what it has shown stays.

        What lies around the graph that runs in the namespace `inside` begins.
        """
        if self._request is not None and not self.is_live:
            self._start(
                replace(
                    self._request,
                    input=None,
                    start="paused",
                    run_to=(),
                    thread=self.model.state.thread,
                    checkpoint="",
                    of="",
                    resume=None,
                    inside=inside,
                    continues=True,
                    breakpoints=self._breakpoints,
                    pins=self.model.pins.as_plain(),
                )
            )

    async def restart(self) -> None:
        """Stop, and run again with the input, context and config of the last run."""
        await self.stop()
        if last := self._request:
            goes_on = last.input is None
            again = replace(last, start="free", run_to=(), resume=None, continues=False)
            self._begin(again if goes_on else self._anew(last))

    def set_breakpoints(self, breakpoints: Sequence[Plain]) -> None:
        """Stop there from now on: the run that is on, and those to come."""
        self._breakpoints = breakpoints
        self.order("breakpoints", breakpoints=breakpoints)

    def order(self, kind: str, **parts: Plain) -> None:
        """Ask something of the run that is on: see `Session.order`."""
        if self.is_live:
            self._session.order(kind, **parts)

    def step(self) -> None:
        """Let the next superstep run, then pause again."""
        if self.model.state.phase is RunPhase.PAUSED:
            self._session.order("step")

    def resume(self) -> None:
        """Run on to the end."""
        if self.model.state.phase is RunPhase.PAUSED:
            self._session.order("resume")

    def pause(self) -> None:
        """Start no new task."""
        if self.is_live and self.model.state.phase is RunPhase.RUNNING:
            self._set_asked(Asked.PAUSE)
            self._session.order("pause")

    async def fetch(self, handle: str) -> None:
        """Ask the program for more of a value that was cut, and hand the answer to the model."""
        try:
            value = await self._session.fetch(handle)
        except LookupError as gone:
            self.model.more_refused.emit(handle, str(gone))
        except Exception as error:
            log.exception("more of a value could not be had")
            self.model.more_refused.emit(handle, f"It could not be had: {type(error).__name__}: {error}")
        else:
            self.model.more_arrived.emit(handle, value)

    async def evaluate(self, expression: str, namespace: Namespace, step: int | None) -> Plain:
        """What an expression is worth: see `Session.evaluate`.

        Raises LookupError, saying why it has no value.
        """
        return await self._session.evaluate(expression, namespace, step)

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        """Ask something of the program's threads: see `Session.ask`. Raises LookupError."""
        return await self._session.ask(what, **parts)

    async def ended(self) -> None:
        """Wait until no run is live."""
        if self.is_live:
            assert self._run is not None
            await asyncio.wait([self._run])

    async def stop(self) -> None:
        """End the run, and wait until that is shown; or give up what is being opened."""
        if self.opening:
            self._set_asked(Asked.STOP)
            self._session.stop()
        elif self.is_live:
            self._set_asked(Asked.STOP)
            self._session.stop()
            await self.ended()

    async def close(self) -> tuple[str, ...]:
        """Stop, and let the session go; returns the nodes whose code still runs."""
        await self.stop()
        await self._fetching.close()
        return await self._session.close()

    def _anew(self, last: RunRequest) -> RunRequest:
        return RunRequest(last.input, context=last.context, config=last.config, thread=self.model.next_thread)

    def _begin(self, request: RunRequest) -> bool:
        program = self.model.program
        if self.is_live or self.opening or program is None or program.is_outline:
            return False
        pins = self.model.pins.as_plain()
        self._request = replace(request, breakpoints=self._breakpoints, pins=pins)
        self.model.reset()
        self._start(self._request)
        return True

    async def _show(self, target: str, bring: Bring) -> Program:
        program = await self._load(target, bring)
        self._request, self._bring = None, bring
        self.model.set_program(program)
        return program

    async def _load(self, target: str, bring: Bring) -> Program:
        await self.stop()
        self._set_opening(target)
        self.model.opening(time.time(), Path(target).name)
        try:
            return await bring(target)
        finally:
            self.asked = Asked.NOTHING
            self._set_opening("")

    def _start(self, request: RunRequest) -> None:
        before = self._run if self.is_live else None
        self._has_begun = False
        self._run = asyncio.ensure_future(self._read(request, before))
        self.changed.emit()

    async def _read(self, request: RunRequest, before: asyncio.Task[None] | None = None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await self._feed_from(request)
        except Exception as error:
            # Ours to mend, not the user's; but their window must not go on saying that it runs.
            log.exception("the run's events could not be read")
            self._feed(_broken(error, self.model.state.events))
        self.model.flush()
        self.run_ended.emit()

    async def _feed_from(self, request: RunRequest) -> None:
        async with contextlib.aclosing(self._session.astream(request)) as events:  # type: ignore[type-var]
            turn_ends = time.perf_counter() + READ_SECONDS
            async for event in events:
                self._feed(event)
                if time.perf_counter() > turn_ends:
                    await asyncio.sleep(0)
                    turn_ends = time.perf_counter() + READ_SECONDS

    def _feed(self, event: Event) -> None:
        self.model.feed(event)
        if not self._has_begun:
            self._has_begun = True
            self.changed.emit()

    def _hear(self, event: Event) -> None:
        """What happens while no run is on."""
        match event:
            case Printed():
                self.model.hear(event)
            case Lost():
                self.model.note(event.time, event.failure.message)
                self.lost.emit(event.failure)

    def _on_more_wanted(self, handle: str) -> None:
        self._fetching.start(self.fetch(handle))

    def _on_run_changed(self) -> None:
        phase = self.model.state.phase
        if phase.is_over or (phase is RunPhase.PAUSED and self.asked is Asked.PAUSE):
            self._set_asked(Asked.NOTHING)

    def _set_opening(self, target: str) -> None:
        self.opening = target
        self.changed.emit()

    def _set_asked(self, asked: Asked) -> None:
        if asked is not self.asked:
            self.asked = asked
            self.changed.emit()


def _broken(error: Exception, seq: int) -> RunFinished:
    failure = Failure(
        type(error).__name__,
        str(error),
        "This is a fault of Stepscope, not of the graph. What had arrived is kept; run it again.",
        traceback="".join(traceback.format_exception(error)),
    )
    return RunFinished(seq, time.time(), Outcome.FAILED, failure, "", ())
