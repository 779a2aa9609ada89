"""What a caller asks of one run, besides its input and its config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from stepgraph.constants import START
from stepgraph.deprecated import Renames, renamed
from stepgraph.types import Durability
from stepgraph.warnings import LangGraphDeprecatedSinceV10

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


def old_durability(
    method: str, deprecated: Mapping[str, Any], durability: Durability | None
) -> Durability | None:
    """The durability that `checkpoint_during` stands for, unless one was given.

    Raises TypeError, with a suggestion, for any other option.
    """
    during = renamed(method, deprecated, _RENAMED, _KNOWN, depth=3)["durability"]
    if durability is not None or during is None:
        return durability
    return "async" if during else "exit"


_RENAMED: Final[Renames] = {"checkpoint_during": ("durability", LangGraphDeprecatedSinceV10)}
_KNOWN: Final = (
    "config",
    "context",
    "control",
    "debug",
    "durability",
    "input",
    "interrupt_after",
    "interrupt_before",
    "output_keys",
    "print_mode",
    "stream_mode",
    "subgraphs",
    "version",
)
