"""The Breakpoints pane: where the run stops, what it says there, and how often it has been there."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QListView, QVBoxLayout, QWidget

from stepscope.panes.breakpoint_painter import BreakpointPainter
from stepscope.panes.breakpoint_row import BreakpointRow
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.pane import Pane
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.event_table import Index
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

HINT = "F9 stops before the selected node, and so does a click left of it. Right-click a node for conditions."


class BreakpointsPane(Pane):
    """Lists them. Space enables and disables, Delete removes, Enter edits; choosing one selects its node.

    Signals
        edit_wanted(id): the person wants to change one.
        menu_wanted(id, QPoint): what can be done to one, asked for there on the screen; "" for none of them.
    """

    edit_wanted = Signal(str)
    menu_wanted = Signal(str, QPoint)

    title = "Breakpoints"
    object_name = "breakpoints_pane"
    empty_text = "Where the run is to stop will stand here, once a graph is open."

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        store: Breakpoints,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._store = store
        model.run_changed.connect(self.mark_changed)
        model.program_changed.connect(self.mark_changed)
        store.changed.connect(self.mark_changed)

    @property
    def rows(self) -> QListView:
        """The list of breakpoints, once the pane has been shown."""
        return self._view

    def build(self) -> QWidget:
        self._list = _List(self._store, self)
        self._view = _View(self._list)
        self._painter = BreakpointPainter(self._view)
        self._view.setItemDelegate(self._painter)
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._view.customContextMenuRequested.connect(self._on_menu_wanted)
        self._view.toggled.connect(self._toggle)
        self._view.removed.connect(self._remove)
        self._view.activated.connect(self._on_activated)
        self._hint = QLabel(HINT)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        content = QWidget()
        content.setFocusProxy(self._view)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._hint)
        return content

    def refresh(self) -> None:
        hits = self.model.state.hits
        self._list.show(
            [BreakpointRow(each, hits[each.id], self._store.is_gone(each)) for each in self._store.items]
        )
        self._hint.setVisible(all(each.is_fixed for each in self._store.items))

    def forget(self) -> None:
        """The breakpoints are none of the run's."""

    def is_empty(self) -> bool:
        return self.model.program is None

    def apply_theme(self) -> None:
        dim = self._hint.palette()
        dim.setColor(QPalette.ColorRole.WindowText, QColor(self.theme.dim))
        self._hint.setPalette(dim)
        self._hint.setFont(interface(self, 0.92))
        margin = scaled(self, 12)
        self._hint.setContentsMargins(margin, margin, margin, margin)
        self._painter.set_look(self._view, self.theme)
        self._view.doItemsLayout()

    def _toggle(self, row: int) -> None:
        item = self._list.rows[row].item
        self._store.enable(item.id, not item.enabled)

    def _remove(self, row: int) -> None:
        self._store.remove(self._list.rows[row].item.id)
        self._view.setCurrentIndex(self._list.index(min(row, self._list.rowCount() - 1)))

    def _on_activated(self, index: QModelIndex) -> None:
        item = self._list.rows[index.row()].item
        if item.is_fixed:
            self._toggle(index.row())
        else:
            self.edit_wanted.emit(item.id)

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid():
            row = self._list.rows[current.row()]
            if row.item.path and not row.is_gone:
                self.selection.select(row.item.path)

    def _on_menu_wanted(self, at: QPoint) -> None:
        index = self._view.indexAt(at)
        item_id = self._list.rows[index.row()].item.id if index.isValid() else ""
        self.menu_wanted.emit(item_id, self._view.viewport().mapToGlobal(at))


class _List(QAbstractListModel):
    """The rows as Qt asks for them."""

    RowRole = BreakpointPainter.ROW

    def __init__(self, store: Breakpoints, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self.rows: list[BreakpointRow] = []

    def show(self, rows: list[BreakpointRow]) -> None:
        """Replace the rows; the same breakpoints in the same order keep the selection."""
        if rows == self.rows:
            return
        if [row.item.id for row in rows] == [row.item.id for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.words
            case Qt.ItemDataRole.ToolTipRole:
                return row.item.sentence
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if row.item.enabled else Qt.CheckState.Unchecked
            case _List.RowRole:
                return row
        return None


class _View(QListView):
    """A list that is worked by keys; what is left of a row's mark switches it.

    Signals
        toggled(int), removed(int): of a row.
    """

    toggled = Signal(int)
    removed = Signal(int)

    def __init__(self, items: _List) -> None:
        super().__init__()
        self.setModel(items)
        self.setAccessibleName("Breakpoints")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if not current.isValid():
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(str(current.data() or ""))
        elif event.key() == Qt.Key.Key_Space:
            self.toggled.emit(current.row())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(current.row())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._is_on_box(index, event):
            self.toggled.emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if self._is_on_box(index, event):
            self.toggled.emit(index.row())
        else:
            super().mouseDoubleClickEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window's shortcuts would come before these keys.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        ):
            event.accept()
            return True
        return super().event(event)

    def _is_on_box(self, index: QModelIndex, event: QMouseEvent) -> bool:
        delegate = self.itemDelegate()
        assert isinstance(delegate, BreakpointPainter)
        box: QRect = delegate.box_in(self.visualRect(index))
        return index.isValid() and event.position().x() <= box.right() + 2
