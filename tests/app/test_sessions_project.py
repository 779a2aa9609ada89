"""Projects in both kinds of session: what a worker gives them, and what they open over many runs."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit.programs import PREAMBLE
from tests.kit.session_programs import events_of

from stepscope.model.events import Outcome, RunFinished, Values
from stepscope.model.program import OpenFailed
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

AnySession = LocalSession | WorkerSession

AGENT = """
import contextlib, os, pathlib
from langchain_core.runnables import RunnableConfig

here = pathlib.Path(__file__).parent

def tell(word):
    with (here / "told").open("a") as file:
        file.write(word + " ")

@contextlib.asynccontextmanager
async def agent(config: RunnableConfig):
    word = await asyncio.to_thread(lambda: "entered")
    tell(word)

    async def look(state: State):
        tell("ran")
        return {"log": [os.getcwd(), os.environ.get("WORD")]}

    yield StateGraph(State).add_node(look).add_edge(START, "look")
    tell(await asyncio.to_thread(lambda: "exited"))

second = StateGraph(State).add_node("other", lambda state: {}).add_edge(START, "other").compile()
"""


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["local", "worker"])
async def session(request: pytest.FixtureRequest) -> AsyncIterator[AnySession]:
    session = request.param()
    yield session
    await session.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = (tmp_path / "bot").resolve()
    folder.mkdir()
    (folder / "agent.py").write_text((PREAMBLE + AGENT).replace("ENGINE", "stepgraph"))
    (folder / ".env").write_text("WORD=mine\n")
    graphs = {
        "agent": {"path": "./agent.py:agent", "description": "Looks around"},
        "second": "./agent.py:second",
    }
    description = {"dependencies": ["."], "graphs": graphs, "env": ".env"}
    (folder / "langgraph.json").write_text(json.dumps(description))
    return folder


async def test_a_project_runs_in_the_folder_and_with_the_variables_it_asks_for(project: Path) -> None:
    session = WorkerSession()
    program = await session.open(f"{project}:agent")
    assert (program.target, program.choices) == (f"{project}:agent", ("agent", "second"))
    assert program.python == sys.executable
    assert program.versions["Python"] == sys.version.split()[0]
    assert "stepgraph" in program.versions
    assert {Path(source).name for source in program.sources} == {"langgraph.json", ".env", "agent.py"}
    events = await events_of(session, RunRequest({"log": [], "word": ""}))
    values = [event.values for event in events if isinstance(event, Values)]
    assert values[-1]["log"] == [str(project), "mine"]
    await session.close()


async def test_what_a_program_holds_open_lasts_over_its_runs(session: AnySession, project: Path) -> None:
    await session.open(f"{project}:agent")
    for _ in range(2):
        last = (await events_of(session, RunRequest({"log": [], "word": ""})))[-1]
        assert isinstance(last, RunFinished)
        assert last.outcome is Outcome.FINISHED
    assert (project / "told").read_text() == "entered ran ran "
    await session.open(f"{project}:agent")
    # A worker ends while the next one is in use already; a session waits for it when it is closed.
    await session.close()
    told = (project / "told").read_text().split()
    assert told[:3] == ["entered", "ran", "ran"]
    assert told.count("entered") == 2
    if isinstance(session, WorkerSession):
        assert told.count("exited") == 2


async def test_the_graphs_of_a_project_are_offered_with_what_is_written_about_them(
    session: AnySession, project: Path
) -> None:
    with pytest.raises(OpenFailed) as caught:
        await session.open(str(project))
    assert caught.value.choices == ("agent", "second")
    assert caught.value.descriptions == {"agent": "Looks around"}
