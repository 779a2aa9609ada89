"""What the person does to tasks: wishes of panes and graph become orders, some after asking for a value."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from stepscope.model import editable
from stepscope.model.events import Plain
from stepscope.model.task_state import TaskState
from stepscope.model.topology import NodeKey
from stepscope.panes.task_menu import Deed, choices_of, deeds, fill, lasting
from stepscope.panes.tasks import TasksPane
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.theme import Theme
from stepscope.window.dialogs import ask
from stepscope.window.main_window import MainWindow
from stepscope.window.output_question import OutputQuestion
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
        tasks.deed_wanted.connect(lambda task, deed: self._carry_out(deed, task.key, task))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def add_entries(self, menu: QMenu, node: NodeKey) -> None:
        """Offer what can be done to a node: to its task, if just one is held, and to all to come."""
        state, pins = self._controller.model.state, self._controller.model.pins
        choices, is_pinned = choices_of(state.topology, node), pins.is_pinned(node)
        held = [task for task in state.tasks.values() if task.key == node and task.is_held]
        if len(held) == 1:
            fill(menu, deeds(held[0], choices, is_pinned), lambda deed: self._carry_out(deed, node, held[0]))
        else:
            fill(menu, lasting(choices, is_pinned), lambda deed: self._carry_out(deed, node, None))

    def _carry_out(self, deed: Deed, node: NodeKey, task: TaskState | None) -> None:
        pins = self._controller.model.pins
        if deed.order == "pin" and deed.to:
            pins.pin_route(node, deed.to)
        elif deed.order == "unpin":
            pins.unpin(node)
        elif deed.asks:
            self._jobs.start(self._ask_and_act(deed, node, task))
        elif task is not None:
            more: dict[str, Plain] = {"what": deed.what} if deed.what else {}
            more |= {"to": deed.to} if deed.to else {}
            self._controller.order(deed.order, task=task.id, **more)

    async def _ask_and_act(self, deed: Deed, node: NodeKey, task: TaskState | None) -> None:
        title = _TITLES[deed.asks].format(node[-1])
        editing: dict[str, Any] = {"values": "made to fail by hand", "schema": {"type": "string"}}
        if deed.asks != "message":
            try:
                editing = await self._controller.ask("giving", **_about(deed, node, task))
            except LookupError as problem:
                self._window.frame.banner.remark(str(problem))
                return
        values: Plain = editing["values"]
        if deed.order == "pin" and task and task.result and editable.is_whole(task.result):
            values = editable.json_of(task.result)
        if deed.asks == "output":
            question: ValueQuestion = OutputQuestion(title, WORDS, values, editing, self._theme, self._window)
        else:
            question = ValueQuestion(title, WORDS, "OK", values, editing["schema"], self._theme, self._window)
        question.given.connect(lambda: self._jobs.start(self._give(question, deed, node, task)))
        await ask(question)

    async def _give(self, question: ValueQuestion, deed: Deed, node: NodeKey, task: TaskState | None) -> None:
        """Carry the deed out with the value of the question, if that fits."""
        value, problems = question.value, []
        if deed.asks != "message":
            try:
                told = await self._controller.ask("fits", value=value, **_about(deed, node, task))
                problems = told["errors"]
            except LookupError as problem:
                problems = [{"path": [], "message": str(problem)}]
        if problems:
            question.show_problems(problems)
            return
        question.accept()
        if deed.order == "pin":
            self._controller.model.pins.pin_output(node, value)
        elif task is not None:
            self._controller.order(deed.order, task=task.id, what=deed.what, **{deed.asks: value})


def _about(deed: Deed, node: NodeKey, task: TaskState | None) -> dict[str, Plain]:
    """What the session is to know of a value that is given: a pinned output is for all visits."""
    held = "" if task is None or deed.order == "pin" else task.id
    return {"path": list(node), "kind": deed.asks, "task": held}
