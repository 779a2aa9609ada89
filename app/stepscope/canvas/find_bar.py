"""The bar that finds a node: letters in, the selection goes from match to match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton

from stepscope.canvas.corner import Corner
from stepscope.canvas.finding import Finder
from stepscope.canvas.view import GraphView
from stepscope.model.topology import NodeKey
from stepscope.run.selection import Selection

WIDTH = 200
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FindBar(QFrame):
    """Lies in the canvas's upper right corner while something is looked for."""

    def __init__(self, view: GraphView, selection: Selection) -> None:
        super().__init__(view)
        self.setObjectName("findBar")
        self.setAutoFillBackground(True)
        self._view, self._selection = view, selection
        self._finder: Finder | None = None  # made when somebody looks for something
        self._matches: Sequence[NodeKey] = ()
        self._from: NodeKey | None = None  # what was selected before anything was typed
        self._line = QLineEdit()
        self._line.setObjectName("findText")
        self._line.setPlaceholderText("Find a node")
        self._line.setAccessibleName("Find a node")
        self._line.setFixedWidth(WIDTH)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("words", "dim")
        self._count.setMinimumWidth(self.fontMetrics().horizontalAdvance("no such node") + 4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self._line)
        layout.addWidget(self._count)
        buttons = (
            self._button("↑", "Previous match (Shift+Enter)", self.go_back),
            self._button("↓", "Next match (Enter)", self.go_on),
            self._button("✕", "Close (Esc)", self.close_bar),
        )
        for button in buttons:
            layout.addWidget(button)
        self._round = (self._line, *buttons)
        Corner(self, view, Qt.Corner.TopRightCorner)
        self._line.installEventFilter(self)
        self._line.textEdited.connect(self._on_edited)
        view.graph_shown.connect(self._on_graph_shown)
        selection.node_changed.connect(self._show_count)
        self.hide()

    @property
    def count(self) -> str:
        """``2 of 5``, or that there is none."""
        return self._count.text()

    def open_bar(self) -> None:
        """Show the bar with the text of the last time selected, ready to be replaced."""
        if not self.isVisible():
            self._from = self._selection.node
            self._look()
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def close_bar(self) -> None:
        """Take the bar away; what was found stays selected, and the keys go to the graph."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def go_on(self) -> None:
        """Select the next match; after the last one comes the first."""
        self._go(1)

    def go_back(self) -> None:
        """Select the match before; before the first one comes the last."""
        self._go(-1)

    def _go(self, by: int) -> None:
        if not self._line.text().strip():
            self.open_bar()
            return
        self._look()
        if not self._matches:
            self.open_bar()  # it says so
            return
        at = self._place()
        if at is not None:
            self._choose(self._matches[(at + by) % len(self._matches)])
        else:
            self._choose(self._nearest(self._selection.node) if by > 0 else self._matches[-1])

    def _on_edited(self) -> None:
        self._look()
        if self._matches:
            self._choose(self._nearest(self._from))

    def _on_graph_shown(self) -> None:
        self._finder = None
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        if self._finder is None:
            self._finder = Finder(self._view.keys_in_order())
        self._matches = self._finder.matches(self._line.text())
        self._show_count()

    def _choose(self, key: NodeKey) -> None:
        self._selection.select(key)
        self._view.bring(key)
        self._show_count()

    def _nearest(self, start: NodeKey | None) -> NodeKey:
        """The first match from a node on, in reading order."""
        if start is not None:
            order = {key: place for place, key in enumerate(self._view.keys_in_order())}
            begin = order.get(start, 0)
            return next((key for key in self._matches if order[key] >= begin), self._matches[0])
        return self._matches[0]

    def _place(self) -> int | None:
        """Where the selected node is among the matches."""
        node = self._selection.node
        return self._matches.index(node) if node in self._matches else None

    def _show_count(self) -> None:
        at, all_of_them = self._place(), len(self._matches)
        if not self._line.text().strip():
            words = ""
        elif not all_of_them:
            words = "no such node"
        else:
            words = f"{at + 1} of {all_of_them}" if at is not None else f"{all_of_them} found"
        self._count.setText(words)
        self._line.setAccessibleDescription(words)

    def _button(self, sign: str, tip: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(sign)
        button.setProperty("flat", True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(do)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, shifted = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if key in _ENTER:
                self._go(-1 if shifted else 1)
            elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._go(1 if key == Qt.Key.Key_Down else -1)
            else:
                return False
            return True
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays in the bar: the canvas behind it would take it for a step to another node."""
        here = next((place for place, widget in enumerate(self._round) if widget.hasFocus()), 0)
        there = self._round[(here + (1 if forward else -1)) % len(self._round)]
        there.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
