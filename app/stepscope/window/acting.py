"""What the person does to tasks: wishes of the Tasks pane become orders, some after asking for a value."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from stepscope.model import editable
from stepscope.model.events import Plain
from stepscope.model.run_state import TaskState
from stepscope.panes.task_menu import Deed
from stepscope.panes.tasks import TasksPane
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.theme import Theme
from stepscope.window.dialogs import ask
from stepscope.window.value_question import ValueQuestion

_TITLES = {
    "output": "What does `{}` return?",
    "input": "With which input does `{}` run?",
    "message": "With which message does `{}` fail?",
}


class Acting(QObject):
    """Carries out deeds on tasks."""

    def __init__(
        self, tasks: TasksPane, controller: Controller, theme: Theme, jobs: Jobs, window: QWidget
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
        program = self._controller.model.program
        schema = program.input_schema if program is not None and deed.asks != "message" else {}
        question = ValueQuestion(title, _suggested(task, deed.asks), schema, self._theme, self._window)
        if await ask(question) != question.OK:
            return
        if deed.order == "pin":
            self._controller.model.pins.pin_output(task.key, question.value)
        else:
            self._controller.order(deed.order, task=task.id, what=deed.what, **{deed.asks: question.value})


def _suggested(task: TaskState, asks: str) -> Plain:
    """What to begin the editing with."""
    if asks == "message":
        return "made to fail by hand"
    return editable.json_of(task.input if asks == "input" else task.result or {})
