"""A callback handler that writes down what it hears."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler


class Recorder(BaseCallbackHandler):
    """`heard` is what came, in order: runs are numbered in the order in which they started."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self._numbers: dict[UUID, int] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, **about: Any) -> None:
        self._start("chain", inputs, about)

    def on_chat_model_start(self, serialized: Any, messages: Any, **about: Any) -> None:
        self._start("model", messages, about)

    def on_tool_start(self, serialized: Any, input_str: str, **about: Any) -> None:
        self._start("tool", input_str, about)

    def on_chain_end(self, outputs: Any, **about: Any) -> None:
        self._end(about, outputs=outputs)

    def on_llm_end(self, response: Any, **about: Any) -> None:
        self._end(about, outputs=response.generations)

    def on_tool_end(self, output: Any, **about: Any) -> None:
        self._end(about, outputs=output)

    def on_chain_error(self, error: BaseException, **about: Any) -> None:
        self._end(about, error=error)

    def runs(self) -> list[tuple[Any, ...]]:
        """What was heard of each run, its parents' names in front: the same whichever was first."""
        started = {event["run"]: event for event in self.heard if "name" in event}

        def path(number: int | None) -> tuple[str, ...]:
            if number is None:
                return ()
            return (*path(started[number]["parent"]), started[number]["name"])

        return sorted(
            (path(event["run"]), *(repr(event.get(key)) for key in ("tags", "inputs", "outputs", "error")))
            for event in self.heard
        )

    def _start(self, kind: str, inputs: Any, about: dict[str, Any]) -> None:
        number = self._numbers.setdefault(about["run_id"], len(self._numbers))
        parent = self._numbers.get(about["parent_run_id"]) if about["parent_run_id"] else None
        self.heard.append(
            {
                "kind": kind,
                "run": number,
                "parent": parent,
                "name": about.get("name"),
                "tags": about["tags"],
                "metadata": about["metadata"],
                "inputs": inputs,
            }
        )

    def _end(self, about: dict[str, Any], **result: Any) -> None:
        self.heard.append({"run": self._numbers[about["run_id"]], "tags": about.get("tags"), **result})
