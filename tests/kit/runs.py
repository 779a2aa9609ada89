"""A graph run to its end: every chunk that came, and the error that ended it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.kit.scrub import Scrubber
from tests.kit.turns import Turns

MODES = ["values", "updates", "custom", "messages", "debug", "tasks", "checkpoints", "tools"]


@dataclass
class Case:
    """A graph, and how to run it."""

    graph: Any
    input: Any
    config: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    """Further keywords for stream() and invoke()."""
    turns: Turns = field(default_factory=Turns)


@dataclass
class Outcome:
    """What a run gave, scrubbed: its chunks or its result, and the error that ended it."""

    chunks: list[Any]
    error: tuple[Any, ...] | None


Drive = Callable[..., tuple[list[Any], BaseException | None]]


def stream(case: Case, **options: Any) -> tuple[list[Any], BaseException | None]:
    """All that `graph.stream` yields, as it is, and what it raises."""
    chunks: list[Any] = []
    options = _prepared(case, options)
    try:
        for chunk in case.graph.stream(case.input, case.config, **options):
            chunks.append(chunk)
            case.turns.notice(*_opened(chunk, options))
    except Exception as error:
        return chunks, error
    return chunks, None


def astream(case: Case, **options: Any) -> tuple[list[Any], BaseException | None]:
    """All that `graph.astream` yields, as it is, and what it raises."""
    chunks: list[Any] = []
    options = _prepared(case, options)

    async def gather() -> None:
        async for chunk in case.graph.astream(case.input, case.config, **options):
            chunks.append(chunk)
            case.turns.notice(*_opened(chunk, options))

    try:
        asyncio.run(gather())
    except Exception as error:
        return chunks, error
    return chunks, None


def invoke(case: Case, **options: Any) -> tuple[list[Any], BaseException | None]:
    """What `graph.invoke` returns, as a list of one unless it is a list of chunks, and what it raises."""
    try:
        return _listed(case.graph.invoke(case.input, case.config, **case.options, **options), options), None
    except Exception as error:
        return [], error


def ainvoke(case: Case, **options: Any) -> tuple[list[Any], BaseException | None]:
    """What `graph.ainvoke` returns, as a list of one unless it is a list of chunks, and what it raises."""
    try:
        result = asyncio.run(case.graph.ainvoke(case.input, case.config, **case.options, **options))
        return _listed(result, options), None
    except Exception as error:
        return [], error


def _listed(result: Any, options: dict[str, Any]) -> list[Any]:
    return result if "stream_mode" in options else [result]


def outcome(drive: Drive, case: Case, **options: Any) -> Outcome:
    """The run's outcome as plain data that can be compared with another engine's."""
    chunks, error = drive(case, **options)
    scrub = Scrubber()
    return Outcome([scrub(chunk) for chunk in chunks], None if error is None else scrub.error(error))


def racing_outcome(drive: Drive, case: Case, **options: Any) -> Outcome:
    """The outcome of a run whose parallel nodes race one another: its chunks in no order, as texts."""
    chunks, error = drive(case, **options)
    scrub = Scrubber(numbered=False)
    lines = sorted(repr(scrub(chunk)) for chunk in chunks)
    return Outcome(lines, None if error is None else scrub.error(error))


def _prepared(case: Case, options: dict[str, Any]) -> dict[str, Any]:
    together = {**case.options, **options}
    case.turns.watch(together.get("stream_mode", "updates"))
    return together


def _opened(chunk: Any, options: dict[str, Any]) -> tuple[str, Any]:
    """A chunk's mode and data, whatever envelope it came in."""
    if options.get("version") == "v2":
        return chunk["type"], chunk["data"]
    modes = options.get("stream_mode", "updates")
    if not isinstance(modes, str):
        return chunk[-2], chunk[-1]
    return modes, chunk[1] if options.get("subgraphs") else chunk
