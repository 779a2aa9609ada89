"""Projects with a langgraph.json, opened as people open them: dropped, from the menu, and again later."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent

import pytest
from PySide6.QtCore import Qt
from tests.kit.environments import bare_machine
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.session.worker import WorkerSession

File = Callable[[str, str], Path]

AGENT = """
    import os
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        word: str

    def look(state: State):
        return {"word": os.environ["WORD"] + " in " + os.path.basename(os.getcwd())}

    graph = StateGraph(State).add_node(look).add_edge(START, "look").compile()

    def make_search():
        return StateGraph(State).add_node("seek", look).add_edge(START, "seek")
"""


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, WorkerSession(), machine=bare_machine(tmp_path)) as window:
        yield window


@pytest.fixture
def bot(project: Path, file: File) -> Path:
    """A project with two graphs and an .env."""
    file("agent.py", AGENT)
    file(".env", "WORD=hello\n")
    graphs = {
        "chat": {"path": "./agent.py:graph", "description": "Talks to\npeople <b>nicely</b>"},
        "web-search": "./agent.py:make_search",
    }
    file("langgraph.json", json.dumps({"dependencies": ["."], "graphs": graphs, "env": ".env"}))
    return project


async def trusted(window: WindowProbe, path: Path) -> None:
    assert window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Trust this folder")


async def test_a_dropped_folder_offers_its_graphs_and_runs_as_its_project_says(
    window: WindowProbe, bot: Path
) -> None:
    await trusted(window, bot)
    await window.until(lambda: "Choose" in window.question)
    assert "There are 2 graphs in langgraph.json: chat, web-search." in window.question
    assert window.choices == ["chat — Talks to people <b>nicely</b>", "web-search"]

    window.pick("web-search")
    await window.opened("project : web-search")
    assert window.canvas.nodes() == ["END", "START", "seek"]
    assert window.banner == ""

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")
    assert any("hello in project" in row for row in window.rows("Updates"))


@pytest.mark.parametrize("name", ["langgraph.json", "agent.py"])
async def test_trust_is_asked_for_the_whole_project(window: WindowProbe, bot: Path, name: str) -> None:
    assert window.drop(bot / name)
    await window.until(lambda: bool(window.question))
    assert f"Run code in {bot}?" in window.question
    window.answer("Cancel")
    await window.until(lambda: not window.question)


async def test_the_run_bar_offers_the_other_graphs_of_the_project(window: WindowProbe, bot: Path) -> None:
    assert window.drop(bot)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")

    window.click("project : web-search ▾")
    await window.until(lambda: "Choose" in window.question)
    assert (window.choices, window.choice) == (["chat", "web-search"], "web-search")
    window.pick("chat")
    await window.opened("project : chat")  # what may run is not asked again
    assert window.canvas.nodes() == ["END", "START", "look"]

    await window.choose("File", "Choose Graph")
    await window.until(lambda: "Choose" in window.question)
    window.press(Qt.Key.Key_Escape)
    await window.until(lambda: not window.question)
    assert "project : chat" in window.title


async def test_the_other_graph_of_what_is_only_looked_at_is_only_looked_at(
    window: WindowProbe, bot: Path, file: File
) -> None:
    file("agent.py", "    open(__file__ + '.ran', 'w')\n" + AGENT)
    assert window.drop(bot)
    await window.until(lambda: bool(window.question))
    window.answer("Only look")
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")

    window.click("project : web-search ▾")
    await window.until(lambda: "Choose" in window.question)
    window.pick("chat")
    await window.opened("project : chat")
    assert window.canvas.nodes() == ["END", "START", "look"]
    assert not (bot / "agent.py.ran").exists()


async def test_a_file_with_one_graph_offers_no_other(window: WindowProbe, file: File) -> None:
    path = file("alone.py", AGENT.replace("make_search", "_search"))
    await trusted(window, path)
    await window.opened("alone.py")
    assert not window.is_enabled("alone.py : graph")


async def test_a_graph_of_a_project_opens_again_from_the_recent_ones(window: WindowProbe, bot: Path) -> None:
    await trusted(window, bot)
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")
    await window.choose("Examples", "Failing")
    await window.opened("failing.py")

    [recent] = [entry for entry in window.entries("Open Recent") if "web-search" in entry]
    assert recent == f"{bot}:web-search"
    await window.choose("File", "Open Recent", recent)
    await window.opened("project : web-search")


async def test_a_folder_without_a_project_names_what_could_be_opened(
    window: WindowProbe, file: File, project: Path
) -> None:
    file("weather.py", AGENT)
    await trusted(window, project)
    await window.until(lambda: bool(window.banner))
    assert "is a folder without a langgraph.json" in window.banner


async def test_a_mistake_in_a_langgraph_json_is_shown_with_its_line(
    window: WindowProbe, file: File, project: Path
) -> None:
    path = file("langgraph.json", '{\n  "graphs": {"chat": "./agent.py"}\n}')
    await trusted(window, path)
    await window.until(lambda: bool(window.banner))
    assert "names a file but nothing in it" in window.banner
    assert window.tab_in_front == "Problem"


async def test_only_looking_at_a_project_draws_its_graph_and_runs_nothing(
    window: WindowProbe, bot: Path, file: File
) -> None:
    file("agent.py", "    open(__file__ + '.ran', 'w')\n" + AGENT)
    assert window.drop(bot)
    await window.until(lambda: bool(window.question))
    window.answer("Only look")
    await window.until(lambda: "Choose" in window.question)
    window.pick("chat — Talks to people <b>nicely</b>")
    await window.opened("project : chat")
    assert window.canvas.nodes() == ["END", "START", "look"]
    assert not (bot / "agent.py.ran").exists()


@pytest.mark.parametrize("key", [CTRL, CTRL | SHIFT])
async def test_a_project_is_chosen_in_a_dialog(window: WindowProbe, bot: Path, key: Qt.Modifier) -> None:
    window.press(Qt.Key.Key_O, key)
    await window.choose_file(bot if key != CTRL else bot / "langgraph.json")
    await window.until(lambda: "Run code in" in window.question)
    window.answer("Only this once")
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")


async def test_what_a_project_says_counts_as_much_as_its_code(
    window: WindowProbe, bot: Path, file: File
) -> None:
    await trusted(window, bot)
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")
    file("notes.py", "")  # which nothing imports
    assert await window.workbench.watcher.look() == ()

    file(".env", "WORD=goodbye\n")
    await window.until(lambda: ".env has changed" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")
    assert any("goodbye in project" in row for row in window.rows("Updates"))

    file("langgraph.json", "{")
    await window.until(lambda: "langgraph.json has changed" in window.banner)
    window.click("Reload")
    await window.until(lambda: "Could not reload" in window.banner)
    file("langgraph.json", json.dumps({"dependencies": ["."], "graphs": {"web-search": "./agent.py:graph"}}))
    await window.until(lambda: "look" in window.canvas.nodes())
    assert window.banner == window.stale == ""


async def test_a_folder_that_becomes_a_project_opens_by_itself(window: WindowProbe, project: Path) -> None:
    (project / "agent.py").write_text(dedent(AGENT))
    await trusted(window, project)
    await window.until(lambda: "without a langgraph.json" in window.banner)

    graphs = {"chat": "./agent.py:graph"}
    (project / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": graphs}))

    await window.opened("project : chat")


async def test_a_run_takes_the_env_as_it_is_by_then(window: WindowProbe, bot: Path, file: File) -> None:
    (bot / ".env").unlink()
    await trusted(window, bot)
    await window.until(lambda: "Choose" in window.question)
    window.pick("web-search")
    await window.opened("project : web-search")
    assert ".env was not read: there is no such file." in window.banner

    file(".env", "WORD=written later\n")
    await window.until(lambda: ".env has changed" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")
    assert any("written later in project" in row for row in window.rows("Updates"))
