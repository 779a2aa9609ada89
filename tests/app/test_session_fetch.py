"""More of a value that was cut: from the program that holds it, also while it runs, or in words why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit.session_programs import BLOCKING, Write, events_of, let_go_at_the_end, until_in

from stepscope.model.events import Plain, RunFinished, Values
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest, Session
from stepscope.session.worker import WorkerSession

LARGE = """
with pathlib.Path(__file__).with_suffix(".loads").open("a") as loads:
    loads.write("x")

def write(state: State):
    return {"log": ["x" * 50_000]}

graph = StateGraph(State).add_node(write).add_edge(START, "write").compile()
"""
AND_THEN_BLOCK = (
    LARGE.replace("graph = ", "chain = ")
    + BLOCKING
    + """
def after(node):
    return StateGraph(State).add_sequence([write, node]).add_edge(START, "write").compile()

in_thread, on_loop = after(sync_block), after(async_block)
"""
)


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["local", "worker"])
async def session(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = request.param()
    yield session
    await session.close()


def handle_in(values: Plain) -> str:
    """That of the long text in the log."""
    handle: str = values["log"][-1]["$handle"]
    return handle


async def test_what_was_cut_can_be_had_after_the_run(session: Session, write: Write) -> None:
    await session.open(write(LARGE))
    events = await events_of(session, RunRequest({"log": []}))
    last = [event.values for event in events if isinstance(event, Values)][-1]
    assert len(last["log"][0]["$text"]) == 20_000
    assert await session.fetch(handle_in(last)) == "x" * 30_000


async def test_what_was_cut_can_be_had_while_a_node_runs(session: Session, write: Write) -> None:
    path = write(AND_THEN_BLOCK)
    await session.open(f"{path}:in_thread")
    rest: list[Plain] = []
    with let_go_at_the_end(path):
        async for event in session.astream(RunRequest({"log": []})):
            if isinstance(event, Values) and event.step == 1:
                await until_in(path)
                rest.append(await session.fetch(handle_in(event.values)))
                Path(path).with_name("go_on").touch()
    assert rest == ["x" * 30_000]


async def test_many_things_can_be_asked_for_at_once(session: Session, write: Write) -> None:
    await session.open(write(LARGE))
    events = await events_of(session, RunRequest({"log": []}))
    handle = handle_in([event.values for event in events if isinstance(event, Values)][-1])
    assert await asyncio.gather(*(session.fetch(handle) for _ in range(50))) == ["x" * 30_000] * 50


async def test_what_an_earlier_run_told_is_gone(session: Session, write: Write) -> None:
    await session.open(write(LARGE))
    events = await events_of(session, RunRequest({"log": []}))
    handle = handle_in([event.values for event in events if isinstance(event, Values)][-1])
    await events_of(session, RunRequest({"log": []}))
    with pytest.raises(LookupError, match="has moved on"):
        await session.fetch(handle)


async def test_nothing_can_be_had_of_a_session_without_a_program(session: Session) -> None:
    with pytest.raises(LookupError, match="has moved on"):
        await session.fetch("1")


async def test_what_is_asked_of_a_program_that_is_busy_has_its_answer_when_that_is_stopped(
    session: Session, write: Write
) -> None:
    path = write(AND_THEN_BLOCK)
    await session.open(f"{path}:on_loop")
    asked: asyncio.Future[Plain] | None = None
    with let_go_at_the_end(path):
        async for event in session.astream(RunRequest({"log": []})):
            if isinstance(event, Values) and event.step == 1:
                await until_in(path)
                asked = asyncio.ensure_future(session.fetch(handle_in(event.values)))
                await asyncio.sleep(0)
                session.stop()
        assert asked is not None
        if isinstance(session, WorkerSession):  # its node is interrupted, and the program lives on
            assert await asked == "x" * 30_000
            return
        with pytest.raises(LookupError, match="has moved on"):
            await asked


async def test_asking_for_more_does_not_make_the_next_run_load_its_target_again(
    session: Session, write: Write
) -> None:
    path = write(LARGE)
    await session.open(path)
    events = await events_of(session, RunRequest({"log": []}))
    handle = handle_in([event.values for event in events if isinstance(event, Values)][-1])
    asked = asyncio.ensure_future(session.fetch(handle))
    await asyncio.sleep(0)
    last = (await events_of(session, RunRequest({"log": []})))[-1]
    assert isinstance(last, RunFinished)
    assert await asked == "x" * 30_000
    assert Path(path).with_suffix(".loads").read_text() == "x"
