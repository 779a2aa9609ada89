"""How the run shows on the canvas: what has changed shows within a frame, and times follow the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QGraphicsItem

from stepscope.canvas.barrier import bands
from stepscope.canvas.looks import Looks
from stepscope.canvas.scene import GraphScene
from stepscope.canvas.trace import Trace
from stepscope.model.geometry import Rect
from stepscope.model.phase import Phase
from stepscope.model.topology import EdgeShape, NodeKey
from stepscope.run.folds import Folds
from stepscope.run.run_model import RunModel

TICK = 250
"""Milliseconds between two looks at the clock while a node runs."""


class Screen(Protocol):
    """What the scene is looked at through."""

    def repaint_items(self, items: Sequence[QGraphicsItem]) -> None:
        """Paint these anew."""

    def seen_area(self) -> Rect:
        """The part of the scene that is in view."""


class LiveRun(QObject):
    """Gives the scene's items their looks. `barrier_told`: `barrier` says anew where the root graph is."""

    barrier_told = Signal()

    def __init__(
        self,
        model: RunModel,
        scene: GraphScene,
        folds: Folds,
        screen: Screen,
        clock: Callable[[], float],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._scene, self._folds = model, scene, folds
        self._screen, self._clock = screen, clock
        self._looks = Looks(model.state)
        self._trace = Trace(screen.repaint_items, self)
        self._running: set[NodeKey] = set()
        self._is_watched = False
        self.barrier = ""
        self._ticker = QTimer(self, interval=TICK)
        self._ticker.timeout.connect(self._on_tick)
        model.was_reset.connect(self._on_reset)
        model.run_changed.connect(self._show_bands)
        model.nodes_changed.connect(self._on_nodes_changed)
        model.edges_changed.connect(self._on_edges_changed)
        model.messages_changed.connect(self._on_messages_changed)

    @property
    def is_ticking(self) -> bool:
        """True while the clock is looked at, because a node runs and somebody looks."""
        return self._ticker.isActive()

    @property
    def is_fading(self) -> bool:
        """True while a way glows that was taken just now."""
        return self._trace.is_fading

    def watch(self, is_watched: bool) -> None:
        """Somebody looks, or nobody does any more."""
        self._is_watched = is_watched
        self._follow_clock()

    def set_motion(self, has_motion: bool) -> None:
        self._trace.set_motion(has_motion)

    def set_numbers(self, are_shown: bool) -> None:
        self._looks.shows_numbers = are_shown
        self._show_nodes(list(self._scene.lit))

    def forget_trace(self) -> None:
        """Have nothing glow: the items will be others."""
        self._trace.forget()

    def summary(self, selected: NodeKey | None) -> str:
        """The whole picture in a few sentences, for who cannot see it."""
        return self._looks.summary(selected)

    def show_all(self) -> None:
        """Bring every item up to date: after a layout, or when a new run begins."""
        state, scene = self._model.state, self._scene
        self._looks.note_messages(state.messages)
        # What is idle and was idle needs no look: most of a big graph, most of the time.
        has_run = (key for key, node in state.nodes.items() if node.phase is not Phase.IDLE)
        self._on_nodes_changed(dict.fromkeys((*scene.lit, *has_run)))
        self._trace.forget()
        self._show_edges(tuple(dict.fromkeys((*scene.taken, *state.taken, *self._model.learnt))))
        self._show_bands()

    def _on_reset(self) -> None:
        self._looks = Looks(self._model.state, self._looks.shows_numbers)
        self._running.clear()
        self.show_all()

    def _on_nodes_changed(self, keys: Iterable[NodeKey]) -> None:
        keys = list(keys)
        self._looks.note_tasks()
        nodes = self._model.state.nodes
        for key in keys:
            if key in nodes and nodes[key].phase is Phase.RUNNING:
                self._running.add(key)
            else:
                self._running.discard(key)
        self._show_nodes(keys)
        self._follow_clock()

    def _on_edges_changed(self, edges: Iterable[EdgeShape]) -> None:
        edges = list(edges)
        self._show_edges(edges)
        if self._is_watched:
            self._trace.light(item for edge in edges for item in self._scene.items_of(edge))

    def _on_messages_changed(self, ids: Iterable[str]) -> None:
        self._looks.note_messages(ids)  # the next tick shows the speed

    def _show_nodes(self, keys: Iterable[NodeKey]) -> None:
        now, folds = self._clock(), self._folds
        if folds.keys:
            # A folded subgraph shows how it stands inside.
            keys = dict.fromkeys(each for key in keys for each in (key, folds.seen(key)))
        looks = ((key, self._looks.node(key, now, key in folds.keys)) for key in keys)
        self._screen.repaint_items(self._scene.show_nodes(looks))

    def _show_edges(self, edges: Sequence[EdgeShape]) -> None:
        self._scene.learn(edge for edge in edges if edge.kind == "learnt")
        looks = ((edge, self._looks.edge(edge)) for edge in edges)
        self._screen.repaint_items(self._scene.show_edges(looks))

    def _show_bands(self) -> None:
        looks = bands(self._model.state, self._clock())
        self._scene.bands.show(looks, self._screen.seen_area())
        self.barrier = next((look.caption for look in looks if not look.graph), "")
        self.barrier_told.emit()

    def _follow_clock(self) -> None:
        """Tick while a node runs and somebody looks."""
        if self._running and self._is_watched:
            if not self._ticker.isActive():
                self._ticker.start()
        else:
            self._ticker.stop()

    def _on_tick(self) -> None:
        self._show_nodes(list(self._running))
        self._show_bands()
