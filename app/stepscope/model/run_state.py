"""The fold: events in, the state of the run out.

`RunState.apply` is the only place where a run's state changes (`move_to` changes what it is drawn on). It
reads no clock, waits for nothing and knows no widget, so a list of events gives the same state live,
replayed and in a test.

*Tasks that never report* are settled here. A failure cancels siblings, and a stop cancels all: what
still runs when its graph goes on to a later superstep, when the task around its graph ends, or when the
run ends, counts as stopped. But one silent task in a graph whose own task succeeded has left it by
`Command(graph=Command.PARENT)`, and is done. The path taken is inferred, too: see `path.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from stepscope.model.called import with_called, with_task, without_called
from stepscope.model.events import (
    Acted,
    Asked,
    BreakpointHit,
    Checkpoint,
    Custom,
    Event,
    Failure,
    GraphCalled,
    Outcome,
    Paused,
    Plain,
    Printed,
    Refused,
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
from stepscope.model.history import History
from stepscope.model.message import Message
from stepscope.model.path import Path, edges_by_target
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.task_state import NodeState, TaskState
from stepscope.model.topology import END, START, EdgeShape, Namespace, NodeKey, Topology, graph_key, node_key

_OUTCOMES = {
    Outcome.FINISHED: RunPhase.FINISHED,
    Outcome.FAILED: RunPhase.FAILED,
    Outcome.STOPPED: RunPhase.STOPPED,
    Outcome.INTERRUPTED: RunPhase.INTERRUPTED,
}


@dataclass
class Changes:
    """What `apply` has touched since the last `take_changes`."""

    run: bool = False
    nodes: set[NodeKey] = field(default_factory=set)
    edges: set[EdgeShape] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    rows: bool = False  # one of the logs grew: updates, values, customs or debug
    topology: bool = False  # a node was seen to call a graph

    def __bool__(self) -> bool:
        return bool(self.run or self.rows or self.nodes or self.edges or self.messages or self.topology)


@dataclass
class _GraphRun:
    """One running graph (a namespace)."""

    path: Path
    step: int = 0
    tasks: list[str] = field(default_factory=list)  # of the current step


class RunState:
    """All that a person can see of one run. Logs only ever grow; their items are the events themselves."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.phase = RunPhase.IDLE
        self.reason = ""
        self.step = 0  # of the root graph; 0 until its first superstep
        self.next: tuple[str, ...] = ()  # names of the nodes that a paused run holds
        self.engine = ""
        self.input: Plain = None
        self.started: float | None = None
        self.ended: float | None = None
        self.failure: Failure | None = None
        self.still_running: tuple[str, ...] = ()
        self.sources: tuple[str, ...] = ()  # the files that were read until the run was over
        self.events = 0
        self.tasks: dict[str, TaskState] = {}
        self.nodes: dict[NodeKey, NodeState] = {key: NodeState(key) for key in topology.nodes}
        self.messages: dict[str, Message] = {}
        self.taken: Counter[EdgeShape] = Counter()
        self.updates: list[Updated] = []
        self.values: list[Values] = []
        self.history = History()
        self.customs: list[Custom] = []
        self.debug: list[TaskStarted | TaskFinished | Checkpoint | Acted] = []
        self.thread = ""
        self.questions: dict[str, Asked] = {}  # that the graph waits to be answered
        self.hits: Counter[str] = Counter()  # of breakpoints, by id
        self.refusal = ""  # why the last thing the person asked for was not done
        self._graphs: dict[Namespace, _GraphRun] = {}
        self._inner: dict[str, list[Namespace]] = {}  # the graphs that run inside a task
        self._growing: dict[str, Message] = {}
        self._message_ends: dict[tuple[NodeKey, Namespace], float] = {}
        self._changes = Changes()
        self._find_ways()
        self._called_before = {key for key, node in topology.nodes.items() if node.is_caller}

    def _find_ways(self) -> None:
        """Look up in the topology by which edges nodes are reached, and which lead where nothing says."""
        self._edges_into = edges_by_target(self.topology)
        self._open_nodes = {key for key, node in self.topology.nodes.items() if node.is_open}

    def apply(self, event: Event) -> None:
        """Take one event in."""
        self.events += 1
        match event:
            case Token():
                self._token(event)
            case Custom():
                self.customs.append(event)
                self._changes.rows = True
            case Updated():
                self._updated(event)
            case Values():
                self.values.append(event)
                self.history.add(event)
                self._changes.rows = True
            case TaskStarted():
                self._task_started(event)
            case TaskHeld():
                self._set_task_phase(event.task, Phase.HELD)
            case TaskReleased():
                self._task_released(event)
            case TaskLingers():
                self._task_lingers(event)
            case Acted():
                self._acted(event)
            case TaskFinished():
                self._task_finished(event)
            case Checkpoint():
                self.debug.append(event)
                self._changes.rows = True
            case GraphCalled():
                self._graph_called(event)
            case Printed():
                pass  # the console has it, which outlives the run
            case _:
                self._run_event(event)

    def move_to(self, topology: Topology) -> None:
        """Stand on the graph as it is drawn now: what ran in a node that is gone stays in the logs alone."""
        kept = {key: node for key, node in self.nodes.items() if key not in self.topology.nodes}
        self.nodes = {key: self.nodes.get(key, NodeState(key)) for key in topology.nodes} | kept
        self.topology = topology
        self._find_ways()

    def _graph_called(self, event: GraphCalled) -> None:
        topology, key = self.topology, event.path
        if key in self._called_before:  # by the program as it was in an earlier run
            self._called_before = {each for each in self._called_before if each[: len(key)] != key}
            topology = without_called(topology, key)
        self._grow(with_called(topology, key, event.topology))

    def _grow(self, topology: Topology) -> None:
        """Stand on a graph of which a run has shown more."""
        if topology != self.topology:
            self.move_to(topology)
            self._changes.topology = True

    def take_changes(self) -> Changes:
        """What has changed since the last call."""
        changes, self._changes = self._changes, Changes()
        return changes

    def step_tasks(self, namespace: Namespace = ()) -> list[TaskState]:
        """The tasks of the superstep that a graph is in, in the order they started."""
        graph = self._graphs.get(namespace)
        return [self.tasks[task] for task in graph.tasks] if graph else []

    def live_graphs(self) -> tuple[Namespace, ...]:
        """The graphs that are under way, the root first."""
        return tuple(self._graphs) if self.phase.is_live else ()

    def step_text(self, namespace: Namespace, step: int) -> str:
        """A superstep with those of the graphs around it: ``4.1`` is the first inside the root's 4th."""
        if not namespace:
            return str(step)
        outer = (self.tasks.get(owner) for owner in map(_owner_id, namespace) if owner)
        return ".".join([*(str(task.step) for task in outer if task), str(step)])

    def inner_tasks(self, task: str) -> list[TaskState]:
        """The tasks of the supersteps that the graphs inside a live task are in."""
        return [inner for namespace in self.inner_graphs(task) for inner in self.step_tasks(namespace)]

    def inner_graphs(self, task: str) -> tuple[Namespace, ...]:
        """The graphs that run inside a live task, in the order they began."""
        return tuple(self._inner.get(task, ()))

    def _run_event(self, event: Event) -> None:
        self._changes.run = True
        match event:
            case RunStarted():
                # A run that takes up a thread goes on where the last one stood.
                is_first = self.phase is RunPhase.IDLE
                self.phase, self.reason, self.ended = RunPhase.RUNNING, "", None
                self.questions.clear()
                self.thread = event.thread
                if is_first:
                    self.engine, self.input, self.started = event.engine, event.input, event.time
            case Paused():
                self.phase, self.reason, self.next = RunPhase.PAUSED, event.reason, event.next
            case Resumed():
                self.phase, self.reason, self.next = RunPhase.RUNNING, "", ()
            case Asked():
                self.questions[event.id] = event
            case BreakpointHit():
                self.hits[event.breakpoint] += 1
            case Refused():
                self.refusal = event.reason
            case RunFinished():
                self._run_finished(event)

    def _run_finished(self, event: RunFinished) -> None:
        self.phase = _OUTCOMES[event.outcome]
        self.reason, self.next = event.reason, ()
        self.failure, self.still_running = event.failure, event.still_running
        self.sources = event.sources
        self.ended = event.time
        asks = event.outcome is Outcome.INTERRUPTED
        for task in reversed(self.tasks.values()):  # what is within a task comes before it
            if task.ended is None:
                self._settle(task, event.time, Phase.HELD if asks else Phase.STOPPED)
                task.asks = asks
        for message in list(self._growing.values()):
            self._finish_message(message)
        if event.outcome is Outcome.FINISHED and () in self._graphs:
            self._graph_ended(())

    def _task_started(self, event: TaskStarted) -> None:
        self.debug.append(event)
        self._changes.rows = True
        key = node_key(event.namespace, event.node)
        graph = self._graphs.get(event.namespace) or self._graph_began(event)
        if event.step != graph.step:
            self._step_began(graph, event)
        self.tasks[event.task] = TaskState(
            event.task,
            event.namespace,
            key,
            event.step,
            Phase.RUNNING,
            event.input,
            event.triggers,
            event.time,
        )
        if event.task not in graph.tasks:  # one that had asked something begins again
            graph.tasks.append(event.task)
        self._take(graph.path.started(key, event.step, event.triggers))
        self._take(self._ways_to_task(key, graph))
        node = self._node(key)
        node.runs += 1
        node.live.add(event.task)
        node.tasks.append(event.task)
        node.failure = None
        self._set_node_phase(node, Phase.RUNNING)

    def _ways_to_task(self, key: NodeKey, graph: _GraphRun) -> list[EdgeShape]:
        """The edge from the node that has called this task, if it is one of the functional API."""
        if key not in self.topology.nodes and (key[:-1] in self.topology.nodes or len(key) == 1):
            live = (self.tasks[each] for each in graph.tasks)
            self._grow(with_task(self.topology, key, {each.key for each in live if each.ended is None}))
        is_task = key in self.topology.nodes and self.topology.nodes[key].kind == "task"
        return self._edges_into.get(key, []) if is_task else []

    def _graph_began(self, event: TaskStarted) -> _GraphRun:
        prefix = graph_key(event.namespace)
        graph = _GraphRun(Path(self._edges_into, prefix, event.step, self._open_nodes))
        self._graphs[event.namespace] = graph
        self._light_terminal(prefix, START)
        if event.namespace:
            self._inner.setdefault(_owner(event.namespace), []).append(event.namespace)
        return graph

    def _step_began(self, graph: _GraphRun, event: TaskStarted) -> None:
        for task_id in graph.tasks:
            if self.tasks[task_id].ended is None:
                self._settle(self.tasks[task_id], event.time)
        graph.tasks = []
        graph.step = event.step
        if not event.namespace:
            self.step = event.step
            self._changes.run = True

    def _task_finished(self, event: TaskFinished) -> None:
        self.debug.append(event)
        self._changes.rows = True
        task = self.tasks.get(event.task)
        if task is None:  # resumed from a checkpoint: it reports without having started
            return
        task.ended, task.result, task.failure = event.time, event.result, event.failure
        task.phase = Phase.DONE if event.failure is None else Phase.FAILED
        if task.kept:
            task.phase = Phase.HELD
        graph = self._graphs[event.namespace]
        if event.failure is None:
            graph.path.finished(task.key, event.step)
        node = self._node(task.key)
        node.live.discard(event.task)
        node.failure = event.failure or node.failure
        self._settle_node(node, task.phase)
        self._finish_messages(task)
        self._close_inner(task, event.time)

    def _updated(self, event: Updated) -> None:
        self.updates.append(event)
        self.history.add_write(event)
        self._changes.rows = True
        if not event.is_cached:
            return
        # A task whose result was cached says so, and never that it has finished.
        key = node_key(event.namespace, event.node)
        tasks = (task for task in self.step_tasks(event.namespace) if task.key == key and task.ended is None)
        task = next(tasks, None)
        if task is not None:
            task.is_cached, task.result = True, event.update
            self._graphs[event.namespace].path.finished(key, event.step)
            self._settle(task, event.time, Phase.DONE)

    def _task_released(self, event: TaskReleased) -> None:
        task = self.tasks.get(event.task)
        if task is None or not task.kept:
            self._set_task_phase(event.task, Phase.RUNNING, began=event.time)
            return
        task.kept = ""
        self._set_phase_of(task, Phase.RUNNING if task.ended is None else Phase.DONE)

    def _task_lingers(self, event: TaskLingers) -> None:
        task = self.tasks.get(event.task)
        if task is not None:
            task.kept, task.failure = event.reason, event.failure
            self._set_phase_of(task, Phase.HELD)

    def _acted(self, event: Acted) -> None:
        self.debug.append(event)
        self._changes.rows = True
        task = self.tasks.get(event.task)
        if task is not None:
            task.acts.append(event)
            if event.what == "rerouted" and event.namespace in self._graphs:
                self._graphs[event.namespace].path.moved(task.key, event.step)
            if event.what not in ("failed", "rerouted"):
                task.failure = None
            node = self._node(task.key)
            node.acted = event.what
            self._changes.nodes.add(node.key)
            self._changes.run = True

    def _set_phase_of(self, task: TaskState, phase: Phase) -> None:
        """A task that lingers shows as held although it has ended."""
        task.phase = phase
        node = self._node(task.key)
        if task.ended is None:
            self._set_node_phase(node, self._live_phase(node))
        else:
            self._set_node_phase(node, phase)

    def _close_inner(self, owner: TaskState, when: float) -> None:
        """The graphs that ran inside a task are over with it."""
        for namespace in self._inner.pop(owner.id, ()):
            silent = [task for task in self.step_tasks(namespace) if task.ended is None]
            has_left = owner.phase is Phase.DONE and len(silent) == 1
            for task in silent:
                self._settle(task, when, Phase.DONE if has_left else Phase.STOPPED)
            if owner.phase is Phase.DONE and not silent:
                self._graph_ended(namespace)
            del self._graphs[namespace]

    def _settle(self, task: TaskState, when: float, phase: Phase = Phase.STOPPED) -> None:
        task.ended, task.phase = when, phase
        node = self._node(task.key)
        node.live.discard(task.id)
        self._settle_node(node, phase)
        self._finish_messages(task)
        self._close_inner(task, when)

    def _settle_node(self, node: NodeState, phase: Phase) -> None:
        if node.failure is not None:
            self._set_node_phase(node, Phase.FAILED)
        elif not node.live:
            self._set_node_phase(node, phase)
        else:
            self._set_node_phase(node, self._live_phase(node))

    def _live_phase(self, node: NodeState) -> Phase:
        phases = {self.tasks[task].phase for task in node.live}
        return Phase.RUNNING if Phase.RUNNING in phases else Phase.HELD

    def _set_task_phase(self, task_id: str, phase: Phase, began: float | None = None) -> None:
        task = self.tasks.get(task_id)
        if task is None or task.ended is not None:
            return
        task.phase = phase
        if began is not None:
            task.started = began
        node = self._node(task.key)
        self._set_node_phase(node, self._live_phase(node))

    def _set_node_phase(self, node: NodeState, phase: Phase) -> None:
        node.phase = phase
        self._changes.nodes.add(node.key)
        # The tasks of a superstep stand beside the run's state in words, so that follows too.
        self._changes.run = True

    def _node(self, key: NodeKey) -> NodeState:
        node = self.nodes.get(key)
        if node is None:  # a subgraph that the picture does not know, called inside a function
            node = self.nodes[key] = NodeState(key)
        return node

    def _light_terminal(self, prefix: NodeKey, name: str) -> None:
        key = (*prefix, name)
        if key in self.topology.nodes:
            self._set_node_phase(self._node(key), Phase.DONE)

    def _graph_ended(self, namespace: Namespace) -> None:
        self._take(self._graphs[namespace].path.ended())
        self._light_terminal(graph_key(namespace), END)

    def _take(self, edges: list[EdgeShape]) -> None:
        self.taken.update(edges)
        self._changes.edges.update(edges)

    def _token(self, event: Token) -> None:
        message = self.messages.get(event.message)
        if message is None:
            key = node_key(event.namespace, event.node)
            message = self.messages[event.message] = Message(
                event.message,
                key,
                event.namespace,
                event.step,
                event.kind,
                event.tags,
                self._asked(key, event.namespace),
                event.time,
                event.time,
            )
            self._growing[event.message] = message
        message.last = event.time
        if event.text:
            message.tokens += 1
            message.parts.append(event.text)
        if event.tool_calls:
            message.call_parts.append(event.tool_calls)
        if event.whole:
            self._message_ends[message.key, message.namespace] = event.time
            self._finish_message(message)
        self._changes.messages.add(event.message)

    def _asked(self, key: NodeKey, namespace: Namespace) -> float | None:
        node = self.nodes.get(key)
        if node is None:
            return None
        tasks = [self.tasks[task] for task in node.live if self.tasks[task].namespace == namespace]
        if not tasks:
            return None
        return max(max(task.started for task in tasks), self._message_ends.get((key, namespace), 0.0))

    def _finish_messages(self, task: TaskState) -> None:
        # A token names its node, not its task: while another task of the node runs, it may be that one's.
        live = self._node(task.key).live
        if any(self.tasks[other].namespace == task.namespace for other in live):
            return
        done = [m for m in self._growing.values() if m.key == task.key and m.namespace == task.namespace]
        for message in done:
            self._finish_message(message)

    def _finish_message(self, message: Message) -> None:
        message.is_finished = True
        self._growing.pop(message.id, None)
        self._changes.messages.add(message.id)


def _owner(namespace: Namespace) -> str:
    """The id of the task that a nested graph runs in."""
    return next(filter(None, map(_owner_id, reversed(namespace))), "")


def _owner_id(segment: str) -> str:
    """The task id in one segment; empty for the bare counter of a second call."""
    return segment.partition(":")[2]
