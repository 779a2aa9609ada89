"""Runs programs written for LangGraph on stepgraph, unchanged.

    python -m stepgraph.dropin SCRIPT [ARG ...]
    python -m stepgraph.dropin -m MODULE [ARG ...]

In a process of your own, such as a test suite's conftest.py, call `install()` first:

    import stepgraph.dropin

    stepgraph.dropin.install()
"""

from __future__ import annotations

import sys

from stepgraph.dropin.finder import Finder, is_served
from stepgraph.errors import StepgraphError

__all__ = ["TooLate", "install"]


class TooLate(StepgraphError, RuntimeError):
    """LangGraph's own modules are imported already. `.modules` names them."""

    def __init__(self, modules: list[str]) -> None:
        self.modules = modules
        some = ", ".join(modules[:5]) + (", ..." if len(modules) > 5 else "")
        super().__init__(
            f"stepgraph.dropin.install() comes too late: {some} came from LangGraph before it was called, "
            "and one program cannot use the classes of both engines. Call it before anything imports "
            "langgraph or langchain: at the top of the program, or of conftest.py."
        )


def install() -> None:
    """From now on, `import langgraph.graph` and its siblings give stepgraph's modules.

    `langgraph.checkpoint`, `.store` and `.cache` go on coming from langgraph-checkpoint. A second call does
    nothing. Raises TooLate when parts of LangGraph are imported already.
    """
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    imported = sorted(name for name in sys.modules if is_served(name))
    if imported:
        raise TooLate(imported)
    sys.meta_path.insert(0, Finder())
