"""The graph in the middle of the window: follows the run and the selection, and is walked by keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from stepscope.canvas import navigation
from stepscope.canvas.arranger import Arranger, LaidOut, Work
from stepscope.canvas.distance import FACTS_FROM, HANDLES_FROM
from stepscope.canvas.drawing import Drawing
from stepscope.canvas.flat import rectangle
from stepscope.canvas.gliding import Glide
from stepscope.canvas.holding import hold, put_back
from stepscope.canvas.live_run import LiveRun
from stepscope.canvas.neighbourhood import neighbourhood
from stepscope.canvas.picture_view import PictureView
from stepscope.model.folding import folded
from stepscope.model.geometry import union
from stepscope.model.layout import Direction
from stepscope.model.topology import EMPTY, NodeKey, Topology
from stepscope.run.folds import Folds
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme

GROWTH = 0.008
"""Seconds of a frame for which items of a big graph are made: the window lives on meanwhile."""


class GraphView(PictureView):
    """Shows the program's graph and how its run stands. `clock` gives seconds since the epoch.

    Signals (and those of PictureView)
        graph_shown: the opened program's graph is laid out and in its place.
        barrier_told: `barrier` says something else.
        regarded: something else is selected, or other nodes are dim.
    """

    graph_shown = Signal()
    barrier_told = Signal()
    regarded = Signal()

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.time,
        folds: Folds | None = None,
    ) -> None:
        super().__init__(selection, theme, parent)
        self._model = model
        self.folds = folds or Folds(model, parent=self)
        self._arranger = Arranger(self)
        self._live = LiveRun(model, self.graph_scene, self.folds, self, clock, parent=self)
        self._glide = Glide(self, self.graph_scene)
        self._target = ""
        self._direction: Direction = "down"
        self._topology: Topology = EMPTY
        self._wanted: NodeKey | None = None  # to be brought into view once it is laid out
        self._is_focused = False
        self._grower = QTimer(self, interval=0)
        self._grower.timeout.connect(self._on_grow)
        self._connect()
        self._on_program_changed()
        self._on_selection_changed(selection.node)

    @property
    def is_ticking(self) -> bool:
        """True while the clock is looked at, because a node runs."""
        return self._live.is_ticking

    @property
    def is_fading(self) -> bool:
        """True while a way glows that was taken just now."""
        return self._live.is_fading

    @property
    def is_gliding(self) -> bool:
        """True while nodes are drawn on their way to where another layout has them."""
        return self._glide.is_under_way

    @property
    def barrier(self) -> str:
        """Where the root graph's superstep stands, in words; nothing while none is under way."""
        return self._live.barrier

    @property
    def shows_barrier(self) -> bool:
        """Whether these words can be read in the picture."""
        plate = self.graph_scene.bands.plate(())
        if plate is None or self.is_overview or self.zoom < FACTS_FROM:
            return False
        return self.viewport().rect().contains(self.mapFromScene(plate).boundingRect())

    @property
    def direction(self) -> Direction:
        """Where the graph flows."""
        return self._direction

    def set_direction(self, direction: Direction) -> None:
        """Let graphs flow down or to the right."""
        if direction != self._direction:
            self._direction = direction
            self._arrange_again()

    def keys_in_order(self) -> list[NodeKey]:
        """Every node as one reads: those inside a folded subgraph come after it."""
        hidden: dict[NodeKey, list[NodeKey]] = {}
        for key in self._topology.nodes if self.folds.keys else ():
            hidden.setdefault(self.folds.seen(key), []).append(key)
        order = navigation.reading_order(self.places(), self.direction)
        return [each for key in order for each in hidden.get(key, (key,))]

    def drawing(self, with_run: bool) -> Drawing:
        """The whole picture as it is now, to be drawn elsewhere; without the run, everything is idle."""
        scene = self.graph_scene
        nodes = {key: item.look for key, item in scene.lit.items()} if with_run else {}
        learnt = list(scene.learnt_items())
        items = (*scene.edge_items(), *learnt)
        edges = {item.edge: item.look for item in items} if with_run else {}
        layout = replace(scene.layout, edges=(*scene.layout.edges, *(item.route for item in learnt)))
        return Drawing(scene.topology, layout, self.ink.theme, nodes, edges)

    def bring(self, key: NodeKey) -> None:
        """Bring a node into view, large enough to be read. Raises KeyError when there is no such node.

        What it is hidden in is opened; in a big graph the node then comes a moment later.
        """
        if self.folds.seen(key) != key and key in self._topology.nodes:
            self._wanted = key
            self.folds.reveal(key)
            return
        box = self.graph_scene.box_of(key)
        if self.zoom < HANDLES_FROM:
            self.zoom_by(1.0 / self.zoom)
            self.centerOn(box.centre.x, box.centre.y)
        self.reveal(rectangle(box))

    def show_node(self, key: NodeKey) -> None:
        """Fill the view with a node, and with what belongs to it while that is focused."""
        scene, key = self.graph_scene, self.folds.seen(key)
        if key not in self.places():
            return
        near = neighbourhood(scene.topology, key) if scene.focused == key else {key}
        area = union(scene.box_of(each) for each in near if each == key or key[: len(each)] != each)
        self.show_area(rectangle(area))

    def show_selected(self) -> None:
        """Fill the view with the selected node, or with the graph when there is none."""
        if self._selection.node is not None:
            self.show_node(self._selection.node)
        else:
            self.fit()

    def set_focus(self, is_focused: bool) -> None:
        """Dim all that does not belong to the selected node, whichever it is, or brighten everything."""
        self._is_focused = is_focused
        self._focus()

    def _focus(self) -> None:
        self._glide.finish()
        self.graph_scene.focus(self.graph_scene.chosen if self._is_focused else None)
        self.overview.mark_stale()
        self.viewport().update()
        self.regarded.emit()

    def set_motion(self, has_motion: bool) -> None:
        """Let the newest ways glow and fade and nodes glide to other places, or have nothing move."""
        self._live.set_motion(has_motion)
        self._glide.set_motion(has_motion)

    def set_numbers(self, are_shown: bool) -> None:
        """Let nodes tell how long they took and how fast their models spoke, or leave that to tooltips."""
        self._live.set_numbers(are_shown)

    def follow(self, keys: Iterable[NodeKey]) -> None:
        """Move only if none of these nodes can be seen; one that is not there is as good as seen."""
        scene = self.graph_scene
        drawn = [scene.box_of(key) for key in keys if key in scene.layout.nodes or key in scene.layout.groups]
        seen = self.seen_area()
        if drawn and not any(seen.contains(box.centre) for box in drawn):
            self.reveal(rectangle(drawn[0]))

    # The program and its run

    def _connect(self) -> None:
        self._model.program_changed.connect(self._on_program_changed)
        self._model.graph_grew.connect(self._on_program_changed)
        self._model.run_changed.connect(self.describe)
        self._model.was_reset.connect(self.describe)
        self._selection.node_changed.connect(self._on_selection_changed)
        self._live.barrier_told.connect(self.barrier_told)
        self._arranger.arranged.connect(self._on_arranged)
        self.folds.changed.connect(self._arrange_again)
        self.fold_asked.connect(self.folds.toggle)

    def _on_program_changed(self) -> None:
        program = self._model.program
        self.setAccessibleName(f"Graph {program.name}" if program is not None else "Graph")
        topology = program.topology if program is not None else EMPTY
        target = program.target if program is not None else ""
        is_same, self._target = target == self._target, target
        if is_same and topology.nodes and topology == self._topology:
            return  # read again and still the same: keep what the person looks at
        self._topology, self._wanted = topology, None
        self._arranger.forget()
        if is_same and topology.nodes and not self.graph_scene.is_empty:
            self._arrange()  # the picture before stays until this one is there
            return
        self._selection.select(None)
        self._live.forget_trace()
        self._glide.finish()
        self.graph_scene.clear_layout()
        if program is None:
            self.say("Open a Python file to see its graph: Ctrl+O")
        elif not topology.nodes:
            self.say(f"{program.name} has no nodes. Add some with add_node(), then open the file again.")
        else:
            self.say(f"Laying out {len(topology.nodes):,} nodes …")
            self._arrange()

    def _arrange_again(self) -> None:
        if self._topology.nodes:
            self._arrange()

    def _arrange(self) -> None:
        topology = folded(self._topology, self.folds.keys)
        earlier = None if self.graph_scene.is_empty else self.graph_scene.layout
        self._arranger.arrange(Work(topology, self._direction, earlier))

    def _on_arranged(self, laid_out: LaidOut) -> None:
        self.say("")
        layout = laid_out.layout
        places = {**layout.groups, **layout.nodes}
        held = hold(self, self.places(), places, self._selection.node)
        self._glide.remember(self.places())
        self._live.forget_trace()
        self.graph_scene.show_layout(laid_out.topology, layout, laid_out.flat)
        if self.graph_scene.is_growing:
            self._grower.start()
        self._dress_items()
        self._keep_selection()
        if held is None:
            self.fit()
        else:
            put_back(self, held, places)
        if not self.is_overview:
            self._glide.begin()
        self.graph_shown.emit()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.bring(wanted)

    def _on_grow(self) -> None:
        self.graph_scene.grow(GROWTH)
        if not self.graph_scene.is_growing:
            self._grower.stop()
            self._dress_items()
            self._choose(self._selection.node)
            self._focus()

    def _dress_items(self) -> None:
        """Show on new items what is known of their nodes."""
        self.gutter.refresh()
        self._live.show_all()

    def _keep_selection(self) -> None:
        """What is selected stays so in another layout, without coming into view for that; or is gone."""
        key = self._selection.node
        if key is not None and key not in self._topology.nodes:
            self._selection.select(None)
        self._choose(self._selection.node)
        self._focus()
        self.describe()

    def _choose(self, key: NodeKey | None) -> None:
        """Mark what is seen of the selected node."""
        self.graph_scene.choose(self.folds.seen(key) if key is not None else None)

    def describe(self) -> None:
        summary = self._live.summary(self._selection.node)
        if self._selection.node is not None and (words := self.gutter.words(self._selection.node)):
            summary = f"{summary} {words}"
        if self.graph_scene.chosen is not None:
            summary = f"{summary} {self.graph_scene.folded_words(self.graph_scene.chosen)}".rstrip()
        if self.is_stale:
            summary = f"The file has changed, and this is the graph as it was before. {summary}"
        if summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)

    # What is seen of it

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._glide.finish()  # what is clicked is where it is drawn
        super().mousePressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._live.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._live.watch(False)

    # The selection

    def _on_selection_changed(self, key: NodeKey | None) -> None:
        scene = self.graph_scene
        self._choose(key)
        if self._is_focused:
            self._focus()
        self.describe()
        if scene.chosen is not None and not self.is_fitted and not self._is_pointed_at:
            self.reveal(rectangle(scene.box_of(scene.chosen)))
        if self.is_overview:
            self.viewport().update()
        self.regarded.emit()
