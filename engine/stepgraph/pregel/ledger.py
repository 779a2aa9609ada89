"""What a checkpoint says of a run, and back: which channel changed when, and who has seen it.

Theory. A checkpoint holds every channel's value and a version that grows whenever the channel changes; for
each node it holds the versions that the node has seen. A node is due when one of its trigger channels has a
value and a version that it has not seen. The engine itself plans from a Board, where what is due is plain to
see; a Ledger keeps the versions beside it, so that a thread can be gone on with by this engine or by
LangGraph, whichever began it. The names of the channels are LangGraph's:

    __start__            the input, for one superstep branch:to:<node>     something leads to the node;
    empties when the node has run. For a deferred node a pair:
                         the second says whether the node may run now
    join:<a>+<b>:<node>  a barrier: the set of who has arrived. For a deferred node a pair, as above
    __pregel_tasks       the pending Sends, in the order they were written

Plain functions and data: nothing waits here, and no saver is called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from stepgraph.channels import MISSING, DeltaChannel
from stepgraph.constants import BRANCH_TO, PULL, START, TASKS
from stepgraph.pregel.superstep import Board, Topology, forget_due, give_input, new_board
from stepgraph.pregel.tasks import Task
from stepgraph.types import Send

Version = Any
"""Whatever the saver counts with: numbers or texts that can be compared."""

INPUT_SEEN: Final = "__input__"
INTERRUPT_SEEN: Final = "__interrupt__"
"""In a checkpoint's `versions_seen`: what a run that stopped had seen when it was gone on with."""


@dataclass(frozen=True, slots=True)
class Signals:
    """The channels that are not the state's, as a checkpoint has them; `ephemeral` keys that hold a value."""

    channels: Mapping[str, Any]
    ephemeral: frozenset[str]


@dataclass
class Ledger:
    """The versions of one thread's channels in one namespace.

    `changed` are the versions that no checkpoint has yet; `updated` the channels that the last superstep
    wrote and that can be read now, None when there was none. `input` is what START has still to take in.
    """

    topology: Topology
    next_version: Callable[[Version | None], Version]
    versions: dict[str, Version] = field(default_factory=dict)
    seen: dict[str, dict[str, Version]] = field(default_factory=dict)
    changed: dict[str, Version] = field(default_factory=dict)
    updated: list[str] | None = None
    input: Any = MISSING

    # -- what happens

    def take_input(self, board: Board, input: Any) -> None:
        """A new input: what was due is dropped, as if it had run and written nothing."""
        before = self.signals(board)
        pending = [(name, self.topology.nodes[name].triggers) for name in board.due]
        pending += [(send.node, ()) for send in board.sends]
        if self.input is not MISSING:
            pending.append((START, (START,)))
        for name, triggers in pending:
            self._see(name, triggers)
        if pending:
            forget_due(self.topology, board)
        self.seen.setdefault(INPUT_SEEN, {})
        if self.topology.entry is None:
            self.input = input
        else:
            give_input(self.topology, board, input)
        changed = _differing(before, self.signals(board))
        self._turn({*changed, START}, [START])

    def put_input(self, input: Any) -> None:
        """An input came from outside; what was due stays so."""
        self.input = input
        self.seen.setdefault(INPUT_SEEN, {})
        self._turn([START], [START])

    def advance(self, board: Board, before: Signals, tasks: Sequence[Task], written: Iterable[str]) -> None:
        """A superstep was committed to the board; `before` are its signals from before that."""
        changed = set(written)
        for task in tasks:
            is_pulled = task.path[0] == PULL
            self._see(task.name, task.triggers if is_pulled else ())
            for name in task.calls.family.names if task.calls is not None else ():
                self._see(name, ())
            changed.update(BRANCH_TO + name for name in leads_to(task))
            if is_pulled:
                changed.update(
                    barrier.name for barrier in task.node.waits_for if self._is_full(barrier, before)
                )
            if any(isinstance(target, Send) for target in task.targets):
                changed.add(TASKS)
        self.input = MISSING
        after = self.signals(board)
        changed |= _differing(before, after)
        self._turn(changed, self._readable(changed, after, written))

    def put_in(self, board: Board, before: Signals, written: Iterable[str], reached: Iterable[str]) -> None:
        """Values and targets came from outside a superstep."""
        after = self.signals(board)
        changed = {*written, *(BRANCH_TO + name for name in reached), *_differing(before, after)}
        self._turn(changed, self._readable(changed, after, written))

    def mark_resumed(self) -> None:
        """The run is gone on with from here."""
        self.seen[INTERRUPT_SEEN] = dict(self.versions)

    def is_news(self, name: str, channel: str) -> bool:
        """Whether a channel has changed since a node, or whoever is called so, last saw it."""
        version = self.versions.get(channel)
        seen = self.seen.get(name, {}).get(channel)
        return version is not None and (seen is None or version > seen)

    # -- what a checkpoint holds

    def channel_values(self, board: Board) -> dict[str, Any]:
        """Every channel that was ever written and has a value, but for those that are never saved."""
        channels, versions = self.topology.channels, self.versions
        values = {
            key: value
            for key, value in board.values.items()
            if value is not MISSING and key in versions and channels[key].saved
        }
        for key, value in self.signals(board).channels.items():
            if key in versions:
                values[key] = value
        if self.input is not MISSING:
            values[START] = self.input
        return values

    def take_changed(self) -> dict[str, Version]:
        """The versions that no checkpoint has yet; this one will."""
        changed, self.changed = self.changed, {}
        return changed

    def signals(self, board: Board) -> Signals:
        """Where the board leads, in the form of a checkpoint."""
        nodes, values = self.topology.nodes, board.values
        channels: dict[str, Any] = {}
        if board.sends or TASKS in self.versions:
            channels[TASKS] = list(board.sends)
        for name in board.pulled:
            channels[BRANCH_TO + name] = (None, name in board.due) if nodes[name].defer else None
        for barrier in self.topology.barriers:
            arrived = board.arrived.get(barrier, ())
            if arrived or barrier.name in self.versions:
                seen = set(arrived)
                if nodes[barrier.target].defer:
                    channels[barrier.name] = seen, len(seen) == barrier.size and barrier.target in board.due
                else:
                    channels[barrier.name] = seen
        if self.input is not MISSING:
            channels[START] = True
        holding = (key for key in self.topology.ephemeral if values[key] is not MISSING)
        return Signals(channels, frozenset(holding))

    def _see(self, name: str, triggers: Iterable[str]) -> None:
        versions = self.versions
        seen = self.seen.setdefault(name, {})
        seen.update((trigger, versions[trigger]) for trigger in triggers if trigger in versions)

    def _turn(self, changed: Iterable[str], updated: Iterable[str]) -> None:
        """All that one superstep changes gets one version."""
        version = self.next_version(max(self.versions.values(), default=None))
        for name in changed:
            self.versions[name] = self.changed[name] = version
        self.updated = sorted(updated)

    def _readable(self, changed: Iterable[str], after: Signals, written: Iterable[str]) -> set[str]:
        readable = {name for name in changed if name in after.channels and self._can_be_read(name, after)}
        return readable.union(written)

    def _can_be_read(self, name: str, signals: Signals) -> bool:
        value = signals.channels[name]
        if isinstance(value, tuple):
            return bool(value[1])
        if isinstance(value, set):
            return len(value) == self._sizes[name]
        return name != TASKS or bool(value)

    def _is_full(self, barrier: Any, signals: Signals) -> bool:
        return barrier.name in signals.channels and self._can_be_read(barrier.name, signals)

    @functools.cached_property
    def _sizes(self) -> Mapping[str, int]:
        return {barrier.name: barrier.size for barrier in self.topology.barriers}


def leads_to(task: Task) -> list[str]:
    """The nodes that a task leads to other than by a barrier or a Send."""
    return [*task.node.successors, *(target for target in task.targets if isinstance(target, str))]


def _differing(before: Signals, after: Signals) -> set[str]:
    one, other = before.channels, after.channels
    differing = {name for name in {*one, *other} if one.get(name, MISSING) != other.get(name, MISSING)}
    return differing | (before.ephemeral - after.ephemeral)


def read_checkpoint(
    topology: Topology, checkpoint: Mapping[str, Any], next_version: Callable[[Version | None], Version]
) -> tuple[Board, Ledger]:
    """The board and the ledger that a checkpoint tells of."""
    values: Mapping[str, Any] = checkpoint["channel_values"]
    seen = {name: dict(versions) for name, versions in checkpoint["versions_seen"].items()}
    ledger = Ledger(topology, next_version, dict(checkpoint["channel_versions"]), seen)
    board = new_board(topology)
    if topology.entry is None:
        ledger.input = values.get(START, MISSING)
    elif START in values and ledger.is_news(topology.entry, START):
        board.due.add(topology.entry)
    for key, channel in topology.channels.items():
        if isinstance(channel, DeltaChannel) and key in ledger.versions:
            board.values[key] = channel.restored(key, values.get(key, MISSING))
        elif key in values and channel.saved:
            board.values[key] = values[key]
    board.sends = [send for send in values.get(TASKS) or () if send.node in topology.nodes]
    for name, node in topology.nodes.items():
        branch = BRANCH_TO + name
        if branch in values and ledger.is_news(name, branch):
            board.pulled.add(name)
            is_due = not node.defer or values[branch][1]
            (board.due if is_due else board.deferred).add(name)
    for barrier in topology.barriers:
        value = values.get(barrier.name)
        if value is None:
            continue
        name, defer = barrier.target, topology.nodes[barrier.target].defer
        arrived = set(value[0] if defer else value)
        if arrived:
            board.arrived[barrier] = arrived
        if len(arrived) == barrier.size and ledger.is_news(name, barrier.name):
            is_due = not defer or value[1]
            (board.due if is_due else board.deferred).add(name)
    board.deferred -= board.due
    return board, ledger
