"""What the menus do with the graph's picture: find in it, and take it along."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stepscope.canvas.find_bar import FindBar
from stepscope.canvas.view import GraphView
from stepscope.run.selection import Selection


class Picture:
    """Owns what lies over the canvas; `handlers` go to the table of commands."""

    def __init__(self, canvas: GraphView, selection: Selection) -> None:
        self._find = FindBar(canvas, selection)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        find = self._find
        return {"find": find.open_bar, "find_next": find.go_on, "find_previous": find.go_back}
