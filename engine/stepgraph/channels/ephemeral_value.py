"""The channel of a key that is there for one superstep."""

from __future__ import annotations

from stepgraph.channels.untracked_value import UntrackedValue


class EphemeralValue(UntrackedValue):
    """Holds a value for the next superstep only."""

    ephemeral = True
    saved = True
    __slots__ = ()
