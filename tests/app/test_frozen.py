"""A frozen app has no Python beside it, and lends the one inside it to graphs of its own engine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.kit.frozen import frozen_app, pretend_to_be
from tests.kit.session_programs import events_of

from stepscope.model.events import Outcome, Printed, RunFinished
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

GRAPH = """
import os
from typing import TypedDict
from stepgraph.graph import START, StateGraph

class State(TypedDict):
    word: str

def tell(state: State):
    print(os.environ.get("LD_LIBRARY_PATH"), "_PYI_ARCHIVE_FILE" in os.environ)
    return {"word": str(os.getpid())}

graph = StateGraph(State).add_node(tell).add_edge(START, "tell").compile()
"""


async def test_its_graphs_run_in_a_process_of_their_own_with_the_person_s_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = frozen_app(tmp_path)
    pretend_to_be(app, monkeypatch)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(app.parent))
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/the/person/s")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", str(app))
    file = tmp_path / "mine.py"
    file.write_text(GRAPH)
    session = WorkerSession()

    try:
        program = await session.open(str(file))
        events = await events_of(session, RunRequest({"word": ""}))
    finally:
        await session.close()

    assert program.python == str(app)
    assert "".join(event.text for event in events if isinstance(event, Printed)) == "/the/person/s False\n"
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome is Outcome.FINISHED


def test_its_command_runs_a_graph_in_itself(tmp_path: Path) -> None:
    app = frozen_app(tmp_path)

    ended = subprocess.run(
        [app, "run", "example:joke_and_poem"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )

    assert ended.stderr == ""
    assert {node for line in ended.stdout.splitlines() for node in json.loads(line)["data"]} == {
        "write_joke",
        "write_poem",
    }


def test_what_a_graph_lacks_is_to_be_installed_into_an_environment_and_not_into_the_app(
    tmp_path: Path,
) -> None:
    app = frozen_app(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text("import there_is_none\n")

    ended = subprocess.run([app, "run", file], capture_output=True, text=True)

    assert f"python3 -m venv {tmp_path}/.venv && {tmp_path}/.venv/bin/python" in ended.stderr
    assert f"{app} -m" not in ended.stderr
