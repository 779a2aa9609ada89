"""Lays graphs out: small ones at once, big ones in a thread, so that the window never waits.

A thread and not a process: a layout is needed once, when a file is opened; a process would first import for
as long as some hundred nodes take, and then have to send its result back. The thread shares the interpreter
with the window: while 1,000 nodes are laid out (half a second), frames come 16 ms apart as ever, with single
gaps of 50 to 90 ms (tests/benchmarks/canvas.py).

What was laid out is kept, for it is likely to be wanted again: when a subgraph is folded and opened, or a
file is loaded anew.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from stepscope.canvas.measures import Size
from stepscope.model.layout import Direction, Layout, Options, layered
from stepscope.model.topology import NodeKey, Topology
from stepscope.run import garbage

INLINE_NODES = 100
"""Up to this many nodes a layout takes some 50 ms at most: no thread, and the first paint shows the graph."""
MANY_NODES = 2_000
"""With more of them, a layout is so many objects that the collector is spared them."""
MOST_KEPT = 30_000
"""Nodes of all layouts that are kept; each has some 2 kB with its edges."""


@dataclass(frozen=True)
class Work:
    """A graph to lay out, with the sizes of its nodes and labels; it is to resemble an `earlier` layout."""

    topology: Topology
    sizes: Mapping[NodeKey, Size]
    label_sizes: Mapping[int, Size]
    direction: Direction = "down"
    earlier: Layout | None = None

    @property
    def structure(self) -> Hashable:
        """All that the layout is made from but the earlier one."""
        return tuple(self.sizes.items()), tuple(self.label_sizes.items()), self.topology.edges, self.direction

    def layout(self) -> Layout:
        options = Options(direction=self.direction)
        return layered(self.topology, self.sizes, self.label_sizes, options, self.earlier)


class Arranger(QObject):
    """`arranged` carries a topology and its Layout; only the newest request is answered."""

    arranged = Signal(object, object)
    _finished = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = 0
        self._kept: dict[Hashable, Layout] = {}
        self._keeping = threading.Lock()
        self._finished.connect(self._on_finished)

    def arrange(self, work: Work) -> None:
        """Lay out a graph: `arranged` comes before this returns if it is small, else later."""
        self._request += 1
        if len(work.topology.nodes) <= INLINE_NODES:
            self.arranged.emit(work.topology, self._laid_out(work))
        else:
            job = (self._request, work)
            threading.Thread(target=self._work, args=job, name="layout", daemon=True).start()

    def forget(self) -> None:
        """Let whatever is being laid out come to nothing."""
        self._request += 1

    def _work(self, request: int, work: Work) -> None:
        is_big = len(work.topology.nodes) > MANY_NODES
        with garbage.set_aside() if is_big else contextlib.nullcontext():
            layout = self._laid_out(work)
            _ = layout.polylines  # found here, they need not be found in the window's thread
        # The window may have been closed meanwhile: then nobody wants the answer.
        with contextlib.suppress(RuntimeError):
            self._finished.emit(request, work.topology, layout)

    def _on_finished(self, request: int, topology: Topology, layout: Layout) -> None:
        if request == self._request:
            self.arranged.emit(topology, layout)

    def _laid_out(self, work: Work) -> Layout:
        structure = work.structure
        layout = self._kept.pop(structure, None) or work.layout()
        with self._keeping:
            self._kept[structure] = layout
            nodes = sum(len(kept.nodes) for kept in self._kept.values())
            while nodes > MOST_KEPT and len(self._kept) > 1:
                nodes -= len(self._kept.pop(next(iter(self._kept))).nodes)
        return layout
