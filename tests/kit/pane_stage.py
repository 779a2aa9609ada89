"""A pane with the model and selection that it looks at, shown at the size of a dock."""

from __future__ import annotations

from typing import Generic, TypeVar

from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, program
from tests.kit.run_script import RunScript

from stepscope.model.topology import NodeKey
from stepscope.panes.pane import Pane
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import DARK

PaneKind = TypeVar("PaneKind", bound=Pane)


class PaneStage(Generic[PaneKind]):
    """`show` takes a script in and lets the pane paint; `selected` lists the nodes that were selected."""

    def __init__(
        self, qtbot: QtBot, kind: type[PaneKind], size: tuple[int, int] = (500, 300), is_shown: bool = True
    ) -> None:
        self._qtbot = qtbot
        self.model, self.selection = RunModel(), Selection()
        self.model.set_program(program(NEWSROOM))
        self.pane = kind(self.model, self.selection, DARK)
        self.selected: list[NodeKey] = []
        self.selection.node_changed.connect(self.selected.append)
        self._told = 0
        qtbot.addWidget(self.pane)
        self.pane.resize(*size)
        if is_shown:
            self.reveal()

    def reveal(self) -> None:
        with self._qtbot.waitExposed(self.pane):
            self.pane.show()

    def show(self, script: RunScript) -> None:
        """Feed what a script has added since the last time."""
        for event in script.events[self._told :]:
            self.model.feed(event)
        self._told = len(script.events)
        self.model.flush()

    def run_again(self, script: RunScript) -> None:
        """Forget the run and begin another."""
        self.model.reset()
        self._told = 0
        self.show(script)
