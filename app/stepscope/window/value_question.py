"""A question whose answer is a value: in a form, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from stepscope.model.events import Plain
from stepscope.theme import Theme
from stepscope.window.dialogs import Question
from stepscope.window.value_editor import ValueEditor


class ValueQuestion(Question):
    """Its result is OK once the value can be read; `value` has it then."""

    OK = 1

    def __init__(
        self, title: str, suggested: Plain, schema: Mapping[str, Any], theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(title, "It is marked in the log as your doing.", ("OK", "Cancel"), parent)
        self.value: Plain = suggested
        self._editor = ValueEditor("Value", theme, fewest_lines=8)
        self._editor.begin(suggested, schema)
        self.body.insertWidget(2, self._editor)
        self.setMinimumWidth(560)

    def done(self, result: int) -> None:
        if result == self.OK:
            if self._editor.problem:
                self._editor.show_problem()
                return
            self.value = self._editor.value
        super().done(result)
