"""Keeps the window and the files of its graph together: tells when they differ, and loads them again.

A run takes the files as they are when it begins: it would mislead to run anything else, so whoever starts
one calls `freshen` first. Between runs the picture follows when the person asks, or by itself if they want
that: not unless they say so, since loading a file runs it, and a save is no order to do so. A reload that
has failed is still owed: each further change is tried until one can be loaded.
"""

from __future__ import annotations

import asyncio
import os.path
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from stepscope.model.events import Failure
from stepscope.model.program import OpenFailed, Program
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.run.settings import Settings
from stepscope.run.sightings import Difference
from stepscope.run.watcher import Watcher
from stepscope.session.interpreters import file_of
from stepscope.window import reload_words as words
from stepscope.window.main_window import MainWindow
from stepscope.window.run_inputs import RunInputs
from stepscope_host.loading.project import FILE_NAME

MOST_CHASES = 3
"""A program that writes its own files while it is loaded would otherwise be reloaded for ever."""


class StalePicture(Protocol):
    def set_stale(self, is_stale: bool) -> None: ...


class FailureView(Protocol):
    def show_failure(self, failure: Failure) -> None: ...


class Reloader(QObject):
    """`clock` tells the time of day that the window shows.

    `mended(target)`: what could not be opened has changed, and may be tried again.
    """

    mended = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        controller: Controller,
        watcher: Watcher,
        inputs: RunInputs,
        canvas: StalePicture,
        failures: FailureView,
        settings: Settings,
        jobs: Jobs,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._watcher = watcher
        self._inputs = inputs
        self._canvas = canvas
        self._failures = failures
        self._settings = settings
        self._jobs = jobs
        self._clock = clock
        self._loaded = clock()
        self._differences: tuple[Difference, ...] = ()
        self._complaint = ""  # why the files cannot be loaded as they are; then an earlier state is shown
        self._said = ""  # the words of this in the banner
        self._opening = ""
        self._awaited = ""  # the target that could not be opened, while nothing else is open
        self._watching: asyncio.Future[tuple[Difference, ...]] | None = None
        self._chases = 0  # how many reloads in a row were for what had changed during the one before
        self._one_at_a_time = asyncio.Lock()
        controller.changed.connect(self._on_controller_changed)
        controller.model.program_changed.connect(self._on_program_changed)
        controller.run_ended.connect(self._on_run_ended)
        watcher.changed.connect(self._on_changed)

    async def reload(self) -> bool:
        """Load what is open as its files are now, because the person asks; False when that fails."""
        async with self._one_at_a_time:
            await self._watcher.look()  # until nobody is writing
            return await self._reload(is_asked=True)

    async def freshen(self) -> bool:
        """See to it that a run takes the files as they are now; False when they cannot be loaded."""
        async with self._one_at_a_time:
            if self._complaint or await self._watcher.look():
                return await self._reload(is_asked=True)
            return True

    def await_mending(self, target: str, problem: OpenFailed) -> None:
        """Follow the files of a target that could not be opened, as long as nothing else is open."""
        self._awaited = target
        self._watch(*_suspects(problem))

    def set_automatic(self, is_automatic: bool) -> None:
        """Reload by itself from now on, or no longer."""
        self._settings.reloads_automatically = is_automatic
        if self._differences:
            self._follow()

    @property
    def _main(self) -> str:
        """The path of the file that is open."""
        program = self._controller.model.program
        return "" if program is None else program.path

    @property
    def _is_automatic(self) -> bool:
        program = self._controller.model.program
        runs_nothing = program is not None and program.is_outline
        return self._settings.reloads_automatically or runs_nothing or bool(self._complaint)

    # What happens to the files

    def _on_controller_changed(self) -> None:
        target = self._controller.opening
        if target and target != self._opening:
            self._watcher.expect(lambda: _file_of(target))
        self._opening = target

    def _on_program_changed(self) -> None:
        program = self._controller.model.program
        if program is None:
            return
        self._loaded = self._clock()
        self._complaint = self._said = ""
        self._differences = ()
        self._canvas.set_stale(False)
        self._window.frame.set_stale("")
        if program.sources:
            self._watch(program.path, *program.sources)
        else:  # it lives in this process, and no file brings it back
            self._watching = None
            self._watcher.rest()

    def _watch(self, *files: str) -> None:
        self._watching = self._watcher.watch(files)
        self._jobs.start(self._take_up(self._watching))

    async def _take_up(self, watching: asyncio.Future[tuple[Difference, ...]]) -> None:
        """See whether something has changed already, while it was being loaded."""
        differences = await watching
        if self._watching is not watching:
            return  # it has been loaded once more meanwhile
        self._watching = None
        self._differences = differences
        if not self._differences:
            self._chases = 0
            self._tell()
        elif self._chases == MOST_CHASES:
            self._tell()
        else:
            self._chases += 1
            self._follow()

    def _on_changed(self, differences: tuple[Difference, ...]) -> None:
        if self._controller.opening or self._watching is not None:
            return  # what changes during a load is looked at when that is over
        self._differences = differences
        self._chases = 0
        self._follow()

    def _on_run_ended(self) -> None:
        self._watcher.watch_also(self._controller.model.state.sources)
        if self._differences and (self._is_automatic or self._is_said):
            self._jobs.start(self._follow_the_run())

    async def _follow_the_run(self) -> None:
        await self._controller.ended()
        self._follow()

    def _follow(self) -> None:
        """Reload if that is wanted and possible, else say how things stand."""
        if self._controller.model.program is None:
            self.mended.emit(self._awaited)
            return
        is_possible = bool(self._differences) and not self._is_main_gone and not self._controller.is_live
        if self._is_automatic and is_possible:
            self._jobs.start(self._catch_up())
        else:
            self._tell()

    async def _catch_up(self) -> None:
        async with self._one_at_a_time:
            if await self._watcher.look() and not self._controller.is_live:
                await self._reload(is_asked=False)

    @property
    def _is_main_gone(self) -> bool:
        return Difference(self._main, is_gone=True) in self._differences

    # What is said

    def _tell(self) -> None:
        banner, is_live = self._window.frame.banner, self._controller.is_live
        if self._controller.model.program is None:
            return
        if self._is_main_gone:
            self._said = words.is_gone(self._main, self._loaded, self._clock())
            banner.remark(self._said)
        elif self._complaint:
            self._said = self._complaint
            banner.complain(self._said)
        elif self._differences and (is_live or not self._is_automatic or self._chases):
            self._said = words.has_changed(self._differences, self._main, is_live)
            button = "Stop and Reload" if is_live else "Reload"
            banner.offer(self._said, button, lambda: self._jobs.start(self.reload()))
        elif self._is_said:
            banner.hide()

    @property
    def _is_said(self) -> bool:
        """True while the banner shows words of this."""
        banner = self._window.frame.banner
        return banner.isVisible() and banner.words == self._said

    # Loading again

    async def _reload(self, is_asked: bool) -> bool:
        if self._controller.model.program is None:
            return False
        try:
            program = await self._controller.reload()
        except OpenFailed as problem:
            self._on_failed(problem, is_asked)
            return False
        self._show(program)
        return True

    def _show(self, program: Program) -> None:
        self._inputs.renew_program(program)
        self._window.renew_program(program)
        self._window.docks.put_behind("problem", "updates")
        if program.is_outline:
            self._window.frame.banner.look(" ".join(program.warnings))
        elif program.warnings:
            self._window.frame.banner.remark(" ".join(program.warnings))

    def _on_failed(self, problem: OpenFailed, is_asked: bool) -> None:
        program = self._controller.model.program
        assert program is not None
        self._complaint = words.could_not_reload(program.path, problem.failure.headline)
        self._differences = ()
        self._canvas.set_stale(True)
        self._window.frame.set_stale(words.shown_as_of(self._loaded, self._clock()))
        self._failures.show_failure(problem.failure)
        if is_asked:
            self._window.docks.show("problem")
        self._tell()
        self._watch(*_suspects(problem, program.sources))


def _suspects(problem: OpenFailed, sources: tuple[str, ...] = ()) -> list[str]:
    """Where it may be mended: what was read, and the folders of that, where a module may be missing."""
    where = [problem.failure.where.file] if problem.failure.where is not None else []
    files = [*where, *problem.sources, *sources]
    return [*files, *sorted({os.path.dirname(file) for file in files if os.path.isabs(file)})]  # noqa: PTH117, PTH120


def _file_of(target: str) -> Path:
    """The file that loading a target begins with. Looks at the disk."""
    file = file_of(target)
    return file / FILE_NAME if file.is_dir() else file
