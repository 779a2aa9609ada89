"""What a process has used of the processor so far: other load on the machine hardly changes that."""

from __future__ import annotations

import time


def seconds_of(pid: int) -> float:
    """By the clock that Linux has for each process."""
    return time.clock_gettime((~pid << 3) | 2)
