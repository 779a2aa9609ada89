"""Which tool a task carries out: the tasks of a node of tools differ in nothing else."""

from __future__ import annotations

from stepscope.model.events import Plain


def tool_of(input: Plain) -> str:
    """The tool's name where a task's input is one call of a tool, as agents send them; else ""."""
    call = input[0] if isinstance(input, list) and len(input) == 1 else input
    if isinstance(call, dict) and isinstance(call.get("tool_call"), dict):
        call = call["tool_call"]
    if not isinstance(call, dict) or call.get("type") != "tool_call":
        return ""
    name = call.get("name")
    return name if isinstance(name, str) else ""


def with_tool(input: Plain, words: str) -> str:
    """How a task stands, after the name of its tool: ``weather · held``."""
    tool = tool_of(input)
    return f"{tool} · {words}" if tool else words
