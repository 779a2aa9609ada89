"""The graph in the middle of the window: follows the run and the selection, and is walked by keyboard."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QGraphicsItem, QLabel, QToolTip, QWidget

from stepscope.canvas import navigation, overview
from stepscope.canvas.arranger import Arranger
from stepscope.canvas.drawing import Drawing
from stepscope.canvas.gutter import Gutter
from stepscope.canvas.holding import hold, put_back
from stepscope.canvas.ink import Ink
from stepscope.canvas.looks import BreakLook, Looks
from stepscope.canvas.measures import Lettering
from stepscope.canvas.navigation import Direction
from stepscope.canvas.node_item import NAMES_FROM
from stepscope.canvas.overview import Overview
from stepscope.canvas.scene import GraphScene
from stepscope.canvas.zoom_view import ZoomView
from stepscope.model.geometry import Rect
from stepscope.model.layout import Layout
from stepscope.model.phase import Phase
from stepscope.model.topology import EMPTY, EdgeShape, NodeKey, Topology, path_text
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

TICK = 250
"""Milliseconds between two looks at the clock while a node runs."""
_MANY = 20
_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}


class GraphView(ZoomView):
    """Shows the program's graph and how its run stands. `clock` gives seconds since the epoch.

    Signals (and those of ZoomView)
        graph_shown: the opened program's graph is laid out and in its place.
        node_activated(NodeKey): by a double click, or Enter on the selected node.
        gutter_clicked(NodeKey): the margin left of a node, where breakpoints are.
        menu_wanted(NodeKey, QPoint): what can be done to a node, asked for there on the screen.
    """

    graph_shown = Signal()
    node_activated = Signal(object)
    gutter_clicked = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ink, self._lettering = Ink(theme), Lettering.of_system()
        self.graph_scene = GraphScene(self._ink, self._lettering)
        super().__init__(self.graph_scene, parent)
        self._model, self._selection, self._clock = model, selection, clock
        self._overview = Overview(self.graph_scene, self._ink)
        self._gutter = Gutter(self.graph_scene)
        self.viewport().setMouseTracking(True)
        self._looks = Looks(model.state)
        self._arranger = Arranger(self)
        self._target = ""
        self._topology: Topology = EMPTY
        self._is_stale = False
        self._running: set[NodeKey] = set()
        self._hint = QLabel(self.viewport())
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.WindowText)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK)
        self._ticker.timeout.connect(self._on_tick)
        self.set_theme(theme)
        self._connect()
        self._on_program_changed()
        self._on_selection_changed(selection.node)

    @property
    def ink(self) -> Ink:
        """What everything on the canvas is drawn with."""
        return self._ink

    @property
    def hint(self) -> str:
        """The line that stands in place of a graph, or nothing."""
        return self._hint.text()

    @property
    def is_overview(self) -> bool:
        """True while the graph is so far away that only flat boxes and lines are drawn."""
        return self.zoom < overview.BELOW

    @property
    def is_ticking(self) -> bool:
        """True while the clock is looked at, because a node runs."""
        return self._ticker.isActive()

    @property
    def is_stale(self) -> bool:
        """True while the picture is one of an earlier state of the file, and dimmed."""
        return self._is_stale

    def set_stale(self, is_stale: bool) -> None:
        """Dim the picture, which is not of the file as it is now, or brighten it again."""
        self._is_stale = is_stale
        self.viewport().update()
        self._describe()

    def keys_in_order(self) -> list[NodeKey]:
        """Every node that is drawn, as one reads: top to bottom, then left to right."""
        return navigation.reading_order(self._places())

    def drawing(self, with_run: bool) -> Drawing:
        """The whole picture as it is now, to be drawn elsewhere; without the run, everything is idle."""
        scene = self.graph_scene
        nodes = {item.node.key: item.look for item in scene.node_items()} if with_run else {}
        learnt = list(scene.learnt_items())
        items = (*scene.edge_items(), *learnt)
        edges = {item.edge: item.look for item in items} if with_run else {}
        layout = replace(scene.layout, edges=(*scene.layout.edges, *(item.route for item in learnt)))
        return Drawing(scene.topology, layout, self._ink.theme, nodes, edges)

    def bring(self, key: NodeKey) -> None:
        """Bring a node into view, large enough to be read. Raises KeyError when there is no such node."""
        box = self.graph_scene.box_of(key)
        if self.zoom < NAMES_FROM:
            self.zoom_by(1.0 / self.zoom)
            self.centerOn(box.centre.x, box.centre.y)
        # The margin is what lies over the canvas along its upper border.
        self.ensureVisible(box.x, box.y, box.width, box.height, 40, 64)

    def set_theme(self, theme: Theme) -> None:
        """Switch to other colours at once."""
        self._ink.use(theme)
        self.setBackgroundBrush(self._ink.canvas)
        palette = self._hint.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._ink.fact.color())
        self._hint.setPalette(palette)
        self.viewport().update()

    def show_breakpoints(self, looks: Mapping[NodeKey, BreakLook]) -> None:
        """Mark the nodes at which the run may stop."""
        self._repaint(self._gutter.show(looks))
        self._describe()

    # The program and its run

    def _connect(self) -> None:
        self._model.program_changed.connect(self._on_program_changed)
        self._model.was_reset.connect(self._on_reset)
        self._model.run_changed.connect(self._show_superstep)
        self._model.nodes_changed.connect(self._on_nodes_changed)
        self._model.edges_changed.connect(self._on_edges_changed)
        self._model.messages_changed.connect(self._on_messages_changed)
        self._selection.node_changed.connect(self._on_selection_changed)
        self._arranger.arranged.connect(self._on_arranged)
        self.clicked.connect(self._on_clicked)
        self.double_clicked.connect(self._on_double_clicked)

    def _on_program_changed(self) -> None:
        program = self._model.program
        self.setAccessibleName(f"Graph {program.name}" if program is not None else "Graph")
        topology = program.topology if program is not None else EMPTY
        target = program.target if program is not None else ""
        is_same, self._target = target == self._target, target
        if is_same and topology.nodes and topology == self._topology:
            return  # read again and still the same: keep what the person looks at
        self._topology = topology
        self._arranger.forget()
        if is_same and topology.nodes and not self.graph_scene.is_empty:
            self._arrange(topology)  # the picture before stays until this one is there
            return
        self._selection.select(None)
        self.graph_scene.clear_layout()
        if program is None:
            self._say("Open a Python file to see its graph: Ctrl+O")
        elif not topology.nodes:
            self._say(f"{program.name} has no nodes. Add some with add_node(), then open the file again.")
        else:
            self._say(f"Laying out {len(topology.nodes):,} nodes …")
            self._arrange(topology)

    def _arrange(self, topology: Topology) -> None:
        sizes = {key: self._lettering.node_size(node) for key, node in topology.nodes.items()}
        labels = {
            index: size
            for index, edge in enumerate(topology.edges)
            if (size := self._lettering.label_size(edge)) is not None
        }
        self._arranger.arrange(topology, sizes, labels)

    def _on_arranged(self, topology: Topology, layout: Layout) -> None:
        self._say("")
        places = {**layout.groups, **layout.nodes}
        held = hold(self, self._places(), places, self._selection.node)
        self.graph_scene.show_layout(topology, layout)
        self._gutter.refresh()
        self._show_run()
        self._keep_selection()
        if held is None:
            self.fit()
        else:
            put_back(self, held, places)
        self.graph_shown.emit()

    def _keep_selection(self) -> None:
        """What is selected stays so in another layout, without coming into view for that; or is gone."""
        key = self._selection.node
        if key is not None and key not in self._topology.nodes:
            self._selection.select(None)
        self.graph_scene.choose(self._selection.node)
        self._describe()

    def _on_reset(self) -> None:
        self._looks = Looks(self._model.state)
        self._running.clear()
        self._show_run()

    def _show_run(self) -> None:
        """Bring every item up to date: after a layout, or when a new run begins."""
        self._looks.note_messages(self._model.state.messages)
        self._on_nodes_changed(self._model.state.nodes.keys())
        self._on_edges_changed((*self._topology.edges, *self._model.learnt))
        self._show_superstep()

    def _on_nodes_changed(self, keys: Iterable[NodeKey]) -> None:
        keys = list(keys)
        self._looks.note_tasks()
        nodes = self._model.state.nodes
        for key in keys:
            if nodes[key].phase is Phase.RUNNING:
                self._running.add(key)
            else:
                self._running.discard(key)
        self._show_nodes(keys)
        self._follow_clock()

    def _on_edges_changed(self, edges: Iterable[EdgeShape]) -> None:
        edges = list(edges)
        self.graph_scene.learn(edge for edge in edges if edge.kind == "learnt")
        self._repaint(self.graph_scene.show_edges((edge, self._looks.edge(edge)) for edge in edges))

    def _on_messages_changed(self, ids: Iterable[str]) -> None:
        self._looks.note_messages(ids)  # the next tick shows the speed

    def _show_nodes(self, keys: Iterable[NodeKey]) -> None:
        now = self._clock()
        self._repaint(self.graph_scene.show_nodes((key, self._looks.node(key, now)) for key in keys))

    def _show_superstep(self) -> None:
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        visible = Rect(seen.x(), seen.y(), seen.width(), seen.height())
        self.graph_scene.show_band(self._looks.band(), visible)
        self._describe()

    def _describe(self) -> None:
        summary = self._looks.summary(self._selection.node)
        if self._selection.node is not None and (words := self._gutter.words(self._selection.node)):
            summary = f"{summary} {words}"
        if self._is_stale:
            summary = f"The file has changed, and this is the graph as it was before. {summary}"
        if summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)

    def _repaint(self, items: Sequence[QGraphicsItem]) -> None:
        if not items:
            return
        self._overview.mark_stale()
        # A hundred small updates cost more than one of everything: 13 ms against 3.
        if self.is_overview or (
            len(items) > _MANY and 3 * len(items) > len(self.items(self.viewport().rect()))
        ):
            self.viewport().update()
            return
        for item in items:
            item.update()

    # The clock

    def _follow_clock(self) -> None:
        """Tick while a node runs and somebody looks."""
        if bool(self._running) and self.isVisible():
            if not self._ticker.isActive():
                self._ticker.start()
        else:
            self._ticker.stop()

    def _on_tick(self) -> None:
        self._show_nodes(list(self._running))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._follow_clock()

    # The selection

    def _on_selection_changed(self, key: NodeKey | None) -> None:
        scene = self.graph_scene
        scene.choose(key)
        self._describe()
        if scene.chosen is not None:
            box = scene.box_of(scene.chosen)
            if not self.is_fitted:
                self.ensureVisible(box.x, box.y, box.width, box.height, 40, 40)
        if self.is_overview:
            self.viewport().update()

    def _on_clicked(self, point: QPointF) -> None:
        margin = self._gutter.at(point, self.zoom)
        if margin is not None:
            self.gutter_clicked.emit(margin)
        else:
            self._selection.select(self.graph_scene.key_at(point))

    def _on_double_clicked(self, point: QPointF) -> None:
        margin, key = self._gutter.at(point, self.zoom), self.graph_scene.key_at(point)
        if margin is not None:
            self.gutter_clicked.emit(margin)
        elif key is not None:
            self.node_activated.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._hover(self._gutter.at(self.mapToScene(event.position().toPoint()), self.zoom))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, margin: NodeKey | None) -> None:
        """Show that the margin of a node can be clicked."""
        self._repaint(self._gutter.hover(margin))
        if margin is not None:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the mouse for the node there, by a key for the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            key = self._selection.node
        else:
            point = self.mapToScene(event.pos())
            key = self._gutter.at(point, self.zoom) or self.graph_scene.key_at(point)
        if key is None or key not in self._places():
            return
        self._selection.select(key)
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.graph_scene.box_of(key)
            at = self.viewport().mapToGlobal(self.mapFromScene(box.x + 12, box.y + 24))
        self.menu_wanted.emit(key, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, selected = event.key(), self._selection.node
        if key in _ARROWS and not self.graph_scene.is_empty:
            self._selection.select(self._towards(_ARROWS[Qt.Key(key)]) or selected)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and selected is not None:
            self.node_activated.emit(selected)
        elif key == Qt.Key.Key_Escape and selected is not None:
            self._selection.select(None)
        else:
            event.ignore()  # the window's shortcuts come next

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_tab = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_tab and self._selection.node is None:
            forward = event.reason() == Qt.FocusReason.TabFocusReason
            self._selection.select(navigation.in_turn(self._places(), None, forward))

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the nodes; past the last one it leaves the graph."""
        key = navigation.in_turn(self._places(), self._selection.node, next)
        if key is None:
            return super().focusNextPrevChild(next)
        self._selection.select(key)
        return True

    def _towards(self, direction: Direction) -> NodeKey | None:
        places, selected = self._places(), self._selection.node
        if selected not in places:
            return navigation.in_turn(places, None, True)
        return navigation.towards(self.graph_scene.topology, places, selected, direction)

    def _places(self) -> dict[NodeKey, Rect]:
        layout = self.graph_scene.layout
        return {**layout.groups, **layout.nodes}

    # What Qt asks

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_overview:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._ink.canvas)
        painter.setTransform(self.viewportTransform())
        self._overview.paint(painter)
        if self._is_stale:
            painter.resetTransform()
            painter.fillRect(event.rect(), self._ink.veil)
        painter.end()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._is_stale:
            painter.fillRect(rect, self._ink.veil)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            point = self.mapToScene(event.pos())
            margin = self._gutter.at(point, self.zoom)
            key = margin or self.graph_scene.key_at(point)
            story = self._story(key) if key is not None else ""
            words = self._gutter.words(key) if key is not None else ""
            if margin is not None:
                story = words or f"Click to stop before {margin[-1]}"
            elif words:
                story = f"{story}\n{words}".strip()
            # An error's text may look like HTML; escaped, it is shown as it is.
            QToolTip.showText(event.globalPos(), html.escape(story).replace("\n", "<br>"), self.viewport())
            return True
        return super().viewportEvent(event)

    def _story(self, key: NodeKey) -> str:
        """What a node is for, and how it stands."""
        item = self.graph_scene.node_item(key)
        node = item.node
        told = [item.look.story or path_text(key), node.doc]
        if node.is_open:
            told.append("It may lead where it does not declare.")
        return "\n".join(filter(None, told))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._place_hint()

    def _place_hint(self) -> None:
        self._hint.setGeometry(self.viewport().rect().adjusted(32, 0, -32, 0))
