"""The Tasks pane: the tasks of the superstep that the run is in, side by side, each with how it stands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QMenu,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from stepscope.model import inspection
from stepscope.model.duration import duration
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.model.task_state import TaskState
from stepscope.model.tool_call import with_tool
from stepscope.model.topology import NodeKey
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.pane import Pane
from stepscope.panes.row_painter import RowPainter
from stepscope.panes.task_menu import choices_of, deeds, fill
from stepscope.run.event_table import Index
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

TICK = 100
"""Milliseconds between two readings of the clock while a task runs."""

_DEEPEST = 8


@dataclass(frozen=True)
class TaskRow:
    """One task as it is shown.

    `depth` counts the graphs around it; `number` tells it from others of its node, 0 when there are none.
    """

    task: TaskState
    depth: int
    number: int = 0

    @property
    def name(self) -> str:
        """``quote``, or ``quote #2`` where the superstep has several of them."""
        return f"{self.task.key[-1]} #{self.number}" if self.number else self.task.key[-1]

    def words(self, now: float) -> str:
        """How it stands: ``running 1.2 s``, ``held``, ``weather · arrived 0.9 s`` of a call of a tool."""
        return with_tool(self.task.input, self._standing(now))

    def _standing(self, now: float) -> str:
        task = self.task
        match task.phase:
            case Phase.RUNNING:
                return f"running {duration(now - task.started)}"
            case Phase.HELD if task.asks:
                return "asks a question"
            case Phase.HELD if task.kept:
                return f"failed: {task.failure.headline}" if task.failure else "has ended, and is kept"
            case Phase.HELD:
                return "held"
            case Phase.DONE if by_hand := inspection.short_deed(task):
                return by_hand
            case Phase.DONE:
                return f"arrived {duration(task.duration or 0)}"
            case Phase.FAILED:
                return f"failed {duration(task.duration or 0)}"
            case _:
                return "stopped"


def task_rows(state: RunState) -> list[TaskRow]:
    """The root graph's superstep, below each live task those of the graphs inside it."""
    rows: list[TaskRow] = []

    def add(tasks: list[TaskState], depth: int) -> None:
        counts = Counter(task.key for task in tasks)
        numbers: Counter[NodeKey] = Counter()
        for task in tasks:
            numbers[task.key] += 1
            rows.append(TaskRow(task, depth, numbers[task.key] if counts[task.key] > 1 else 0))
            if task.ended is None and depth < _DEEPEST:
                add(state.inner_tasks(task.id), depth + 1)

    add(state.step_tasks(), 0)
    return rows


class TasksPane(Pane):
    """Shows what runs now; choosing a task selects its node. `clock` tells the seconds since the epoch.

    `deed_wanted(TaskState, Deed)`: the person wants something done to a task, from its menu.
    """

    deed_wanted = Signal(object, object)

    title = "Tasks"
    object_name = "tasks_pane"
    empty_text = "The tasks of each superstep will appear here, with how far they are."

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._clock = clock
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK)
        self._ticks.timeout.connect(self._on_tick)
        model.run_changed.connect(self.mark_changed)
        selection.node_changed.connect(self._on_selected)
        selection.task_changed.connect(self._on_selected)

    @property
    def rows(self) -> QListView:
        """The list of tasks, once the pane has been shown."""
        return self._view

    @property
    def heading(self) -> str:
        """The line above the tasks, as it reads."""
        return self._heading.text()

    def build(self) -> QWidget:
        self._heading = QLabel()
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._tasks = _Tasks(self._clock, self)
        self._view = _TaskView(self._tasks)
        self._painter = _TaskPainter(self._view)
        self._view.setItemDelegate(self._painter)
        self._is_marking = False
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._view.clicked.connect(lambda index: self._on_current_changed(index, index))
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.customContextMenuRequested.connect(self._on_menu_wanted)
        content = QWidget()
        content.setFocusProxy(self._view)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addWidget(self._view, 1)
        return content

    def refresh(self) -> None:
        self._heading.setText(f"TASKS OF SUPERSTEP {self.model.state.step}")
        self._tasks.show(task_rows(self.model.state))
        self._on_selected()
        runs = any(row.task.phase is Phase.RUNNING for row in self._tasks.rows)
        if runs and not self._ticks.isActive():
            self._ticks.start()

    def forget(self) -> None:
        self._tasks.show([])

    def is_empty(self) -> bool:
        return not self.model.state.step_tasks()

    def apply_theme(self) -> None:
        font = interface(self, 0.85, bold=True)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
        self._heading.setFont(font)
        dim = self._heading.palette()
        dim.setColor(QPalette.ColorRole.WindowText, QColor(self.theme.faint))
        self._heading.setPalette(dim)
        self._heading.setContentsMargins(scaled(self, 12), scaled(self, 8), scaled(self, 12), scaled(self, 4))
        self._painter.set_look(self._view, self.theme)
        self._view.doItemsLayout()

    def _on_menu_wanted(self, at: QPoint) -> None:
        index = self._view.indexAt(at) if self._view.rect().contains(at) else self._view.currentIndex()
        if not index.isValid():
            return
        task = self._tasks.rows[index.row()].task
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choices = choices_of(self.model.state.topology, task.key)
        offered = deeds(task, choices, self.model.pins.is_pinned(task.key))
        fill(menu, offered, lambda deed: self.deed_wanted.emit(task, deed))
        if not menu.isEmpty():
            menu.popup(self._view.viewport().mapToGlobal(at))

    def _on_tick(self) -> None:
        if not self.isVisible() or not any(row.task.phase is Phase.RUNNING for row in self._tasks.rows):
            self._ticks.stop()
        self._view.viewport().update()

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid() and not self._is_marking:
            task = self._tasks.rows[current.row()].task
            self.selection.select(task.key, task.id)

    def _on_selected(self, _: object = None) -> None:
        """Mark the task that is selected, or one of the node's."""
        if not self.is_built:
            return
        self._is_marking = True
        self._mark(self.selection.node, self.selection.task)
        self._is_marking = False

    def _mark(self, node: NodeKey | None, task: str | None) -> None:
        current = self._view.currentIndex()
        if current.isValid():
            marked = self._tasks.rows[current.row()].task
            if marked.id == task or (task is None and marked.key == node):
                return
        rows = [row.task for row in self._tasks.rows]
        places = [place for place, row in enumerate(rows) if row.key == node]
        place = next((place for place in places if rows[place].id == task), next(iter(places), None))
        if place is None:
            self._view.clearSelection()
            self._view.selectionModel().clearCurrentIndex()
        else:
            self._view.setCurrentIndex(self._tasks.index(place))


class _Tasks(QAbstractListModel):
    """The rows as Qt asks for them."""

    RowRole = Qt.ItemDataRole.UserRole

    def __init__(self, clock: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self.rows: list[TaskRow] = []

    def show(self, rows: list[TaskRow]) -> None:
        """Replace the rows; the same tasks in the same order keep the selection."""
        if [row.task.id for row in rows] == [row.task.id for row in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{row.name} {row.words(self._clock())}"
            case Qt.ItemDataRole.ToolTipRole:
                failure = row.task.failure
                told = failure.headline if failure else f"triggered by {', '.join(row.task.triggers)}"
                return "\n".join([told, *map(inspection.deed, row.task.acts)])
            case _Tasks.RowRole:
                return row, row.words(self._clock())
        return None


class _TaskView(QListView):
    """A plain list whose rows can be copied."""

    def __init__(self, tasks: _Tasks) -> None:
        super().__init__()
        self.setModel(tasks)
        self.setAccessibleName("Tasks of this superstep")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(str(self.currentIndex().data() or ""))
        else:
            super().keyPressEvent(event)


class _TaskPainter(RowPainter):
    """Tasks of subgraphs stand further in."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, words = index.data(_Tasks.RowRole)
        self.paint_row(painter, option, row.depth, row.task.phase, row.name, words)
