"""Graphs: put together with StateGraph, compiled, run."""

from typing import TYPE_CHECKING, Any

from stepgraph.constants import END, START
from stepgraph.graph.message import MessagesState, add_messages
from stepgraph.graph.state_graph import StateGraph

if TYPE_CHECKING:
    from stepgraph.graph.message_graph import MessageGraph

__all__ = ["END", "START", "MessageGraph", "MessagesState", "StateGraph", "add_messages"]


def __getattr__(name: str) -> Any:
    if name != "MessageGraph":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from stepgraph.graph.message_graph import MessageGraph

    return MessageGraph
