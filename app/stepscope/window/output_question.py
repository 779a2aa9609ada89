"""The question what a node returns in place of its own output, and where it goes on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from stepscope.model.events import Plain
from stepscope.theme import Theme
from stepscope.window.goto_choice import GotoChoice
from stepscope.window.value_question import ValueQuestion

COMMAND = "Command"
IN_WORDS = ' As JSON, {"Command": {"update": …, "goto": …}} is a Command, too.'
AS_WELL = "What the edges of the node lead to comes as well: {}. Conditional edges are not asked."


class OutputQuestion(ValueQuestion):
    """Where the person says where the node goes on, the value is a Command."""

    def __init__(
        self,
        title: str,
        words: str,
        suggested: Plain,
        editing: Mapping[str, Any],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        nodes = editing["nodes"]
        words += IN_WORDS if nodes else ""
        super().__init__(title, words, "OK", suggested, editing["schema"], theme, parent)
        self._followed = ", ".join(name for name in editing["followed"] if name != "__end__")
        self._goto = GotoChoice(nodes)
        self._as_well = QLabel()
        self._as_well.setTextFormat(Qt.TextFormat.PlainText)
        self._as_well.setWordWrap(True)
        self._as_well.setProperty("words", "dim")
        self._as_well.hide()
        self.body.insertWidget(3, self._as_well)
        self._goto.chosen.connect(self._on_goto_chosen)
        label = QLabel("Then go to")
        label.setBuddy(self._goto)
        for place, widget in enumerate((label, self._goto)):
            widget.setVisible(bool(nodes))
            self.head.insertWidget(place, widget)

    @property
    def value(self) -> Plain:
        value = super().value
        if not self._goto.nodes or _is_command(value):
            return value
        return {COMMAND: {"update": value, "goto": self._goto.nodes}}

    def show_problems(self, problems: Sequence[Mapping[str, Any]]) -> None:
        """Say what is wrong at its fields: of a Command that was made here at those of its update."""
        if not _is_command(super().value):
            problems = [{**each, "path": _in_update(each["path"])} for each in problems]
        super().show_problems(problems)

    def _on_goto_chosen(self) -> None:
        self._as_well.setText(AS_WELL.format(self._followed))
        self._as_well.setVisible(bool(self._followed and self._goto.nodes))


def _is_command(value: Plain) -> bool:
    return isinstance(value, dict) and list(value) == [COMMAND]


def _in_update(path: Sequence[Any]) -> list[Any]:
    return list(path[2:] if list(path[:2]) == [COMMAND, "update"] else path)
