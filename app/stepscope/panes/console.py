"""The Console pane: what the program prints and logs, whoever of it says so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QPushButton, QStyleOptionViewItem, QWidget

from stepscope.model.console import DEBUG, ERROR, INFO, MARK, WARNING, Line
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.event_list import EventList
from stepscope.panes.event_view import Cells
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.panes.pane import Pane
from stepscope.run.console_table import COLUMNS, ConsoleTable
from stepscope.run.event_table import Index
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

LEVELS = (("info and up", INFO), ("warning and up", WARNING), ("errors", ERROR))
SOURCES = ("stdout", "stderr", "log", "warning")


class ConsolePane(Pane):
    """A table over the console, which outlives runs; choosing a row selects the node that said it."""

    title = "Console"
    object_name = "console_pane"
    empty_text = "What the graph prints and logs appears here."

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        model.console_changed.connect(self.mark_changed)

    @property
    def events(self) -> EventList:
        """The filter and the table, once the pane has been shown."""
        return self._list

    @property
    def detail(self) -> _Text:
        """All of the current row, while it is open."""
        return self._detail

    def build(self) -> QWidget:
        self.levels = ChoiceBox("level", "all", "Show from which level on", self.theme)
        self.levels.offer(LEVELS)
        self.sources = ChoiceBox("source", "all", "Show which source", self.theme)
        self.sources.offer([(source, source) for source in SOURCES])
        clear = QPushButton("Clear")
        clear.setProperty("flat", True)
        clear.setAccessibleName("Forget what was printed so far")
        clear.clicked.connect(self.model.clear_console)
        self._table = ConsoleTable()
        self._detail = _Text()
        tools = (self.levels, self.sources, clear)
        self._list = EventList(self.title, self._table, _whole, self._detail, self.theme, _Cells(), tools)
        self._list.show_log(self.model.console)
        for box in (self.levels, self.sources):
            box.currentIndexChanged.connect(self._on_chosen)
        self._list.event_selected.connect(self._on_selected)
        return self._list

    def refresh(self) -> None:
        self._list.catch_up()

    def forget(self) -> None:
        """Another run begins, and what the last one has said stays."""

    def is_empty(self) -> bool:
        return len(self.model.console) == self.model.console.first

    def apply_theme(self) -> None:
        for box in (self.levels, self.sources):
            box.set_look(interface(self, 0.95), self.theme)
        self._list.set_theme(self.theme)

    def _on_chosen(self) -> None:
        least, source = self.levels.choice, self.sources.choice
        self._table.choose(least if isinstance(least, int) else 0, source if isinstance(source, str) else "")
        self._list.view.scrollToBottom()

    def _on_selected(self, record: Sequence[Line]) -> None:
        row = self._list.view.currentIndex().row()
        if self._list.view.is_cut(row):
            self._list.open_detail()
        name = record[0].node if record else ""
        # A line knows the name of its node and not its path.
        nodes = [key for key in self.model.state.nodes if name and key[-1] == name]
        if len(nodes) == 1:
            self.selection.select(nodes[0])


def _whole(record: Sequence[Line]) -> str:
    """A record with the line of code that said it."""
    text = "\n".join(line.text for line in record)
    where = record[0].where if record else None
    if where is None:
        return text
    inside = f", in {where.function}" if where.function and where.function != "<module>" else ""
    source = f"\n    {where.source}" if where.source else ""
    return f"{text}\n\n{where.file}:{where.line}{inside}{source}"


class _Text(QPlainTextEdit):
    """All of one row, wrapped."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_value(self, value: str) -> None:
        if value != self.toPlainText():
            self.setPlainText(value)

    def set_theme(self, theme: Theme) -> None:
        self.setFont(monospace(self))
        self.document().setDocumentMargin(scaled(self, 6))


class _Cells(Cells):
    """Errors in the colour of failure; the node can be chosen, and has the accent's.

    Rows are nearer to each other than elsewhere: what was printed is often one text over many.
    """

    height = 20
    widest = 0.16

    def set_look(self, view: QWidget, theme: Theme) -> None:
        super().set_look(view, theme)
        self._line = QColor(theme.line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if _line_of(index).source == MARK:
            painter.fillRect(QRect(option.rect.topLeft(), QSize(option.rect.width(), 1)), self._line)

    def colour_of(self, index: Index) -> str:
        line = _line_of(index)
        match COLUMNS[index.column()].title:
            case "Time":
                return "faint"
            case "Node":
                return "accent"
            case "Logger":
                return "dim"
            case title if line.grave >= ERROR:
                return "failed"
            case title:
                return "text" if title == "Text" and line.source != MARK and line.grave > DEBUG else "dim"


def _line_of(index: Index) -> Line:
    table = index.model()
    assert isinstance(table, ConsoleTable)
    return table.event_at(index.row())
