"""What each command of the table does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from stepscope import notices
from stepscope.model.events import Failure
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.program import OpenFailed, Program
from stepscope.model.topology import NodeKey
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.run.selection import Selection
from stepscope.run.settings import Settings
from stepscope.session.session import Start
from stepscope.window.about import About
from stepscope.window.actions import Actions
from stepscope.window.breaking import Breaking
from stepscope.window.dialogs import ask, ask_file, ask_folder
from stepscope.window.dressing import Dressing
from stepscope.window.input_memory import InputMemory
from stepscope.window.main_window import MainWindow
from stepscope.window.opener import Opener
from stepscope.window.picture import Picture
from stepscope.window.pythons import NO_INTERPRETER
from stepscope.window.reload_words import NEXT_SAVE
from stepscope.window.reloader import Reloader
from stepscope.window.run_inputs import RunInputs
from stepscope.window.source_desk import SourceDesk
from stepscope.window.thread_desk import ThreadDesk
from stepscope.window.trust_dialogs import TrustedFolders
from stepscope.window.value_editor import Face

ANOTHER_PYTHON_MAY_DO = {"ModuleNotFoundError", NO_INTERPRETER}
"""Failures to open a program that may not be the program's."""


class Canvas(Protocol):
    def fit(self) -> None: ...


class FailureView(Protocol):
    def show_failure(self, failure: Failure) -> None: ...


class Commands(QObject):
    """Joins the actions to the controller and to the parts of the window."""

    def __init__(
        self,
        actions: Actions,
        window: MainWindow,
        opener: Opener,
        controller: Controller,
        selection: Selection,
        reloader: Reloader,
        inputs: RunInputs,
        canvas: Canvas,
        failures: FailureView,
        desk: SourceDesk,
        picture: Picture,
        dressing: Dressing,
        settings: Settings,
        jobs: Jobs,
        breaking: Breaking,
        threads: ThreadDesk,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._window = window
        self._opener = opener
        self._controller = controller
        self._selection = selection
        self._reloader = reloader
        self._inputs = inputs
        self._memory = InputMemory(inputs, settings)
        self._canvas = canvas
        self._failures = failures
        self._settings = settings
        self._jobs = jobs
        self._in_banner = ""  # the target that the banner speaks of
        self._lost = ""  # what it said of a process that has ended
        actions.connect_to(
            {
                "open": lambda: jobs.start(self._ask_what_to_open(ask_file)),
                "open_folder": lambda: jobs.start(self._ask_what_to_open(ask_folder)),
                "choose_graph": self._on_graph_wanted,
                "trust": self._trust_and_load,
                "trusted_folders": lambda: jobs.start(ask(TrustedFolders(settings, window))),
                "reload": lambda: jobs.start(reloader.reload()),
                "reload_automatically": self._choose_reloading,
                "open_source": lambda: desk.open_node(selection.node),
                "editor": lambda: jobs.start(desk.choose_editor()),
                "quit": window.close,
                "run": self.run,
                "pause": controller.pause,
                "step": self.step,
                "into": lambda: controller.order("into", task=self._held_task()),
                "out": lambda: controller.order("out"),
                "run_to": self._run_to_selection,
                "start_paused": lambda: self._begin(start="paused"),
                "stop": lambda: jobs.start(controller.stop()),
                "restart": lambda: jobs.start(self._restart()),
                "choose_interpreter": self._on_interpreter_wanted,
                "edit_input": self._edit_input,
                "switch_input": self._switch_face,
                "fit": canvas.fit,
                **picture.handlers,
                **dressing.handlers,
                "reset_layout": self._reset_layout,
                "about": lambda: jobs.start(self._tell_about()),
                **breaking.handlers,
                **threads.handlers,
            }
        )
        actions["reload_automatically"].setChecked(settings.reloads_automatically)
        reloader.mended.connect(lambda target: jobs.start(self._try_again(target)))
        window.target_wanted.connect(lambda target: jobs.start(self.open(target)))
        window.frame.banner.trust_wanted.connect(actions["trust"].trigger)
        window.frame.banner.details_wanted.connect(lambda: window.docks.show("problem"))
        window.frame.banner.interpreter_wanted.connect(
            lambda: jobs.start(self._choose_interpreter(self._in_banner))
        )
        controller.run_ended.connect(self._on_run_ended)
        controller.lost.connect(self._on_lost)
        controller.model.was_reset.connect(lambda: window.frame.banner.withdraw(self._lost))
        window.show_recent(settings.recent)

    async def open(
        self,
        target: str,
        *,
        has_consent: bool = False,
        may_ask: bool = True,
        may_look: bool = True,
        input: str | None = None,
        python: str | None = None,
    ) -> Program | None:
        """Open a target and show it; None when it was not to be, which the window then says.

        `input` is the JSON text to begin with in place of what is remembered. `python` is the interpreter for
        it in place of the one that is remembered, as long as the window is open.
        """
        if python is not None:
            await self._opener.give(target, python)
        try:
            program = await self._opener.open(
                target, has_consent=has_consent, may_ask=may_ask, may_look=may_look
            )
        except OpenFailed as problem:
            self._show_open_failure(target, problem, is_awaited=may_ask)
            return None
        if program is not None:
            self._show_program(program, input)
        return program

    async def _try_again(self, target: str) -> None:
        try:
            program = await self._opener.try_again()
        except OpenFailed as problem:
            self._show_open_failure(target, problem)
        else:
            self._show_program(program)

    def _show_program(self, program: Program, input: str | None = None) -> None:
        self._memory.begin(program, input)
        choice = self._opener.choice
        self._window.show_program(program, choice)
        self._window.docks.put_behind("problem", "updates")
        self._in_banner = program.target
        remark = choice.remark if choice else ""
        if program.is_outline:
            self._window.frame.banner.look(" ".join(program.warnings))
        elif words := " ".join(filter(None, (remark, *program.warnings))):
            self._window.frame.banner.remark(words, offers_interpreters=bool(remark))
        self._window.show_recent(self._settings.recent)

    def _trust_and_load(self) -> None:
        program = self._controller.model.program
        if program is not None:
            self._jobs.start(self.open(program.target, may_look=False))

    def run(self) -> None:
        """Run, or go on."""
        if self._controller.model.state.phase is RunPhase.PAUSED:
            self._controller.resume()
        else:
            self._begin(start="free")

    async def begin(self, start: Start = "free", run_to: NodeKey = ()) -> None:
        """Begin a run of the files as they are now; nothing begins when they cannot be loaded."""
        if await self._reloader.freshen():
            inputs = self._inputs
            self._window.docks.put_behind("problem", "updates")
            given = inputs.given_input, start, inputs.given_context, inputs.given_config
            if self._controller.run(*given, run_to=run_to):
                self._memory.keep_run()

    def step(self) -> None:
        """One superstep: of the paused run, or the first of a new one."""
        if self._controller.model.state.phase is RunPhase.PAUSED:
            self._controller.step()
        else:
            self._begin(start="step")

    def _run_to_selection(self) -> None:
        """Go on, or begin a run, until it is the selected node's turn."""
        if self._selection.node is None:
            return
        if self._controller.model.state.phase is RunPhase.PAUSED:
            self._controller.order("run_to", path=self._selection.node)
        else:
            self._begin(start="free", run_to=self._selection.node)

    def _held_task(self) -> str | None:
        """The held task of the selected node, if there is one."""
        node = self._controller.model.state.nodes.get(self._selection.node or ())
        tasks = self._controller.model.state.tasks
        live = node.live if node is not None else ()
        return next((task for task in live if tasks[task].phase is Phase.HELD), None)

    def _begin(self, start: Start, run_to: NodeKey = ()) -> None:
        inputs = self._inputs
        if inputs.problem:
            self._window.docks.show("run")
            inputs.show_problem()
            return
        self._jobs.start(self.begin(start, run_to))

    async def _restart(self) -> None:
        await self._controller.stop()
        if await self._reloader.freshen():
            await self._controller.restart()

    def _choose_reloading(self) -> None:
        self._reloader.set_automatic(self._actions["reload_automatically"].isChecked())

    def _on_run_ended(self) -> None:
        state = self._controller.model.state
        if state.phase is RunPhase.FAILED and state.failure is not None:
            self._failures.show_failure(state.failure)
            self._window.docks.show("problem")

    def _on_lost(self, failure: Failure) -> None:
        self._failures.show_failure(failure)
        self._lost = f"{failure.message} The next run starts a new one."
        self._window.frame.banner.complain(self._lost)

    def _show_open_failure(self, target: str, problem: OpenFailed, is_awaited: bool = True) -> None:
        failure = problem.failure
        self._failures.show_failure(failure)
        self._window.docks.show("problem")
        self._in_banner = target
        choice, may_mend = self._opener.choice, failure.type in ANOTHER_PYTHON_MAY_DO
        words = [f"Could not open {Path(target).name}: {failure.headline.rstrip('.')}."]
        if choice and choice.remark and may_mend:
            words.append(choice.remark)
        if self._controller.model.program is not None:
            words.append("The graph before it is still open.")
        elif is_awaited and self._opener.can_try_again:
            words.append(NEXT_SAVE)
            self._reloader.await_mending(target, problem)
        self._window.frame.banner.complain(" ".join(words), offers_interpreters=may_mend)

    def _switch_face(self) -> None:
        self._window.docks.show("run")
        self._inputs.choose_face(Face.JSON if self._inputs.face is Face.FORM else Face.FORM)

    async def _ask_what_to_open(self, ask: Callable[[QWidget, str], Awaitable[str | None]]) -> None:
        recent = self._settings.recent
        folder = str(Path(recent[0]).parent) if recent else str(Path.cwd())
        if path := await ask(self._window, folder):
            await self.open(path)

    def _on_interpreter_wanted(self) -> None:
        program = self._controller.model.program
        if program is not None:
            self._jobs.start(self._choose_interpreter(program.target))

    def _on_graph_wanted(self) -> None:
        program = self._controller.model.program
        if program is not None:
            self._jobs.start(self._choose_graph(program))

    async def _choose_graph(self, program: Program) -> None:
        try:
            other = await self._opener.choose_graph(program)
        except OpenFailed as problem:
            self._show_open_failure(program.target, problem)
        else:
            if other is not None:
                self._show_program(other)

    async def _choose_interpreter(self, target: str) -> None:
        if await self._opener.choose_python(target):
            await self.open(target, has_consent=True)

    def _edit_input(self) -> None:
        self._window.docks.show("run")
        self._inputs.take_focus()

    def _reset_layout(self) -> None:
        self._settings.forget_layout()
        self._window.docks.arrange()

    async def _tell_about(self) -> None:
        licences = await asyncio.to_thread(notices.licences)
        await ask(About(licences, self._controller.model.program, self._window))
