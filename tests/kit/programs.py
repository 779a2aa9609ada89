"""Programs as users write them: files of source text, for either engine, and a host that runs them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stepscope_host.host import Host

PREAMBLE = """
import asyncio, operator, time
from typing import Annotated, Any
from typing_extensions import TypedDict
from ENGINE.config import get_stream_writer
from ENGINE.graph import END, START, StateGraph
from ENGINE.types import Command, Send

class State(TypedDict):
    log: Annotated[list, operator.add]
    word: str
"""


class Programs:
    """Writes program files into a folder; ENGINE in their text becomes the engine's package."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.engine = engine

    def write(self, text: str, name: str = "program.py") -> str:
        """Write a file as it is; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).replace("ENGINE", self.engine), encoding="utf-8")
        return str(path)

    def graph(self, text: str, name: str = "program.py") -> str:
        """Write a file that begins with imports and a State with the keys `log` and `word`."""
        return self.write(PREAMBLE + textwrap.dedent(text), name)


class Recorder:
    """A host whose events are kept; `on(event, action)` acts when an event comes by."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.host = Host(self._take)
        self._actions: dict[str, Callable[[dict[str, Any]], None]] = {}

    def _take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["event"] in self._actions:
            self._actions[event["event"]](event)

    def on(self, event: str, action: Callable[[dict[str, Any]], None]) -> None:
        self._actions[event] = action

    def open(self, target: str) -> dict[str, Any]:
        """Load a target that is expected to open."""
        reply = self.host.load(target)
        assert "opened" in reply, reply
        opened: dict[str, Any] = reply["opened"]
        return opened

    async def run(self, input: Any, start: str = "free", **given: Any) -> dict[str, Any]:
        """Run to the end, `given` a context or a config; returns the last event."""
        self.events.clear()
        await self.host.run({"input": input, "start": start, **given})
        assert self.events[-1]["event"] == "run_finished"
        return self.events[-1]

    def all(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["event"] == event]

    def story(self, *kinds: str) -> list[str]:
        """The events in words, such as ``task_started a`` and ``paused b, c``, of some kinds or all."""
        return [_in_words(event) for event in self.events if not kinds or event["event"] in kinds]


def _in_words(event: dict[str, Any]) -> str:
    kind = event["event"]
    if kind == "paused":
        return f"paused {', '.join(event['next'])}"
    return f"{kind} {event['node']}" if "node" in event else kind


def drawn(topology: dict[str, Any]) -> dict[str, Any]:
    """What is drawn of a graph: where functions stand, what they are given and what joins writes, only
    loading it tells."""
    told = ("source", "reads")
    nodes = [{key: value for key, value in node.items() if key not in told} for node in topology["nodes"]]
    return {"nodes": nodes, "edges": topology["edges"]}
