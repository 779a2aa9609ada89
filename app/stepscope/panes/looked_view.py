"""The state at a checkpoint that is looked at, against the one before it; it says that nothing is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from stepscope.model.thread import Looked
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.plain_tree import PlainTree
from stepscope.panes.words import colour
from stepscope.run.run_model import RunModel
from stepscope.run.state_rows import ABSENT
from stepscope.theme import Theme


class LookedView(QWidget):
    """Stands in the place of the run's own state while a checkpoint is looked at."""

    def __init__(self, model: RunModel, theme: Theme) -> None:
        super().__init__()
        self._shown: Looked | None = None
        self._words = QLabel()
        self._words.setObjectName("lookedWords")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._back = QPushButton("Back to the Run")
        self._back.setProperty("flat", True)
        self._back.clicked.connect(lambda: model.look(None))
        self.tree = PlainTree(theme, model)
        self.tree.setAccessibleName("State at the checkpoint that is looked at")
        self._bar = QHBoxLayout()
        self._bar.addWidget(self._words, 1)
        self._bar.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self.tree, 1)

    def show_looked(self, looked: Looked | None) -> None:
        if looked is self._shown:
            return
        self._shown = looked
        if looked is None:
            self.tree.clear()
            return
        self._words.setText(f"Looking at {looked}: nothing is changed.\n{looked.checkpoint.words}")
        before = looked.before if looked.has_parent else ABSENT
        writers = dict.fromkeys(looked.values, looked.checkpoint.writers) if _is_state(looked) else None
        self.tree.show_value(looked.values, before, writers)

    def set_theme(self, theme: Theme) -> None:
        self.tree.set_theme(theme)
        self._words.setFont(interface(self, 0.95))
        colour(self._words, theme.accent)
        self._bar.setContentsMargins(scaled(self, 12), scaled(self, 6), scaled(self, 8), scaled(self, 6))


def _is_state(looked: Looked) -> bool:
    return isinstance(looked.values, dict) and "$type" not in looked.values
