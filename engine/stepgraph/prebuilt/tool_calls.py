"""A tool call on its way to the tool, and what may stand in between."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.tools import BaseTool
from typing_extensions import Self, TypedDict

from stepgraph.prebuilt.injection import ToolRuntime
from stepgraph.types import Command

CONTEXT_TYPE: Literal["tool_call_with_context"] = "tool_call_with_context"

# Written so because the key begins with two underscores, which a class would mangle.
ToolCallWithContext = TypedDict(
    "ToolCallWithContext",
    {"tool_call": ToolCall, "__type": Literal["tool_call_with_context"], "state": Any},
)
"""One tool call with the state that its tool is to see; what a Send to a ToolNode carries."""


@dataclass
class ToolCallRequest:
    """A tool call that is about to be made. `tool` is None when the node has none of that name.

    `override()` makes another one; setting an attribute is deprecated.
    """

    tool_call: ToolCall
    tool: BaseTool | None
    state: Any
    runtime: ToolRuntime[Any, Any]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            warnings.warn(
                f"Setting {name!r} of a ToolCallRequest changes it for everyone who holds it. Make another "
                f"one: request.override({name}=...).",
                DeprecationWarning,
                stacklevel=2,
            )
        object.__setattr__(self, name, value)

    def override(self, **changes: Any) -> Self:
        """The request with these attributes replaced."""
        return dataclasses.replace(self, **changes)


Answer = ToolMessage | Command[Any]
ToolCallWrapper = Callable[[ToolCallRequest, Callable[[ToolCallRequest], Answer]], Answer]
"""Called with a request and with the function that makes the call: once, several times, or not at all."""
AsyncToolCallWrapper = Callable[
    [ToolCallRequest, Callable[[ToolCallRequest], Awaitable[Answer]]], Awaitable[Answer]
]
