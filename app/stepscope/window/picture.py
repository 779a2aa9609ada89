"""What the menus do with the graph's picture: find in it, and take it along."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stepscope.canvas.find_bar import FindBar
from stepscope.canvas.legend import Legend
from stepscope.canvas.view import GraphView
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.window.actions import Actions
from stepscope.window.exporter import Exporter
from stepscope.window.main_window import MainWindow


class Picture:
    """Owns what lies over the canvas; `handlers` go to the table of commands."""

    def __init__(
        self,
        canvas: GraphView,
        model: RunModel,
        selection: Selection,
        actions: Actions,
        jobs: Jobs,
        window: MainWindow,
    ) -> None:
        self._find = FindBar(canvas, selection)
        self._legend = Legend(canvas)
        self._exporter = Exporter(canvas, model, window)
        self._actions, self._jobs = actions, jobs

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        find, exporter, jobs = self._find, self._exporter, self._jobs
        return {
            "find": find.open_bar,
            "find_next": find.go_on,
            "find_previous": find.go_back,
            "legend": lambda: self._legend.show_or_hide(self._actions["legend"].isChecked()),
            "export": lambda: jobs.start(exporter.export()),
            "copy_image": lambda: jobs.start(exporter.copy_image()),
            "copy_mermaid": lambda: jobs.start(exporter.copy_mermaid()),
        }
