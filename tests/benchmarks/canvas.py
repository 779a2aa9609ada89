"""What the canvas costs: `python -m tests.benchmarks.canvas [rounds]` prints medians in milliseconds."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from stepscope.canvas.arranger import Arranger
from stepscope.canvas.measures import Lettering
from stepscope.canvas.view import GraphView
from stepscope.model.events import TaskStarted
from stepscope.model.program import Program
from stepscope.model.topology import END, START, EdgeShape, NodeShape, Topology
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import DARK

SIZES = (50, 200, 1000)


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
    topology, lettering, arranger = graph(nodes), Lettering.of_system(), Arranger()
    sizes = {key: lettering.node_size(node) for key, node in topology.nodes.items()}
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
    arranger.arrange(topology, sizes, {})
    arranged.exec()
    timer.stop()
    return statistics.median(gaps), max(gaps)


def light_up(view: GraphView, model: RunModel, names: list[str]) -> None:
    """A hundred tasks start in one frame, and are painted."""
    for number, name in enumerate(names):
        model.feed(TaskStarted(number, time.time(), (), 1, f"{name}#{number}", name, None, ()))
    model.flush()
    QApplication.processEvents()


def frames(nodes: int) -> dict[str, float]:
    _, view, model = opened(nodes)
    names = [key[0] for key in model.state.topology.nodes][1:101]
    found = {"paint, all in view": milliseconds(view.viewport().repaint)}
    found["100 nodes start, all in view"] = milliseconds(lambda: light_up(view, model, names))
    view.zoom_by(1 / view.zoom)
    view.viewport().repaint()
    found["paint at 100 %"] = milliseconds(view.viewport().repaint)
    found["pan at 100 %"] = milliseconds(lambda: (view.pan(40, 25), QApplication.processEvents()))
    found["zoom a notch at 100 %"] = milliseconds(lambda: (view.zoom_in(), QApplication.processEvents()))
    view.deleteLater()
    return found


def main(rounds: int = 5) -> None:
    application = QApplication([])  # held until the end: Qt deletes one that nobody holds
    opened(10)  # imports and fonts
    for nodes in SIZES:
        print(f"{nodes:,} nodes")
        times = [opened(nodes)[0] for _ in range(rounds)]
        print(f"  {'opened: laid out and painted':32} {statistics.median(times):8.1f}")
        rows = [frames(nodes) for _ in range(rounds)]
        for name in rows[0]:
            print(f"  {name:32} {statistics.median(row[name] for row in rows):8.1f}")
    middles, longest = zip(*(gaps_while_laying_out(1000) for _ in range(rounds)), strict=True)
    print("16 ms ticks of the window while 1,000 nodes are laid out")
    print(f"  {'median gap':32} {statistics.median(middles):8.1f}")
    print(f"  {'longest gap':32} {statistics.median(longest):8.1f}")
    del application


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
