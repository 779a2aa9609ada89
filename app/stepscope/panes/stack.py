"""The Stack pane: where the run stands at every depth; a frame selects its task and the state beside it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyleOptionViewItem, QWidget

from stepscope.model.call_stack import Frame, call_stack
from stepscope.model.phase import RunPhase
from stepscope.panes.pane import Pane
from stepscope.panes.rest import Rest
from stepscope.panes.row_painter import RowPainter
from stepscope.run.event_table import Index
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme


class StackPane(Pane):
    """Shows graph, task, subgraph and task; selecting one shows where it is, and the state it works on."""

    title = "Stack"
    object_name = "stack_pane"
    empty_text = "While a run is on, where it stands in each graph and subgraph will appear here."

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._rest = Rest(self)
        model.run_changed.connect(self._on_run_changed)
        selection.task_changed.connect(self._on_selected)
        selection.node_changed.connect(self._on_selected)
        selection.moment_changed.connect(self._on_selected)

    @property
    def view(self) -> QListView:
        """The list of frames, once the pane has been shown."""
        return self._view

    def build(self) -> QWidget:
        self._frames = _Frames(self)
        self._view = QListView()
        self._view.setModel(self._frames)
        self._view.setAccessibleName("Call stack")
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setUniformItemSizes(True)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._painter = _FramePainter(self._view)
        self._view.setItemDelegate(self._painter)
        self._is_marking = False
        self._view.clicked.connect(self._choose)
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)
        return self._view

    def refresh(self) -> None:
        self._rest.begin()
        program = self.model.program
        self._is_marking = True
        self._frames.show(call_stack(self.model.state, program.name if program else ""))
        self._on_selected()

    def forget(self) -> None:
        self._frames.show([])

    def is_empty(self) -> bool:
        return not self._frames.frames

    def apply_theme(self) -> None:
        self._painter.set_look(self._view, self.theme)
        self._view.doItemsLayout()

    def _on_run_changed(self) -> None:
        if self.model.state.phase is RunPhase.RUNNING:
            self._rest.note()
        else:
            self.mark_changed()

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid() and not self._is_marking:
            self._choose(current)

    def _choose(self, index: QModelIndex) -> None:
        frame = self._frames.frames[index.row()]
        self.selection.look_at(frame.namespace)
        self.selection.select(frame.node, frame.task)

    def _on_selected(self, _: object = None) -> None:
        """Mark the frame that is selected, wherever that was done."""
        if not self.is_built:
            return
        self._is_marking = True
        place = self._selected_place()
        if place is None:
            self._view.clearSelection()
            self._view.selectionModel().clearCurrentIndex()
        else:
            self._view.setCurrentIndex(self._frames.index(place))
        self._is_marking = False

    def _selected_place(self) -> int | None:
        selection, frames = self.selection, self._frames.frames
        if selection.node is None:
            graphs = (place for place, frame in enumerate(frames) if frame.namespace == selection.namespace)
            return next(graphs, None)
        chosen = [
            place
            for place, frame in enumerate(frames)
            if (frame.node, frame.task) == (selection.node, selection.task)
        ]
        exact = [place for place in chosen if frames[place].namespace == selection.namespace]
        return next(iter(exact or chosen), None)


class _Frames(QAbstractListModel):
    """The frames as Qt asks for them."""

    FrameRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.frames: list[Frame] = []

    def show(self, frames: list[Frame]) -> None:
        if len(frames) == len(self.frames):
            self.frames = frames
            if frames:
                self.dataChanged.emit(self.index(0), self.index(len(frames) - 1))
            return
        self.beginResetModel()
        self.frames = frames
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.frames)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        frame = self.frames[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{frame.label} {frame.words}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{frame.label}: {frame.words}"
            case _Frames.FrameRole:
                return frame
        return None


class _FramePainter(RowPainter):
    """Deeper frames stand further in."""

    height, glyph_room, indent = 24, 22, 14
    name_size = 1.0
    elide_name = Qt.TextElideMode.ElideMiddle

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        frame: Frame = index.data(_Frames.FrameRole)
        self.paint_row(painter, option, frame.depth, frame.phase, frame.label, frame.words)
