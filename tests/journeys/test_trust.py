"""Trust, by mouse and by key: what the question names, what the answer covers, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.window_probe import WindowProbe

File = Callable[[str, str], Path]

GRAPH = """
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        topic: str

    def greet(state: State):
        return {"topic": state["topic"] + "!"}

    graph = StateGraph(State).add_node(greet).add_edge(START, "greet").compile()
"""


async def asked(window: WindowProbe, path: Path) -> str:
    """Drop a file; the question that follows."""
    assert window.drop(path)
    await window.until(lambda: bool(window.question))
    return window.question


async def gone(window: WindowProbe) -> None:
    await window.until(lambda: not window.question)


async def test_a_project_is_asked_about_by_its_root_and_trusted_with_all_in_it(
    window: WindowProbe, file: File, project: Path
) -> None:
    (project / "pyproject.toml").touch()
    (project / "agents").mkdir()
    inner = file("agents/inner.py", GRAPH)

    question = await asked(window, inner)
    assert f"Run code in {project.resolve()}?" in question
    assert "inner.py" in question

    window.press(Qt.Key.Key_Return)
    await window.opened("inner.py")
    window.drop(file("outer.py", GRAPH))
    await window.opened("outer.py")


async def test_escape_is_no_consent(window: WindowProbe, file: File, project: Path) -> None:
    code = f"    open({str(project / 'it-ran')!r}, 'w').close()\n" + GRAPH

    await asked(window, file("mine.py", code))
    window.press(Qt.Key.Key_Escape)
    await gone(window)

    assert window.title == "Stepscope"
    assert not (project / "it-ran").exists()
    assert window.workbench.settings.trusted == []


async def test_a_file_in_home_is_asked_about_alone(
    window: WindowProbe, file: File, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("USERPROFILE", str(project))

    await asked(window, file("one.py", GRAPH))
    window.answer("Trust this file")
    await window.opened("one.py")
    await asked(window, file("two.py", GRAPH))

    window.answer("Cancel")
    await gone(window)


async def test_trust_is_taken_back_by_mouse(window: WindowProbe, file: File, project: Path) -> None:
    path = file("mine.py", GRAPH)
    await asked(window, path)
    window.answer("Trust this folder")
    await window.opened("mine.py")

    await window.choose("File", "Trusted Folders")
    await window.until(lambda: "Trusted folders" in window.question)
    assert window.choices == [str(project.resolve())]
    window.answer("Remove")
    assert window.choices == []
    window.answer("Close")
    await gone(window)

    await asked(window, path)
    window.answer("Cancel")
    await gone(window)


async def test_trust_is_taken_back_by_key(window: WindowProbe, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        window.workbench.settings.trust(tmp_path / name)

    await window.choose("File", "Trusted Folders")
    await window.until(lambda: "Trusted folders" in window.question)
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_Delete)
    assert window.choices == [str(tmp_path / "three"), str(tmp_path / "one")]

    window.press(Qt.Key.Key_Escape)
    await gone(window)
    assert window.workbench.settings.trusted == [str(tmp_path / "three"), str(tmp_path / "one")]


async def test_with_nothing_trusted_there_is_nothing_to_remove(window: WindowProbe) -> None:
    await window.choose("File", "Trusted Folders")
    await window.until(lambda: "Trusted folders" in window.question)

    assert window.choices == []
    assert not window.is_enabled("Remove")

    window.press(Qt.Key.Key_Escape)
    await gone(window)
