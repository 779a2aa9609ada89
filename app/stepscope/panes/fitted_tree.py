"""A value's tree among other things: as high as its rows, up to a limit."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from stepscope.panes.plain_tree import PlainTree
from stepscope.run.run_model import RunModel
from stepscope.theme import Theme

MOST_ROWS = 16
"""Rows in sight at a time; the tree scrolls what is beyond them."""


class FittedTree(PlainTree):
    """What is around it scrolls, when there is more."""

    def __init__(self, theme: Theme, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(theme, model, parent)
        for signal in (self.expanded, self.collapsed, self.tree.rowsInserted, self.tree.rowsRemoved):
            signal.connect(lambda *_: self.fit())

    def fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        rows, index = 0, self.tree.index(0, 0)
        while index.isValid() and rows < MOST_ROWS:
            rows, index = rows + 1, self.indexBelow(index)
        height = self.sizeHintForIndex(self.tree.index(0, 0)).height() if rows else 0
        return QSize(super().sizeHint().width(), rows * height + 2)
