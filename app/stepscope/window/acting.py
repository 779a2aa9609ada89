"""What the person does to tasks: wishes of the Tasks pane become orders, some after asking for a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from stepscope.model import editable
from stepscope.model.events import Plain
from stepscope.model.run_state import TaskState
from stepscope.panes.task_menu import Deed
from stepscope.panes.tasks import TasksPane
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.theme import Theme
from stepscope.window.dialogs import ask
from stepscope.window.main_window import MainWindow
from stepscope.window.value_question import ValueQuestion

WORDS = "It is checked against the graph's own types first, and marked in the log as your doing."
_TITLES = {
    "output": "What does `{}` return?",
    "input": "With which input does `{}` run?",
    "message": "With which message does `{}` fail?",
}


class Acting(QObject):
    """Carries out deeds on tasks."""

    def __init__(
        self, tasks: TasksPane, controller: Controller, theme: Theme, jobs: Jobs, window: MainWindow
    ) -> None:
        super().__init__(window)
        self._controller = controller
        self._theme = theme
        self._jobs = jobs
        self._window = window
        tasks.deed_wanted.connect(self._on_deed_wanted)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def _on_deed_wanted(self, task: TaskState, deed: Deed) -> None:
        pins = self._controller.model.pins
        if deed.order == "pin" and deed.to:
            pins.pin_route(task.key, deed.to)
        elif deed.order == "unpin":
            pins.unpin(task.key)
        elif deed.to:
            self._controller.order(deed.order, task=task.id, what=deed.what, to=deed.to)
        elif deed.asks:
            self._jobs.start(self._ask_and_act(task, deed))
        elif deed.what:
            self._controller.order(deed.order, task=task.id, what=deed.what)
        else:
            self._controller.order(deed.order, task=task.id)

    async def _ask_and_act(self, task: TaskState, deed: Deed) -> None:
        title = _TITLES[deed.asks].format(task.key[-1])
        begin: tuple[Plain, Mapping[str, Any]] = ("made to fail by hand", {"type": "string"})
        if deed.asks != "message":
            try:
                editing = await self._controller.ask("giving", **_about(task, deed))
            except LookupError as problem:
                self._window.frame.banner.remark(str(problem))
                return
            begin = editing["values"], editing["schema"]
            if deed.order == "pin" and task.result and editable.is_whole(task.result):
                begin = editable.json_of(task.result), editing["schema"]
        question = ValueQuestion(title, WORDS, "OK", *begin, self._theme, self._window)
        question.given.connect(lambda: self._jobs.start(self._give(question, task, deed)))
        await ask(question)

    async def _give(self, question: ValueQuestion, task: TaskState, deed: Deed) -> None:
        """Carry the deed out with the value of the question, if that fits."""
        value, problems = question.value, []
        if deed.asks != "message":
            try:
                told = await self._controller.ask("fits", value=value, **_about(task, deed))
                problems = told["errors"]
            except LookupError as problem:
                problems = [{"path": [], "message": str(problem)}]
        if problems:
            question.show_problems(problems)
            return
        question.accept()
        if deed.order == "pin":
            self._controller.model.pins.pin_output(task.key, value)
        else:
            self._controller.order(deed.order, task=task.id, what=deed.what, **{deed.asks: value})


def _about(task: TaskState, deed: Deed) -> dict[str, Plain]:
    """What the session is to know of a value that is given: a pinned output is for all visits."""
    held = "" if deed.order == "pin" else task.id
    return {"path": list(task.key), "kind": deed.asks, "task": held}
