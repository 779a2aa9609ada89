"""Stepscope: a desktop debugger for graphs."""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would cost `stepscope --version` a third of its time
if TYPE_CHECKING:
    from stepscope.live import show

__all__ = ["show"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "show":  # asyncio and more, which `stepscope --version` can do without
        from stepscope.live import show

        return show
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
