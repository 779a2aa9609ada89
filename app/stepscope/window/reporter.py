"""The window follows the run: its sentence, its counts, and which commands make sense now."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from stepscope.model.phase import RunPhase
from stepscope.model.topology import NodeKey
from stepscope.run.controller import Asked, Controller
from stepscope.run.selection import Selection
from stepscope.theme import RUN_GLYPHS
from stepscope.window.actions import Actions, Situation
from stepscope.window.main_window import MainWindow
from stepscope.window.run_words import LOOKING, Standing, looking_back, standing, starting, status

COUNTS_MS = 100
"""Counts change with every event; nobody reads them faster than this."""


class Reporter(QObject):
    """Looks at controller and model, tells window and actions."""

    def __init__(
        self, window: MainWindow, actions: Actions, controller: Controller, selection: Selection
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._controller = controller
        self._selection = selection
        self._refusal = ""
        selection.node_changed.connect(self._on_selected)
        self._model = controller.model
        self._counts_soon = QTimer(self, singleShot=True, interval=COUNTS_MS)
        self._counts_soon.timeout.connect(self._show_counts)
        self._model.run_changed.connect(self._show_standing)
        self._model.program_changed.connect(self._show_standing)
        self._model.looked_changed.connect(self._show_standing)
        controller.changed.connect(self._show_standing)
        self._model.rows_added.connect(self._on_grown)
        self._model.messages_changed.connect(self._on_grown)
        self._model.console_changed.connect(self._on_grown)
        self._model.was_reset.connect(self._show_counts)
        controller.run_ended.connect(self._show_counts)
        controller.run_ended.connect(self._show_questions)
        self._model.was_reset.connect(self._show_questions)
        self._show_standing()

    def _show_standing(self) -> None:
        self._actions.update(self._situation())
        self._window.run_bar.show_standing(self._standing())
        self._show_status()
        refusal = self._model.state.refusal
        if refusal != self._refusal:
            self._refusal = refusal
            if refusal:
                self._window.frame.banner.remark(refusal)

    def _on_selected(self, node: NodeKey | None) -> None:
        self._window.frame.crumbs.show_node(node or ())
        self._show_standing()

    def _situation(self) -> Situation:
        program = self._model.program
        return Situation(
            has_program=program is not None,
            has_sources=program is not None and bool(program.sources),
            has_other_graphs=program is not None and len(program.choices) > 1,
            is_opening=bool(self._controller.opening),
            is_starting=self._controller.is_starting,
            is_outline=program is not None and program.is_outline,
            phase=self._model.state.phase,
            has_selection=self._selection.node is not None,
            is_looking_back=self._model.looked is not None,
            has_choice_of_python=program is None or self._controller.has_choice_of_python(program.target),
        )

    def _standing(self) -> Standing:
        if target := self._controller.opening:
            program = self._model.program
            word = "Reloading" if program is not None and program.target == target else "Opening"
            if self._controller.asked is Asked.STOP:
                word = "Stopping"
            return Standing(RunPhase.RUNNING, RUN_GLYPHS[RunPhase.RUNNING], word, Path(target).name)
        if self._model.program is None:
            return Standing(RunPhase.IDLE, "", "", "")
        if self._model.program.is_outline:
            return LOOKING
        if self._controller.is_starting:
            return starting(self._controller.asked)
        if self._model.looked is not None:
            return looking_back(self._model.looked)
        return standing(self._model.state, self._controller.asked, self._model.has_reloaded)

    def _show_questions(self) -> None:
        asked = len(self._model.state.questions)
        self._window.docks.set_count("questions", asked)
        if asked:
            self._window.docks.show("questions")

    def _on_grown(self, _messages: object = None) -> None:
        if not self._counts_soon.isActive():
            self._counts_soon.start()

    def _show_counts(self) -> None:
        self._counts_soon.stop()
        state = self._model.state
        for name, log in (("updates", state.updates), ("custom", state.customs), ("debug", state.debug)):
            self._window.docks.set_count(name, len(log))
        self._window.docks.set_count("console", self._model.console.printed)
        self._show_status()

    def _show_status(self) -> None:
        state = self._model.state
        if self._model.program is None:
            self._window.show_status("No graph is open", "")
            return
        events = f"{state.events:,} event" if state.events == 1 else f"{state.events:,} events"
        self._window.show_status(status(state), events)
