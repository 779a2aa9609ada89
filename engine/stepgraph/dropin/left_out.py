"""What LangGraph's public modules have and stepgraph leaves out, with the reason."""

from __future__ import annotations

from typing import Final

LEFT_OUT: Final[dict[str, str]] = {
    "langgraph.pregel.remote": (
        "it calls graphs on a server, and stepgraph runs those of this process. Use langgraph-sdk's client."
    ),
}
"""From the full name of a module, or of a name in one, to why it is left out and what to use instead."""
