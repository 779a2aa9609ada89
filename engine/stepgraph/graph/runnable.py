"""langchain-core's Runnable, borrowed: a graph has its methods, and counts as one, without importing it.

A graph cannot be a subclass of Runnable, for that would import langchain-core with every graph. But
Runnable's own methods are written in terms of `invoke`, `stream` and the like, and work for whatever has
these. So the names below are looked up on Runnable when they are asked for, and bound to the graph: what
they make (a chain, a retry, a stream of events) holds the graph itself, and its runs nest where they are
called.

`isinstance(graph, Runnable)` comes true the same way. Before an abstract base class answers, it asks the
object for its `__class__`; that is when the graph's class is registered as one of Runnable's.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

from stepgraph.errors import NotSupportedYet

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    Borrower = Runnable[Any, Any]
else:
    Borrower = object


BORROWED: Final = frozenset(
    {
        "abatch",
        "abatch_as_completed",
        "as_tool",
        "assign",
        "astream_log",
        "atransform",
        "batch",
        "batch_as_completed",
        "bind",
        "config_specs",
        "get_prompts",
        "input_schema",
        "map",
        "output_schema",
        "pick",
        "pipe",
        "transform",
        "with_alisteners",
        "with_fallbacks",
        "with_listeners",
        "with_retry",
        "with_types",
    }
)
"""Looking for any other name does not import langchain-core."""


class RunnableMethods(Borrower):
    """Mixed into a class that has `invoke`, `ainvoke`, `stream`, `astream` and their schemas."""

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            base = sys.modules.get("langchain_core.runnables.base")
            if hasattr(base, "Runnable"):
                base.Runnable.register(type(self))
            return type(self)

        def __getattr__(self, name: str) -> Any:
            # Runnable's methods call private ones of Runnable's, which are therefore there when it is.
            is_private = name.startswith("_") and not name.startswith("__")
            if name in BORROWED or (is_private and "langchain_core.runnables.base" in sys.modules):
                from langchain_core.runnables import Runnable

                if name in vars(Runnable):
                    return vars(Runnable)[name].__get__(self, type(self))
            raise AttributeError(f"A compiled graph has no attribute {name!r}.", name=name, obj=self)

        def __dir__(self) -> list[str]:
            return sorted({*object.__dir__(self), *BORROWED})

        def __or__(self, other: Any) -> Any:
            from langchain_core.runnables import Runnable

            return Runnable.__or__(self, other)

        def __ror__(self, other: Any) -> Any:
            from langchain_core.runnables import Runnable

            return Runnable.__ror__(self, other)

    def astream_events(  # type: ignore[override]  # narrower: no version v3
        self, input: Any, config: Any = None, *, version: str = "v2", **options: Any
    ) -> AsyncIterator[Any]:
        """Run the graph and yield what langchain-core's callbacks hear, version v2 or v1, from all it calls.

        Raises NotSupportedYet for version v3.
        """
        from langchain_core.runnables import Runnable

        if version == "v3":
            raise NotSupportedYet("astream_events(version='v3')", _INSTEAD)
        return Runnable.astream_events(self, input, config, version=version, **options)  # type: ignore[call-overload, no-any-return]

    def stream_events(self, input: Any, config: Any = None, *, version: str = "v2", **options: Any) -> Any:
        """Raises NotSupportedYet: events are only there for async callers, and in version v2."""
        raise NotSupportedYet(f"stream_events(version={version!r})", _INSTEAD)


_INSTEAD: Final = "Use astream_events(version='v2'), or stream() with the modes that you need."
