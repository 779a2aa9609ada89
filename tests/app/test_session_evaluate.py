"""Breakpoints of a run request, and expressions over its states: in this process and in one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.kit.session_programs import CHAIN, Write, events_of

from stepscope.model.events import BreakpointHit, Paused, Plain, Printed
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest, Session
from stepscope.session.worker import WorkerSession


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["local", "worker"])
async def session(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = request.param()
    yield session
    await session.close()


async def test_an_expression_is_evaluated_while_the_run_stands_at_a_breakpoint(
    session: Session, write: Write
) -> None:
    await session.open(write(CHAIN))
    breakpoint = {"id": "7", "path": ["b"], "when": "before", "condition": "state.log[-1] == 'a'"}
    values: list[Plain] = []
    reasons: list[str] = []
    hits: list[str] = []
    async for event in session.astream(RunRequest({"log": ["in"]}, breakpoints=[breakpoint])):
        if isinstance(event, Paused):
            reasons.append(event.reason)
            values.append(await session.evaluate("state.log"))
            values.append(await session.evaluate("len(state['log'])", step=0))
            session.order("resume")
        elif isinstance(event, BreakpointHit):
            hits.append(event.breakpoint)
    assert reasons == ["breakpoint on `b`: `state.log[-1] == 'a'`"]
    assert values == [["in", "a"], 1]
    assert hits == ["7"]
    assert await session.evaluate("state.log", (), 2) == ["in", "a", "b"]


async def test_an_expression_without_a_value_says_why(session: Session, write: Write) -> None:
    with pytest.raises(LookupError):
        await session.evaluate("1")
    await session.open(write(CHAIN))
    assert await session.evaluate("1 + 1") == 2
    with pytest.raises(LookupError, match="This graph has no state yet"):
        await session.evaluate("state")
    await events_of(session, RunRequest({"log": []}))
    with pytest.raises(LookupError, match="raises KeyError: 'lug'"):
        await session.evaluate("state['lug']")
    with pytest.raises(LookupError, match="takes longer than 2 s"):
        await session.evaluate("[0 for _ in iter(int, 1)]")


async def test_breakpoints_that_are_set_while_the_run_stands_count_from_then_on(
    session: Session, write: Write
) -> None:
    await session.open(write(CHAIN))
    told: list[str] = []
    async for event in session.astream(RunRequest({"log": []}, start="paused")):
        if isinstance(event, Paused):
            logpoint = {"id": "1", "path": ["b"], "when": "after", "log": "{state[log]} then {update.log}"}
            session.order("breakpoints", breakpoints=[logpoint])
            session.order("resume")
        elif isinstance(event, Printed) and event.level == "LOGPOINT":
            told.append(event.text)
    assert told == ["['a'] then ['b']"]


async def test_many_expressions_have_their_answers_at_once(session: Session, write: Write) -> None:
    await session.open(write(CHAIN))
    await events_of(session, RunRequest({"log": []}))
    asked = (session.evaluate(f"len(state.log) + {number}") for number in range(50))
    assert await asyncio.gather(*asked) == [2 + number for number in range(50)]
