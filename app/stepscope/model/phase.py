"""Where a task, a node and the whole run stand."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """Where a task or a node stands."""

    IDLE = "idle"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class RunPhase(Enum):
    """Where the whole run stands."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        return self in _OVER

    @property
    def is_live(self) -> bool:
        """True while a stop, a pause or a step makes sense."""
        return self in (RunPhase.RUNNING, RunPhase.PAUSED)


_OVER = {RunPhase.FINISHED, RunPhase.FAILED, RunPhase.STOPPED, RunPhase.INTERRUPTED}
