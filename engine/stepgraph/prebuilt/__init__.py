"""Ready-made parts for agents: a node that runs tools, and a whole agent that calls them.

The only part of the engine that imports langchain-core at once: it is about its tools and messages.
"""

from stepgraph.prebuilt.chat_agent_executor import create_react_agent
from stepgraph.prebuilt.tool_node import InjectedState, InjectedStore, ToolNode, ToolRuntime, tools_condition
from stepgraph.prebuilt.tool_validator import ValidationNode

__all__ = [
    "InjectedState",
    "InjectedStore",
    "ToolNode",
    "ToolRuntime",
    "ValidationNode",
    "create_react_agent",
    "tools_condition",
]
