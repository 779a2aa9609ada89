"""MessageGraph: a graph whose whole state is one conversation. LangGraph deprecated it."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

from stepgraph.graph.message import add_messages
from stepgraph.graph.state_graph import StateGraph
from stepgraph.warnings import LangGraphDeprecatedSinceV10


class MessageGraph(StateGraph[Any]):
    """A StateGraph over a list of messages: nodes are given the list, and return what is to be added."""

    def __init__(self) -> None:
        warnings.warn(
            "MessageGraph is deprecated: build a StateGraph(MessagesState), whose key `messages` is the list",
            LangGraphDeprecatedSinceV10,
            stacklevel=2,
        )
        super().__init__(Annotated[list[Any], add_messages])
