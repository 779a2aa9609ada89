"""The graph classes under the name LangGraph has for their module."""

from stepgraph.graph.compiled import CompiledStateGraph
from stepgraph.graph.state_graph import StateGraph

__all__ = ["CompiledStateGraph", "StateGraph"]
