"""How the writes of one superstep become the value of one state key.

A channel knows how to start and how to take writes; the value itself lives in the run (`superstep.Board`),
so one channel serves every run of a graph at once.
"""

from stepgraph.channels.any_value import AnyValue
from stepgraph.channels.base import MISSING, BaseChannel, Channel, Missing
from stepgraph.channels.binop import BinaryOperatorAggregate, check_reducer
from stepgraph.channels.delta import DeltaChannel
from stepgraph.channels.ephemeral_value import EphemeralValue
from stepgraph.channels.last_value import LastValue
from stepgraph.channels.topic import Topic
from stepgraph.channels.untracked_value import UntrackedValue

__all__ = [
    "MISSING",
    "AnyValue",
    "BaseChannel",
    "BinaryOperatorAggregate",
    "Channel",
    "DeltaChannel",
    "EphemeralValue",
    "LastValue",
    "Missing",
    "Topic",
    "UntrackedValue",
    "check_reducer",
]
