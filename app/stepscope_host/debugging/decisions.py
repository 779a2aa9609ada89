"""What a gate may answer about a task: the same words for both engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WithInput:
    """Run the node with this input; after an error, run it again with this one."""

    input: Any


@dataclass(frozen=True)
class Supply:
    """Do not run the node: this is what it returns.

    It leads to these nodes and Sends alone, if there are any, where the engine can be told that.
    """

    output: Any
    leads_to: Sequence[Any] = ()


@dataclass(frozen=True)
class Skip:
    """Do not run the node: it wrote nothing."""


@dataclass(frozen=True)
class Retry:
    """After an error: run the node once more with the input it had."""


@dataclass(frozen=True)
class Fail:
    """Fail the task, as if the node had raised this."""

    error: BaseException


Decision = WithInput | Supply | Skip | Retry | Fail


class RaisedByHand(Exception):
    """The person at the debugger let this task fail."""


class PinDoesNotFit(Exception):
    """The output that is pinned for a node is not one that its graph takes, or not any more."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Pin another output, or unpin the node.")
