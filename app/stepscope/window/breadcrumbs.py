"""Where one is: the file, the graph, and the subgraphs around what is selected, each to be gone to."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from stepscope.model.topology import NodeKey, name_text

LONGEST = 28
"""Characters of a name; the tip has all of it."""


class Breadcrumbs(QWidget):
    """`chosen(NodeKey)`: the person wants to go to this node; ``()`` is the whole graph."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file, self._graph = "", ""
        self._node: NodeKey = ()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addStretch(1)
        self._parts: list[QLabel | QPushButton] = []
        # Rather cut off than in the way of what stands on the right.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """The whole path as it reads."""
        return " ".join(part.text() for part in self._parts)

    def show_graph(self, file: str, graph: str) -> None:
        self._file, self._graph, self._node = file, graph, ()
        self._fill()

    def show_node(self, node: NodeKey) -> None:
        """Say which node is selected; ``()`` for none."""
        if node != self._node:
            self._node = node
            self._fill()

    def _fill(self) -> None:
        for part in self._parts:
            self._layout.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        self._add_words(f"{self._file} ›")
        self._add_crumb(self._graph, (), is_last=not self._node)
        for length in range(1, len(self._node) + 1):
            self._add_words("›")
            key = self._node[:length]
            self._add_crumb(key[-1], key, is_last=key == self._node)

    def _add_words(self, words: str) -> None:
        label = QLabel(words)
        label.setProperty("words", "dim")
        self._add(label)

    def _add_crumb(self, name: str, key: NodeKey, is_last: bool) -> None:
        name = " ".join(name_text(name).split())
        shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        crumb = QPushButton(shown.replace("&", "&&"))
        crumb.setProperty("crumb", "last" if is_last else "before")
        crumb.setToolTip(f"Go to {name}" if key else "Show the whole graph")
        crumb.setAccessibleName(crumb.toolTip())
        crumb.clicked.connect(lambda _checked=False: self.chosen.emit(key))
        self._add(crumb)

    def _add(self, part: QLabel | QPushButton) -> None:
        self._layout.insertWidget(len(self._parts), part)
        self._parts.append(part)
        part.show()
