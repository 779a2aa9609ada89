"""What the person does to threads: looks back, forks, edits a state, renames and deletes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from stepscope.model.phase import RunPhase
from stepscope.model.thread import Checkpoint, Edited, Place
from stepscope.model.topology import graph_key, path_text
from stepscope.panes.threads import ThreadsPane
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.run.threads import Threads
from stepscope.theme import Theme
from stepscope.window.comparison_view import ComparisonView
from stepscope.window.dialogs import Question, ask
from stepscope.window.main_window import MainWindow
from stepscope.window.reloader import Reloader
from stepscope.window.run_inputs import RunInputs
from stepscope.window.state_question import StateQuestion


class ThreadDesk(QObject):
    """Joins the Threads pane and the commands to what is known of threads, and to runs."""

    def __init__(
        self,
        threads: Threads,
        pane: ThreadsPane,
        controller: Controller,
        reloader: Reloader,
        inputs: RunInputs,
        theme: Theme,
        jobs: Jobs,
        window: MainWindow,
    ) -> None:
        super().__init__(window)
        self._threads = threads
        self._controller = controller
        self._model = controller.model
        self._reloader = reloader
        self._inputs = inputs
        self._theme = theme
        self._jobs = jobs
        self._window = window
        self.handlers: Mapping[str, Callable[[], object]] = {
            "look_back": lambda: jobs.start(self._look_back()),
            "look_at_run": lambda: self._model.look(None),
            "fork": lambda: jobs.start(self._fork()),
            "edit_state": lambda: jobs.start(self._edit()),
        }
        pane.refresh_wanted.connect(lambda: jobs.start(threads.refresh()))
        pane.chosen.connect(lambda thread: jobs.start(threads.choose(thread)))
        pane.renamed.connect(lambda thread, title: jobs.start(threads.rename(thread, title)))
        pane.delete_wanted.connect(lambda thread: jobs.start(self._delete(thread)))
        pane.look_wanted.connect(lambda checkpoint: jobs.start(self._look(checkpoint)))
        pane.unfold_wanted.connect(lambda subgraph: jobs.start(threads.unfold(subgraph)))
        pane.fold_wanted.connect(threads.fold)
        pane.compare_wanted.connect(lambda was, now: jobs.start(self._compare(was, now)))
        pane.fork_wanted.connect(self.handlers["fork"])
        pane.edit_wanted.connect(self.handlers["edit_state"])

    def ask_again(self) -> None:
        """Let a run whose answers were taken begin again where its questions were asked."""
        self._jobs.start(self._ask_again())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    async def _look(self, checkpoint: Checkpoint) -> None:
        await self._threads.look(checkpoint.place)
        self._show()

    async def _compare(self, was: Checkpoint, now: Checkpoint) -> None:
        comparison = await self._threads.compare(was, now)
        if comparison is None:
            self._window.frame.banner.remark(self._threads.problem)
        else:
            ComparisonView(comparison, self._theme, self._window).show()

    async def _look_back(self) -> None:
        await self._threads.look_back()
        self._show()

    async def _fork(self) -> None:
        looked = self._model.looked
        if looked is not None and await self._reloader.freshen():
            given = self._inputs.given_context, self._inputs.given_config
            namespace, checkpoint = looked.checkpoint.place
            self._controller.run_on(looked.thread, checkpoint, "free", *given, of=namespace)

    async def _ask_again(self) -> None:
        thread = self._model.state.thread
        try:
            newest = await self._controller.ask("state_at", thread=thread)
        except LookupError as problem:
            self._window.frame.banner.remark(str(problem))
            return
        given = self._inputs.given_context, self._inputs.given_config
        self._controller.run_on(thread, newest["id"], "free", *given)

    async def _edit(self) -> None:
        """Edit the state that is looked at, or the newest of the thread, until it can be saved."""
        looked = self._model.looked
        if self._stands and looked is None:
            await self._threads.choose_run()
        else:
            await self._threads.refresh()
        at = looked.checkpoint.place if looked is not None else NEWEST
        if self._model.state.phase.is_live and not self._is_taken_up(at):
            self._window.frame.banner.remark(RUN_IS_ON)
            return
        if not self._threads.chosen:
            self._window.frame.banner.remark(self._threads.problem or NO_THREAD)
            return
        editing = await self._threads.editing(at)
        if editing is None:
            self._window.frame.banner.remark(self._threads.problem)
            return
        title = f"Edit the state at {looked}" if looked is not None else "Edit the newest state of the thread"
        if self._stands and looked is None:
            title = "Edit the state where the run stands"
        question = StateQuestion(title, editing, self._is_taken_up(at), self._theme, self._window)
        question.given.connect(lambda: self._jobs.start(self._save(question, at)))
        question.graph_chosen.connect(
            lambda namespace: self._jobs.start(self._turn_to(question, at, namespace))
        )
        await ask(question)

    async def _turn_to(self, question: StateQuestion, at: Place, namespace: str) -> None:
        """Edit the state of another graph of the run."""
        editing = await self._threads.editing(at, namespace)
        if editing is None:
            question.show_problems([{"path": [], "message": self._threads.problem}])
        elif namespace == question.namespace:
            question.show_editing(editing)

    async def _save(self, question: StateQuestion, at: Place) -> None:
        """Save what was edited if it fits; a run that stands there is stopped for that, and taken up."""
        _, checkpoint = at if question.namespace == at[0] else NEWEST
        edited = Edited(checkpoint, question.namespace, question.value, question.as_node)
        is_taken_up = self._is_taken_up(at)
        told = await self._threads.check(edited)
        if told is not None and not told["errors"]:
            await self._controller.stop()
            told = await self._threads.update(edited)
        if told is None:
            question.show_problems([{"path": [], "message": self._threads.problem}])
        elif told.get("errors"):
            question.show_problems(told["errors"])
        else:
            question.accept()
            if is_taken_up:
                self._take_up(edited.namespace)
            else:
                self._show()

    def _take_up(self, namespace: str) -> None:
        self._model.look(None)
        path = tuple(namespace.split("|")) if namespace else ()
        of = f" of {path_text(graph_key(path))}" if path else ""
        self._model.note(time.time(), f"You edited the state{of}: the run was taken up from there.")
        self._controller.take_up(path)

    @property
    def _stands(self) -> bool:
        """True where a run can be taken up: it is on, or its graph has asked something."""
        phase = self._model.state.phase
        return phase.is_live or phase is RunPhase.INTERRUPTED

    def _is_taken_up(self, at: Place) -> bool:
        """True when what is edited is the newest state of a run that stands."""
        threads = self._threads
        newest = threads.history[0].place if threads.history else NEWEST
        is_run = threads.chosen == self._model.state.thread
        return self._stands and is_run and at in (NEWEST, newest)

    async def _delete(self, thread: str) -> None:
        name = next((each.name for each in self._threads.threads if each.id == thread), thread)
        words = "Its checkpoints are deleted from where they are kept, and cannot be had back."
        question = Question(f"Delete the thread “{name}”?", words, ("Delete", "Cancel"), self._window)
        if await ask(question) == 1:
            await self._threads.delete(thread)

    def _show(self) -> None:
        if self._threads.problem:
            self._window.frame.banner.remark(self._threads.problem)
        if self._model.looked is not None:
            self._window.docks.show("state")


NEWEST: Place = ("", "")
RUN_IS_ON = "A run is on: stop it before you edit what it has left behind, or edit the state where it stands."
NO_THREAD = "There is no thread whose state could be edited: run the graph first."
