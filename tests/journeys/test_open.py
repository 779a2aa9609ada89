"""Opening: examples, own files, files with several graphs, and files that are no good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.window_probe import SHIFT, WindowProbe, a_window

from stepscope.session.worker import WorkerSession
from stepscope.theme import DARK, LIGHT

File = Callable[[str, str], Path]

ONE = """
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        topic: str

    def greet(state: State):
        return {"topic": state["topic"] + "!"}

    graph = StateGraph(State).add_node(greet).add_edge(START, "greet").compile()
"""
SEVERAL = (
    ONE + "\n    second = StateGraph(State).add_node('other', greet).add_edge(START, 'other').compile()\n"
)


async def trusted(window: WindowProbe, path: Path) -> None:
    """Drop a file and trust its folder."""
    assert window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Trust this folder")


async def test_an_example_opens_from_the_menu_without_a_question(window: WindowProbe) -> None:
    await window.choose("Examples", "Failing")
    await window.opened("failing.py")

    assert window.question == ""
    assert window.canvas.nodes() == ["END", "START", "check_stock", "look_up_price"]
    assert '"order": "cocoa"' in window.input


async def test_a_file_of_one_s_own_runs_only_after_the_question(
    window: WindowProbe, file: File, project: Path
) -> None:
    code = f"    open({str(project / 'it-ran')!r}, 'w').close()\n" + ONE
    path = file("mine.py", code)

    window.drop(path)
    await window.until(lambda: bool(window.question))
    assert str(project) in window.question
    assert "mine.py" in window.question
    assert not (project / "it-ran").exists()

    window.answer("Cancel")
    await window.until(lambda: not window.question)
    assert not (project / "it-ran").exists()
    assert window.title == "Stepscope"

    await trusted(window, path)
    await window.opened("mine.py")
    assert (project / "it-ran").exists()


async def test_a_trusted_folder_is_not_asked_about_again_but_another_one_is(
    window: WindowProbe, file: File, tmp_path: Path
) -> None:
    await trusted(window, file("one.py", ONE))
    await window.opened("one.py")

    window.drop(file("two.py", ONE))
    await window.opened("two.py")

    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(file("three.py", ONE).read_text())
    window.drop(elsewhere)
    await window.until(lambda: bool(window.question))
    window.answer("Cancel")
    await window.until(lambda: not window.question)


async def test_only_this_once_is_asked_again(window: WindowProbe, file: File) -> None:
    path = file("mine.py", ONE)
    for _ in range(2):
        window.drop(path)
        await window.until(lambda: bool(window.question))
        window.answer("Only this once")
        await window.until(lambda: not window.question)
        await window.opened("mine.py")


async def test_one_of_several_graphs_is_picked_with_the_keyboard(window: WindowProbe, file: File) -> None:
    await trusted(window, file("several.py", SEVERAL))
    await window.until(lambda: "Choose" in window.question)
    assert window.choices == ["graph", "second"]

    window.pick("second")
    await window.opened("several.py : second")

    assert window.canvas.nodes() == ["END", "START", "other"]


async def test_picking_none_of_several_opens_nothing(window: WindowProbe, file: File) -> None:
    await trusted(window, file("several.py", SEVERAL))
    await window.until(lambda: "Choose" in window.question)

    window.answer("Cancel")
    await window.until(lambda: not window.question)

    assert window.title == "Stepscope"
    assert window.banner == ""


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("typo.py", "import no_such_module_at_all\n", "no_such_module_at_all"),
        ("syntax.py", "def (:\n", "SyntaxError"),
        ("raises.py", "raise RuntimeError('the database is away')\n", "the database is away"),
        ("empty.py", "x = 1\n", "graph"),
        ("leaves.py", "import sys; sys.exit(3)\n", "3"),
    ],
)
async def test_a_file_that_cannot_be_opened_says_why_and_the_graph_before_it_stays(
    window: WindowProbe, file: File, name: str, code: str, says: str
) -> None:
    await trusted(window, file("good.py", ONE))
    await window.opened("good.py")

    window.drop(file(name, code))
    await window.until(lambda: bool(window.banner))

    assert f"Could not open {name}" in window.banner
    assert says in window.banner
    assert window.tab_in_front == "Problem"
    assert window.title.startswith("good.py")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")


async def test_a_file_that_is_gone_is_told_as_such(window: WindowProbe, project: Path) -> None:
    await trusted(window, project / "gone.py")
    await window.until(lambda: bool(window.banner))

    assert "gone.py" in window.banner


async def test_opening_another_file_ends_the_run_that_is_live(window: WindowProbe, file: File) -> None:
    await window.choose("Examples", "Joke and poem")
    await window.opened("joke_and_poem.py")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Running")

    await trusted(window, file("mine.py", ONE))
    await window.opened("mine.py")

    assert window.said.startswith("Ready")
    assert window.rows("Updates") == []


async def test_the_whole_window_changes_its_theme_while_a_graph_is_shown(window: WindowProbe) -> None:
    await window.choose("Examples", "Failing")
    await window.opened("failing.py")
    dark = window.window.grab().toImage()

    await window.choose("View", "Theme: Light")
    light = window.window.grab().toImage()

    for place in ((20, 400), (720, 300), (1300, 600), (850, 50)):
        assert dark.pixelColor(*place).lightness() < 60, place
        assert light.pixelColor(*place).lightness() > 200, place
    assert window.canvas.fill_of("check_stock") == LIGHT.node

    await window.choose("View", "Theme: Dark")
    assert window.canvas.fill_of("check_stock") == DARK.node


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("while True: pass", "forever.py:5"),
        ("import threading; threading.Event().wait()", "forever.py:5"),
        ("import ctypes; ctypes.PyDLL(None).sleep(3600)", ""),
    ],
)
async def test_a_file_that_never_ends_loading_can_be_given_up(
    tmp_path: Path, file: File, line: str, place: str
) -> None:
    path = file("forever.py", f"print('here', flush=True)\n\n\n\n{line}\n")
    async with a_window(tmp_path, WorkerSession()) as window:
        window.show_tab("Console")
        await trusted(window, path)
        await window.until(lambda: any("here" in row for row in window.rows("Console")))
        assert window.said == "● Opening forever.py"

        window.press(Qt.Key.Key_F5, SHIFT)
        await window.until(lambda: "Could not open forever.py: Stopped." in window.banner)
        assert place in window.problem

        window.drop(file("fine.py", ONE))
        await window.opened("fine.py")
