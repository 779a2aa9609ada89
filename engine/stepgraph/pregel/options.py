"""What a caller asks of one run, besides its input and its config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stepgraph.types import Durability

if TYPE_CHECKING:
    from stepgraph.pregel.stream import OutputKeys
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
