"""The engines that are compared: each one's public names, gathered in one place."""

from __future__ import annotations

from importlib import import_module
from typing import Any

HOMES = {
    "func": "entrypoint task",
    "graph": "StateGraph START END MessagesState",
    "graph.message": "add_messages push_message REMOVE_ALL_MESSAGES",
    "types": (
        "Send Command Overwrite StreamWriter Interrupt interrupt GraphOutput "
        "RetryPolicy CachePolicy TimeoutPolicy TracePolicy StateSnapshot StateUpdate"
    ),
    "config": "get_stream_writer get_config get_store",
    "runtime": "Runtime get_runtime RunControl ExecutionInfo ServerInfo",
    "errors": "InvalidUpdateError GraphRecursionError EmptyInputError ParentCommand NodeError GraphInterrupt",
    "channels": "UntrackedValue EphemeralValue LastValue AnyValue Topic DeltaChannel BinaryOperatorAggregate",
    "managed": "IsLastStep RemainingSteps",
    "prebuilt": (
        "InjectedState InjectedStore ToolNode ToolRuntime ValidationNode create_react_agent tools_condition"
    ),
    "prebuilt.chat_agent_executor": "AgentState",
}
HOME_OF = {name: module for module, names in HOMES.items() for name in names.split()}


class Engine:
    """An engine's public names as attributes, imported when first asked for: `engine.StateGraph`."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __getattr__(self, name: str) -> Any:
        if name not in HOME_OF:
            raise AttributeError(f"No engine has a public name {name!r}; add it to HOMES if it should")
        value = getattr(import_module(f"{self.package}.{HOME_OF[name]}"), name)
        setattr(self, name, value)
        return value

    def __repr__(self) -> str:
        return self.package


OURS = Engine("stepgraph")
ORACLE = Engine("langgraph")
