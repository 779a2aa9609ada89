"""A saver in memory that also keeps a record of what an engine asked of it, in order."""

from __future__ import annotations

import copy
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver


class RecordingSaver(InMemorySaver):
    """Saves as InMemorySaver does, and keeps in `calls` each put, put_writes and get_tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def get_tuple(self, config: Any) -> Any:
        self._record("get_tuple", config)
        return super().get_tuple(config)

    def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        self._record("put", config, checkpoint, metadata, new_versions)
        return super().put(config, checkpoint, metadata, new_versions)

    def put_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
        self._record("put_writes", config, list(writes), task_id, task_path)
        super().put_writes(config, writes, task_id, task_path)

    def _record(self, call: str, config: Any, *arguments: Any) -> None:
        configurable = config["configurable"]
        place = (
            configurable["thread_id"],
            configurable.get("checkpoint_ns", ""),
            configurable.get("checkpoint_id"),
        )
        # Copied, as what is told may go on changing after the call.
        self.calls.append((call, place, *copy.deepcopy(arguments)))
