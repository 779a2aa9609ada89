"""A canvas with all that it looks at, and the newsroom graph to show on it."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot
from tests.kit.canvas_probe import CanvasProbe
from tests.kit.run_script import RunScript, topology

from stepscope.canvas.view import GraphView
from stepscope.model.program import Program
from stepscope.model.topology import Topology
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import DARK, Theme

_PLAIN = topology(
    "START -> plan",
    "plan -> route",
    "route ?> researcher",
    "route ?> writer",
    "route ?> fact_check",
    "researcher -> editor",
    "writer -> editor",
    "fact_check -> editor",
    "editor ?> plan",
    "editor ?> END",
    "researcher/START -> researcher/query",
    "researcher/query -> researcher/tools",
    "researcher/tools ?> researcher/query",
    "researcher/tools ?> researcher/END",
)
_LABELS = {("route", "researcher"): "search", ("route", "writer"): "write", ("editor", "plan"): "revise"}


def _labelled(shape: Topology) -> Topology:
    labels = [_LABELS.get((edge.source[-1], edge.target[-1])) for edge in shape.edges]
    edges = tuple(replace(edge, label=label) for edge, label in zip(shape.edges, labels, strict=True))
    return Topology(shape.nodes, edges)


NEWSROOM = _labelled(_PLAIN)


def program(shape: Topology, name: str = "newsroom") -> Program:
    return Program(f"a.py:{name}", "a.py", name, (name,), "stepgraph", shape, {}, {})


class Stage:
    """A view and all that it looks at, with a clock that the test owns."""

    def __init__(self, qtbot: QtBot, theme: Theme = DARK) -> None:
        self.model, self.selection = RunModel(), Selection()
        self.now = 1000.0
        self.view = GraphView(self.model, self.selection, theme, clock=lambda: self.now)
        qtbot.addWidget(self.view)
        self.view.resize(1000, 800)
        self.view.show()
        self.probe = CanvasProbe(self.view)

    def open(self, shape: Topology) -> None:
        self.model.set_program(program(shape))

    def play(self, script: RunScript) -> None:
        for event in script.events:
            self.model.feed(event)
        self.now = script.now
        self.model.flush()


def at_the_barrier() -> RunScript:
    """Superstep 3: one task runs in its second inner superstep, one is held, one has arrived."""
    script = RunScript().begin().run(1, "plan").run(2, "route")
    script.start("researcher", 3).start("writer", 3).hold("writer").start("fact_check", 3)
    inside = ("researcher:researcher",)
    script.at(0.2).run(1, "query", namespace=inside).at(0.4).start("tools", 2, inside)
    return script.at(0.9).finish("fact_check").at(1.2)
