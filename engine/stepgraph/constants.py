"""The names with a meaning of their own: where a graph begins and ends, and the tags the engine reads."""

from __future__ import annotations

from typing import Any, Final

START: Final = "__start__"
END: Final = "__end__"

TAG_HIDDEN: Final = "langsmith:hidden"
TAG_NOSTREAM: Final = "nostream"
"""A chat model with this tag does not stream its tokens."""

INTERRUPT: Final = "__interrupt__"
"""Beside the nodes' names in `updates`, and the state's keys in `values`: what a task waits for."""

ROOT: Final = "__root__"
"""The only channel of a graph whose state is one bare value."""

PREVIOUS: Final = "__previous__"
"""The channel in which an entrypoint keeps what it saved."""

PUSH: Final = "__pregel_push"
PULL: Final = "__pregel_pull"
"""First item of a task's path: pushed by a Send, or pulled in by an edge."""

TASKS: Final = "__pregel_tasks"
BRANCH_TO: Final = "branch:to:"
"""Channels of a checkpoint: the pending Sends, and for each node what leads to it."""

FAILED: Final = "__error__"
FAILED_NODE: Final = "__error_source_node__"
ANSWERED: Final = "__resume__"
RETURN: Final = "__return__"
NO_WRITES: Final = "__no_writes__"
"""What a checkpoint's pending writes say of a task that is no write to a channel: that it failed, asks, was
answered, what a function returned, and that it wrote nothing."""

HANDLES: Final = "node_error_handler"
"""In the path of a task that takes over from the one whose path precedes it."""

NAMESPACE_SEPARATOR: Final = "|"
NAMESPACE_END: Final = ":"
"""A namespace is written `node:task_id|node:task_id`, so neither sign may stand in a node's name."""

CONF: Final = "configurable"
"""The key of a config under which a run's own settings stand."""

CONFIG_KEY_CHECKPOINTER: Final = "__pregel_checkpointer"
"""Where LangGraph keeps its saver within a config; here it only keeps its name."""

MOVED: Final = ("Send", "Interrupt")
PRIVATE: Final = {
    "INPUT": "__input__",
    "ERROR": FAILED,
    "RESUME": ANSWERED,
    "NS_SEP": NAMESPACE_SEPARATOR,
    "NS_END": NAMESPACE_END,
}
"""What LangGraph once had here, and warns of whoever still takes it from here."""


def __getattr__(name: str) -> Any:
    if name not in MOVED and name not in PRIVATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import warnings

    from stepgraph.warnings import LangGraphDeprecatedSinceV10

    if name in PRIVATE:
        told = f"{name} was never meant to be public. What it stands for is {PRIVATE[name]!r}"
        warnings.warn(told, LangGraphDeprecatedSinceV10, stacklevel=2)
        return PRIVATE[name]
    from stepgraph import types

    told = f"{name} is in the module `types` now: from {types.__name__} import {name}"
    warnings.warn(told, LangGraphDeprecatedSinceV10, stacklevel=2)
    return getattr(types, name)
