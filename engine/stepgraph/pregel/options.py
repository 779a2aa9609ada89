"""What a caller asks of one run, besides its input and its config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stepgraph.constants import START
from stepgraph.types import Durability

if TYPE_CHECKING:
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.stream import OutputKeys
    from stepgraph.pregel.tasks import Task
    from stepgraph.runtime import RunControl

NodeNames = str | Sequence[str]
"""Names of nodes, or `"*"` for all."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`output_keys` restrict what `values` and `updates` show.

    `interrupt_before` and `interrupt_after` are where the run stops by itself.
    """

    output_keys: OutputKeys
    context: Any = None
    interrupt_before: NodeNames = ()
    interrupt_after: NodeNames = ()
    durability: Durability | None = None
    control: RunControl | None = None


def stops_at(run: Run, when: Literal["before", "after"], tasks: Sequence[Task]) -> bool:
    """Whether a run has a breakpoint before or after any of these tasks."""
    names = run.options.interrupt_before if when == "before" else run.options.interrupt_after
    return any((names == "*" or task.name in names) and task.name != START for task in tasks)
