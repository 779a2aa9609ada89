"""The local session: code that hangs cannot be ended, and the terminal is the program's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit.session_programs import BLOCKING, Write, events_of, let_go_at_the_end, until_in

from stepscope.model.events import Outcome, RunFinished, RunStarted, TaskStarted
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest


@pytest.fixture
async def session() -> AsyncIterator[LocalSession]:
    session = LocalSession()
    yield session
    await session.close()


async def test_a_node_may_print_a_megabyte(
    session: LocalSession, write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    program = await session.open(
        write(
            """
            def talk(state: State):
                print("x" * 1_000_000)
                return {"log": ["said"]}

            graph = StateGraph(State).add_node(talk).add_edge(START, "talk").compile()
            """
        )
    )
    last = (await events_of(session, RunRequest(program.input)))[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome is Outcome.FINISHED
    assert len(capfd.readouterr().out) == 1_000_001


async def test_after_an_abandoned_run_the_next_one_loads_its_target_again(
    session: LocalSession, write: Write
) -> None:
    path = write(BLOCKING)
    await session.open(f"{path}:on_loop")
    with let_go_at_the_end(path):
        async for event in session.astream(RunRequest({"log": []})):
            if isinstance(event, TaskStarted):
                await until_in(path)
                session.stop()
        Path(path).write_text(Path(path).read_text().replace("go_on.wait(60)", "pass"))
        last = (await events_of(session, RunRequest({"log": []})))[-1]
        assert isinstance(last, RunFinished)
        assert last.outcome is Outcome.FINISHED


async def test_a_target_that_does_not_load_again_fails_the_run(session: LocalSession, write: Write) -> None:
    path = write(BLOCKING)
    await session.open(f"{path}:on_loop")
    with let_go_at_the_end(path):
        async for event in session.astream(RunRequest({"log": []})):
            if isinstance(event, TaskStarted):
                await until_in(path)
                session.stop()
        Path(path).write_text("1 / 0")
        first, last = await events_of(session, RunRequest({"log": []}))
        assert isinstance(first, RunStarted)
        assert isinstance(last, RunFinished)
        assert last.failure is not None
        assert last.failure.type == "ZeroDivisionError"
