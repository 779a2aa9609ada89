"""Threads asked for through sessions of both kinds; those of a worker outlive it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kit import postgres
from tests.kit.session_programs import CHAIN, PREAMBLE, events_of

from stepscope.model.events import Outcome, RunFinished, Values
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

AnySession = LocalSession | WorkerSession


def session_of(kind: type[AnySession], folder: str) -> AnySession:
    return LocalSession(folder=folder) if kind is LocalSession else WorkerSession(folder)


@pytest.fixture(params=[LocalSession, WorkerSession])
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnySession]:
    made = session_of(request.param, str(tmp_path / "data"))
    yield made
    await made.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "program.py"
    file.write_text(PREAMBLE + CHAIN)
    return str(file)


async def threads(session: AnySession) -> list[Any]:
    found: list[Any] = (await session.ask("threads"))["threads"]
    return found


async def test_a_thread_is_asked_for_edited_and_run_on(session: AnySession, path: str) -> None:
    await session.open(path)
    await events_of(session, RunRequest({"log": ["in"]}))
    [thread] = await threads(session)
    history: list[Any] = (await session.ask("history", thread=thread["id"]))["checkpoints"]
    at = next(each["id"] for each in history if each["next"] == ["b"])
    await session.ask("update", thread=thread["id"], checkpoint=at, values={"log": ["edited"]})
    events = await events_of(session, RunRequest(None, thread=thread["id"]))
    assert [event.values for event in events if isinstance(event, Values)][-1] == {"log": ["edited", "b"]}
    events = await events_of(session, RunRequest(None, thread=thread["id"], checkpoint=at))
    assert [event.values for event in events if isinstance(event, Values)][-1] == {"log": ["in", "a", "b"]}


async def test_what_cannot_be_answered_says_why(session: AnySession, path: str) -> None:
    with pytest.raises(LookupError):
        await session.ask("threads")
    await session.open(path)
    with pytest.raises(LookupError, match="There is no thread nobody any more"):
        await session.ask("state_at", thread="nobody")


async def test_threads_outlive_the_session(session: AnySession, path: str, tmp_path: Path) -> None:
    await session.open(path)
    await events_of(session, RunRequest({"log": ["in"]}))
    [thread] = await threads(session)
    await session.close()
    later = session_of(type(session), str(tmp_path / "data"))
    await later.open(path)
    assert await threads(later) == [thread]
    await later.close()


async def test_threads_of_a_killed_worker_are_asked_of_a_new_one(tmp_path: Path, path: str) -> None:
    session = WorkerSession(str(tmp_path / "data"))
    program = tmp_path / "program.py"
    program.write_text(
        PREAMBLE
        + """
import os
def a(state: State):
    return {"log": ["a"]}
def b(state: State):
    time.sleep(0.5)  # what was saved is on its way to the disk
    os._exit(3)
graph = StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile()
"""
    )
    await session.open(str(program))
    events = await events_of(session, RunRequest({"log": ["in"]}))
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome is Outcome.FAILED
    first, second = await asyncio.gather(threads(session), threads(session))
    assert first == second
    [thread] = first
    assert (await session.ask("state_at", thread=thread["id"]))["values"] == {"log": ["in", "a"]}
    await session.close()


SAVERS = {
    "async sqlite": """
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
def saver():
    return AsyncSqliteSaver.from_conn_string(__file__ + ".sqlite")
""",
    "async postgres": """
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
def saver():
    return AsyncPostgresSaver.from_conn_string("ADDRESS")
""",
    "sync sqlite": """
from langgraph.checkpoint.sqlite import SqliteSaver
def saver():
    return SqliteSaver.from_conn_string(__file__ + ".sqlite")
""",
    "sync postgres": """
from langgraph.checkpoint.postgres import PostgresSaver
def saver():
    return PostgresSaver.from_conn_string("ADDRESS")
""",
}
ITS_OWN = """
import contextlib
def a(state: State):
    return {"log": ["a"]}
async def b(state: State):
    return {"log": ["b"]}
@contextlib.asynccontextmanager
async def graph():
    async with saver() as own:
        await own.setup()
        yield StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile(checkpointer=own)
"""


@pytest.fixture
def own_saver(request: pytest.FixtureRequest) -> Iterator[str]:
    text = SAVERS[request.param]
    if "ADDRESS" not in text:
        yield text
        return
    if why := postgres.missing():
        pytest.skip(why)
    with postgres.server() as address:
        yield text.replace("ADDRESS", address)


@pytest.mark.parametrize("own_saver", ["async sqlite", "async postgres"], indirect=True)
async def test_threads_of_a_graphs_own_async_saver_are_edited_and_run_on(
    session: AnySession, tmp_path: Path, own_saver: str
) -> None:
    program = tmp_path / "own.py"
    program.write_text(PREAMBLE + own_saver + ITS_OWN)
    await session.open(f"{program}:graph")
    await events_of(session, RunRequest({"log": ["in"]}))
    [thread] = await threads(session)
    history: list[Any] = (await session.ask("history", thread=thread["id"]))["checkpoints"]
    at = next(each["id"] for each in history if each["next"] == ["b"])
    await session.ask("update", thread=thread["id"], checkpoint=at, values={"log": ["edited"]})
    events = await events_of(session, RunRequest(None, thread=thread["id"]))
    assert [event.values for event in events if isinstance(event, Values)][-1] == {"log": ["edited", "b"]}
    await session.ask("delete", thread=thread["id"])
    assert await threads(session) == []


ITS_OWN_SYNC = """
import contextlib
def a(state: State):
    return {"log": ["a"]}
def b(state: State):
    return {"log": [f"b after {state['log'][-1]}"]}
builder = StateGraph(State).add_sequence([a, b]).add_edge(START, "a")
@contextlib.contextmanager
def graph():
    with saver() as own:
        own.setup()
        yield builder.compile(checkpointer=own)
"""
BY_ITSELF = """
with saver() as own:
    own.setup()
    config = {"configurable": {"thread_id": "of the program"}}
    builder.compile(checkpointer=own).invoke({"log": ["elsewhere"]}, config)
"""


@pytest.mark.parametrize("own_saver", ["sync sqlite", "sync postgres"], indirect=True)
@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_threads_of_a_graphs_own_sync_saver_are_listed_named_forked_compared_and_deleted(
    session: AnySession, tmp_path: Path, own_saver: str, engine: str
) -> None:
    text = (PREAMBLE + own_saver + ITS_OWN_SYNC).replace("stepgraph.", f"{engine}.")
    program = tmp_path / "own.py"
    program.write_text(text)
    by_itself = tmp_path / "own_by_itself.py"
    by_itself.write_text(text.replace("__file__", repr(str(program))) + BY_ITSELF)
    done = await asyncio.create_subprocess_exec(sys.executable, str(by_itself))
    assert await done.wait() == 0
    await session.open(f"{program}:graph")
    await events_of(session, RunRequest({"log": ["in"]}))
    newest, oldest = await threads(session)
    assert oldest["id"] == "of the program", "what the program has saved by itself is listed too"
    await session.ask("rename", thread=oldest["id"], title="Elsewhere")
    assert [thread["title"] for thread in await threads(session)] == ["", "Elsewhere"]
    history: list[Any] = (await session.ask("history", thread=oldest["id"]))["checkpoints"]
    assert [(each["step"], each["writers"]) for each in history] == [
        (2, ["b"]),
        (1, ["a"]),
        (0, []),
        (-1, []),
    ]
    at = next(each["id"] for each in history if each["next"] == ["b"])
    told = await session.ask(
        "update", thread=oldest["id"], checkpoint=at, values={"log": ["edited"]}, as_node="a"
    )
    events = await events_of(session, RunRequest(None, thread=oldest["id"], checkpoint=told["checkpoint"]))
    assert [event.values for event in events if isinstance(event, Values)][-1] == {
        "log": ["edited", "b after edited"]
    }
    ends: list[Any] = [
        each["id"]
        for each in (await session.ask("history", thread=oldest["id"]))["checkpoints"]
        if not each["next"]
    ]
    found = (await session.ask("compare", thread=oldest["id"], was=ends[1], now=ends[0]))["differences"]
    assert [(each["path"], each.get("was"), each.get("now")) for each in found] == [
        (["log", "0"], "elsewhere", "edited"),
        (["log", "1"], "a", "b after edited"),
        (["log", "2"], "b after a", None),
    ]
    for thread in (newest, oldest):
        await session.ask("delete", thread=thread["id"])
    assert await threads(session) == []
