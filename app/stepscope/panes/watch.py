"""The Watch pane: expressions over the state after each superstep, and any other expression at once."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from stepscope.model import plain
from stepscope.panes.fonts import monospace, scaled
from stepscope.panes.pane import Pane
from stepscope.panes.plain_tree import PlainTree
from stepscope.panes.rest import Rest
from stepscope.panes.words import colour, say, words
from stepscope.run.event_table import Index
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.watches import Watched, Watches, Worth
from stepscope.theme import Theme

_ROOM = 60
"""Characters of a value in a line."""


class WatchPane(Pane):
    """Evaluates what is typed on Enter, and watches it when asked to."""

    title = "Watch"
    object_name = "watch_pane"
    empty_text = "Expressions over the state will appear here, with their values after each superstep."

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        watches: Watches,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._watches = watches
        self._rest = Rest(self)
        model.rows_added.connect(self._rest.note)
        model.run_changed.connect(self._rest.note)
        selection.moment_changed.connect(self.mark_changed)
        watches.changed.connect(self._on_changed)
        watches.answered.connect(self._on_answered)

    @property
    def line(self) -> QLineEdit:
        """Where an expression is typed, once the pane has been shown."""
        return self._line

    @property
    def rows(self) -> QListView:
        """The expressions that are watched."""
        return self._view

    @property
    def result(self) -> PlainTree:
        """The value that is looked at in whole."""
        return self._tree

    @property
    def problem(self) -> str:
        """Why what was typed has no value."""
        return self._problem.text()

    def build(self) -> QWidget:
        self._line = QLineEdit()
        self._line.setPlaceholderText("len(state.notes)")
        self._line.setAccessibleName("Expression over the state")
        self._line.setToolTip(
            "A Python expression over `state`: Enter evaluates it for the state that is shown"
        )
        self._line.returnPressed.connect(lambda: self._watches.ask(self._line.text()))
        self._add = QPushButton("Watch")
        self._add.setToolTip("Evaluate it after each superstep from now on")
        self._add.clicked.connect(self._on_add_clicked)
        self._problem = words()
        self._problem.hide()
        self._list = _Watched(self._watches, self)
        self._view = _WatchView(self._list)
        self._view.remove_wanted.connect(self._watches.remove)
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._painter = _WatchPainter(self._view)
        self._view.setItemDelegate(self._painter)
        self._tree = PlainTree(self.theme, self.model)
        self._tree.setAccessibleName("Value of the expression")
        self._tree.hide()
        content = QWidget()
        content.setFocusProxy(self._line)
        self._top = QHBoxLayout()
        self._top.addWidget(self._line, 1)
        self._top.addWidget(self._add)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._top)
        layout.addWidget(self._problem)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._tree, 1)
        return content

    def refresh(self) -> None:
        self._rest.begin()
        self._watches.look()

    def forget(self) -> None:
        say(self._problem, "")
        self._tree.hide()

    def is_empty(self) -> bool:
        return self.model.program is None

    def apply_theme(self) -> None:
        self._painter.set_look(self._view, self.theme)
        self._view.doItemsLayout()
        self._tree.set_theme(self.theme)
        self._line.setFont(monospace(self))
        colour(self._problem, self.theme.failed)
        edge = scaled(self, 8)
        self._problem.setContentsMargins(scaled(self, 12), 0, edge, scaled(self, 4))
        self._top.setContentsMargins(edge, scaled(self, 6), edge, scaled(self, 4))
        self._top.setSpacing(scaled(self, 6))

    def _on_changed(self) -> None:
        if self.is_built:
            self._list.renew()
            self._show_chosen(self._view.currentIndex())
            self.mark_changed()

    def _on_answered(self, expression: str, worth: Worth) -> None:
        if self.is_built and expression == self._line.text():  # nothing else has been typed by now
            self._show_whole(expression, worth)

    def _on_add_clicked(self) -> None:
        self._watches.add(self._line.text())
        self._line.clear()
        say(self._problem, "")

    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        self._show_chosen(current)

    def _show_chosen(self, index: QModelIndex) -> None:
        """The whole value of the watch that the cursor is on."""
        if index.isValid():
            one = self._watches.watched[index.row()]
            if one.now is not None and not one.now.problem:
                self._show_whole(one.expression, one.now)

    def _show_whole(self, expression: str, worth: Worth) -> None:
        say(self._problem, f"It {worth.problem}" if worth.problem[:1].islower() else worth.problem)
        self._tree.setVisible(not worth.problem)
        if not worth.problem:
            self._tree.show_value({expression: worth.value})
            self._tree.setExpanded(self._tree.tree.index(0, 0), True)


class _Watched(QAbstractListModel):
    """The watches as Qt asks for them; editing one changes its expression."""

    WatchedRole = Qt.ItemDataRole.UserRole

    def __init__(self, watches: Watches, parent: QObject) -> None:
        super().__init__(parent)
        self._watches = watches
        self._shown = list(watches.watched)

    def renew(self) -> None:
        """Show the values of now; the same expressions keep what is selected."""
        before, self._shown = self._shown, list(self._watches.watched)
        if len(before) != len(self._shown):
            self.beginResetModel()
            self.endResetModel()
        elif before:
            self.dataChanged.emit(self.index(0), self.index(len(before) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        one = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return f"{one.expression} {_told(one)}".strip()
            case Qt.ItemDataRole.EditRole:
                return one.expression
            case _Watched.WatchedRole:
                return one
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self._watches.change(index.row(), str(value))
        return True


class _WatchView(QListView):
    """Delete removes a watch, F2 or a double click edits it, Ctrl+C copies it with its value."""

    remove_wanted = Signal(int)

    def __init__(self, model: _Watched) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName("Watched expressions")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex().isValid():
            self.remove_wanted.emit(self.currentIndex().row())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(str(self.currentIndex().data() or ""))
        else:
            super().keyPressEvent(event)


def _told(one: Watched) -> str:
    """``2 → 3``, ``0.71``, or why there is no value."""
    if one.now is None:
        return ""
    if one.now.problem:
        return one.now.problem
    now = plain.line(one.now.value, _ROOM)
    if one.has_changed and one.before is not None:
        return f"{plain.line(one.before.value, _ROOM // 2)} → {now}"
    return now


class _WatchPainter(QStyledItemDelegate):
    """Paints a watch: the expression, and its value, which stands out when it has changed."""

    def set_look(self, view: QWidget, theme: Theme) -> None:
        self._theme = theme
        self._height = scaled(view, 24)
        self._gap = scaled(view, 8)
        self._edge = scaled(view, 12)
        self._font = monospace(view)
        self._metrics = QFontMetrics(self._font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Watched = index.data(_Watched.WatchedRole)
        theme = self._theme
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        area = option.rect.adjusted(self._edge, 0, -self._gap, 0)
        told = _told(one)
        room = area.width() if not told else area.width() * 3 // 5
        name = self._metrics.elidedText(one.expression, Qt.TextElideMode.ElideMiddle, room)
        self._text(painter, area, name, theme.text)
        area.setLeft(area.left() + self._metrics.horizontalAdvance(name) + self._gap)
        is_problem = one.now is not None and bool(one.now.problem)
        ink = theme.failed if is_problem else theme.running if one.has_changed else theme.dim
        self._text(
            painter, area, self._metrics.elidedText(told, Qt.TextElideMode.ElideRight, area.width()), ink
        )
        painter.restore()

    def _text(self, painter: QPainter, area: QRect, text: str, ink: str) -> None:
        font = QFont(self._font)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
