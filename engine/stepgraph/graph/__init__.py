"""Graphs: put together with StateGraph, compiled, run."""

from stepgraph.constants import END, START
from stepgraph.graph.message import MessagesState, add_messages
from stepgraph.graph.state_graph import StateGraph

__all__ = ["END", "START", "MessagesState", "StateGraph", "add_messages"]
