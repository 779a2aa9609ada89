"""Which tasks a superstep has, and what the state is after it. Plain functions: nothing waits or prints.

Theory. A run's state is a Board. `plan()` reads it and says which tasks are due; the tasks run, in any
order, and none sees what another writes; `commit()` then applies what they wrote and where they lead,
ordered by task and not by time, so that the outcome does not depend on who was faster. Two orders differ on
purpose: tasks start with the pending Sends and then the nodes by name; writes are applied for the nodes by
name and then for the Sends.

A node is due in the superstep after one that led to it. A barrier remembers which of its sources have run,
across supersteps, until all have. A deferred node waits until a superstep leads to no other node; pending
Sends do not hold it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from stepgraph.channels import MISSING, Channel
from stepgraph.constants import PULL, PUSH, START
from stepgraph.errors import add_note
from stepgraph.graph.nodes import Barrier, Node
from stepgraph.policies import Policies
from stepgraph.pregel.tasks import Task
from stepgraph.types import Send

PUSH_TRIGGERS = (PUSH,)


@dataclass(frozen=True, eq=False)
class Topology:
    """What does not change from run to run.

    `inputs` are the channels that an input may write, `ephemeral` those that forget after one superstep.
    `entry` is the node that the input itself triggers, in a graph that has no START.
    `for_children` are policies of child tasks that have none of their own.
    `told` are the nodes and keys that were warned of.
    """

    channels: Mapping[str, Channel]
    nodes: Mapping[str, Node]
    inputs: frozenset[str]
    ephemeral: tuple[str, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    entry: str | None = None
    for_children: Policies | None = None
    told: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Board:
    """The whole state of a run between two supersteps.

    `values` has every channel in the order of declaration, MISSING where nothing was written. `pulled` are
    the nodes that something leads to other than a barrier, whether they are due or wait; `arrived` is what
    each barrier has seen. With a checkpointer, all of it is what a checkpoint holds.
    """

    values: dict[str, Any]
    due: set[str] = field(default_factory=set)
    pulled: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    sends: list[Send] = field(default_factory=list)
    arrived: dict[Barrier, set[str]] = field(default_factory=dict)


def new_board(topology: Topology) -> Board:
    """The board before any input."""
    return Board({key: channel.initial() for key, channel in topology.channels.items()})


def give_input(topology: Topology, board: Board, input: Any) -> None:
    """Give an input to the node that takes it as it comes."""
    assert topology.entry is not None
    board.values[START] = input
    board.due.add(topology.entry)


def plan(topology: Topology, board: Board, remaining: int) -> list[Task]:
    """The tasks of the next superstep: pending Sends as they were written, then due nodes by name.

    `remaining` is how many supersteps may still follow. No task means that the run is over.
    """
    nodes, values = topology.nodes, board.values
    tasks = [
        Task(
            nodes[send.node] if send.timeout is None else nodes[send.node].within(send.timeout),
            (PUSH, index, False),
            PUSH_TRIGGERS,
            send.arg,
        )
        for index, send in enumerate(board.sends)
    ]
    for name in sorted(board.due):
        node, path = nodes[name], (PULL, name)
        try:
            input = node.read(values, remaining)
        except Exception as error:  # The state's own class may refuse what was written.
            add_note(error, f"Before task with name {name!r} and path '{path}'")
            raise
        tasks.append(Task(node, path, node.triggers, input))
    return tasks


def commit(topology: Topology, board: Board, tasks: Sequence[Task]) -> set[str]:
    """Apply what a superstep's tasks wrote and where they lead, and say which keys were written.

    `tasks` are all of them, in the order of `plan()`. Raises InvalidUpdateError when a channel cannot take
    the writes, and whatever a reducer raises; the board is then of no further use.
    """
    ordered = apply_order(tasks)
    written = _apply_writes(topology, board, ordered)
    _follow_edges(topology, board, ordered)
    return written


def apply_put_in(
    topology: Topology, board: Board, writes: Iterable[tuple[str, Any]], targets: Iterable[str | Send]
) -> set[str]:
    """Apply what was written from outside between two supersteps, and say which keys were written."""
    written = _apply(topology.channels, board.values, list(writes))
    for target in targets:
        if isinstance(target, Send):
            board.sends.append(target)
        else:
            board.pulled.add(target)
            (board.deferred if topology.nodes[target].defer else board.due).add(target)
    return written


def apply_order(tasks: Sequence[Task]) -> Sequence[Task]:
    """Nodes by name, then Sends by index; `plan()` has them the other way round."""
    sends = 0
    while sends < len(tasks) and tasks[sends].path[0] == PUSH:
        sends += 1
    return [*tasks[sends:], *tasks[:sends]] if sends else tasks


def after_writes(
    channels: Mapping[str, Channel], values: Mapping[str, Any], writes: Sequence[tuple[str, Any]]
) -> dict[str, Any]:
    """The values as they would be after these writes alone; what a path function looks at."""
    after = dict(values)
    _apply(channels, after, writes)
    return after


def _apply(
    channels: Mapping[str, Channel], values: dict[str, Any], writes: Sequence[tuple[str, Any]]
) -> set[str]:
    """Apply writes to values, and say which keys were written."""
    once = dict(writes)
    if len(once) == len(writes):  # A list a key, all of them at once, would double the time of wide states.
        for key, value in writes:
            values[key] = channels[key].apply(key, values[key], [value])
    else:
        for key, group in _by_key(writes).items():
            values[key] = channels[key].apply(key, values[key], group)
    return set(once)


def _by_key(writes: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for key, value in writes:
        if key in groups:
            groups[key].append(value)
        else:
            groups[key] = [value]
    return groups


def _apply_writes(topology: Topology, board: Board, tasks: Sequence[Task]) -> set[str]:
    writes = tasks[0].writes if len(tasks) == 1 else list(chain.from_iterable(task.writes for task in tasks))
    written = _apply(topology.channels, board.values, writes)
    for key in topology.ephemeral:
        if key not in written:
            board.values[key] = MISSING
    return written


def _follow_edges(topology: Topology, board: Board, tasks: Sequence[Task]) -> None:
    reached: set[str] = set()
    joined: set[str] = set()
    sends: list[Send] = []
    for task in tasks:
        _consume(board, task)
    for task in tasks:
        reached.update(task.node.successors)
        for target in task.targets:
            if isinstance(target, Send):
                sends.append(target)
            else:
                reached.add(target)
        for barrier in task.node.barriers:
            arrived = board.arrived.setdefault(barrier, set())
            arrived.add(task.node.name)
            if len(arrived) == barrier.size:
                joined.add(barrier.target)
    board.sends = sends
    board.pulled = reached | (board.pulled & board.deferred) if board.deferred else reached
    settle_due(topology, board, reached | joined if joined else reached)


def settle_due(topology: Topology, board: Board, reached: Iterable[str]) -> None:
    """Make what was reached due; what is deferred, once nothing else is."""
    board.due = set()
    for name in reached:
        (board.deferred if topology.nodes[name].defer else board.due).add(name)
    if not board.due:
        board.due, board.deferred = board.deferred, set()


def forget_due(topology: Topology, board: Board) -> None:
    """Drop what is due, as if it had run: what waits for more goes on waiting."""
    for barrier in topology.barriers:
        if barrier.target in board.due and len(board.arrived.get(barrier, ())) == barrier.size:
            del board.arrived[barrier]
    board.pulled &= board.deferred
    board.due, board.sends = set(), []
    for key in topology.ephemeral:
        board.values[key] = MISSING


def _consume(board: Board, task: Task) -> None:
    """A barrier is re-armed once the node behind it has run."""
    if task.path[0] != PULL:
        return
    for barrier in task.node.waits_for:
        if len(board.arrived.get(barrier, ())) == barrier.size:
            del board.arrived[barrier]
