"""The version that programs ask LangGraph for, to learn what it can do."""

from stepgraph.version import LANGGRAPH

__all__ = ["__version__"]

__version__ = LANGGRAPH
