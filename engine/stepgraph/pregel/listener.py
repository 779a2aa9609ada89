"""Feeds an outlet with what langchain-core tells: the common part of modes `messages` and `tools`.

A listener is a langchain-core callback handler in all but name: langchain-core asks handlers for their
methods and attributes, never for their class, so langchain-core need not be imported for a run without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.constants import NAMESPACE_SEPARATOR, TAG_NOSTREAM
from stepgraph.types import Namespace

if TYPE_CHECKING:
    from stepgraph.pregel.stream import Outlet


def generation(path: tuple[Any, ...]) -> int:
    """How far a task is from the superstep's plan: 0 for a task of the plan, 1 for its child."""
    count = 0
    while len(path) == 4 and path[3] is True:
        count, path = count + 1, path[1]
    return count


class Listener:
    """Hears nothing; a subclass opens its ears by attributes."""

    # What langchain-core asks of a handler before it calls it.
    raise_error = True
    run_inline = True
    ignore_llm = True
    ignore_chat_model = True
    ignore_chain = True
    ignore_agent = True
    ignore_retriever = True
    ignore_retry = True
    ignore_custom_event = True

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet

    def namespace_heard(
        self, tags: Sequence[str] | None, metadata: dict[str, Any] | None
    ) -> Namespace | None:
        """The graph in whose node something happens, or None when the outlet is not to hear of it."""
        if not metadata or TAG_NOSTREAM in (tags or ()) or not metadata.get("langgraph_checkpoint_ns"):
            return None
        namespace = tuple(metadata["langgraph_checkpoint_ns"].split(NAMESPACE_SEPARATOR))
        namespace = namespace[: -1 - generation(metadata.get("langgraph_path", ()))]
        return namespace if self.outlet.subgraphs or namespace == self.outlet.namespace else None
