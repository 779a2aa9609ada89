"""The Values pane: the state after each superstep as a tree, and what the superstep changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from stepscope.model.events import Values
from stepscope.model.topology import Namespace, NodeKey, graph_key, path_text
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.looked_view import LookedView
from stepscope.panes.pane import Pane
from stepscope.panes.plain_tree import PlainTree
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.state_rows import ABSENT
from stepscope.theme import Theme

REST = 80
"""Milliseconds between two pictures of the state while supersteps fly past: nobody reads faster."""


class ValuesPane(Pane):
    """Shows the newest state of one graph, or that after a chosen superstep, against the one before."""

    title = "Values"
    object_name = "values_pane"
    empty_text = "The state after each superstep will appear here, with what changed."

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._seen = 0
        self._updates_seen = 0
        self._by_graph: dict[Namespace, list[Values]] = {}
        self._writers: dict[tuple[Namespace, int], dict[str, list[str]]] = {}
        self._calls: Counter[NodeKey] = Counter()
        self._shown: Values | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._on_rested)
        model.rows_added.connect(self.mark_changed)
        model.looked_changed.connect(self.mark_changed)
        selection.moment_changed.connect(self._on_moment_changed)

    @property
    def tree(self) -> PlainTree:
        """The tree of the state, once the pane has been shown."""
        return self._tree

    @property
    def graphs(self) -> ChoiceBox:
        """Chooses the graph whose state is shown: the root's, or that of a subgraph's run."""
        return self._graphs

    @property
    def steps(self) -> ChoiceBox:
        """Chooses the superstep; its first entry follows the newest."""
        return self._steps

    @property
    def shown(self) -> Values | None:
        """The event whose state is shown."""
        return self._shown

    def build(self) -> QWidget:
        self._tree = PlainTree(self.theme, self.model)
        self._tree.setAccessibleName("State")
        self._steps = ChoiceBox("superstep", "newest", "Superstep whose state is shown", self.theme)
        self._graphs = ChoiceBox("graph", "root", "Graph whose state is shown", self.theme)
        self._graphs.hide()
        self._graphs.currentIndexChanged.connect(self._on_graph_chosen)
        self._steps.currentIndexChanged.connect(self._on_step_chosen)
        content = QWidget()
        content.setFocusProxy(self._tree)
        self._bar = QHBoxLayout()
        self._bar.addWidget(self._steps)
        self._bar.addWidget(self._graphs)
        self._bar.addStretch(1)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self._tree, 1)
        self._looked = LookedView(self.model, self.theme)
        self._faces = QStackedWidget()
        self._faces.addWidget(content)
        self._faces.addWidget(self._looked)
        self._faces.setFocusProxy(self._tree)
        return self._faces

    def refresh(self) -> None:
        self._looked.show_looked(self.model.looked)
        self._faces.setCurrentIndex(0 if self.model.looked is None else 1)
        if self._rest.isActive() or self._seen == len(self.model.state.values):
            return
        self._take_in()
        self._show_chosen()
        self._rest.start()

    def forget(self) -> None:
        self._rest.stop()
        self._seen = self._updates_seen = 0
        self._by_graph.clear()
        self._writers.clear()
        self._calls.clear()
        self._shown = None
        self._tree.clear()
        self._graphs.forget()
        self._graphs.hide()
        self._steps.forget()

    def is_empty(self) -> bool:
        return not self.model.state.values and self.model.looked is None

    def apply_theme(self) -> None:
        self._tree.set_theme(self.theme)
        self._looked.set_theme(self.theme)
        for box in (self._graphs, self._steps):
            box.set_look(interface(self, 0.92), self.theme)
        self._bar.setContentsMargins(scaled(self, 8), scaled(self, 4), scaled(self, 8), scaled(self, 4))

    def _on_rested(self) -> None:
        if self._seen < len(self.model.state.values):
            self.mark_changed()

    def _on_graph_chosen(self) -> None:
        self._steps.forget()
        self._offer_steps(self._chosen_events())
        self._look()

    def _on_step_chosen(self) -> None:
        self._look()

    def _look(self) -> None:
        events, place = self._chosen_events(), self._steps.choice
        self.selection.look_at(
            self._chosen_namespace(), events[place].step if isinstance(place, int) else None
        )
        self._show_chosen()

    def _on_moment_changed(self) -> None:
        """Show the state that others look at; a graph that has none yet follows when it has."""
        if not self.is_built:
            return
        namespace, step = self.selection.namespace, self.selection.step
        if namespace != self._chosen_namespace() and not self._graphs.choose(namespace or None):
            return
        steps = [event.step for event in self._chosen_events()]
        self._steps.choose(steps.index(step) if step in steps else None)

    def _take_in(self) -> None:
        """Sort the new events by their graph, and offer them."""
        self._take_in_writers()
        log = self.model.state.values
        chosen = self._chosen_namespace()
        for event in log[self._seen :]:
            if event.namespace not in self._by_graph:
                self._by_graph[event.namespace] = []
                self._offer_graph(event.namespace)
            self._by_graph[event.namespace].append(event)
        self._offer_steps([event for event in log[self._seen :] if event.namespace == chosen])
        self._seen = len(log)
        if self.selection.namespace != chosen:
            self._on_moment_changed()

    def _take_in_writers(self) -> None:
        """Remember which nodes wrote which key in which superstep."""
        log = self.model.state.updates
        for event in log[self._updates_seen :]:
            if isinstance(event.update, dict) and "$type" not in event.update:
                keys = self._writers.setdefault((event.namespace, event.step), {})
                for key in event.update:
                    writers = keys.setdefault(key, [])
                    if event.node not in writers:
                        writers.append(event.node)
        self._updates_seen = len(log)

    def _offer_graph(self, namespace: Namespace) -> None:
        if namespace:
            key = graph_key(namespace)
            self._calls[key] += 1
            call = f" #{self._calls[key]}" if self._calls[key] > 1 else ""
            self._graphs.offer([(path_text(key) + call, namespace)])
            self._graphs.show()

    def _offer_steps(self, events: Sequence[Values]) -> None:
        first = self._steps.count() - 1
        texts = (str(event.step) if event.step else "0, the input" for event in events)
        self._steps.offer([(text, place) for place, text in enumerate(texts, first)])

    def _chosen_namespace(self) -> Namespace:
        namespace = self._graphs.choice
        return namespace if isinstance(namespace, tuple) else ()

    def _chosen_events(self) -> list[Values]:
        return self._by_graph.get(self._chosen_namespace(), [])

    def _show_chosen(self) -> None:
        events = self._chosen_events()
        if not events:
            self._shown = None
            self._tree.clear()
            return
        chosen = self._steps.choice
        place = chosen if isinstance(chosen, int) else len(events) - 1
        if events[place] is not self._shown:
            self._shown = events[place]
            before = events[place - 1].values if place else ABSENT
            writers = self._writers.get((self._shown.namespace, self._shown.step))
            self._tree.show_value(self._shown.values, before, writers)
