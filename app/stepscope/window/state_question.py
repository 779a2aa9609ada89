"""The question that a state is edited in: a form or JSON, of which graph, as which node it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from stepscope.theme import Theme
from stepscope.window.input_form.combo import Combo
from stepscope.window.value_question import ValueQuestion

WORDS = (
    "What you change becomes a new checkpoint of the thread; the one that you edit stays. It is checked "
    "against the graph's own types first."
)
TAKEN_UP = " The run is then taken up from it: what is held begins anew."
RUNS_AGAIN = "What has run already in this superstep runs again: {}."


class StateQuestion(ValueQuestion):
    """The person gives a state, of the graph in `namespace`, and says `as_node` which it is written.

    `graph_chosen(namespace)`: the state of another graph is to be edited; answer with `show_editing`.
    """

    graph_chosen = Signal(str)

    def __init__(
        self, title: str, editing: Mapping[str, Any], is_taken_up: bool, theme: Theme, parent: QWidget
    ) -> None:
        words = WORDS + (TAKEN_UP if is_taken_up else "")
        super().__init__(title, words, "Save", editing["values"], editing["schema"], theme, parent, "State")
        self._graph = Combo("The graph whose state it is")
        self._node = Combo("As which node it is written")
        self._node.setToolTip("The state is as if this node had written it last: what follows it comes next.")
        self._again = QLabel()
        self._again.setTextFormat(Qt.TextFormat.PlainText)
        self._again.setWordWrap(True)
        self._again.setProperty("words", "failed")
        self.body.insertWidget(3, self._again)
        place = 0
        for text, combo in (("State of", self._graph), ("as if written by", self._node)):
            label = QLabel(text)
            label.setBuddy(combo)
            self.head.insertWidget(place, label)
            self.head.insertWidget(place + 1, combo, 1)
            place += 2
        for graph in editing["graphs"]:
            self._graph.addItem(graph["words"] or "the graph", graph["namespace"])
        self.show_editing(editing)
        self._graph.currentIndexChanged.connect(lambda _: self.graph_chosen.emit(self.namespace))

    @property
    def namespace(self) -> str:
        return str(self._graph.currentData() or "")

    @property
    def as_node(self) -> str:
        return str(self._node.currentData() or "")

    def show_editing(self, editing: Mapping[str, Any]) -> None:
        """Begin with the state of a graph."""
        self.begin(editing["values"], editing["schema"])
        self._graph.setCurrentIndex(self._graph.findData(editing["namespace"]))
        self._again.setText(RUNS_AGAIN.format(", ".join(editing["runs_again"])))
        self._again.setVisible(bool(editing["runs_again"]))
        self._node.clear()
        for name in editing["nodes"]:
            self._node.addItem("the input" if name == "__start__" else name, name)
        self._node.setCurrentIndex(max(0, self._node.findData(editing["as_node"])))
