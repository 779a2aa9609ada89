"""The question that a state is edited in: a form or JSON, and as which node it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from stepscope.theme import Theme
from stepscope.window.input_form.combo import Combo
from stepscope.window.value_question import ValueQuestion

WORDS = (
    "What you change becomes a new checkpoint of the thread; the one that you edit stays. It is checked "
    "against the graph's own types first."
)


class StateQuestion(ValueQuestion):
    """The person gives a state, and says `as_node` which it is written."""

    def __init__(self, title: str, editing: Mapping[str, Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(title, WORDS, "Save", editing["values"], editing["schema"], theme, parent, "State")
        self._node = Combo("As which node it is written")
        self._node.setToolTip("The state is as if this node had written it last: what follows it comes next.")
        for name in editing["nodes"]:
            self._node.addItem("the input" if name == "__start__" else name, name)
        self._node.setCurrentIndex(max(0, self._node.findData(editing["as_node"])))
        label = QLabel("As if written by")
        label.setBuddy(self._node)
        self.head.insertWidget(0, label)
        self.head.insertWidget(1, self._node, 1)

    @property
    def as_node(self) -> str:
        return str(self._node.currentData() or "")
