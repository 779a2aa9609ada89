"""What the menus do with the graph's picture: get about in it, fold and turn it, and take it along."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt

from stepscope.canvas.barrier_note import BarrierNote
from stepscope.canvas.find_bar import FindBar
from stepscope.canvas.legend import Legend
from stepscope.canvas.minimap import Minimap
from stepscope.canvas.view import GraphView
from stepscope.model.topology import END, START, NodeKey
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.settings import Settings
from stepscope.window.actions import Actions
from stepscope.window.exporter import Exporter
from stepscope.window.main_window import MainWindow
from stepscope.window.source_desk import SourceDesk


class Picture:
    """Owns what lies over the canvas; `handlers` go to the table of commands."""

    def __init__(
        self,
        canvas: GraphView,
        model: RunModel,
        selection: Selection,
        actions: Actions,
        settings: Settings,
        desk: SourceDesk,
        jobs: Jobs,
        window: MainWindow,
    ) -> None:
        self._canvas, self._selection = canvas, selection
        self._find = FindBar(canvas, selection)
        self._legend = Legend(canvas)
        self._minimap = Minimap(canvas, model)
        self._barrier = BarrierNote(canvas)
        self._exporter = Exporter(canvas, model, window)
        self._actions, self._settings, self._jobs = actions, settings, jobs
        actions["minimap"].setChecked(settings.shows_minimap)
        self._minimap.want(settings.shows_minimap)
        window.frame.crumbs.chosen.connect(self._go_to)
        actions["flow_right"].setChecked(settings.flows_right)
        self._choose_direction()
        canvas.node_activated.connect(lambda key: self._open_source(desk, key))

    def set_theme(self) -> None:
        """Follow the canvas, which wears another theme now."""
        self._minimap.set_theme()

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        canvas, find, exporter, jobs = self._canvas, self._find, self._exporter, self._jobs
        return {
            "find": find.open_bar,
            "find_next": find.go_on,
            "find_previous": find.go_back,
            "fold": self._fold_selected,
            "fold_all": canvas.folds.fold_all,
            "open_all": canvas.folds.open_all,
            "flow_right": self._choose_direction,
            "legend": lambda: self._legend.show_or_hide(self._actions["legend"].isChecked()),
            "minimap": self._choose_minimap,
            "zoom_selection": canvas.show_selected,
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "life_size": canvas.zoom_to_life_size,
            "neighbourhood": lambda: canvas.set_focus(self._actions["neighbourhood"].isChecked()),
            "export": lambda: jobs.start(exporter.export()),
            "print": lambda: jobs.start(exporter.print()),
            "copy_image": lambda: jobs.start(exporter.copy_image()),
            "copy_mermaid": lambda: jobs.start(exporter.copy_mermaid()),
        }

    def _choose_minimap(self) -> None:
        self._settings.shows_minimap = is_wanted = self._actions["minimap"].isChecked()
        self._minimap.want(is_wanted)

    def _go_to(self, key: NodeKey) -> None:
        """Show a node, or the whole graph, which then has the keys."""
        self._selection.select(key or None)
        self._canvas.show_selected()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_direction(self) -> None:
        self._settings.flows_right = is_right = self._actions["flow_right"].isChecked()
        self._canvas.set_direction("right" if is_right else "down")

    def _fold_selected(self) -> None:
        """Fold or open the selected subgraph, or fold the one that the selected node stands in."""
        selected = self._selection.node
        around = self._canvas.folds.toggle_around(selected) if selected is not None else None
        if around is not None:
            self._selection.select(around)

    def _open_source(self, desk: SourceDesk, key: NodeKey) -> None:
        if key[-1] not in (START, END):
            desk.open_node(key)
