"""A question whose answer is a value, in a form or as JSON; it stays open until the value is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.theme import Theme
from stepscope.window.dialogs import Question
from stepscope.window.face_switch import FaceSwitch
from stepscope.window.value_editor import Face, ValueEditor


class ValueQuestion(Question):
    """`given`: the person wants `value` taken; whoever takes it answers with `show_problems` or `accept`."""

    TAKE = 1

    given = Signal()

    def __init__(
        self,
        title: str,
        words: str,
        take: str,
        suggested: Plain,
        schema: Mapping[str, Any],
        theme: Theme,
        parent: QWidget,
        name: str = "Value",
    ) -> None:
        super().__init__(title, words, (take, "Cancel"), parent)
        self._editor = ValueEditor(name, theme, face=Face.FORM, may_lack=True, fewest_lines=8)
        self._editor.begin(suggested, schema)
        self._switch = FaceSwitch()
        self._switch.chosen.connect(self._editor.show_face)
        self.head = QHBoxLayout()
        self.head.addStretch(1)
        self.head.addWidget(self._switch)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._editor)
        column.addStretch(1)  # rows keep their height
        area.setWidget(sheet)
        self.body.insertLayout(2, self.head)
        self.body.insertWidget(3, area, 1)
        self._show_switch()
        self.resize(620, 560 if self._editor.has_form else 380)

    @property
    def value(self) -> Plain:
        value: Plain = self._editor.value
        return value

    def begin(self, suggested: Plain, schema: Mapping[str, Any]) -> None:
        """Ask for another value."""
        self._editor.begin(suggested, schema)
        self._show_switch()

    def show_problems(self, problems: Sequence[Mapping[str, Any]]) -> None:
        """Say what is wrong at its fields; nothing was taken."""
        self.answers[0].setEnabled(True)
        self._editor.show_problems([(tuple(each["path"]), str(each["message"])) for each in problems])

    def accept(self) -> None:
        """It is taken: nothing is left to ask."""
        super().done(self.TAKE)

    def done(self, result: int) -> None:
        if result != self.TAKE:
            super().done(result)
        elif self._editor.problem:
            self._editor.show_problem()
        else:
            self.answers[0].setEnabled(False)  # until the answer comes
            self.given.emit()

    def _show_switch(self) -> None:
        self._switch.setVisible(self._editor.has_form)
        self._switch.show_face(self._editor.face)
