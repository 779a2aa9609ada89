"""Where a run is to stop: breakpoints on nodes, by their path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stepscope_host.debugger import Task
from stepscope_host.gates import node_path

Path = tuple[str, ...]


class Breakpoints:
    """A run's breakpoints, as plain data: ``{"path": [...], "when": "before" | "after" | "error"}``."""

    def __init__(self, items: Sequence[Mapping[str, Any]]) -> None:
        self._once: Path | None = None
        self.set(items)

    def set(self, items: Sequence[Mapping[str, Any]]) -> None:
        self._items = [item for item in items if item.get("enabled", True)]

    def stop_once_at(self, path: Path) -> None:
        """Stop before a node the next time it is its turn."""
        self._once = path

    def before(self, task: Task, input: Any) -> str:
        """Why a task is not to begin, or ""."""
        path = (*node_path(task.namespace), task.name)
        if self._once == path:
            self._once = None
            return f"reached `{task.name}`"
        return self._reason(task, "before")

    def after(self, task: Task) -> str:
        """Why a task that has succeeded is not to end, or ""."""
        return self._reason(task, "after")

    def failed(self, task: Task, error: BaseException) -> str:
        """Why a task that has failed is not to end, or ""."""
        if any(item["when"] == "error" for item in self._items):
            return f"`{task.name}` raised {type(error).__name__}: {error}"
        return ""

    def _reason(self, task: Task, when: str) -> str:
        path = [*node_path(task.namespace), task.name]
        if any(item["when"] == when and list(item["path"]) == path for item in self._items):
            return f"breakpoint {when} `{task.name}`"
        return ""
