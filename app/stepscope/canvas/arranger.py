"""Lays graphs out: small ones at once, big ones in a thread, so that the window never waits.

A thread and not a process: a layout is needed once, when a file is opened; a process would first import for
as long as some hundred nodes take, and then have to send its result back. The thread shares the interpreter
with the window: while 1,000 nodes are laid out (half a second), frames come 16 ms apart as ever, with single
gaps of 50 to 90 ms (tests/benchmarks/canvas.py).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from stepscope.canvas.measures import Size
from stepscope.model.layout import Layout, layered
from stepscope.model.topology import NodeKey, Topology

INLINE_NODES = 100
"""Up to this many nodes a layout takes some 50 ms at most: no thread, and the first paint shows the graph."""


class Arranger(QObject):
    """`arranged` carries a topology and its Layout; only the newest request is answered."""

    arranged = Signal(object, object)
    _finished = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = 0
        self._finished.connect(self._on_finished)

    def arrange(
        self, topology: Topology, sizes: Mapping[NodeKey, Size], label_sizes: Mapping[int, Size]
    ) -> None:
        """Lay out a graph: `arranged` comes before this returns for a small one, later for a big one."""
        self._request += 1
        if len(topology.nodes) <= INLINE_NODES:
            self.arranged.emit(topology, layered(topology, sizes, label_sizes))
            return
        work = (self._request, topology, sizes, label_sizes)
        threading.Thread(target=self._lay_out, args=work, name="layout", daemon=True).start()

    def forget(self) -> None:
        """Let whatever is being laid out come to nothing."""
        self._request += 1

    def _lay_out(
        self,
        request: int,
        topology: Topology,
        sizes: Mapping[NodeKey, Size],
        label_sizes: Mapping[int, Size],
    ) -> None:
        layout = layered(topology, sizes, label_sizes)
        # The window may have been closed meanwhile: then nobody wants the answer.
        with contextlib.suppress(RuntimeError):
            self._finished.emit(request, topology, layout)

    def _on_finished(self, request: int, topology: Topology, layout: Layout) -> None:
        if request == self._request:
            self.arranged.emit(topology, layout)
