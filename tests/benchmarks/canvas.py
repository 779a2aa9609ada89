"""What the canvas costs: `python -m tests.benchmarks.canvas [frames] [nodes …]` prints milliseconds.

Beside the time that a frame took stands the time for which the window's thread ran, which says more on a busy
machine.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from stepscope.canvas.arranger import Arranger, Work
from stepscope.canvas.view import GraphView
from stepscope.model.events import RunStarted, TaskStarted
from stepscope.model.program import Program
from stepscope.model.topology import END, START, EdgeShape, NodeShape, Topology
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import DARK

SIZES = (200, 1000, 10_000)


def graph(nodes: int, seed: int = 1) -> Topology:
    """A long flow with forks, joins and shortcuts, 1.4 edges a node, every seventh edge a labelled choice."""
    chance = random.Random(seed)
    names = [f"step_{number}" for number in range(nodes)]
    pairs = [(START, names[0])]
    pairs += [(names[chance.randrange(max(0, at - 12), at)], names[at]) for at in range(1, nodes)]
    for _ in range(int(0.4 * nodes)):
        at = chance.randrange(nodes - 1)
        pairs.append((names[at], names[min(nodes - 1, at + chance.randrange(1, 15))]))
    pairs.append((names[-1], END))
    shapes = [NodeShape((START,), START, "start"), *(NodeShape((name,), name) for name in names)]
    shapes.append(NodeShape((END,), END, "end"))
    edges = (
        EdgeShape((source,), (target,), at % 7 == 0, f"way {at}" if at % 7 == 0 else None)
        for at, (source, target) in enumerate(pairs)
    )
    return Topology({shape.key: shape for shape in shapes}, tuple(edges))


def program(topology: Topology) -> Program:
    return Program("bench.py:g", "bench.py", "g", ("g",), "stepgraph", topology, {}, {})


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def opened(nodes: int) -> tuple[float, GraphView, RunModel]:
    """Milliseconds from `set_program` until the graph is laid out and painted, in a window that lives."""
    model = RunModel()
    view = GraphView(model, Selection(), DARK)
    view.resize(1280, 800)
    view.show()
    QApplication.processEvents()
    shown = QEventLoop()
    view.graph_shown.connect(shown.quit)
    began = time.perf_counter()
    model.set_program(program(graph(nodes)))
    if view.hint:
        shown.exec()
    view.viewport().repaint()
    return (time.perf_counter() - began) * 1000, view, model


def gaps_while_laying_out(nodes: int) -> tuple[float, float]:
    """The median and the longest time between two 16 ms ticks while a big graph is laid out in its thread."""
    topology, arranger = graph(nodes), Arranger()
    arranged = QEventLoop()
    arranger.arranged.connect(arranged.quit)
    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now

    timer = QTimer(interval=16, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    arranger.arrange(Work(topology))
    arranged.exec()
    timer.stop()
    return statistics.median(gaps), max(gaps)


@dataclass(frozen=True)
class Cost:
    """Medians of milliseconds: of the clock, and of the window's thread."""

    elapsed: float
    ran: float

    def __str__(self) -> str:
        return f"{self.elapsed:8.1f} {self.ran:8.1f}"


def cost(work: Callable[[], object], rounds: int) -> Cost:
    """What a piece of work takes, with all that Qt does after it."""

    def frame() -> tuple[float, float]:
        began = time.thread_time()
        elapsed = milliseconds(lambda: (work(), QApplication.processEvents()))
        return elapsed, (time.thread_time() - began) * 1000

    elapsed, ran = zip(*(frame() for _ in range(rounds)), strict=True)
    return Cost(statistics.median(elapsed), statistics.median(ran))


def to_and_fro(there: Callable[[], object], back: Callable[[], object]) -> Callable[[], object]:
    """Does one and then the other, so that the picture stays where there is something to see."""
    turns = itertools.cycle((there, back))
    return lambda: next(turns)()


def light_up(view: GraphView, model: RunModel, names: list[str]) -> Callable[[], object]:
    """A hundred tasks have started: to be told and painted in one frame."""
    model.reset()
    model.feed(RunStarted(0, time.time(), "stepgraph", None))
    model.flush()
    QApplication.processEvents()
    for number, name in enumerate(names):
        model.feed(TaskStarted(number, time.time(), (), 1, f"{name}#{number}", name, None, ()))
    return model.flush


def lit(view: GraphView, model: RunModel, names: list[str], rounds: int) -> Cost:
    costs = [cost(light_up(view, model, names), 1) for _ in range(rounds)]
    elapsed, ran = (
        statistics.median(found) for found in zip(*((c.elapsed, c.ran) for c in costs), strict=True)
    )
    return Cost(elapsed, ran)


def frames(view: GraphView, model: RunModel, rounds: int) -> Iterator[tuple[str, Cost]]:
    """Panning and zooming around the middle node, at several zooms; then a hundred nodes that start."""
    names = [key[0] for key in model.state.topology.nodes if key[0] not in (START, END)]
    yield "fit in view", cost(to_and_fro(lambda: view.zoom_by(1.1), view.fit), rounds)
    few = max(1, rounds // 6)
    yield "100 nodes start, all in view", lit(view, model, names[:100], few)
    middle = view.graph_scene.box_of((names[len(names) // 2],)).centre
    for zoom in (0.2, 0.4, 1.0):
        view.zoom_by(zoom / view.zoom)
        view.centerOn(middle.x, middle.y)
        QApplication.processEvents()
        to, fro = (lambda: view.pan(40, 25)), (lambda: view.pan(-40, -25))
        yield f"pan at {zoom:.0%}", cost(to_and_fro(to, fro), rounds)
        yield f"zoom at {zoom:.0%}", cost(to_and_fro(view.zoom_in, view.zoom_out), rounds)
    near = view.graph_scene.box_of((names[50],)).centre
    view.centerOn(near.x, near.y)
    yield "100 nodes start, at 100 %", lit(view, model, names[:100], few)


def main(rounds: int = 30, sizes: Sequence[int] = SIZES) -> None:
    application = QApplication([])  # held until the end: Qt deletes one that nobody holds
    opened(10)[1].close()  # imports and fonts
    for nodes in sizes:
        took, view, model = opened(nodes)
        print(f"{nodes:,} nodes, {len(model.state.topology.edges):,} edges; at most {view.zoom:.0%} in view")
        print(f"  {'opened: laid out and painted':32} {took:8.0f}")
        growing = time.perf_counter()
        while view.graph_scene.is_growing:
            QApplication.processEvents()
        print(f"  {'until names can be read':32} {(time.perf_counter() - growing) * 1000:8.0f}")
        for name, found in frames(view, model, rounds):
            print(f"  {name:32} {found}")
        view.close()
    middle, longest = gaps_while_laying_out(1000)
    print("16 ms ticks of the window while 1,000 nodes are laid out")
    print(f"  {'median gap':32} {middle:8.1f}")
    print(f"  {'longest gap':32} {longest:8.1f}")
    del application


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers[:1] or [30]), numbers[1:] or SIZES)
