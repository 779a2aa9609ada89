"""What can be done to a task of the superstep, and to its node for good: a menu by how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu

from stepscope.model.phase import Phase
from stepscope.model.task_state import TaskState
from stepscope.model.topology import NodeKey, Topology


@dataclass(frozen=True)
class Deed:
    """One thing to do. `order` is what the session is told; with `asks` the person gives a value first."""

    text: str
    order: str
    what: str = ""
    asks: str = ""
    """``"output"``, ``"input"``, ``"message"`` or ``""``."""
    starts_section: bool = False
    to: tuple[str, ...] = ()
    """Where the task's conditional edges are to lead."""


RELEASE = Deed("Release", "release")
HOLD = Deed("Hold", "keep")
ONLY_THIS = Deed("Start Only This", "into")
SUPPLY = Deed("Supply Its Output…", "act", "supply", "output", starts_section=True)
SKIP = Deed("Skip It", "act", "skip")
CHANGE_INPUT = Deed("Run with Another Input…", "act", "retry", "input")
RETRY = Deed("Try Again", "act", "retry", starts_section=True)
RETRY_WITH = Deed("Try Again with Another Input…", "act", "retry", "input")
FAIL = Deed("Let It Fail…", "act", "fail", "message")
GO_ON = Deed("Let It Go On", "release")
PIN = Deed("Pin Its Output…", "pin", asks="output", starts_section=True)
UNPIN = Deed("Unpin", "unpin", starts_section=True)


def deeds(task: TaskState, choices: Sequence[str] = (), is_pinned: bool = False) -> tuple[Deed, ...]:
    """What makes sense now, the likeliest first. `choices` are where its conditional edges may lead."""
    return (*_now(task, choices), *lasting(choices, is_pinned))


def lasting(choices: Sequence[str] = (), is_pinned: bool = False) -> tuple[Deed, ...]:
    """What can be fixed of a node for all its tasks, whether it has one or not."""
    if is_pinned:
        return (UNPIN,)
    return (PIN, *(Deed(f"Always Lead to {to}", "pin", to=(to,)) for to in choices))


def choices_of(topology: Topology, node: NodeKey) -> tuple[str, ...]:
    """Where the conditional edges of a node lead."""
    return tuple(edge.target[-1] for edge in topology.edges if edge.source == node and edge.conditional)


def fill(menu: QMenu, offered: Iterable[Deed], wanted: Callable[[Deed], object]) -> None:
    """Offer deeds in a menu; the one that is chosen is wanted."""
    for deed in offered:
        if deed.starts_section:
            menu.addSeparator()
        menu.addAction(deed.text).triggered.connect(lambda _checked=False, deed=deed: wanted(deed))


def _now(task: TaskState, choices: Sequence[str]) -> tuple[Deed, ...]:
    """What can be done to this task; nothing to one that has arrived."""
    if task.asks:
        return ()
    if task.kept:
        if task.failure is None:
            return (GO_ON,)
        go_on = Deed("Let the Error Stand", "release")
        return (go_on, RETRY, RETRY_WITH, SUPPLY, SKIP)
    if task.phase is Phase.HELD:
        leads = tuple(Deed(f"Lead to {to} This Time", "act", "route", to=(to,)) for to in choices)
        return (RELEASE, ONLY_THIS, HOLD, SUPPLY, SKIP, CHANGE_INPUT, FAIL, *leads)
    return ()
