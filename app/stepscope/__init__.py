"""Stepscope: a desktop debugger for graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepscope.live import show

__all__ = ["show"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "show":  # asyncio and more, which `stepscope --version` can do without
        from stepscope.live import show

        return show
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
