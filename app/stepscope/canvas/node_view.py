"""A graph under hand and mouse: nodes are selected and walked, opened, broken at, asked for their menus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsItem, QToolTip, QWidget

from stepscope.canvas import navigation
from stepscope.canvas.distance import NAMES_FROM
from stepscope.canvas.gutter import Gutter
from stepscope.canvas.looks import BreakLook
from stepscope.canvas.navigation import Direction
from stepscope.canvas.scene import GraphScene
from stepscope.canvas.tooltips import tooltip
from stepscope.canvas.zoom_view import ZoomView
from stepscope.model.geometry import Rect
from stepscope.model.layout import Direction as Flow
from stepscope.model.topology import NodeKey
from stepscope.run.selection import Selection

_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
_LARGER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)  # the same key on many keyboards, with Ctrl or without
PAN_STEP = 80.0
"""How many pixels one press of an arrow with Ctrl moves the picture."""


class NodeView(ZoomView):
    """A scene's nodes and the selection. Left of each is its gutter, where breakpoints are.

    Signals (and those of ZoomView)
        node_activated(NodeKey): by a double click, or Enter on the selected node.
        fold_asked(NodeKey): the same for a folded subgraph or an open one's title; or a click on its chevron.
        gutter_clicked(NodeKey): the margin left of a node.
        menu_wanted(NodeKey, QPoint): what can be done to a node, asked for there on the screen.
    """

    node_activated = Signal(object)
    fold_asked = Signal(object)
    gutter_clicked = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, scene: GraphScene, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.graph_scene = scene
        self.gutter = Gutter(scene)
        self._selection = selection
        self._has_folded = False  # by the click that may become a double click
        self._is_pointed_at = False
        self.viewport().setMouseTracking(True)
        self.clicked.connect(self._on_clicked)
        self.double_clicked.connect(self._on_double_clicked)

    @property
    @abstractmethod
    def direction(self) -> Flow:
        """Where the graph flows."""

    @abstractmethod
    def repaint_items(self, items: Sequence[QGraphicsItem]) -> None:
        """Paint these anew."""

    @abstractmethod
    def describe(self) -> None:
        """Tell a screen reader what is to be seen."""

    def show_breakpoints(self, looks: Mapping[NodeKey, BreakLook]) -> None:
        """Mark the nodes at which the run may stop."""
        self.repaint_items(self.gutter.show(looks))
        self.describe()

    def places(self) -> dict[NodeKey, Rect]:
        """Where all nodes and open subgraphs stand."""
        layout = self.graph_scene.layout
        return {**layout.groups, **layout.nodes}

    def _on_clicked(self, point: QPointF) -> None:
        margin = self.gutter.at(point, self.zoom)
        folding = self._chevron_at(point)
        if margin is not None:
            self.gutter_clicked.emit(margin)
        elif folding is not None:
            self._select_pointed(folding)
            self._has_folded = True
            self.fold_asked.emit(folding)
        else:
            self._select_pointed(self.graph_scene.key_at(point))

    def _select_pointed(self, key: NodeKey | None) -> None:
        """Select what is under the mouse. It must stay there: the next click may make it a double click."""
        self._is_pointed_at = True
        self._selection.select(key)
        self._is_pointed_at = False

    def _on_double_clicked(self, point: QPointF) -> None:
        margin, key = self.gutter.at(point, self.zoom), self.graph_scene.key_at(point)
        if margin is not None:
            self.gutter_clicked.emit(margin)
        elif self._has_folded:
            return  # what is there now is not what was clicked at first
        elif (folding := self.graph_scene.handle_at(point)) is not None:
            self.fold_asked.emit(folding)
        elif key is not None:
            self.node_activated.emit(key)

    def _chevron_at(self, point: QPointF) -> NodeKey | None:
        """The subgraph whose chevron is there; from far away none is to be seen."""
        return self.graph_scene.chevron_at(point) if self.zoom >= NAMES_FROM else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._has_folded = False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            point = self.mapToScene(event.position().toPoint())
            self._hover(self.gutter.at(point, self.zoom), self._chevron_at(point))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None, None)

    def _hover(self, margin: NodeKey | None, folding: NodeKey | None) -> None:
        """Show that the margin of a node, or a subgraph's chevron, can be clicked."""
        self.repaint_items(self.gutter.hover(margin))
        if margin is not None or folding is not None:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the mouse for the node there, by a key for the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            key = self._selection.node
        else:
            point = self.mapToScene(event.pos())
            key = self.gutter.at(point, self.zoom) or self.graph_scene.key_at(point)
        if key is None or key not in self.places():
            return
        self._select_pointed(key)
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.graph_scene.box_of(key)
            at = self.viewport().mapToGlobal(self.mapFromScene(box.x + 12, box.y + 24))
        self.menu_wanted.emit(key, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, selected = event.key(), self._selection.node
        if key in _ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            dx, dy = _ARROWS[Qt.Key(key)].value
            self.pan(-dx * PAN_STEP, -dy * PAN_STEP)
        elif key in _ARROWS and not self.graph_scene.is_empty:
            self._selection.select(self._towards(_ARROWS[Qt.Key(key)]) or selected)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and selected is not None:
            foldable = self.graph_scene.foldable(selected)
            (self.node_activated if foldable is None else self.fold_asked).emit(selected)
        elif key in _LARGER:
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_Escape and selected is not None:
            self._selection.select(None)
        else:
            event.ignore()  # the window's shortcuts come next

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_tab = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_tab and self._selection.node is None:
            forward = event.reason() == Qt.FocusReason.TabFocusReason
            self._selection.select(self._in_turn(None, forward))

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the nodes; past the last one it leaves the graph."""
        key = self._in_turn(self.graph_scene.chosen, next)
        if key is None:
            return super().focusNextPrevChild(next)
        self._selection.select(key)
        return True

    def _towards(self, direction: Direction) -> NodeKey | None:
        places, selected = self.places(), self.graph_scene.chosen
        if selected not in places:
            return self._in_turn(None, True)
        return navigation.towards(self.graph_scene.topology, places, selected, direction, self.direction)

    def _in_turn(self, start: NodeKey | None, forward: bool) -> NodeKey | None:
        return navigation.in_turn(self.places(), start, forward, self.direction)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = tooltip(self.graph_scene, self.gutter, self.mapToScene(event.pos()), self.zoom)
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        return super().viewportEvent(event)
