"""What a graph's factory is given in place of the runtime of LangGraph's server.

It has the attributes that are documented for `langgraph_sdk.runtime.ServerRuntime`. What only a server can
know, a user and the context of a run, is refused with a sentence.
"""

from __future__ import annotations

import importlib
from typing import Any

KNOWN = ("access_context", "user", "store", "execution_runtime", "context", "ensure_user()")


class NotGiven(LookupError):
    """A factory asked for what cannot be known when a graph is opened; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class ServerRuntime:
    """The graph is made to be run, by nobody in particular. `context_type` is the class of its context."""

    access_context = "threads.create_run"
    user = None

    def __init__(self, context_type: Any = None) -> None:
        self._context_type = context_type
        self._store: Any = None

    @property
    def execution_runtime(self) -> ServerRuntime:
        return self

    @property
    def store(self) -> Any:
        """A store in memory."""
        if self._store is None:
            self._store = in_memory_store()
        return self._store

    @property
    def context(self) -> Any:
        """The context with all its defaults. Raises NotGiven when it has fields without one."""
        kind = self._context_type
        if not isinstance(kind, type):
            return None
        try:
            return kind()
        except Exception as error:
            raise NotGiven(
                f"The context is known once a run begins, and {kind.__name__}() raises {error}.",
                f"Give the fields of {kind.__name__} defaults, or read the context in the nodes.",
            ) from error

    def ensure_user(self) -> Any:
        """Raises NotGiven."""
        raise NotGiven(
            "There is no user: a graph that is opened here is run by nobody in particular.",
            "Look at runtime.user first, which is None then, and make the graph without one.",
        )

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"The runtime of a graph that is opened here has no {name!r}, only {', '.join(KNOWN)}."
        )


def in_memory_store() -> Any:
    """A store of either engine's; None where there is none."""
    try:
        return importlib.import_module("langgraph.store.memory").InMemoryStore()
    except ImportError:
        return None
