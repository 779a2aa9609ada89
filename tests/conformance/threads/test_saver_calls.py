"""What a saver is asked to keep is the same, call by call, whichever engine runs the session.

How often it is asked for what it has is each engine's affair.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads.session import ASYNC_ONLY, NOT_AT_EXIT, SESSIONS, gather, hold
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.recording_saver import RecordingSaver
from tests.kit.scrub import Scrubber
from tests.kit.thread import Way

gather()

DURABILITY = {
    "sync": Way(options={"stream_mode": "updates", "durability": "sync"}),
    "exit": Way(options={"stream_mode": "updates", "durability": "exit"}),
    "async": Way(awaited=True, options={"stream_mode": "updates", "durability": "async"}),
}
TOLD_OTHERWISE = {
    "a_command_at_an_earlier_checkpoint": "LangGraph applies the Command to the fork that it writes",
    "a_subgraph_that_is_never_saved": "LangGraph fails under durability sync",
    "a_failure_within_a_subgraph_that_is_never_saved": "LangGraph fails under durability sync",
    "a_question_in_a_subgraph_that_is_never_saved": "LangGraph fails under durability sync",
    "values_that_are_never_saved": "LangGraph saves those that update_state() writes",
    "an_update_without_an_answer": "LangGraph saves a Command's update again with a later one's answer",
}
"""Sessions after which a reader finds the same, though it was told otherwise; and why."""
ASKED = [
    pytest.param(name, durability, id=f"{name}-{durability}")
    for name in SESSIONS
    for durability, way in DURABILITY.items()
    if (way.awaited or name not in ASYNC_ONLY)
    and (CARRIES_CONTEXT or not way.awaited)
    and name not in TOLD_OTHERWISE
    and not (durability == "exit" and name in NOT_AT_EXIT)
]


NOBODYS_TASK = "00000000-0000-0000-0000-000000000000"
SLOTS = {"__resume__", "__interrupt__", "__error__"}
"""Writes that have one place in a saver for each task, where the last one stays."""


def kept(engine: Engine, name: str, way: Way) -> list[Any]:
    """All that a session had kept, call by call."""
    saver = RecordingSaver()
    hold(SESSIONS[name], engine, way, saver)
    scrub = Scrubber()
    calls = [_told(call) for call in saver.calls if call[0] != "get_tuple"]
    if way.options["durability"] == "exit":
        # LangGraph saves answers that nobody had asked for.
        calls = [call for call in calls if not _is_answer(call)]
    # Whether a graph is saved before the ones within it, or after them, nobody can see.
    calls.sort(key=lambda call: (call[1][0], call[1][1].count(":")))
    return [scrub(call) for call in calls]


def _told(call: tuple[Any, ...]) -> tuple[Any, ...]:
    """A call, with its writes in an order that tells: LangGraph's edges come as a set has them."""
    if call[0] == "put" and call[3]["source"] == "fork":
        # What had changed before it is no longer of use.
        return (*call[:2], {**call[2], "updated_channels": None}, *call[3:])
    if call[0] != "put_writes":
        return call
    kind, place, writes, *rest = call
    state = [write for write in writes if write[0] not in SLOTS and not _triggers(write[0])]
    slots = {channel: value for channel, value in writes if channel in SLOTS}
    sends = [write for write in writes if write[0] == "__pregel_tasks"]
    edges = sorted(channel for channel, _ in writes if channel.startswith(("branch:", "join:")))
    return (kind, place, state, slots, sends, edges, *rest)


def _is_answer(call: tuple[Any, ...]) -> bool:
    return call[0] == "put_writes" and call[-2] == NOBODYS_TASK


def _triggers(channel: str) -> bool:
    return channel.startswith(("branch:", "join:", "__pregel_tasks"))


@pytest.mark.parametrize(("name", "durability"), ASKED)
def test_a_saver_is_called_the_same(name: str, durability: str) -> None:
    ours, theirs = (kept(engine, name, DURABILITY[durability]) for engine in (OURS, ORACLE))
    for mine, other in zip(ours, theirs, strict=False):
        assert mine == other
    assert len(ours) == len(theirs)
