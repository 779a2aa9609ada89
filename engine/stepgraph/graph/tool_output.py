"""A tool's Command: langchain-core hands on what has a base class of its, and writes out everything else."""

from __future__ import annotations

import sys

from stepgraph.types import Command


def let_tools_return_commands() -> None:
    """Give Command that base class, if langchain-core is imported; nothing can be registered with it."""
    mixin = getattr(sys.modules.get("langchain_core.messages.tool"), "ToolOutputMixin", None)
    if mixin is not None and mixin not in Command.__bases__:
        Command.__bases__ = (*Command.__bases__, mixin)
