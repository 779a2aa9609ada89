"""One task, and one node over all its tasks: what a run has made of them so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepscope.model.events import Acted, Failure, Plain
from stepscope.model.phase import Phase
from stepscope.model.topology import Namespace, NodeKey


@dataclass
class TaskState:
    """One task: times in seconds since the epoch, `ended` is None while it runs or is held."""

    id: str
    namespace: Namespace
    key: NodeKey
    step: int
    phase: Phase
    input: Plain
    triggers: tuple[str, ...]
    started: float
    ended: float | None = None
    result: Plain = None
    failure: Failure | None = None
    kept: str = ""  # why it lingers although it has ended
    asks: bool = False  # the run has ended with a question of it
    is_cached: bool = False  # its result was there from an earlier time, and nothing was done
    acts: list[Acted] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """True while it waits for the person to let it begin or end."""
        return self.phase is Phase.HELD and not self.asks

    @property
    def duration(self) -> float | None:
        """Seconds it took, or None while it has not ended."""
        return None if self.ended is None else self.ended - self.started


@dataclass
class NodeState:
    """One node, over all its tasks of the run."""

    key: NodeKey
    phase: Phase = Phase.IDLE
    runs: int = 0
    live: set[str] = field(default_factory=set)  # ids of its tasks that run or are held
    tasks: list[str] = field(default_factory=list)  # ids of all, in the order they started
    failure: Failure | None = None
    acted: str = ""  # what the person did last to one of its tasks
