"""The question that a state is edited in: a form or JSON, and as which node it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.theme import Theme
from stepscope.window.dialogs import Question
from stepscope.window.face_switch import FaceSwitch
from stepscope.window.input_form.combo import Combo
from stepscope.window.value_editor import Face, ValueEditor

WORDS = (
    "What you change becomes a new checkpoint of the thread; the one that you edit stays. It is checked "
    "against the graph's own types first."
)


class StateQuestion(Question):
    """It stays open until what was edited could be saved, or is given up.

    `save_wanted`: the person wants `value` saved as `as_node`; answer with `show_problems` or `accept`.
    """

    SAVE = 1

    save_wanted = Signal()

    def __init__(self, title: str, editing: Mapping[str, Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(title, WORDS, ("Save", "Cancel"), parent)
        self._editor = ValueEditor("State", theme, face=Face.FORM, may_lack=True, fewest_lines=10)
        self._editor.begin(editing["values"], editing["schema"])
        self._node = Combo("As which node it is written")
        for name in editing["nodes"]:
            self._node.addItem("the input" if name == "__start__" else name, name)
        self._node.setCurrentIndex(max(0, self._node.findData(editing["as_node"])))
        self._node.setToolTip("The state is as if this node had written it last: what follows it comes next.")
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
        head = QHBoxLayout()
        label = QLabel("As if written by")
        label.setBuddy(self._node)
        head.addWidget(label)
        head.addWidget(self._node, 1)
        head.addStretch(1)
        if self._editor.has_form:
            switch = FaceSwitch()
            switch.show_face(self._editor.face)
            switch.chosen.connect(self._editor.show_face)
            head.addWidget(switch)
        self.body.insertLayout(2, head)
        self.body.insertWidget(3, area, 1)
        self.resize(620, 560)

    @property
    def value(self) -> Plain:
        value: Plain = self._editor.value
        return value

    @property
    def as_node(self) -> str:
        return str(self._node.currentData() or "")

    def show_problems(self, problems: Sequence[Mapping[str, Any]]) -> None:
        """Say what is wrong at its fields; nothing was saved."""
        self.answers[0].setEnabled(True)
        self._editor.show_problems([(tuple(each["path"]), str(each["message"])) for each in problems])

    def accept(self) -> None:
        """It is saved: nothing is left to ask."""
        super().done(self.SAVE)

    def done(self, result: int) -> None:
        if result != self.SAVE:
            super().done(result)
        elif self._editor.problem:
            self._editor.show_problem()
        else:
            self.answers[0].setEnabled(False)  # until the answer comes
            self.save_wanted.emit()
