"""The bar at the top: the run's buttons, the sentence that says how it stands, and what is open."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from stepscope.theme import Theme
from stepscope.window.action_button import ActionButton
from stepscope.window.actions import Actions
from stepscope.window.run_words import Standing
from stepscope.window.state_strip import StateStrip

SIGN_ONLY = {"restart"}
ROOM_FOR_CHIPS = 1000


class RunBar(QWidget):
    """One button a command of the bar."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        self._buttons = [
            ActionButton(
                action,
                command.icon,
                theme,
                is_primary=command.is_primary,
                with_words=command.id not in SIGN_ONLY,
            )
            for command, action in actions.on_bar()
        ]
        for button in self._buttons:
            layout.addWidget(button)
        self._strip = StateStrip(theme)
        layout.addWidget(self._strip)
        layout.addStretch(1)
        self._graph = _chip("Choose Graph", actions["choose_graph"])
        self._graph.setObjectName("graphChip")
        self._engine = _chip("Choose Interpreter", actions["choose_interpreter"])
        self._chips = QWidget()
        chips = QHBoxLayout(self._chips)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(8)
        chips.addWidget(self._graph)
        chips.addWidget(self._engine)
        layout.addWidget(self._chips)

    def set_theme(self, theme: Theme) -> None:
        self._strip.set_theme(theme)
        for button in self._buttons:
            button.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # What is open stands in the title and above the graph as well; how the run stands, only here.
        self._chips.setVisible(event.size().width() >= ROOM_FOR_CHIPS)
        super().resizeEvent(event)

    @property
    def standing(self) -> Standing:
        return self._strip.standing

    def show_standing(self, standing: Standing) -> None:
        self._strip.show_standing(standing)

    def show_program(self, graph: str, place: str, has_others: bool, engine: str, python: str) -> None:
        """`engine` is what runs the graph, in a few words. `place` and `python` say more about the two.

        `has_others`: in the same place there are other graphs, to be had by a click.
        """
        for chip, text in ((self._graph, f"{graph} ▾" if has_others else graph), (self._engine, engine)):
            chip.setText(text)
            chip.setVisible(bool(text))
        self._graph.setToolTip(f"{place}\nClick to choose another graph" if has_others else place)
        self._graph.setAccessibleDescription(f"{graph}. {place}")
        self._engine.setToolTip(f"{python}\nClick to choose another Python")
        self._engine.setAccessibleDescription(f"{engine}. {python}")


def _chip(name: str, choose: QAction) -> QPushButton:
    """What is open, or what runs it, to be pressed for another."""
    chip = QPushButton()
    chip.setProperty("chip", True)
    chip.setAccessibleName(name)
    chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    chip.clicked.connect(choose.trigger)
    chip.setEnabled(choose.isEnabled())
    choose.enabledChanged.connect(chip.setEnabled)
    chip.hide()
    return chip
