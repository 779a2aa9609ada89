"""Only looking: a graph is drawn from its source while nothing of it runs, until the person trusts it."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.environments import bare_machine
from tests.kit.window_probe import CTRL, WindowProbe, a_window

from stepscope.session.worker import WorkerSession

File = Callable[[str, str], Path]

GRAPH = """
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    open(__file__ + ".ran", "w").close()

    class State(TypedDict):
        topic: str

    def greet(state: State):
        return {"topic": state["topic"] + "!"}

    graph = StateGraph(State).add_node(greet).add_edge(START, "greet").compile()
"""
TALKS = """
    import os, pathlib
    pathlib.Path(__file__).with_suffix(".pid").write_text(str(os.getpid()))
"""
LONGER = GRAPH.replace(".compile()", ".add_node('more', greet).add_edge('greet', 'more').compile()")
SEVERAL = (
    GRAPH + "    second = StateGraph(State).add_node('other', greet).add_edge(START, 'other').compile()\n"
)


def has_run(path: Path) -> bool:
    return Path(f"{path}.ran").exists()


async def looked_at(window: WindowProbe, path: Path) -> None:
    assert window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only look")
    await window.opened(path.name)


async def test_only_looking_shows_the_graph_and_runs_nothing(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)

    await looked_at(window, path)

    assert window.canvas.nodes() == ["END", "START", "greet"]
    assert window.said == "◎ Only looking at the source; nothing of it has run"
    assert "as its source says" in window.banner
    assert "Only looking" not in window.banner  # the run bar says so
    assert window.input == '{\n  "topic": ""\n}'
    assert not has_run(path)
    assert window.workbench.settings.trusted == []


async def test_what_is_only_looked_at_cannot_be_run_and_says_why(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)

    for button in ("Run", "Step"):
        assert not window.is_enabled(button)
        assert (
            window.tip_of(button) == "Only looking: nothing of this file runs until you trust it and load it"
        )
    for key in (Qt.Key.Key_F5, Qt.Key.Key_F10):
        window.press(key)
    assert not window.workbench.controller.run({"topic": "owls"})

    assert window.said.startswith("◎ Only looking")
    assert not has_run(path)


async def test_trust_and_load_asks_loads_and_keeps_the_place(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)
    window.press(Qt.Key.Key_Plus)
    zoom = window.workbench.canvas.zoom

    window.click("Trust and Load…")
    await window.until(lambda: bool(window.question))
    assert window.answers == ["Trust this folder", "Only this once", "Cancel"]
    window.answer("Trust this folder")
    await window.until_said("Ready")

    assert has_run(path)
    assert window.banner == ""
    assert window.workbench.canvas.zoom == zoom
    assert window.workbench.settings.trusted == [str(path.parent.resolve())]
    assert "F5" in window.tip_of("Run")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")


async def test_input_that_was_typed_while_looking_is_there_afterwards(
    window: WindowProbe, file: File
) -> None:
    await looked_at(window, file("mine.py", GRAPH))
    window.type_input('{"topic": "owls"}')

    window.click("Trust and Load…")
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until_said("Ready")

    assert window.input == '{"topic": "owls"}'


async def test_who_thinks_better_of_it_goes_on_looking(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)

    window.click("Trust and Load…")
    await window.until(lambda: bool(window.question))
    window.press(Qt.Key.Key_Escape)
    await window.until(lambda: not window.question)

    assert window.said.startswith("◎ Only looking")
    assert "as its source says" in window.banner
    assert not has_run(path)


async def test_looking_is_chosen_by_key_and_asked_about_each_time(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    for _ in range(2):
        window.drop(path)
        await window.until(lambda: bool(window.question))
        assert window.answers == ["Trust this folder", "Only this once", "Only look", "Cancel"]
        window.press(Qt.Key.Key_Tab)
        window.press(Qt.Key.Key_Tab)
        window.press(Qt.Key.Key_Return)
        await window.until(lambda: not window.question)
        await window.opened("mine.py")

    assert window.said.startswith("◎ Only looking")
    assert not has_run(path)


async def test_one_of_several_graphs_is_picked_to_be_looked_at(window: WindowProbe, file: File) -> None:
    path = file("several.py", SEVERAL)
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only look")
    await window.until(lambda: "Choose" in window.question)
    window.pick("second")
    await window.opened("several.py : second")

    assert window.canvas.nodes() == ["END", "START", "other"]
    assert not has_run(path)


async def test_what_cannot_be_read_says_why_and_what_was_open_stays(window: WindowProbe, file: File) -> None:
    await looked_at(window, file("mine.py", GRAPH))

    window.drop(file("typo.py", "def (:\n"))
    await window.until(lambda: bool(window.question))
    window.answer("Only look")
    await window.until(lambda: "typo.py" in window.banner)

    assert "SyntaxError" in window.banner
    assert window.title.startswith("mine.py")


async def test_opening_another_file_ends_a_run_before_it_is_looked_at(
    window: WindowProbe, file: File
) -> None:
    await window.choose("Examples", "Joke and poem")
    await window.opened("joke_and_poem.py")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Running")

    await looked_at(window, file("mine.py", GRAPH))

    assert window.said.startswith("◎ Only looking")
    assert window.rows("Updates") == []


async def test_the_picture_follows_the_source_by_itself(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)

    file("mine.py", LONGER)
    await window.until(lambda: "more" in window.canvas.nodes())
    file("mine.py", "def (:\n")
    await window.until(lambda: "SyntaxError" in window.banner)
    assert "more" in window.canvas.nodes()
    file("mine.py", GRAPH)
    await window.until(lambda: "as its source says" in window.banner)

    assert window.said.startswith("◎ Only looking")
    assert window.canvas.nodes() == ["END", "START", "greet"]
    assert not has_run(path)


async def test_reloading_what_is_looked_at_looks_again(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)

    window.press(Qt.Key.Key_R, CTRL)
    await window.until_said("Reloading")
    await window.until_said("Only looking")

    assert "as its source says" in window.banner
    assert not has_run(path)


async def test_what_is_dismissed_can_still_be_trusted_from_the_menu(window: WindowProbe, file: File) -> None:
    path = file("mine.py", GRAPH)
    await looked_at(window, path)
    window.click("Dismiss")
    assert window.banner == ""

    await window.choose("File", "Trust and Load…")
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until_said("Ready")

    assert has_run(path)


@pytest.fixture
async def working(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    """A window whose graphs run in a process of their own, in the Python of their project."""
    async with a_window(tmp_path, WorkerSession(), machine=bare_machine(tmp_path, sys.executable)) as window:
        yield window


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="asking whether a process lives would end it there")
async def test_the_process_of_what_was_open_before_is_ended(working: WindowProbe, file: File) -> None:
    path = file("talks.py", TALKS + GRAPH)
    working.drop(path)
    await working.until(lambda: bool(working.question))
    working.answer("Only this once")
    await working.opened("talks.py")
    pid = int(path.with_suffix(".pid").read_text())

    await looked_at(working, file("mine.py", GRAPH))
    await working.until(lambda: not is_alive(pid))

    assert "as its source says" in working.banner
    await loaded(working)


async def loaded(window: WindowProbe) -> None:
    """Trust what is looked at, and run it."""
    window.click("Trust and Load…")
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until_said("Ready")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")


def a_trap(project: Path) -> Path:
    """A Python of the project that tells when it is started; returns the file that it makes then."""
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ntouch {project}/python-ran\nexit 1\n")
    python.chmod(0o755)
    (project / ".venv" / "pyvenv.cfg").write_text("version = 3.12.0\n")
    return project / "python-ran"


@pytest.mark.skipif(sys.platform == "win32", reason="a script in place of a Python")
async def test_no_python_of_the_project_is_started_before_it_is_trusted(
    working: WindowProbe, file: File, project: Path
) -> None:
    trap, path = a_trap(project), file("mine.py", GRAPH)

    await looked_at(working, path)
    await working.choose("Run", "Choose Interpreter")
    await working.until(lambda: bool(working.question))
    assert "Run code in" in working.question
    working.answer("Cancel")
    await working.until(lambda: not working.question)

    assert working.said.startswith("◎ Only looking")
    assert "stepgraph" in working.buttons  # and no Python beside it
    assert working.runs_with == ""
    assert not trap.exists()
    assert not has_run(path)
