"""What tasks have left in a thread before their superstep was done: its pending writes, to and fro.

A saver keeps them by task, as `(channel, value)` pairs. A task that has finished is not run again when its
run is gone on with: it is taken up from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from stepgraph.channels import MISSING
from stepgraph.constants import (
    ANSWERED,
    BRANCH_TO,
    FAILED,
    FAILED_NODE,
    INTERRUPT,
    NO_WRITES,
    RETURN,
    START,
    TASKS,
)
from stepgraph.pregel.handlers import is_handled
from stepgraph.pregel.interrupts import Interrupt
from stepgraph.types import Send

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task

Write = tuple[str, Any]

NULL_TASK: Final = "00000000-0000-0000-0000-000000000000"
"""Whose writes come from the caller, and not from a task."""

NOTHING: Final[list[Write]] = [(NO_WRITES, None)]
"""What a task leaves that has finished and has written nothing."""

_NOT_AN_OUTCOME: Final = frozenset([FAILED, FAILED_NODE, INTERRUPT, ANSWERED, RETURN, "__scheduled__"])


@dataclass
class Left:
    """What one task has left.

    `writes` is None for a task that has not finished, and for a child, whose outcome is what it `returned`.
    """

    writes: list[Write] | None = None
    answers: list[Any] = field(default_factory=list)
    interrupts: tuple[Interrupt, ...] = ()
    error: Any = None
    failed_node: str | None = None
    """The task's node, if its failure is for a handler to deal with."""
    returned: Any = MISSING

    @property
    def is_open(self) -> bool:
        """Whether the task has not finished."""
        return self.writes is None and self.returned is MISSING


def by_task(pending: Iterable[tuple[str, str, Any]]) -> dict[str, Left]:
    """A checkpoint's pending writes, by the id of their task."""
    found: dict[str, Left] = {}
    for task_id, channel, value in pending:
        left = found.setdefault(task_id, Left())
        if channel == ANSWERED:
            left.answers = list(value) if isinstance(value, (list, tuple)) else [value]
        elif channel == INTERRUPT:
            left.interrupts = tuple(value) if isinstance(value, (list, tuple)) else (value,)
        elif channel == FAILED:
            left.error = value
        elif channel == FAILED_NODE:
            left.failed_node = value
        elif channel == RETURN:
            left.returned = value
        elif channel not in _NOT_AN_OUTCOME:
            left.writes = left.writes or []
            if channel != NO_WRITES:
                left.writes.append((channel, value))
    return found


def find_left(task: Task, left: Mapping[str, Left]) -> None:
    """Give a task what it left when it was last run: its outcome, or at least the answers that it had."""
    found = left.get(task.id)
    if found is None:
        return
    if found.writes is not None:
        take_up(task, found.writes)
    elif found.returned is not MISSING:
        task.writes = [(RETURN, found.returned)]
        task.is_done = True
    task.answers = found.answers


def outcome_writes(task: Task) -> list[Write]:
    """What a finished task leaves."""
    writes: list[Write] = [(ANSWERED, list(task.answers))] if task.answers else []
    channels = task.run.topology.channels
    writes += (write for write in task.writes if write[0] not in channels or channels[write[0]].saved)
    writes += ((BRANCH_TO + name, None) for name in task.node.successors)
    writes += ((barrier.name, task.name) for barrier in task.node.barriers)
    writes += map(target_write, task.targets)
    return writes or NOTHING


def interrupt_writes(task: Task) -> list[Write]:
    """What a task leaves that stopped to ask."""
    writes: list[Write] = [(INTERRUPT, task.interrupts)]
    return [*writes, (ANSWERED, list(task.answers))] if task.answers else writes


def failure_writes(task: Task, error: BaseException) -> list[Write]:
    """What a task leaves that has failed: when it is run again, it is not asked twice."""
    writes: list[Write] = [(FAILED, error)]
    if is_handled(task, error):
        writes.append((FAILED_NODE, task.name))
    return [*writes, (ANSWERED, list(task.answers))] if task.answers else writes


def target_write(target: str | Send) -> Write:
    """Where something leads, as a write."""
    return (TASKS, target) if isinstance(target, Send) else (BRANCH_TO + target, None)


def take_up(task: Task, writes: Sequence[Write]) -> None:
    """Give a task the outcome that it left, so that it need not run."""
    state, targets = split(writes)
    names = {target for target in targets if isinstance(target, str)}
    joined = {channel for channel, _ in writes}
    node = task.node
    successors = tuple(name for name in node.successors if name in names)
    barriers = tuple(barrier for barrier in node.barriers if barrier.name in joined)
    if (successors, barriers) != (node.successors, node.barriers):
        task.node = replace(node, successors=successors, barriers=barriers)
    task.writes = [write for write in state if write[0] in task.run.topology.channels]
    task.targets = [target for target in targets if isinstance(target, Send) or target not in successors]
    task.is_done = True


def split(writes: Iterable[Write]) -> tuple[list[Write], list[str | Send]]:
    """Writes to the state's keys, and where the rest leads."""
    state: list[Write] = []
    targets: list[str | Send] = []
    for channel, value in writes:
        if channel == TASKS:
            targets.append(value)
        elif channel.startswith(BRANCH_TO):
            targets.append(channel.removeprefix(BRANCH_TO))
        elif not channel.startswith("join:") and channel != START:
            state.append((channel, value))
    return state, targets
