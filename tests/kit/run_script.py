"""Writes down a run as the events that a host would send, with a clock that the test owns."""

from __future__ import annotations

from collections.abc import Iterable

from stepscope.model.events import (
    Acted,
    Asked,
    BreakpointHit,
    Custom,
    Event,
    Failure,
    GraphCalled,
    Location,
    Outcome,
    Paused,
    Plain,
    Printed,
    Resumed,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskHeld,
    TaskLingers,
    TaskReleased,
    TaskStarted,
    Token,
    Updated,
    Values,
)
from stepscope.model.run_state import RunState
from stepscope.model.topology import END, START, EdgeShape, Namespace, NodeKey, NodeShape, Topology

BOOM = Failure(
    "ValueError",
    "no such city",
    "Give a city that the table has.",
    Location("/home/ada/weather.py", 12, "fetch", "raise ValueError('no such city')"),
    "Traceback (most recent call last):\n"
    '  File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run\n'
    "    return runner.run(main)\n"
    '  File "/home/ada/weather.py", line 12, in fetch\n'
    "    raise ValueError('no such city')\n"
    "ValueError: no such city\n",
)


class RunScript:
    """Each method appends one event. `at(seconds)` sets the clock; tasks are named ``node#n`` by hand."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.now = 1000.0
        self._tasks: dict[str, TaskStarted] = {}

    def at(self, seconds: float) -> RunScript:
        self.now = 1000.0 + seconds
        return self

    def begin(self, input: Plain = None) -> RunScript:
        return self._add(RunStarted(*self._stamp, "stepgraph", input))

    def start(
        self,
        task: str,
        step: int,
        namespace: Namespace = (),
        input: Plain = None,
        triggers: tuple[str, ...] = (),
    ) -> RunScript:
        """A task whose node is the part of its id before any ``#``."""
        node = task.partition("#")[0]
        event = TaskStarted(*self._stamp, namespace, step, task, node, input, triggers)
        self._tasks[task] = event
        return self._add(event)

    def hold(self, task: str) -> RunScript:
        began = self._tasks[task]
        return self._add(TaskHeld(*self._stamp, began.namespace, began.step, task, began.node))

    def release(self, task: str) -> RunScript:
        began = self._tasks[task]
        return self._add(TaskReleased(*self._stamp, began.namespace, began.step, task, began.node))

    def finish(self, *tasks: str, result: Plain = None) -> RunScript:
        for task in tasks:
            began = self._tasks[task]
            self._add(TaskFinished(*self._stamp, began.namespace, began.step, task, began.node, result, None))
        return self

    def fail(self, task: str, failure: Failure = BOOM) -> RunScript:
        began = self._tasks[task]
        return self._add(
            TaskFinished(*self._stamp, began.namespace, began.step, task, began.node, None, failure)
        )

    def linger(self, task: str, failure: Failure | None = BOOM) -> RunScript:
        """It is kept after it has failed, or ended."""
        began = self._tasks[task]
        event = TaskLingers(*self._stamp, began.namespace, began.step, task, began.node, "kept", failure)
        return self._add(event)

    def act(self, task: str, what: str, value: Plain = None) -> RunScript:
        """The person does something to it."""
        began = self._tasks[task]
        return self._add(Acted(*self._stamp, began.namespace, began.step, task, began.node, what, value))

    def run(self, step: int, *tasks: str, namespace: Namespace = ()) -> RunScript:
        """All tasks of a superstep, started together and finished in turn."""
        for task in tasks:
            self.start(task, step, namespace)
        return self.finish(*tasks)

    def update(
        self, node: str, step: int, update: Plain, namespace: Namespace = (), is_cached: bool = False
    ) -> RunScript:
        return self._add(Updated(*self._stamp, namespace, step, node, update, is_cached))

    def values(self, step: int, values: Plain, namespace: Namespace = ()) -> RunScript:
        return self._add(Values(*self._stamp, namespace, step, values))

    def custom(self, step: int, data: Plain, namespace: Namespace = ()) -> RunScript:
        return self._add(Custom(*self._stamp, namespace, step, data))

    def hit(self, breakpoint: str, step: int, namespace: Namespace = ()) -> RunScript:
        return self._add(BreakpointHit(*self._stamp, namespace, step, breakpoint))

    def call(self, node: str, called: Topology) -> RunScript:
        """A node, named by its path (``team/tools``), begins to run another graph."""
        return self._add(GraphCalled(*self._stamp, tuple(node.split("/")), called))

    def print(self, text: str, source: str = "stdout") -> RunScript:
        return self._add(Printed(*self._stamp, source, text))

    def log(
        self,
        text: str,
        level: str = "INFO",
        logger: str = "app",
        node: str = "",
        where: Location | None = None,
    ) -> RunScript:
        return self._add(Printed(*self._stamp, "log", text, level, logger, where, node))

    def token(
        self,
        message: str,
        text: str,
        node: str = "model",
        step: int = 1,
        namespace: Namespace = (),
        tags: tuple[str, ...] = (),
        kind: str = "AIMessageChunk",
        calls: str = "",
        whole: bool = False,
    ) -> RunScript:
        return self._add(Token(*self._stamp, namespace, step, node, message, kind, text, calls, tags, whole))

    def pause(self, step: int, *next: str, reason: str = "paused after superstep 1") -> RunScript:
        return self._add(Paused(*self._stamp, step, next, reason))

    def ask(self, id: str, value: Plain, namespace: Namespace = (), node: str = "") -> RunScript:
        return self._add(Asked(*self._stamp, id, value, {}, namespace, node))

    def resume(self) -> RunScript:
        return self._add(Resumed(*self._stamp))

    def end(
        self,
        outcome: Outcome = Outcome.FINISHED,
        failure: Failure | None = None,
        still_running: tuple[str, ...] = (),
    ) -> RunScript:
        return self._add(RunFinished(*self._stamp, outcome, failure, "", still_running))

    @property
    def _stamp(self) -> tuple[int, float]:
        return len(self.events), self.now

    def _add(self, event: Event) -> RunScript:
        self.events.append(event)
        return self


def fold(topology: Topology, script: RunScript) -> RunState:
    """The state after all events of a script."""
    state = RunState(topology)
    for event in script.events:
        state.apply(event)
    return state


def topology(*edges: str, nodes: Iterable[str] = ()) -> Topology:
    """A shape from lines like ``START -> plan``, ``route ?> write`` (conditional) and ``sub/a -> sub/b``."""
    shapes: dict[NodeKey, NodeShape] = {}

    def key(text: str) -> NodeKey:
        *prefix, name = text.strip().split("/")
        path = (*prefix, {"START": START, "END": END}.get(name, name))
        for depth in range(1, len(path)):
            _add_node(shapes, path[:depth], "subgraph")
        _add_node(shapes, path, {START: "start", END: "end"}.get(path[-1], "node"))
        return path

    for node in nodes:
        key(node)
    return Topology(shapes, tuple(_edge(line, key) for line in edges))


def _edge(line: str, key) -> EdgeShape:
    arrow = "?>" if "?>" in line else "->"
    source, target = line.split(arrow)
    return EdgeShape(key(source), key(target), arrow == "?>")


def _add_node(shapes: dict[NodeKey, NodeShape], key: NodeKey, kind: str) -> None:
    if key not in shapes or kind == "subgraph":
        shapes[key] = NodeShape(key, key[-1], kind)


def taken(state: RunState) -> dict[str, int]:
    """How often each edge was taken, by lines like ``plan -> route``; those never taken are left out."""
    words = {START: "START", END: "END"}

    def name(key: NodeKey) -> str:
        return "/".join((*key[:-1], words.get(key[-1], key[-1])))

    return {
        f"{name(edge.source)} {'?>' if edge.conditional else '->'} {name(edge.target)}": count
        for edge, count in state.taken.items()
    }
