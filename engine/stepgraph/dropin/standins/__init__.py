"""Modules that only LangGraph's friends ask for, served by the drop-in under LangGraph's names."""

from __future__ import annotations

from typing import Final

STAND_INS: Final = {
    "langgraph.prebuilt.ToolCallTransformer": "stepgraph.dropin.standins.stream.transformers",
}
"""Names that friends ask of modules which stepgraph has without them, and where they are."""
