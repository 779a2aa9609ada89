"""Lays graphs out: small ones at once, others in a thread, big ones in a process that a thread waits for.

A thread shares the interpreter with the window: while 1,000 nodes are laid out (half a second), frames come
16 ms apart as ever, with single gaps of 50 to 90 ms (tests/benchmarks/canvas.py); while 10,000 are, there
would be gaps of half a second. A process has to start and to import first, and its answer to be read: a
quarter of a second.

What was laid out is kept, for it is likely to be wanted again: when a subgraph is folded and opened, or a
file is loaded anew.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QObject, QTimer, Signal

from stepscope.canvas.flat import FlatShapes
from stepscope.canvas.measures import Lettering, Size
from stepscope.model.layout import Direction, Layout, Options, layered, packed
from stepscope.model.topology import NodeKey, Topology
from stepscope.run import garbage
from stepscope.run.handover import Handover
from stepscope.run.layout_process import LayoutLost, LayoutProcess

INLINE_NODES = 100
"""Up to this many nodes a layout takes some 50 ms at most: no thread, and the first paint shows the graph."""
MANY_NODES = 1_500
"""With more of them it takes a process, and is so many objects that the collector is spared them."""
MOST_KEPT = 30_000
"""Nodes of all layouts that are kept; each has some 2 kB with its edges."""

START_MS = 50
"""A process takes three times as long to start: meanwhile the window shows what it has been told."""
MOST_OF_A_TURN = 0.5
"""Seconds that are waited for who asks to be done with what else they do."""

log = logging.getLogger("stepscope.layout")


@dataclass(frozen=True)
class Work:
    """A graph to lay out; it is to resemble an `earlier` layout. Measured where it is laid out."""

    topology: Topology
    direction: Direction = "down"
    earlier: Layout | None = None

    @cached_property
    def sizes(self) -> dict[NodeKey, Size]:
        return {key: self._lettering.node_size(node) for key, node in self.topology.nodes.items()}

    @cached_property
    def label_sizes(self) -> dict[int, Size]:
        sizes = ((at, self._lettering.label_size(edge)) for at, edge in enumerate(self.topology.edges))
        return {at: size for at, size in sizes if size is not None}

    @property
    def structure(self) -> Hashable:
        """All that the layout is made from but the earlier one."""
        return tuple(self.sizes.items()), tuple(self.label_sizes.items()), self.topology.edges, self.direction

    def layout(self) -> Layout:
        options = Options(direction=self.direction)
        return layered(self.topology, self.sizes, self.label_sizes, options, self.earlier)

    def layout_in(self, process: LayoutProcess) -> Layout:
        """Raises LayoutLost."""
        work = packed.pack_work(self.topology, self.sizes, self.label_sizes, self.direction, self.earlier)
        return packed.unpack_layout(process.laid_out(work), self.topology)

    @cached_property
    def _lettering(self) -> Lettering:
        return Lettering.of_system()  # no two threads may share one


@dataclass(frozen=True)
class LaidOut:
    """A graph that is laid out, and how it looks from far away: that is made beside the layout."""

    topology: Topology
    layout: Layout
    flat: FlatShapes

    @staticmethod
    def of(topology: Topology, layout: Layout) -> LaidOut:
        return LaidOut(topology, layout, FlatShapes(layout))


class Arranger(QObject):
    """`arranged` carries a LaidOut; only the newest request is answered."""

    arranged = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = 0
        self._kept: dict[Hashable, Layout] = {}
        self._keeping = threading.Lock()
        self._process: LayoutProcess | None = None  # that lays out what was asked for last
        self._finished = Handover(self._on_finished, self)

    def arrange(self, work: Work) -> None:
        """Lay out a graph: `arranged` comes before this returns if it is small, else later."""
        self.forget()
        if len(work.topology.nodes) <= INLINE_NODES:
            self.arranged.emit(LaidOut.of(work.topology, self._laid_out(work)))
        else:
            # Whoever asks may have more to do in this turn of the loop, and is not to share the interpreter.
            is_big = len(work.topology.nodes) > MANY_NODES
            may_begin = threading.Event()
            QTimer.singleShot(START_MS if is_big else 0, may_begin.set)
            job = (self._request, work, may_begin)
            threading.Thread(target=self._work, args=job, name="layout", daemon=True).start()

    def forget(self) -> None:
        """Let whatever is being laid out come to nothing."""
        with self._keeping:
            self._request += 1
            process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _work(self, request: int, work: Work, may_begin: threading.Event) -> None:
        is_big = len(work.topology.nodes) > MANY_NODES
        with garbage.set_aside() if is_big else contextlib.nullcontext():
            if is_big:
                layout = self._laid_out_apart(request, work, may_begin)
            else:
                may_begin.wait(MOST_OF_A_TURN)
                layout = self._laid_out(work)
            if layout is None:
                return
            laid_out = LaidOut.of(work.topology, layout)
        self._finished.give((request, laid_out))

    def _on_finished(self, finished: tuple[int, LaidOut]) -> None:
        request, laid_out = finished
        if request == self._request:
            self.arranged.emit(laid_out)

    def _laid_out_apart(self, request: int, work: Work, may_begin: threading.Event) -> Layout | None:
        """Have a process lay it out; if that fails, do it here. None when something else is wanted now."""
        try:
            with LayoutProcess() as process:  # gets ready while the nodes are measured
                with self._keeping:
                    if request != self._request:
                        return None
                    self._process = process
                may_begin.wait(MOST_OF_A_TURN)
                return self._laid_out(work, process)
        except LayoutLost as lost:
            if request != self._request:
                return None
            log.warning("A graph is laid out in the window's own process. %s", lost)
            return self._laid_out(work)

    def _laid_out(self, work: Work, process: LayoutProcess | None = None) -> Layout:
        structure = work.structure
        layout = self._kept.pop(structure, None)
        if layout is None:
            layout = work.layout() if process is None else work.layout_in(process)
        with self._keeping:
            self._kept[structure] = layout
            nodes = sum(len(kept.nodes) for kept in self._kept.values())
            while nodes > MOST_KEPT and len(self._kept) > 1:
                nodes -= len(self._kept.pop(next(iter(self._kept))).nodes)
        return layout
