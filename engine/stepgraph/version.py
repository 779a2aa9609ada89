"""Which version of the engine this is, and which LangGraph it follows."""

from __future__ import annotations

from typing import Final

__all__ = ["LANGGRAPH", "__version__"]

__version__: Final = "0.1.0"

LANGGRAPH: Final = "1.2.24"
"""The LangGraph whose behaviour this version was compared with."""
