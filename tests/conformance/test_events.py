"""`astream_events` and `astream_log` tell of a run what they tell of it on LangGraph."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.traceable import RACING_EVENTS, TRACEABLE, input_of
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber

pytestmark = [
    pytest.mark.skipif(
        not CARRIES_CONTEXT, reason="Before Python 3.11 LangGraph loses callbacks in async runs"
    ),
    pytest.mark.filterwarnings("ignore:astream_(events|log)"),
]


def told(graph: Any, input: Any, **options: Any) -> tuple[list[Any], str | None]:
    """All events, and the type of the error that ended them."""
    events: list[Any] = []

    async def gather() -> None:
        async for event in graph.astream_events(
            input, {"tags": ["asked"], "metadata": {"who": "me"}}, **options
        ):
            events.append(event)

    try:
        asyncio.run(gather())
    except Exception as error:
        return events, type(error).__name__
    return events, None


def events(name: str, engine: Engine, **options: Any) -> Any:
    found, error = told(TRACEABLE[name](engine), input_of(name), **options)
    if name not in RACING_EVENTS:
        scrub = Scrubber()
        return [scrub(event) for event in found], error
    scrub = Scrubber(numbered=False)
    return sorted(repr(scrub(event)) for event in found), error


@pytest.mark.parametrize("name", TRACEABLE)
def test_events_are_the_same(name: str) -> None:
    assert events(name, OURS, version="v2") == events(name, ORACLE, version="v2")


@pytest.mark.parametrize("name", sorted(set(TRACEABLE) - RACING_EVENTS))
def test_events_of_version_1_are_the_same(name: str) -> None:
    assert events(name, OURS, version="v1") == events(name, ORACLE, version="v1")


FILTERS: list[dict[str, Any]] = [
    {"include_names": ["a"]},
    {"exclude_names": ["a"]},
    {"include_types": ["chat_model"]},
    {"include_tags": ["graph:step:1"]},
    {"exclude_tags": ["langsmith:hidden", "seq:step:1"]},
]


@pytest.mark.parametrize("options", FILTERS, ids=lambda options: next(iter(options)))
@pytest.mark.parametrize("name", ["a_subgraph", "a_model"])
def test_filtered_events_are_the_same(name: str, options: dict[str, Any]) -> None:
    assert events(name, OURS, **options) == events(name, ORACLE, **options)


@pytest.mark.parametrize("options", [{"stream_mode": "values"}, {"stream_mode": ["updates", "custom"]}])
@pytest.mark.parametrize("name", ["a_subgraph", "custom_data"])
def test_options_of_the_stream_go_with_the_events(name: str, options: dict[str, Any]) -> None:
    ours = events(name, OURS, **options)
    assert ours == events(name, ORACLE, **options)
    assert "on_chain_stream" in repr(ours)


@pytest.mark.parametrize("name", ["a_path", "a_model", "a_subgraph"])
def test_the_log_is_the_same(name: str) -> None:
    def log(engine: Engine) -> list[Any]:
        async def gather() -> list[Any]:
            graph = TRACEABLE[name](engine)
            return [patch async for patch in graph.astream_log(input_of(name))]

        scrub = Scrubber()
        return [[_untimed(scrub(operation)) for operation in patch.ops] for patch in asyncio.run(gather())]

    assert log(OURS) == log(ORACLE)


def _untimed(operation: Any) -> Any:
    if operation["path"].endswith("end_time"):
        return {**operation, "value": "a time"}
    value = operation["value"]
    if isinstance(value, dict) and "start_time" in value:
        return {**operation, "value": {**value, "start_time": "a time"}}
    return operation


@pytest.mark.parametrize("engine", [OURS, ORACLE], ids=repr)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_there_are_no_events_for_sync_callers(engine: Engine, version: str) -> None:
    with pytest.raises(NotImplementedError, match="astream_events"):
        list(TRACEABLE["a_path"](engine).stream_events({"log": []}, version=version))


def test_events_of_version_3_are_refused() -> None:
    graph = TRACEABLE["a_path"](OURS)
    for stream in (graph.stream_events, graph.astream_events):
        with pytest.raises(NotImplementedError, match=r"'v3'.*version='v2'"):
            stream({"log": []}, version="v3")
